"""States of many rows, a few at a time, so that every step finds them in the processor's cache.

A batch of states is read and written once by every step of a circuit. Where it is larger than the
cache each step waits for memory, and for fresh pages of it: for the ZZ map that is more than half
of the time. In pieces, all steps act on some rows before the next rows begin.
"""

from collections.abc import Callable

import jax
from jaxtyping import Array, Complex, Float, Shaped

PIECE = 2**17  # amplitudes: a megabyte in single precision, half of a core's second cache
WHOLE = 2**19  # amplitudes: fewer are one batch; in pieces they gain little and compile longer

StateFunction = Callable[
    [Float[Array, " inputs"], Float[Array, " weights"]], Complex[Array, " 2**n"]
]


def in_pieces(
    function: Callable[[Array, Array], Array],
    n_qubits: int,
    x: Float[Array, "N inputs"],
    theta: Float[Array, " weights"],
) -> Shaped[Array, "N ..."]:
    """``function(row, θ)``, of a state of ``n_qubits``, for every row of ``x``.

    jit, vmap and grad (twice) work. A derivative computes each piece again instead of keeping what
    its steps left behind. Devices other than the CPU get one batch.
    """

    def whole(x: Array, theta: Array) -> Array:
        return jax.vmap(function, (0, None))(x, theta)

    def pieces(x: Array, theta: Array) -> Array:
        row = jax.checkpoint(lambda row: function(row, theta))
        return jax.lax.map(row, x, batch_size=max(1, PIECE >> n_qubits))

    if len(x) << n_qubits <= WHOLE:
        return whole(x, theta)
    return jax.lax.platform_dependent(x, theta, cpu=pieces, default=whole)
