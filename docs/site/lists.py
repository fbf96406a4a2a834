"""Writes the lists of the documents from the registries: ``python -m docs.site.lists``.

A list stands between ``<!-- list NAME -->`` and ``<!-- end of list -->`` on any page below docs.
``tests/test_docs.py`` compares what is there with what would be written.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from docs.site.schema import settings_tables

import fewqubit
from fewqubit.backends import BACKENDS
from fewqubit.circuits import ANSATZE, FEATURE_MAPS
from fewqubit.config import Arm
from fewqubit.data.read import SOURCES
from fewqubit.evaluate.baselines.candidates import BASELINES
from fewqubit.meta import LEARNERS
from fewqubit.models.settings import ENCODERS

DOCS = Path(__file__).parents[1]
MARKED = re.compile(r"<!-- list (.+?) -->\n.*?<!-- end of list -->", re.S)


def current(page: str) -> str:
    """The text of a page with its lists as they are now. Raises KeyError for an unknown list."""
    return MARKED.sub(
        lambda found: f"<!-- list {found[1]} -->\n{LISTS[found[1]]()}\n<!-- end of list -->", page
    )


def described(what: str, registry: Mapping[str, Any]) -> str:
    """A row for each name with the first line of its docstring."""
    rows = [f"| `{name}` | {cell(first_line(row))} |" for name, row in registry.items()]
    return "\n".join([f"| {what} | |", "|---|---|", *rows])


def circuits(what: str, registry: Mapping[str, Any], sizes: str) -> str:
    """A row for each circuit; behind the last semicolon its docstring has its parameters."""
    rows = []
    for name, make in registry.items():
        circuit, _, parameters = first_line(make).rpartition("; ")
        parts = (circuit, parameters) if circuit else (parameters, "none")
        rows.append(f"| `{name}` | {cell(parts[0])} | {cell(parts[1])} |")
    return "\n".join([f"| {what} | circuit | {sizes} |", "|---|---|---|", *rows])


def names(registry: Mapping[str, Any] | tuple[str, ...]) -> str:
    """The names alone, where a page says more of each."""
    return ", ".join(f"`{name}`" for name in registry)


def public_names() -> str:
    """Each public name with its docstring, which the site reads where it is defined."""
    things = [(name, getattr(fewqubit, name)) for name in sorted(fewqubit.__all__)]
    return "\n\n".join(
        f"::: {thing.__module__}.{name}\n    options:\n      skip_local_inventory: true"
        for name, thing in things
        if hasattr(thing, "__module__")
    )


def defined(registry: Mapping[str, Any]) -> str:
    """Each row of a registry with its docstring, which the site reads where it is defined."""
    return "\n\n".join(f"::: {row.__module__}.{row.__qualname__}" for row in registry.values())


def first_line(row: object) -> str:
    """The first line of a docstring, without its full stop."""
    return (inspect.getdoc(row) or "").split("\n")[0].removesuffix(".")


def cell(text: str) -> str:
    """Text as it may stand in a table of Markdown."""
    return text.replace("``", "`").replace("|", r"\|").replace("*", r"\*")


LISTS: dict[str, Callable[[], str]] = {
    "public names": public_names,
    "feature maps": lambda: circuits("feature map", FEATURE_MAPS, "inputs x, weights θ"),
    "ansätze": lambda: circuits("ansatz", ANSATZE, "weights θ"),
    "encoders": lambda: described("encoder", ENCODERS),
    "learners": lambda: described("learner", LEARNERS),
    "learner classes": lambda: defined(LEARNERS),
    "encoder classes": lambda: defined(ENCODERS),
    "sources": lambda: described("source", SOURCES),
    "backends": lambda: names(BACKENDS),
    "arms": lambda: names(get_args(Arm)),
    "baselines": lambda: names(BASELINES),
    "settings": settings_tables,
}


if __name__ == "__main__":
    for path in sorted(DOCS.rglob("*.md")):
        path.write_text(current(path.read_text("utf-8")), "utf-8")
