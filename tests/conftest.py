"""Set before JAX is imported: tests compile much and compute little.

Code for the processor in one piece, without optimisation and by the older of XLA's two ways takes
a fifth of the time to compile. What was compiled is kept for the other process, for those that
tests start, and for the next run of the tests: equal programs occur in many tests.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

import small_bert
from fewqubit.base.compiled_programs import keep_compiled

QUICK = (
    "--xla_backend_optimization_level=0",
    "--xla_llvm_disable_expensive_passes=true",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)

os.environ.setdefault("XLA_FLAGS", " ".join(QUICK))
keep_compiled(Path(__file__).parents[1] / ".pytest_cache" / "compiled")

# The same examples on every machine, so that a red test is red for whoever looks at it;
# HYPOTHESIS_PROFILE=search goes where no run has been.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


# Files that take longest, by their folder. They begin a run, so that its end is made of short ones
# and no process waits for another one's last file; xdist itself goes by the number of tests.
LONG = ("flows", "tracking", "test_docs.py", "pipeline", "test_cli.py", "stages", "study", "search")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.relative_to(here).parts[0], len(LONG)))


# Folders whose files share what is dear to make (trained and mirrored models): one process of xdist
# runs them all.
TOGETHER = ("tests/tracking/",)


class ByFile(LoadFileScheduling):
    """``--dist loadfile``, but for the folders of ``TOGETHER``."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(autouse=True)
def code_of_ones_own_goes() -> Iterator[None]:
    """What a test imported from its own/ is not that of the next test, which has another folder."""
    before = [*sys.path]  # where such modules are looked for is added to it
    yield
    sys.path[:] = before
    for name in [name for name in sys.modules if name.partition(".")[0] == "own"]:
        del sys.modules[name]


@pytest.fixture
def allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the current folder a project whose settings may name functions of a module."""

    def project_that_allows(module: str) -> None:
        (tmp_path / "params.yaml").write_text(f"allow: [{module}]\n")
        monkeypatch.chdir(tmp_path)

    return project_that_allows


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random transformer."""
    if not small_bert.is_possible():
        pytest.skip("the extra 'text' is not installed (pip install 'fewqubit[text]')")
    return small_bert.write(tmp_path_factory.mktemp("bert"))
