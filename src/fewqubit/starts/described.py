"""Problems from JSON: a graph, or the parameters of a family."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from fewqubit.errors import DataError
from fewqubit.starts.families.maxcut import maxcut
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.families import Family, MaxCut

GRAPH = '{"edges": [[0, 1], [1, 2, 0.5]]}, the weight last, or node-link JSON of networkx'


def described(content: Any, family: Family, sites: int = 0) -> Problem:
    """The problem of ``family`` that ``content`` describes. Raises DataError.

    ``sites``: number of sites if ``content`` has none; 0: ``content`` must have it.
    """
    if isinstance(family, MaxCut):
        return _graph(content)
    ranges = {
        name: getattr(family, name)
        for name in type(family).model_fields
        if isinstance(getattr(family, name), tuple)
    }
    if sites and isinstance(content, Mapping):
        content = {"sites": sites, **content}
    if not isinstance(content, Mapping) or set(content) != {"sites", *ranges}:
        example = ", ".join(f'"{name}": 1.0' for name in ranges)
        came = sorted(content) if isinstance(content, Mapping) else type(content).__name__
        raise DataError(f'a problem: expected {{"sites": 8, {example}}}, got {came}')
    values = {name: float(content[name]) for name in ranges}
    settled = {name: getattr(family, name) for name in type(family).model_fields}
    narrowed = type(family)(**settled | {name: (value, value) for name, value in values.items()})
    return narrowed.draw(np.random.default_rng(0), int(content["sites"]))


def _graph(content: Any) -> Problem:
    listed = content.get("edges", content.get("links")) if isinstance(content, Mapping) else None
    if not isinstance(listed, list) or not listed:
        raise DataError(f"a graph: expected {GRAPH}")
    edges = [_edge(edge, number) for number, edge in enumerate(listed)]
    given = content.get("nodes")
    names = [node.get("id") if isinstance(node, Mapping) else node for node in given or []]
    for one, other, _ in edges:
        names += [name for name in (one, other) if name not in names]
    if given is None:
        names.sort(key=lambda name: (isinstance(name, str), name))
    place = {name: number for number, name in enumerate(names)}
    return maxcut(len(names), [(place[one], place[other], weight) for one, other, weight in edges])


def _edge(edge: Any, number: int) -> tuple[Any, Any, float]:
    """Two node names and a weight, 1 by default."""
    if isinstance(edge, Mapping) and {"source", "target"} <= set(edge):
        found = [edge["source"], edge["target"], edge.get("weight", 1.0)]
    elif isinstance(edge, list) and len(edge) in (2, 3):
        found = [*edge, 1.0][:3]
    else:
        raise DataError(f"a graph, edge {number}: got {edge!r:.40}; expected {GRAPH}")
    one, other, weight = found
    if not all(isinstance(name, int | str) for name in (one, other)):
        raise DataError(f"a graph, edge {number}: expected names or numbers, got {edge!r:.40}")
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise DataError(f"a graph, edge {number}: expected a number for a weight, got {weight!r}")
    return one, other, float(weight)
