"""Low-rank adapters: few parameters with which an encoder adapts."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from fewqubit.circuits.entries import entries_circuit
from fewqubit.errors import SettingsError
from fewqubit.models.factors import (
    Factor,
    Factors,
    ReadsEntries,
    circuit_size,
    free,
    from_circuit,
    shared,
)
from fewqubit.models.network import Params
from fewqubit.states.readouts import Drawn


@dataclass(frozen=True)
class Adapters:
    """W + ``scale`` A B for every weight matrix W [n_in, n_out], A [n_in, rank], B [rank, n_out].

    ``factors`` says what A and B come from: numbers of their own, ``lora`` (Hu et al. 2021, arXiv
    2106.09685, eq. 3); as many shared numbers as circuits of ``layers`` have weights, ``shared``;
    or the readings of two such circuits, ``circuit``, which ``reads`` estimates where they are
    measured. B is 0 where a task starts.
    """

    factors: Factors = "lora"
    rank: int = 2
    layers: int = 4
    scale: float = 1.0
    entanglers: bool = True
    reads: ReadsEntries | None = None

    def init(self, key: PRNGKeyArray, encoder: Params) -> Params:
        """{"down": [...]}: for each matrix of the encoder, what A is made from.

        Raises SettingsError: the encoder has no matrix.
        """
        matrices = _matrices(encoder)
        if not matrices:
            raise SettingsError(
                "adapts: adapters adapt the encoder's weight matrices, and this encoder has none; "
                "use encoder mlp or conv, or adapt the circuit"
            )
        keys = jax.random.split(key, len(matrices))
        factors = [self.pair(*matrix.shape)[0] for matrix in matrices]
        return {"down": [factor.init(own) for own, factor in zip(keys, factors, strict=True)]}

    def begin(self, encoder: Params, adapters: Params) -> Params:
        """The adapters that a task starts from: B = 0, so that A B = 0."""
        factors = [self.pair(*matrix.shape)[1] for matrix in _matrices(encoder)]
        return {**adapters, "up": [jnp.zeros(factor.shape) for factor in factors]}

    def merged(self, encoder: Params, adapters: Params) -> Params:
        """The encoder with every matrix changed."""
        parts = iter(zip(adapters["down"], adapters["up"], strict=True))

        def change(matrix: Array) -> Array:
            down, up = (
                factor.matrix(part)
                for factor, part in zip(self.pair(*matrix.shape), next(parts), strict=True)
            )
            return matrix + self.scale * down @ up

        return jax.tree.map(lambda leaf: change(leaf) if leaf.ndim == 2 else leaf, encoder)

    def drawn(self, encoder: Params) -> list[Drawn]:
        """The circuits that A and B of every matrix are read from, if they are."""
        if self.factors != "circuit":
            return []
        return [
            entries_circuit(self.rank * size, self.layers, self.entanglers)
            for matrix in _matrices(encoder)
            for size in matrix.shape
        ]

    def pair(self, n_in: int, n_out: int) -> tuple[Factor, Factor]:
        """A and B of one matrix."""
        a, b = (n_in, self.rank), (self.rank, n_out)
        if self.factors == "lora":
            return free(*a), free(*b)
        if self.factors == "circuit":
            how = self.layers, self.entanglers
            return (
                from_circuit(*a, *how, n_in**-0.5, self.reads),
                from_circuit(*b, *how, 1.0, self.reads),
            )
        most_a, most_b = n_in * self.rank, self.rank * n_out
        of_b = circuit_size(most_b, self.layers)
        whole = circuit_size(most_a, self.layers) + of_b
        of_b = min(of_b, most_b)
        return shared(*a, min(whole - of_b, most_a)), shared(*b, of_b)


def _matrices(encoder: Params) -> list[Array]:
    return [leaf for leaf in jax.tree.leaves(encoder) if leaf.ndim == 2]
