"""One run at a time, and no lock that outlives its owner."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fewqubit.pipeline.locks import clear_dead_claims, sole_run
from processes import eventually

HOLDER = """
from pathlib import Path
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.process import GuardedProcess
with sole_run(Path("."), print) as lock:
    with GuardedProcess(["sh", "-c", "trap 'sleep 1; exit' INT; touch held; sleep 60 & wait"],
                        Path("."), keeps=[lock]) as process:
        process.wait()
"""


def claims_of(folder: Path, *numbers: int) -> Path:
    """DVC's list of files in use, claimed by the given processes."""
    claims = folder / ".dvc/tmp/rwlock"
    claims.parent.mkdir(parents=True)
    readers = [{"pid": number, "cmd": "dvc repro"} for number in numbers]
    claims.write_text(json.dumps({"read": {"/raw.txt": readers}}))
    return claims


def test_a_run_waits_for_the_last_process_of_a_killed_one(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], cwd=tmp_path)
    assert eventually((tmp_path / "held").exists)
    said: list[str] = []
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    before = time.monotonic()
    with sole_run(tmp_path, said.append):
        waited = time.monotonic() - before
    assert waited > 0.5  # the killed run's command took a second to leave
    assert said == ["another run is at work in this project, or about to end: waiting for it"]


def test_says_nothing_where_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    for _ in range(2):
        with sole_run(tmp_path, pytest.fail):
            pass


@pytest.mark.parametrize("content", ["", "{", "[]", '{"read": {"x": [{}]}}', "\x00"])
def test_deletes_a_list_that_a_kill_cut_short(tmp_path: Path, content: str) -> None:
    claims = claims_of(tmp_path)
    claims.write_text(content)
    clear_dead_claims(tmp_path)
    assert not claims.exists()


def test_deletes_claims_of_ended_processes_and_of_numbers_that_others_have_now(
    tmp_path: Path,
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    claims = claims_of(tmp_path, ended.pid, os.getpid())  # we are alive, but no DVC
    clear_dead_claims(tmp_path)
    assert not claims.exists()


def test_keeps_claims_of_a_dvc_at_work(tmp_path: Path) -> None:
    dvc = tmp_path / "dvc"
    dvc.write_text("#!/bin/sh\necho there\nsleep 60 & wait\n")
    with subprocess.Popen(
        ["sh", str(dvc)], start_new_session=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # its name is known from then on
        claims = claims_of(tmp_path, process.pid)
        clear_dead_claims(tmp_path)
        os.killpg(process.pid, signal.SIGKILL)
    assert claims.exists()
    clear_dead_claims(tmp_path)
    assert not claims.exists()
