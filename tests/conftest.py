"""Set before JAX is imported: tests compile much and compute little.

Code for the processor in one piece, without optimisation and by the older of XLA's two ways takes
a fifth of the time to compile.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

QUICK = (
    "--xla_backend_optimization_level=0",
    "--xla_llvm_disable_expensive_passes=true",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)

os.environ.setdefault("XLA_FLAGS", " ".join(QUICK))


@pytest.fixture
def allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the current folder a project whose settings may name functions of a module."""

    def project_that_allows(module: str) -> None:
        (tmp_path / "params.yaml").write_text(f"allow: [{module}]\n")
        monkeypatch.chdir(tmp_path)

    return project_that_allows
