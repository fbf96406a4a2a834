"""What the kernel learners share: the Gram matrix of a support and a head solved on it."""

from collections.abc import Callable
from typing import NamedTuple

import jax
from jaxtyping import Array, Float, Int

from fewqubit.meta.learner import EmbeddedLearner
from fewqubit.models.model import Model
from fewqubit.models.network import Params

# (Gram matrix [s, s], one-hot labels [s, n_way], params) -> dual coefficients [s, n_way]
Head = Callable[[Array, Array, Params], Float[Array, "s n_way"]]
# (similarity of queries to the support [q, s], dual coefficients, params) -> logits [q, n_way]
Readout = Callable[[Array, Array, Params], Float[Array, "q n_way"]]


class DualMachine(NamedTuple):
    """A task as its embedded support and the dual coefficients of each class."""

    params: Params
    support: Array
    coefficients: Float[Array, "s n_way"]


def kernel_machine(model: Model, n_way: int, head: Head, readout: Readout) -> EmbeddedLearner:
    """Solve ``head`` on the support's Gram matrix; ``readout`` gives the logits of queries."""

    def adapt(params: Params, rows: Array, y: Int[Array, " s"]) -> DualMachine:
        gram = model.geometry.kernel(rows, rows)
        return DualMachine(params, rows, head(gram, jax.nn.one_hot(y, n_way), params))

    def predict(machine: DualMachine, rows: Array) -> Float[Array, "q n_way"]:
        similarity = model.geometry.kernel(rows, machine.support)
        return readout(similarity, machine.coefficients, machine.params)

    return EmbeddedLearner(adapt, predict, jax.vmap(model.apply, in_axes=(None, 0)))


def one_versus_rest(similarity: Array, coefficients: Array, params: Params) -> Array:
    """(k(q, ·) + 1) β with β from ``heads.svm_coefficients``."""
    del params
    return (similarity + 1) @ coefficients
