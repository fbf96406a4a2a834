"""What the kernel learners share: the Gram matrix of a support and a head solved on it."""

from collections.abc import Callable
from typing import NamedTuple

import jax
from jaxtyping import Array, Float, Int

from fewqubit.meta.learner import Compare, EmbeddedLearner, Rows
from fewqubit.models.model import Model
from fewqubit.models.network import Params
from fewqubit.tasks import Inputs

# (Gram matrix [s, s], one-hot labels [s, n_way], params) -> dual coefficients [s, n_way]
Head = Callable[[Array, Array, Params], Float[Array, "s n_way"]]
# (similarity of queries to the support [q, s], dual coefficients, params) -> logits [q, n_way]
Readout = Callable[[Array, Array, Params], Float[Array, "q n_way"]]


class Kernel(NamedTuple):
    """Rows of examples, and how they are compared.

    embed:    (params, x) -> the row of one example
    compare:  (params, rows [a], rows [b]) -> Gram matrix [a, b]
    """

    embed: Callable[[Params, Inputs], Rows]
    compare: Compare


def kernel_of(model: Model) -> Kernel:
    """The kernel of one model: its features, compared by its geometry."""
    return Kernel(model.apply, lambda params, a, b: model.geometry.kernel(a, b))


class DualMachine(NamedTuple):
    """A task as its embedded support and the dual coefficients of each class."""

    params: Params
    support: Rows
    coefficients: Float[Array, "s n_way"]


def kernel_machine(kernel: Kernel, n_way: int, head: Head, readout: Readout) -> EmbeddedLearner:
    """Solve ``head`` on the support's Gram matrix; ``readout`` gives the logits of queries."""

    def adapt(params: Params, rows: Rows, y: Int[Array, " s"]) -> DualMachine:
        gram = kernel.compare(params, rows, rows)
        return DualMachine(params, rows, head(gram, jax.nn.one_hot(y, n_way), params))

    def predict(machine: DualMachine, rows: Rows) -> Float[Array, "q n_way"]:
        similarity = kernel.compare(machine.params, rows, machine.support)
        return readout(similarity, machine.coefficients, machine.params)

    embed = jax.vmap(kernel.embed, in_axes=(None, 0))
    return EmbeddedLearner(adapt, predict, embed, compare=kernel.compare)


def one_versus_rest(similarity: Array, coefficients: Array, params: Params) -> Array:
    """(k(q, ·) + 1) β with β from ``heads.svm_coefficients``."""
    del params
    return (similarity + 1) @ coefficients
