"""A search space in Optuna's terms.

A list of values is searched by index, since its values may be of any type, lists included.
"""

from collections.abc import Callable, Mapping
from itertools import product
from math import prod
from typing import Any

from fewqubit.base.extras import needs
from fewqubit.config import Axis, Range
from fewqubit.errors import SettingsError

with needs("search", "the search for settings"):
    from optuna import Trial
    from optuna.samplers import BaseSampler, GridSampler, RandomSampler, TPESampler

Axes = Mapping[str, Axis]
Values = dict[str, Any]


def suggest(trial: Trial, axes: Axes) -> Values:
    """The trial's value of every axis: the sampler's, or those it was given before a kill."""
    return {name: _suggest(trial, name, axis) for name, axis in axes.items()}


def grid_size(axes: Axes) -> int:
    """How many points the grid has. Raises SettingsError: an axis is a range."""
    return prod(map(len, _lists(axes).values()))


def grid_points(axes: Axes) -> list[Values]:
    """Every combination of values, the last axis fastest. Raises SettingsError: as above."""
    lists = _lists(axes)
    return [dict(zip(lists, point, strict=True)) for point in product(*lists.values())]


def sampler(kind: str, axes: Axes, seed: Callable[[str | int], int], number: int) -> BaseSampler:
    """The sampler that makes trial ``number``; ``seed`` draws from a named stream.

    A trial's draws depend on its number and the trials before it alone, so that a search that was
    killed goes on as if it had not been. The order of the grid is drawn once.
    """
    if kind == "grid":
        places = {name: range(len(values)) for name, values in _lists(axes).items()}
        return _Grid(places, seed("grid"))
    return {"random": RandomSampler, "tpe": TPESampler}[kind](seed=seed(number))


class _Grid(GridSampler):
    """Optuna's grid, without its stop after the last point: no loop of Optuna's is running."""

    def after_trial(self, *_: Any) -> None:
        """Do nothing: the ledger knows when the grid is done."""


def _suggest(trial: Trial, name: str, axis: Axis) -> Any:
    if not isinstance(axis, Range):
        return axis[trial.suggest_categorical(name, range(len(axis)))]
    if isinstance(axis.low, int) and isinstance(axis.high, int):
        return trial.suggest_int(name, axis.low, axis.high, log=axis.log)
    return trial.suggest_float(name, axis.low, axis.high, log=axis.log)


def _lists(axes: Axes) -> dict[str, list[Any]]:
    for name, axis in axes.items():
        if isinstance(axis, Range):
            raise SettingsError(
                f"a grid needs a list of values for {name}, which has a range; list them, or "
                "search by random or tpe"
            )
    return {name: axis for name, axis in axes.items() if not isinstance(axis, Range)}
