"""The command, as a person uses it."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from toy_project import PARAMS, make_toy

COMMANDS = (
    *("run", "status", "report", "track", "adapt", "search", "mlflow"),
    *("inspect", "learners", "datasets", "new", "serve", "doctor", "worker", "start"),
)


def fewqubit(*arguments: str, cwd: Path = PARAMS.parent) -> subprocess.CompletedProcess[str]:
    code = "from fewqubit.cli import app; app()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_toy(tmp_path_factory.mktemp("cli") / "toy")


def test_help_names_every_command() -> None:
    answer = fewqubit("--help")
    assert answer.returncode == 0
    assert all(f" {command} " in answer.stdout for command in COMMANDS)


def test_the_version_is_told() -> None:
    answer = fewqubit("--version")
    assert (answer.returncode, answer.stdout) == (0, f"fewqubit {version('fewqubit')}\n")


@pytest.mark.parametrize("table", ["learners", "datasets"])
def test_tables_of_the_projects_settings(table: str) -> None:
    answer = fewqubit(table)
    assert answer.returncode == 0, answer.stderr
    assert "✓" in answer.stdout


def test_the_data_sets_of_a_recipe_are_looked_at_alone(toy: Path) -> None:
    (toy / "recipes").mkdir(exist_ok=True)
    place = toy / "recipes/mine.yaml"
    place.write_text("run: {datasets: [digits]}\n")
    answer = fewqubit("datasets", "--recipe", "mine", cwd=toy)
    place.unlink()
    assert (answer.returncode, answer.stderr) == (0, "")
    assert [line.split()[0] for line in answer.stdout.splitlines() if "✓" in line] == ["digits"]
    assert answer.stdout.count("-way") == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--set", "seed=-3"], "SettingsError: with these overrides: seed: Input should be"),
        (["--set", "seed"], "SettingsError: expected an override like"),
        (["--recipe", "nonsense"], "SettingsError: expected a recipe, got 'nonsense'"),
    ],
)
def test_a_bad_setting_is_one_clear_line_and_loses_nothing(
    toy: Path, arguments: list[str], line: str
) -> None:
    before = (toy / "params.yaml").read_bytes()
    answer = fewqubit("run", "prepare", "--set", "seed=5", *arguments, cwd=toy)
    assert answer.returncode == 2
    assert answer.stderr.startswith(line)
    assert answer.stderr.count("\n") == 1
    assert (toy / "params.yaml").read_bytes() == before
    assert not (toy / "prepare.out").exists()


def test_inspecting_what_is_not_prepared_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_bytes(PARAMS.read_bytes())
    answer = fewqubit("inspect", "zz", "--dataset", "digits", cwd=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.startswith("ArtifactError: artifacts/prepared/digits/")


def test_outside_a_project_it_says_where_to_go(tmp_path: Path) -> None:
    answer = fewqubit("run", cwd=tmp_path)
    assert answer.returncode == 2
    assert "run from the project's top folder" in answer.stderr


def test_a_setting_is_the_runs_own_and_status_tells_what_is_left(toy: Path) -> None:
    before = (toy / "params.yaml").read_bytes()
    answer = fewqubit("run", "train@a", "--set", "seed=5", cwd=toy)
    assert answer.returncode == 0, answer.stderr
    assert "[2/2] train@a done" in answer.stderr
    assert "Running stage" not in answer.stderr
    assert "train-a toy   50%  step 1/2" in (toy / "reports/run.log").read_text()
    assert (toy / "params.yaml").read_bytes() == before
    assert "seed: 5\n" in (toy / "dvc.lock").read_text()
    assert (toy / "train-a.out").exists()
    left = fewqubit("status", "--set", "seed=5", cwd=toy).stdout
    assert "train@b" in left
    assert "2 of 4 stages" in left
    assert "up to date" in fewqubit("status", "train@a", "--set", "seed=5", cwd=toy).stdout
    assert (
        "the last run had settings of its own: --set seed=5" in fewqubit("status", cwd=toy).stdout
    )


def test_dry_says_what_would_run_and_verbose_all_that_is_said(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")  # of its own: nothing has run in it
    answer = fewqubit("run", "train@a", "--dry", cwd=toy)
    assert answer.stdout.splitlines() == [
        "prepare  not known",
        "train@a  not known",
        "2 of 2 stages would run; no times known",
    ]
    assert not (toy / "prepare.out").exists()
    answer = fewqubit("run", "prepare", "--verbose", cwd=toy)
    assert "Running stage 'prepare'" in answer.stderr
    assert "prepare toy   50%  step 1/2" in answer.stderr


def test_a_failed_stage_is_named_once_without_a_traceback(toy: Path) -> None:
    (toy / "fail-train-b").write_text("1")
    answer = fewqubit("run", "train@b", cwd=toy)
    assert answer.returncode == 2
    assert "train-b failed on purpose" in answer.stderr
    assert "PipelineError: `dvc repro` failed" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_archive_without_git_works(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    config = toy / ".dvc/config"
    config.write_text(config.read_text().replace("    no_scm = true\n", ""))
    answer = fewqubit("run", "prepare", cwd=toy)
    assert answer.returncode == 0, answer.stderr
    assert (toy / "prepare.out").exists()


@pytest.mark.parametrize(
    ("shell", "code", "line"),
    [
        ("learners >&-", 0, ""),
        ("learners > /dev/full", 2, "OSError: No space left on device\n"),
        ("learners | head -1 > /dev/null", 0, ""),
        ("run --recipe ../x", 2, "SettingsError: expected a recipe, got '../x'; there are: none\n"),
        ("run --set 'seed=[/red]'", 2, "got ['/red']\n"),
    ],
)
def test_streams_that_are_closed_full_or_cut_are_one_line(
    toy: Path, shell: str, code: int, line: str
) -> None:
    script = f"{sys.executable} -c 'from fewqubit.cli import app; app()' {shell}"
    answer = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"], cwd=toy, capture_output=True, text=True
    )
    assert (answer.returncode, answer.stderr.endswith(line)) == (code, True), answer.stderr
    assert answer.stderr.count("\n") <= 1


def test_a_table_on_a_terminal_of_ascii(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    answer = fewqubit("datasets", cwd=toy)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("module", ["fewqubit.cli.main", "fewqubit.cli.root"])
def test_an_interrupt_while_it_imports_is_one_word(module: str) -> None:
    code = (
        "import sys, importlib.abc as a\n"
        "class Interrupt(a.MetaPathFinder):\n"
        "    def find_spec(self, name, *rest):\n"
        f"        if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from fewqubit.cli import app; app()"
    )
    command = [sys.executable, "-c", code, "learners"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (130, "stopped\n")
