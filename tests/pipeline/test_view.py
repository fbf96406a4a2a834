"""Runs with settings of their own leave the user's settings alone, and each other."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from fewqubit.pipeline.graph import read_pipeline
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.reproduce import reproduce
from fewqubit.pipeline.view import VIEWS, with_settings
from processes import at_work_in, eventually

KILLED = """
from pathlib import Path
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.reproduce import reproduce
from fewqubit.pipeline.view import with_settings
project = Path.cwd()
with sole_run(project, print) as lock, with_settings(project, ["seed=9"], None) as place:
    reproduce(place, ["train@a"], 1, lock)
"""


def run(project: Path, *overrides: str, recipe: str | None = None) -> None:
    with (
        sole_run(project, print) as lock,
        with_settings(project, overrides, recipe) as place,
    ):
        reproduce(place, ["train"], 1, lock)


def locked_seed(project: Path) -> int:
    stages = YAML(typ="safe").load(project / "dvc.lock")["stages"]
    return int(stages["train@a"]["params"]["params.yaml"]["seed"])


def test_a_recipe_is_a_whole_whatever_came_before(toy: Path) -> None:
    before = (toy / "params.yaml").read_bytes()
    (toy / "recipes").mkdir()
    (toy / "recipes/one.yaml").write_text("seed: 1\nevaluation: {margin: 0.5}\n")
    (toy / "recipes/two.yaml").write_text("evaluation: {margin: 0.25}\n")
    with with_settings(toy, [], "one") as place:
        assert "margin: 0.5" in (place / "params.yaml").read_text()
    run(toy, recipe="one")
    assert locked_seed(toy) == 1
    run(toy, recipe="two")
    assert locked_seed(toy) == 2026
    run(toy, "seed=4", recipe="two")
    assert locked_seed(toy) == 4
    assert (toy / "train-a.out").read_text() == "raw\nprepare\ntrain-a\n"
    assert not (toy / "train-a.out").is_symlink()
    assert (toy / "params.yaml").read_bytes() == before
    assert not [*(toy / VIEWS).iterdir()]
    assert "train@a" in read_pipeline(toy).stale  # of params.yaml, which asks for another seed


def test_a_killed_run_leaves_the_settings_as_they_were(toy: Path) -> None:
    before = (toy / "params.yaml").read_bytes()
    (toy / "wait-train-a").write_text("what never comes")
    process = subprocess.Popen([sys.executable, "-c", KILLED], cwd=toy)
    assert eventually((toy / "started-train-a").exists, within=240)
    assert (toy / "params.yaml").read_bytes() == before  # not even meanwhile
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=120)
    (toy / "wait-train-a").unlink()
    assert (toy / "params.yaml").read_bytes() == before
    run(toy)
    assert at_work_in(toy) == []
    assert locked_seed(toy) == 2026
    run(toy, "seed=9")
    assert locked_seed(toy) == 9
    assert not [*(toy / VIEWS).iterdir()]


def test_what_the_run_wrote_beside_its_view_stays_when_the_view_comes_home(toy: Path) -> None:
    """A first run: DVC makes a folder of the link to one that is not there yet."""
    journal, own = toy / "artifacts/journal", Path("artifacts/journal")
    with with_settings(toy, ["seed=4"], None) as place:
        link = place / "artifacts"
        if link.is_symlink():
            link.unlink()
        for folder, name in ((journal, "run.json"), (place / own, "watch.json")):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("{}")
    assert {path.name for path in journal.iterdir()} >= {"run.json", "watch.json"}
