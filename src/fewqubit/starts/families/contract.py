"""Draw problems of a family from a random key."""

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.families import Family


def problems(family: Family, key: PRNGKeyArray, n_qubits: int, count: int) -> list[Problem]:
    """``count`` problems; a larger count from the same key begins with the same problems."""
    return [
        family.draw(_generator(stream(key, n_qubits, number)), n_qubits) for number in range(count)
    ]


def _generator(key: PRNGKeyArray) -> np.random.Generator:
    return np.random.default_rng(np.asarray(jax.random.key_data(key)))
