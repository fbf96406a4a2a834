"""Fix JAX's arithmetic, so that its switches in the environment change no result.

Products of matrices are computed in full single precision: GPUs else round their factors to ten
bits, and a fidelity is wrong by a thousandth. On a processor it makes no difference.

A stage fixes it for its whole process; a prediction in a user's process only while it is computed.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import jax

from fewqubit.errors import PipelineError

FIXED = {
    "jax_enable_x64": False,
    "jax_threefry_partitionable": True,
    "jax_default_prng_impl": "threefry2x32",
    "jax_random_seed_offset": 0,
    "jax_default_matmul_precision": "highest",
    "jax_numpy_dtype_promotion": "standard",
    "jax_numpy_rank_promotion": "allow",
    "jax_debug_nans": False,  # NaN is looked for where it means something, and named
    "jax_debug_infs": False,
    "jax_disable_jit": False,
}
_computed_in: set[int] = set()  # this process, once it has computed


def fix() -> list[str]:
    """Fix the arithmetic of this process; return the switches that were set to other values."""
    before = {name: getattr(jax.config, name) for name in FIXED}
    for name, value in FIXED.items():
        jax.config.update(name, value)
    return [name for name, value in before.items() if value not in (FIXED[name], None)]


@contextmanager
def fixed() -> Iterator[None]:
    """Fix the arithmetic for a block, in this thread; afterwards the user's settings are restored.

    Raises PipelineError in a process that was forked from one that had computed: JAX would hang.
    """
    _check_not_forked()
    with ExitStack() as stack:
        for setting in (
            jax.enable_x64(False),
            jax.threefry_partitionable(True),
            jax.default_prng_impl("threefry2x32"),
            jax.default_matmul_precision("highest"),
            jax.numpy_dtype_promotion("standard"),
            jax.numpy_rank_promotion("allow"),
            jax.debug_nans(False),
            jax.debug_infs(False),
            jax.disable_jit(False),
        ):
            stack.enter_context(setting)
        yield


def _check_not_forked() -> None:
    _computed_in.add(os.getpid())
    if len(_computed_in) > 1:
        _computed_in.discard(os.getpid())
        raise PipelineError(
            "this process was forked from one that had computed before, where JAX would hang; "
            "start processes with multiprocessing.get_context('spawn')"
        )
