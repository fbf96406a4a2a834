"""What works with core alone, and the line where a library lacks; the others are hidden."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fewqubit.base.extras import check, needs
from fewqubit.errors import FewqubitError, MissingExtraError

TOP = Path(__file__).parents[2]
EXTRAS = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["optional-dependencies"]
# modules of what only extras install, and of what those bring along
OPTIONAL = (
    *("dvc", "mlflow", "prefect", "pooch", "psutil", "pyarrow", "sqlalchemy", "fastapi"),
    *("qiskit_aer", "qiskit_ibm_runtime", "optuna", "distributed", "dask", "torch", "requests"),
)
HIDE = f"""
import sys
class Hidden:
    def __init__(self, finder): self.finder = finder
    def __getattr__(self, name): return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {OPTIONAL}:
            return self.finder.find_spec(name, path, target)
sys.meta_path[:] = map(Hidden, sys.meta_path)
"""
# every module of these rooms is core's; of others, those that are named
ROOMS = (
    *("base", "config", "errors", "circuits", "compiler", "states", "backends", "diagnostics"),
    *("tasks", "models", "meta", "predict", "data", "qiskit_ml"),
)
ELSEWHERE = {
    *("fewqubit.data.files.parquet",),
    *("fewqubit.backends.noisy", "fewqubit.backends.ibm"),
}


def core(code: str, cwd: Path = TOP) -> subprocess.CompletedProcess[str]:
    """Run ``code`` where only the core is installed."""
    command = [sys.executable, "-c", HIDE + code]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def modules() -> list[str]:
    """Every module of the rooms that need the core alone."""
    top = TOP / "src/fewqubit"
    files = [path for room in ROOMS for path in (top / room, top / f"{room}.py") if path.exists()]
    found = {
        ".".join(path.relative_to(TOP / "src").with_suffix("").parts)
        for place in files
        for path in ([place] if place.is_file() else place.rglob("*.py"))
    }
    return sorted({name.removesuffix(".__init__") for name in found} - ELSEWHERE)


TRIED = """
from pathlib import Path
from fewqubit.backends import build_backend
from fewqubit.config import Device
from fewqubit.data.files.frame import read_frame
from fewqubit.errors import MissingExtraError
def parquet(): read_frame(Path("t.parquet"), ["label"])
asked = [parquet]
for name in ("shots:aer", "noisy:fake_manila", "ibm:torino"):
    asked.append(lambda name=name: build_backend(Device(backend=name, shots=10)))
for ask in asked:
    try: ask()
    except MissingExtraError as error: print(error)
print(list(read_frame(Path("t.csv"), ["label"]).label))
"""


def test_core_needs_no_extra_and_says_which_one_lacks(tmp_path: Path) -> None:
    """Nor pandas, for what a notebook imports: circuits, learners, kernels."""
    (tmp_path / "t.csv").write_text("a,label\n1,x\n2,y\n")
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    rooms = ["compiler", "states", "models", "meta", "backends", "tasks", "qiskit_ml"]
    code = f"import importlib\nfor room in {rooms}: importlib.import_module('fewqubit.' + room)\n"
    code += "assert 'pandas' not in sys.modules\n"
    code += f"for name in {modules()}: importlib.import_module(name)\n"
    code += "import fewqubit\nfor name in fewqubit.__all__: getattr(fewqubit, name)\n"
    code += f"assert not {set(OPTIONAL)} & {{*sys.modules}}\n"
    answer = core(code + TRIED, tmp_path)
    assert answer.returncode == 0, answer.stderr
    parquet, *devices, labels = answer.stdout.splitlines()
    assert parquet == (
        "a Parquet file: expected pyarrow of the extra 'pipeline', but it is not installed; "
        "pip install 'fewqubit[pipeline]'"
    )
    extras = [line.rpartition("fewqubit")[2] for line in devices]
    assert extras == ["[aer]'", "[ibm]'", "[ibm]'"]
    assert labels == "['x', 'y']"


def test_a_command_runs_on_core_or_names_the_extra() -> None:
    asked = ["run", "status", "track", "mlflow", "search maml"]
    code = (
        "from fewqubit.cli.main import commands\n"
        "from fewqubit.errors import MissingExtraError\n"
        "commands(['datasets'], standalone_mode=False)\n"
        f"for words in {asked}:\n"
        "    try: commands(words.split(), standalone_mode=False)\n"
        "    except MissingExtraError as error: print('LINE', error)\n"
    )
    answer = core(code)
    assert answer.returncode == 0, answer.stderr
    lines = [line for line in answer.stdout.splitlines() if line.startswith("LINE")]
    extras = ["pipeline"] * 4 + ["search"]
    assert [line.rpartition("fewqubit[")[2] for line in lines] == [f"{one}]'" for one in extras]


def test_every_extra_that_is_named_is_one() -> None:
    named = {
        part.split('"')[1]
        for path in (TOP / "src").rglob("*.py")
        for part in path.read_text(encoding="utf-8").split("needs(")[1:]
        if part.startswith('"')
    }
    assert named <= {*EXTRAS}


def test_a_missing_library_is_an_import_error_of_ours_in_one_line() -> None:
    with pytest.raises(MissingExtraError, match=r"^x: .*not installed; pip .*\[aer\]'$") as caught:
        check("no_such_library", "aer", "x")
    assert isinstance(caught.value, FewqubitError)
    assert isinstance(caught.value, ImportError)
    broken = "but libz.so: no such file; pip"
    with pytest.raises(MissingExtraError, match=broken), needs("aer", "x"):
        raise ImportError("libz.so:\nno such file", name="qiskit_aer")
    check("json", "aer", "x")
