"""Stages of a real DVC project: in order, side by side, failing, stopped and killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fewqubit.errors import PipelineError
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.reproduce import reproduce
from processes import at_work_in, eventually

REPRODUCE = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests may run where it is ignored
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.reproduce import reproduce
with sole_run(Path.cwd(), print) as lock:
    reproduce(Path.cwd(), [], int(sys.argv[1]), lock)
"""


def run(project: Path, *targets: str, workers: int = 1) -> None:
    with sole_run(project, print) as lock:
        reproduce(project, targets, workers, lock)


def start(project: Path, workers: int, *, waiting: str) -> subprocess.Popen[bytes]:
    """A run in a process of its own, in the middle of a stage that would never end."""
    (project / f"wait-{waiting}").write_text("what never comes")
    process = subprocess.Popen([sys.executable, "-c", REPRODUCE, str(workers)], cwd=project)
    begun = eventually((project / f"started-{waiting}").exists, within=240)
    if not begun:
        process.kill()
    assert begun
    return process


def test_two_workers_run_two_stages_at_once(toy: Path) -> None:
    (toy / "wait-train-a").write_text("started-train-b")
    (toy / "wait-train-b").write_text("started-train-a")
    run(toy, "train", workers=2)
    assert (toy / "train-a.out").read_text() == "raw\nprepare\ntrain-a\n"
    assert not (toy / "started-report").exists()


def test_makes_only_what_the_target_needs(toy: Path) -> None:
    run(toy, "train@b")
    assert (toy / "train-b.out").exists()
    assert not (toy / "train-a.out").exists()


def test_a_chain_goes_in_order_and_ends_where_it_fails(toy: Path) -> None:
    (toy / "fail-prepare").write_text("1")
    with pytest.raises(PipelineError, match="failed: prepare → train@b"):
        run(toy, "train@b", workers=2)
    assert not (toy / "started-train-b").exists()
    run(toy, "train@b", workers=2)
    assert (toy / "train-b.out").read_text() == "raw\nprepare\ntrain-b\n"


def test_a_failed_stage_stops_what_reads_it_and_nothing_else(
    toy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (toy / "fail-train-a").write_text("1")
    with pytest.raises(PipelineError, match=r"failed: train@a; 1 stages .* did not start"):
        run(toy, workers=2)
    assert (toy / "train-b.out").exists()
    assert not (toy / "started-report").exists()
    assert "train-a failed on purpose" in capfd.readouterr().err


@pytest.mark.parametrize(("workers", "number"), [(1, signal.SIGKILL), (2, signal.SIGINT)])
def test_a_stopped_or_killed_run_leaves_no_process_and_no_lock(
    toy: Path, workers: int, number: signal.Signals
) -> None:
    process = start(toy, workers, waiting="train-a")
    os.kill(process.pid, number)
    process.wait(timeout=120)
    (toy / "wait-train-a").unlink()
    run(toy, "train@a")  # waits for what the killed run left, then needs no help
    assert at_work_in(toy) == []
    assert (toy / "train-a.out").exists()
