"""Embeddings: what the comparing learners (prototypes, kernels) make of an example."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.config import Circuit, Encoder
from fewqubit.models.geometry import STATES, VECTORS, Geometry
from fewqubit.models.network import Params
from fewqubit.models.quantum import encoded_twin, quantum_model


class Embedding(NamedTuple):
    """A model whose features are compared with each other.

    init:      key -> params
    apply:     (params, x) -> features of one example: a state, or a vector
    geometry:  how features are compared
    """

    init: Callable[[PRNGKeyArray], Params]
    apply: Callable[[Params, Float[Array, "*feature"]], Array]
    geometry: Geometry


def build_embedding(
    encoder: Encoder, circuit: Circuit, feature_shape: Sequence[int], arm: str
) -> Embedding:
    """``quantum``: states compared by fidelity. ``twin``: vectors compared by distance."""
    if arm == "quantum":
        model = quantum_model(encoder, circuit, feature_shape)
        return Embedding(model.init, model.apply, STATES)
    twin = encoded_twin(encoder, circuit, feature_shape)
    return Embedding(twin.init, twin.apply, VECTORS)
