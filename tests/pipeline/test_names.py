"""No name reaches a shell as anything but a name, also if DVC is called without Fewqubit."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fewqubit.pipeline.environment import stage_environment

TOP = Path(__file__).parents[2]
NAMES = [
    "$(touch PWNED)",
    "`touch PWNED`",
    "x; touch PWNED #",
    "a'; touch PWNED; '",
    'a"; touch PWNED; "',
    "a\ntouch PWNED",
    "\\${seed}; touch PWNED",
    "--help",
    "a & touch PWNED &",
]
RECORDER = """
import json, sys
with open("asked.jsonl", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
"""


def test_dvc_alone_runs_nothing_that_a_name_says(tmp_path: Path) -> None:
    for folder in ("pipelines", "src/fewqubit/config"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pipelines/prepare.py").write_text(RECORDER)
    stage = YAML(typ="safe").load(TOP / "dvc.yaml")["stages"]["prepare"]
    stage |= {"deps": ["pipelines/prepare.py"], "params": ["seed"]}
    YAML(typ="safe").dump({"stages": {"prepare": stage}}, tmp_path / "dvc.yaml")
    YAML(typ="safe").dump({"seed": 1, "run": {"datasets": NAMES}}, tmp_path / "params.yaml")
    shutil.copytree(TOP / ".dvc", tmp_path / ".dvc", ignore=shutil.ignore_patterns("tmp", "cache"))
    (tmp_path / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")
    command = [sys.executable, "-m", "dvc", "repro", "--keep-going", "--quiet"]
    subprocess.run(command, cwd=tmp_path, env=stage_environment(), capture_output=True, check=False)
    asked = (tmp_path / "asked.jsonl").read_text().splitlines()
    names = {name.replace("\\$", "$") for name in NAMES}  # DVC reads \${ as a plain ${
    assert len(asked) >= 6  # of some it makes no stage at all
    assert {*map(tuple, map(json.loads, asked))} <= {("--dataset", name) for name in names}
    assert not [*tmp_path.rglob("PWNED*")]


@pytest.mark.parametrize("stage", YAML(typ="safe").load(TOP / "dvc.yaml")["stages"].values())
def test_a_command_takes_a_whole_item_or_nothing(stage: dict) -> None:
    """Of a whole item DVC quotes each value; ``${item.dataset}`` it would put in as it is."""
    assert re.fullmatch(r"python -m pipelines\.[a-z_]+( \$\{item\})?", stage["cmd"])
