"""The one signature of every family of problems."""

from typing import TYPE_CHECKING, Annotated, ClassVar

import jax
import numpy as np
from jaxtyping import PRNGKeyArray
from pydantic import AfterValidator, Field

from fewqubit.base.values import AS_LIST, Value
from fewqubit.keys import stream
from fewqubit.starts.problem import Problem


def _rises(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError(f"expected [low, high], got {list(pair)}")
    return pair


Range = Annotated[tuple[float, float], Field(strict=False), AfterValidator(_rises), AS_LIST]


class Family(Value):
    """Problems that have a structure in common.

    names:  of the descriptors, which every problem of the family has
    """

    names: ClassVar[tuple[str, ...]] = ()
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        """One problem of ``n_qubits``. Raises DataError for a size that the family has not."""
        raise NotImplementedError

    def problems(self, key: PRNGKeyArray, n_qubits: int, count: int) -> list[Problem]:
        """``count`` problems; the same key gives the same ones, and more of them when asked."""
        return [
            self.draw(_generator(stream(key, n_qubits, number)), n_qubits)
            for number in range(count)
        ]


def _generator(key: PRNGKeyArray) -> np.random.Generator:
    return np.random.default_rng(np.asarray(jax.random.key_data(key)))
