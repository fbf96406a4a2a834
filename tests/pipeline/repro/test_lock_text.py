"""A stage's part of dvc.lock, as DVC writes it."""

from pathlib import Path

import pytest
from dvc.utils.serialize import dumps_yaml, loads_yaml

from fewqubit.pipeline.repro.lock_text import HEAD, with_stage

OURS = Path(__file__).parents[3] / "dvc.lock"
LONG = "python -m pipelines.make " + " ".join(f"--number-{n} {n}" for n in range(12))
FOUND = {"cmd": LONG, "deps": [{"path": "a", "md5": "0", "size": 1}], "params": {"p": {"x": None}}}


def test_what_is_there_already_changes_nothing() -> None:
    text = OURS.read_text()
    for name, found in [*loads_yaml(text)["stages"].items()][:4]:
        assert with_stage(text, name, found) == text


@pytest.mark.parametrize("name", ["first", "track", "meta_train@a-b", "a: b", "0"])
def test_it_is_what_dvc_would_write(name: str) -> None:
    text, stages = "", {}
    for one, found in [("first", {"cmd": "x"}), ("last", {"cmd": "y"}), (name, FOUND)]:
        text, stages = with_stage(text, one, found), stages | {one: found}
        assert text == dumps_yaml({"schema": "2.0", "stages": stages})


@pytest.mark.parametrize(
    "text",
    [
        "schema: '3.0'\nstages:\n",
        f"# mine\n{HEAD}",
        f"{HEAD}  a:\n    cmd: x\ndatasets:\n- name: b\n",
        f"{HEAD}# mine\n  a:\n    cmd: x\n",
        "schema: '2.0'\nstages: {}\n",
    ],
)
def test_all_else_is_left_to_dvc(text: str) -> None:
    assert with_stage(text, "a", {"cmd": "x"}) is None
