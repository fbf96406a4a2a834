"""What the kernel learners share: a support, its Gram matrix, and a head on it."""

from collections.abc import Callable
from typing import NamedTuple

import jax
from jaxtyping import Array, Float, Int

from fewqubit.models.model import Model
from fewqubit.models.network import Params

# (Gram matrix [s, s], one-hot labels [s, n_way], params) -> dual coefficients [s, n_way]
Head = Callable[[Array, Array, Params], Float[Array, "s n_way"]]
# (similarity of queries to the support [q, s], dual coefficients, params) -> logits [q, n_way]
Readout = Callable[[Array, Array, Params], Float[Array, "q n_way"]]


class Machine(NamedTuple):
    """A task as its embedded support and the dual coefficients of each class."""

    params: Params
    support: Array
    coefficients: Float[Array, "s n_way"]


class KernelMachine(NamedTuple):
    """How a task adapts and answers: two of a learner's four functions."""

    adapt: Callable[[Params, Array, Array], Machine]
    predict: Callable[[Machine, Array], Float[Array, "q n_way"]]


def kernel_machine(model: Model, n_way: int, head: Head, readout: Readout) -> KernelMachine:
    """The support through ``head``, queries through ``readout``, both by the model's kernel."""
    embed = jax.vmap(model.apply, in_axes=(None, 0))

    def adapt(params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]) -> Machine:
        support = embed(params, x)
        gram = model.geometry.kernel(support, support)
        return Machine(params, support, head(gram, jax.nn.one_hot(y, n_way), params))

    def predict(machine: Machine, x: Float[Array, "q *feature"]) -> Float[Array, "q n_way"]:
        similarity = model.geometry.kernel(embed(machine.params, x), machine.support)
        return readout(similarity, machine.coefficients, machine.params)

    return KernelMachine(adapt, predict)


def one_versus_rest(similarity: Array, coefficients: Array, params: Params) -> Array:
    """(k(q, ·) + 1) β, of ``heads.svm_coefficients``."""
    del params
    return (similarity + 1) @ coefficients
