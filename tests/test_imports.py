"""The architecture, read from the imports: downward only, and each library in its own room."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]

# a room imports itself and what stands above it here; the first line serves everyone. A part of a
# room that knows the rest, which does not know it, has a line of its own.
TIERS = (
    {"base", "errors"},
    {"data", "circuits"},
    {"compiler"},
    {"states"},
    {"backends"},
    {"backends.gradients"},
    {"diagnostics"},
    {"tasks"},
    {"models"},
    {"meta", "starts"},  # learning over tasks of rows, and over problems
    {"meta.streams"},  # a learner goes on: what meta learns by, group after group
    {"config"},  # composes what the rooms above it declare
    {"predict"},
    {"evaluate"},
    {"evaluate.entities", "evaluate.regression"},  # scores: F1 of entities, R² of numbers
    {"stages"},
    {"search"},
    {"qiskit_ml", "tracking", "report"},
    {"study"},  # in memory what the pipeline does in files: the report of its stages, too
    {"pipeline"},
    {"cli"},
    {"pipelines"},
    {"flows"},
)
TIER = {room: number for number, rooms in enumerate(TIERS) for room in rooms}

CIRCUITS = {"circuits", "compiler", "states", "backends", "backends.gradients", "diagnostics"}
HOMES = {
    "qiskit": CIRCUITS | {"qiskit_ml", "stages", "starts"},
    "qiskit_aer": {"backends"},
    "qiskit_ibm_runtime": {"backends"},
    "qiskit_qasm3_import": {"circuits"},
    "qiskit_machine_learning": {"qiskit_ml"},
    "mlflow": {"tracking"},
    "optuna": {"search"},
    "prefect": {"flows"},
    "psutil": {"pipeline"},
    "typer": {"cli"},
    "fastapi": {"predict"},
    "uvicorn": {"predict"},
    "distributed": {"base"},
    "dvc": {"pipeline"},  # but for one file, its command line is its contract
    "pickle": set(),
    "dill": set(),
    "cloudpickle": set(),
    "joblib": set(),
}

FILES = sorted(
    path.relative_to(TOP)
    for folder in ("src", "pipelines", "flows")
    for path in (TOP / folder).rglob("*.py")
)


def room_of(path: Path) -> str:
    """``compiler`` of src/fewqubit/compiler/parse/gates.py, ``meta.streams`` of what is there."""
    parts = path.with_suffix("").parts
    return _room(parts[2:]) if parts[0] == "src" else parts[0]


def _room(names: Sequence[str]) -> str:
    part = ".".join(names[:2])
    return part if part in TIER else names[0]


def imports(path: Path) -> Iterator[str]:
    """Full names of the imported modules, and of what is imported from fewqubit itself."""
    for node in ast.walk(ast.parse((TOP / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: say in full what is imported"
            if node.module == "fewqubit":
                yield from (f"fewqubit.{alias.name}" for alias in node.names)
            elif node.module:
                yield node.module


def rooms_imported(path: Path) -> set[str]:
    return {
        _room(parts[1:]) if parts[0] == "fewqubit" else parts[0]
        for parts in (name.split(".") for name in imports(path))
        if parts[0] in ("pipelines", "flows") or (parts[0] == "fewqubit" and len(parts) > 1)
    }


def entries(folder: Path) -> int:
    return len([path for path in folder.iterdir() if path.name != "__pycache__"])


def test_folders_and_files_can_be_taken_in_at_a_glance() -> None:
    source = TOP / "src/fewqubit"
    folders = {path.parent for path in source.rglob("*.py")}
    assert {str(folder) for folder in folders if entries(folder) > 25} == set()
    lengths = {path: path.read_text("utf-8").count("\n") for path in source.rglob("*.py")}
    assert {str(path): n for path, n in lengths.items() if n >= 250} == {}


def is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_run_downward_only(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        bare = [node for node in ast.parse((TOP / path).read_text()).body if is_import(node)]
        assert [node.module for node in bare] == ["importlib", "typing"], "it imports at no cost"
        return
    for other in rooms_imported(path) - {room}:
        same_ground = TIER[room] == TIER[other] == 0
        assert TIER[other] < TIER[room] or same_ground, f"{path} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_each_library_stays_in_its_room(path: Path) -> None:
    for library in {name.split(".")[0] for name in imports(path)} & {*HOMES}:
        assert room_of(path) in HOMES[library], f"{path} imports {library}"


def test_meta_learning_knows_no_path_and_no_process() -> None:
    forbidden = {"pathlib", "os", "subprocess", "fewqubit.base.io.files"}
    for path in FILES:
        if room_of(path) in ("meta", "meta.streams", "models", "starts"):
            assert not forbidden & {*imports(path)}, path


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_print_and_no_catch_all(path: Path) -> None:
    for node in ast.walk(ast.parse((TOP / path).read_text(encoding="utf-8"))):
        where = f"{path}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{where}: progress, or an error"
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            assert caught not in ("everything", "Exception", "BaseException"), where


HEAVY = "jax optax flax qiskit pandas scipy sklearn pyarrow mlflow prefect torch dvc matplotlib"
PLAN = """
from fewqubit.pipeline import graph
graph.read_pipeline = lambda place: graph.Pipeline({"prepare@digits": frozenset()}, {})
"""  # what DVC finds is asked of a process of its own


def loaded_after(code: str, place: Path = TOP) -> list[str]:
    """The heavy libraries that a new process has imported once it has run ``code``."""
    probe = (
        f"import sys; print(*[m for m in '{HEAVY}'.split() if m in sys.modules], file=sys.stderr)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", f"{code}\n{probe}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=place,
    )
    return answer.stderr.split()


@pytest.mark.parametrize(
    "module",
    ["fewqubit", "fewqubit.cli.main", "fewqubit.config", "fewqubit.pipeline.reproduce"],
)
def test_settings_and_commands_need_no_heavy_library(module: str) -> None:
    """A value names what it is; what computes is imported by the method that builds it."""
    assert loaded_after(f"import {module}") == []


@pytest.mark.parametrize("command", ["--help", "--version", "status", "run --dry", "learners"])
def test_a_command_that_computes_nothing_loads_nothing(command: str, tmp_path: Path) -> None:
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(TOP / name, tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text("[core]\n    no_scm = true\n")
    called = f"from fewqubit.cli.root import commands; import fewqubit.cli.main\n{PLAN}"
    called += f"commands({command.split()}, standalone_mode=False)"
    assert loaded_after(called, tmp_path) == []
