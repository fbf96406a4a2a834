"""Kept programs change no number, whatever state they are found in; what the user set stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fewqubit.base.compiled_programs import keep_compiled

PROGRAM = """
from pathlib import Path
from fewqubit.base.compiled_programs import keep_compiled
keep_compiled(Path("kept"))
import jax, jax.numpy as jnp
print(jax.jit(lambda x: jnp.sin(x) @ jnp.cos(x.T))(jnp.arange(6.0).reshape(2, 3)).tolist())
"""


def run(place: Path) -> str:
    own = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=place,
        env=own | {"JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_program_is_kept_and_one_half_written_is_compiled_again(tmp_path: Path) -> None:
    first = run(tmp_path)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert run(tmp_path) == first
    for path in kept:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert run(tmp_path) == first


def test_what_the_user_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIR", "MIN_COMPILE_TIME_SECS", "MIN_ENTRY_SIZE_BYTES"):  # taken back afterwards
        key = f"{'JAX_COMPILATION' if name == 'DIR' else 'JAX_PERSISTENT'}_CACHE_{name}"
        monkeypatch.setenv(key, "mine")
    keep_compiled()
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == "mine"
