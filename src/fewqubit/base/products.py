"""Products in full precision, whatever the device's default is.

GPUs round the factors of a single-precision product to ten bits unless they are asked not to. A
reading of a state would then be wrong by up to a thousandth.
"""

from functools import partial

import jax
import jax.numpy as jnp

_EXACT = jax.lax.Precision.HIGHEST

einsum = partial(jnp.einsum, precision=_EXACT)
matmul = partial(jnp.matmul, precision=_EXACT)
tensordot = partial(jnp.tensordot, precision=_EXACT)
