"""DVCs that wait for stages: how many there are, what the lock shows, and that they all end."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from fewqubit.errors import PipelineError
from fewqubit.pipeline.guard import GRACE_S
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.process import REPRO
from fewqubit.pipeline.stages import Stages
from processes import at_work_in, eventually


@pytest.fixture
def stages(toy: Path) -> Iterator[Stages]:
    with sole_run(toy, print) as lock, Stages(toy, lock) as stages:
        yield stages


def waiting(toy: Path) -> list[int]:
    """The DVCs in ``toy``, without their guards."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "cwd"])
        if process.info["cwd"] == str(toy)
        and process.info["cmdline"][1:4] == ["-m", REPRO, "--orders"]
    ]


def test_one_dvc_makes_chain_after_chain(toy: Path, stages: Stages) -> None:
    said: list[str] = []
    stages.run(["prepare"], said.append)
    first = waiting(toy)
    stages.run(["train@a", "train@b"], said.append)
    assert waiting(toy) == first
    assert len(first) == 1
    assert [line for line in said if "is made" in line] == [
        f"Stage '{name}' is made" for name in ("prepare", "train@a", "train@b")
    ]


def test_the_lock_is_whole_whenever_nothing_runs(toy: Path, stages: Stages) -> None:
    stages.run(["prepare"])
    assert "prepare:" in (toy / "dvc.lock").read_text()
    stages.run(["train@b"])
    assert "train@b:" in (toy / "dvc.lock").read_text()


def test_a_failure_leaves_dvc_ready_for_the_next_stage(toy: Path, stages: Stages) -> None:
    (toy / "fail-train-a").write_text("1")
    with pytest.raises(PipelineError, match=r"prepare → train@a failed \(exit code 255\)"):
        stages.run(["prepare", "train@a"])
    assert "prepare:" in (toy / "dvc.lock").read_text()
    before = waiting(toy)
    stages.run(["train@a"])
    assert (toy / "train-a.out").exists()
    assert waiting(toy) == before


def test_another_takes_the_place_of_one_that_was_killed(toy: Path, stages: Stages) -> None:
    stages.run(["prepare"])
    (dvc,) = waiting(toy)
    os.kill(dvc, signal.SIGKILL)
    with pytest.raises(PipelineError, match=r"train@a failed \(exit code 137\)"):
        stages.run(["train@a"])
    stages.run(["train@a"])
    assert (toy / "train-a.out").exists()


def test_none_is_left_in_the_end(toy: Path) -> None:
    with sole_run(toy, print) as lock, Stages(toy, lock) as stages:
        stages.run(["prepare"])
        assert at_work_in(toy)
    assert not at_work_in(toy)


def test_a_stage_that_is_stopped_ends_at_once(toy: Path) -> None:
    (toy / "wait-train-a").write_text("what never comes")
    with sole_run(toy, print) as lock, Stages(toy, lock) as stages, ThreadPoolExecutor() as pool:
        stages.run(["prepare"])
        made = pool.submit(stages.run, ["train@a"])
        assert eventually((toy / "started-train-a").exists)
        stages.stop()
        with pytest.raises(PipelineError, match="train@a was stopped"):
            made.result()
        assert eventually(lambda: not at_work_in(toy), within=GRACE_S - 1)  # before any SIGKILL
