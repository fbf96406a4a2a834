"""Plain regressions on the support of each task, tuned on validation episodes."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.config import Baselines
from fewqubit.evaluate.baselines.plain import rbf
from fewqubit.tasks import Task

Answer = Callable[[Task], Float[np.ndarray, "E q"]]


class Candidate(NamedTuple):
    """One point of a baseline's grid: its hyper-parameters, and its prediction for many tasks."""

    point: Mapping[str, float]
    answer: Answer


def mean(tasks: Task) -> Float[np.ndarray, "E q"]:
    """The mean of the support's numbers, for every query."""
    level = tasks.support_y.mean(axis=1, keepdims=True)
    return np.broadcast_to(level, tasks.query_x.shape[:2])


def ridge(tasks: Task, penalty: float) -> Float[np.ndarray, "E q"]:
    """Ridge regression centred at the support's mean, in its dual form.

    f(q) = ȳ + (q − x̄) Xᵀ (X Xᵀ + penalty)⁻¹ (y − ȳ)
    """
    centre = tasks.support_x.mean(axis=1, keepdims=True)
    shown, asked = tasks.support_x - centre, tasks.query_x - centre
    return _dual(tasks, shown @ _t(shown), asked @ _t(shown), penalty)


def kernel_ridge(tasks: Task, gamma: float, penalty: float) -> Float[np.ndarray, "E q"]:
    """The same with the kernel exp(−γ‖x − x'‖²): a Gaussian process around the support's mean."""
    kernel = partial(rbf, gamma=gamma)
    shown, asked = tasks.support_x, tasks.query_x
    return _dual(tasks, kernel(shown, shown), kernel(asked, shown), penalty)


def _dual(tasks: Task, gram: np.ndarray, cross: np.ndarray, penalty: float) -> np.ndarray:
    level = tasks.support_y.mean(axis=1, keepdims=True)
    solved = np.linalg.solve(
        gram + penalty * np.eye(gram.shape[1]), (tasks.support_y - level)[..., None]
    )
    return level + (cross @ solved)[..., 0]


def _t(x: np.ndarray) -> np.ndarray:
    return np.swapaxes(x, 1, 2)


def pooled(tasks: Task, weights: Float[np.ndarray, " d"]) -> Float[np.ndarray, "E q"]:
    """One linear function for all tasks, shifted to the support: f(q) = w·q + mean(y − w·x)."""
    off = (tasks.support_y - tasks.support_x @ weights).mean(axis=1, keepdims=True)
    return tasks.query_x @ weights + off


class Taught(NamedTuple):
    """Rows of meta-train, their numbers, and the task of each."""

    x: Float[np.ndarray, "N d"]
    y: Float[np.ndarray, " N"]
    task: Int[np.ndarray, " N"]


def _within(values: np.ndarray, task: np.ndarray) -> np.ndarray:
    """Values minus the mean of their task."""
    _, place, sizes = np.unique(task, return_inverse=True, return_counts=True)
    sums = np.zeros((len(sizes), *values.shape[1:]))
    np.add.at(sums, place, values)
    return values - (sums.T / sizes).T[place]


def _mean(grid: Baselines, taught: Taught) -> list[Candidate]:
    del grid, taught
    return [Candidate({}, mean)]


def _ridge(grid: Baselines, taught: Taught) -> list[Candidate]:
    del taught
    return [Candidate({"penalty": one}, partial(ridge, penalty=one)) for one in grid.ridge_penalty]


def _kernel_ridge(grid: Baselines, taught: Taught) -> list[Candidate]:
    del taught
    return [
        Candidate({"gamma": g, "penalty": one}, partial(kernel_ridge, gamma=g, penalty=one))
        for g, one in product(grid.svm_gamma, grid.ridge_penalty)
    ]


def _pooled(grid: Baselines, taught: Taught) -> list[Candidate]:
    x, y = (_within(part, taught.task) for part in (taught.x, taught.y))
    return [
        Candidate(
            {"penalty": one},
            partial(pooled, weights=np.linalg.solve(x.T @ x + one * np.eye(x.shape[1]), x.T @ y)),
        )
        for one in grid.ridge_penalty
    ]


Candidates = Callable[[Baselines, Taught], list[Candidate]]
OF_NUMBERS: dict[str, Candidates] = {
    "mean": _mean,
    "ridge": _ridge,
    "kernel_ridge": _kernel_ridge,
    "pooled": _pooled,
}
