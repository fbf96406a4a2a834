"""Stop training that diverges, and report the seed and the step."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from fewqubit.errors import NumbersError
from fewqubit.meta.learner import MetaState, StepInfo

LARGEST = 1e7  # of a parameter: beyond it, single precision does not resolve an angle modulo 2π

Stepped = tuple[MetaState, StepInfo]  # the state after some steps, and their StepInfo
Steps = Callable[[MetaState, Array], Stepped]  # state of all seeds, numbers of the steps to take


def diverged(state: MetaState, seen: Any) -> Bool[np.ndarray, " S"]:
    """Which seeds hold NaN, infinity or a parameter beyond ``LARGEST``.

    Every leaf of ``state`` and of ``seen`` has a leading seed axis.
    """
    wrong = [~np.isfinite(leaf).all(1) for leaf in _leaves((state, seen))]
    huge = [(np.abs(leaf) > LARGEST).any(1) for leaf in _leaves(state.params)]
    return np.any(wrong + huge, axis=0)


def check_start(state: MetaState, score: Array) -> None:
    """Raise NumbersError if a seed's initial parameters or their score are NaN or infinite."""
    if (wrong := diverged(state, score)).any():
        raise _error(wrong, 0, "the initial parameters or what they answer")


def check_steps(before: MetaState, steps: Array, after: Stepped, score: Array, take: Steps) -> None:
    """Raise NumbersError if any seed diverged in ``steps`` from ``before``.

    One diverged seed is enough: a mean over seeds would hide it. The steps are repeated one by one
    to find the first that diverged.
    """
    wrong = diverged(after[0], (after[1], score))
    if not wrong.any():
        return
    for number in steps:
        before, info = take(before, number[None])
        if (first := diverged(before, info)).any():
            raise _error(first, int(number) + 1, "loss, parameters or optimizer state")
    raise _error(wrong, int(steps[-1]) + 1, "the answers on validation episodes")


def _error(wrong: Bool[np.ndarray, " S"], step: int, what: str) -> NumbersError:
    seeds = ", ".join(str(seed) for seed in np.flatnonzero(wrong))
    return NumbersError(
        f"training diverged in seed {seeds} at step {step}: {what} became NaN, infinite "
        f"or larger than {LARGEST:.0e}; "
        "lower learning_rate (or inner_lr), or set training.clip lower"
    )


def _leaves(of_seeds: Any) -> list[Float[np.ndarray, "S numbers"]]:
    leaves = jax.tree.leaves(of_seeds)
    return [
        np.asarray(leaf).reshape(len(leaf), -1)
        for leaf in leaves
        if jnp.issubdtype(leaf.dtype, jnp.inexact)
    ]
