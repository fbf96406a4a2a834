"""JAX's switches in the environment change no result."""

import json
import os
import subprocess
import sys

import jax
import numpy as np
import pytest

from fewqubit.base import arithmetic
from fewqubit.base.arithmetic import FIXED, fixed
from fewqubit.errors import PipelineError

PRECISION = "jax_default_matmul_precision"
SWITCHES = {
    "JAX_ENABLE_X64": "1",
    "JAX_THREEFRY_PARTITIONABLE": "0",
    "JAX_DEFAULT_PRNG_IMPL": "rbg",
    "JAX_RANDOM_SEED_OFFSET": "7",
    "JAX_DEFAULT_MATMUL_PRECISION": "bfloat16",
    "JAX_NUMPY_DTYPE_PROMOTION": "strict",
    "JAX_NUMPY_RANK_PROMOTION": "raise",
    "JAX_DEBUG_NANS": "1",
    "JAX_DEBUG_INFS": "1",
}
DRAWN = """
import json
from contextlib import nullcontext
from fewqubit.base.arithmetic import fix, fixed
told = fix() if {process} else []
import jax, jax.numpy as jnp, numpy as np
from fewqubit.base.keys import root_key, stream
with nullcontext() if {process} else fixed():
    draw = jax.random.normal(stream(root_key(3), "x", 5), (2, 3))
    sums = draw @ draw.T + np.arange(2) + 0 * jnp.log(-jnp.ones(2)).at[:].set(0)
print(json.dumps([told, str(sums.dtype), np.asarray(sums).tolist()]))
"""


def drawn(process: bool, **switches: str) -> list:
    command = [sys.executable, "-c", DRAWN.format(process=process)]
    answer = subprocess.run(
        command, env=os.environ | switches, capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


def test_a_stage_and_an_answer_in_memory_draw_the_same_whatever_is_set() -> None:
    flags, dtype, numbers = drawn(process=True)
    assert (flags, dtype) == ([], "float32")
    flags, *same = drawn(process=True, **SWITCHES)
    assert {name.upper() for name in flags} == {*SWITCHES}
    assert same == [dtype, numbers]
    assert drawn(process=False, **SWITCHES)[1:] == [dtype, numbers]


def test_afterwards_jax_is_as_its_user_set_it() -> None:
    with jax.enable_x64(True), jax.debug_nans(True):
        with fixed():
            assert not jax.config.jax_enable_x64
            assert not jax.config.jax_debug_nans
        assert jax.config.jax_enable_x64
        assert jax.config.jax_debug_nans


def test_jax_has_every_switch_and_ours_are_its_defaults_or_where_it_has_none() -> None:
    with jax.default_matmul_precision(None):
        defaults = {name: getattr(jax.config, name) for name in FIXED}
    assert {name: value for name, value in defaults.items() if value is not None} == {
        name: value for name, value in FIXED.items() if name != PRECISION
    }


def test_products_ask_for_full_precision_on_every_device() -> None:
    def product(x: jax.Array) -> jax.Array:
        return x @ x

    with fixed():
        text = jax.jit(product).lower(np.ones((2, 2), np.float32)).as_text()
    assert "HIGHEST" in text


def test_a_forked_process_is_told_instead_of_hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arithmetic, "_computed_in", set())
    with fixed():
        np.zeros(1)
    monkeypatch.setattr("os.getpid", lambda: -1)
    for _ in range(2):
        with pytest.raises(PipelineError, match=r"forked .*get_context\('spawn'\)"), fixed():
            pass
