"""The flows on a real server: asked for, scheduled, retried, cancelled, killed; people told.

All in one file, which one server serves and which ends it: an idle one is never at rest.
"""

import fcntl
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from fewqubit.config import load_settings
from fewqubit.pipeline import guard
from fewqubit.pipeline.locks import DVC_TMP, sole_run
from fewqubit.pipeline.process import REPRO
from fewqubit.pipeline.reproduce import reproduce
from prefect_api import STAGES, PrefectApi
from processes import at_work_in, eventually
from toy_project import PARAMS

MAKE_BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock
block = CustomWebhookNotificationBlock(
    name="team", url=sys.argv[1], method="POST", json_data={"text": "{{body}}"}
)
block.save("team", overwrite=True)
"""


def stage_processes(project: Path) -> list[str]:
    """What is at work for a stage: DVC, the guard, the stage itself."""
    return [line for line in at_work_in(project) if REPRO in line or "work.py" in line]


def start_endless(api: PrefectApi, toy: Path, seed: int) -> str:
    """A run in the middle of a stage, ``train@a``, that would never end."""
    (toy / "wait-train-a").write_text("what never comes")
    (toy / "started-train-a").unlink(missing_ok=True)
    run = api.start(targets=["train@a"], overrides=[f"seed={seed}"])
    assert eventually((toy / "started-train-a").exists, within=240)
    return run


def flow_process() -> psutil.Process:
    """Prefect's process for the run: the one that asked the guard for DVC."""
    ours = psutil.Process().children(recursive=True)
    return next(
        process.parent()
        for process in ours
        if guard.__file__ in process.cmdline() and REPRO in process.cmdline()
    )


def lock_is_free(project: Path) -> bool:
    with (project / DVC_TMP / "fewqubit.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def assert_nothing_is_left(toy: Path) -> None:
    assert eventually(lambda: not stage_processes(toy), within=10), stage_processes(toy)
    # A dying process loses its name before its files: the lock may be held a moment longer.
    assert eventually(lambda: lock_is_free(toy), within=10)
    (toy / "wait-train-a").unlink()
    with sole_run(toy, print) as lock:
        reproduce(toy, ["train@a"], workers=1, lock=lock)
    assert (toy / "train-a.out").exists()


def test_a_run_by_the_api_tries_a_failed_stage_again_and_shows_the_verdicts(
    api: PrefectApi, toy: Path
) -> None:
    (toy / "fail-train-a").write_text("1")
    (toy / "reports").mkdir()
    (toy / "reports/report.html").write_text("a page")
    before = (toy / "params.yaml").read_bytes()
    run = api.start(overrides=["seed=3"], retries=1, workers=2)
    assert api.final_state(run) == "COMPLETED"
    assert (toy / "params.yaml").read_bytes() == before  # the next night is not this run's
    assert "seed: 3\n" in (toy / "dvc.lock").read_text()
    tries = dict.fromkeys(STAGES, 1) | {"train@a": 2}
    assert eventually(lambda: api.stages(run, "run_count") == tries)
    assert api.artifacts(run)["verdicts"] == (toy / "report.out").read_text()
    assert api.artifacts(run)["train-a"] == 50
    assert "train-a failed on purpose" in api.log(run)
    assert "Running stage" not in api.log(run)
    assert api.artifacts(run)["report-page"].endswith("reports/report.html)")
    assert eventually(lambda: api.stages(run, "tags")["train@a"] == ["train"])


def test_the_form_asks_for_what_a_run_can_be_told(api: PrefectApi) -> None:
    asked = api.deployment["parameter_openapi_schema"]["properties"]
    assert [*asked] == [
        *("datasets", "learners", "recipe", "overrides", "targets", "workers", "retries")
    ]
    settings = load_settings(PARAMS)
    assert asked["datasets"]["items"]["enum"] == sorted(settings.datasets)
    assert asked["learners"]["items"]["enum"] == sorted(settings.learners)
    assert api.deployment["tags"] == ["fewqubit"]
    assert asked["workers"]["minimum"] == 1


def test_a_schedule_fires_and_finds_nothing_to_do(api: PrefectApi) -> None:
    run = api.start()  # what the run before was told was its own
    assert api.final_state(run) == "COMPLETED"
    assert api.deployment["schedules"][0]["schedule"]["cron"] == "0 2 * * *"
    api.set_cron("* * * * * */15", active=True)  # the sixth place counts seconds
    assert eventually(api.scheduled_runs, within=240)
    api.set_cron("0 2 * * *", active=False)
    run = api.scheduled_runs()[0]
    assert api.final_state(run) == "COMPLETED"
    cached = dict.fromkeys(STAGES, "Cached")
    assert eventually(lambda: api.stages(run, "state_name") == cached)


def test_a_cancelled_run_leaves_no_process_and_no_lock(api: PrefectApi, toy: Path) -> None:
    run = start_endless(api, toy, seed=11)
    api.cancel(run)
    assert api.final_state(run) == "CANCELLED"
    assert_nothing_is_left(toy)
    assert eventually(lambda: api.stages(run, "state_name")["train@a"] == "Cancelled")
    assert api.stages(run, "run_count")["train@a"] == 1  # not tried again


def test_a_killed_run_leaves_no_process_and_no_lock(api: PrefectApi, toy: Path) -> None:
    run = start_endless(api, toy, seed=12)
    flow_process().kill()
    assert_nothing_is_left(toy)
    assert api.final_state(run) == "CRASHED"


@pytest.fixture
def hook() -> Iterator[tuple[str, list[str]]]:
    """A place on loopback that takes messages, and those that came."""
    came: list[str] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            came.append(json.loads(self.rfile.read(size))["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()


@pytest.fixture
def updates(api: PrefectApi) -> PrefectApi:
    """The same server, asked for the other deployment."""
    other = PrefectApi(api.address, "update/new-data")
    assert eventually(other.deployment_is_served, within=240)
    return other


def test_an_update_makes_what_is_stale_asks_the_gate_and_tells_people(
    updates: PrefectApi, toy: Path, hook: tuple[str, list[str]]
) -> None:
    address, came = hook
    subprocess.run([sys.executable, "-c", MAKE_BLOCK, address], check=True)
    (toy / "fail-train-a").write_text("1")
    run = updates.start(overrides=["seed=21"], notify="custom-webhook/team", retries=1)
    assert updates.final_state(run, within=400) == "COMPLETED"
    text = updates.artifacts(run)["update"]
    assert text.startswith("# Update")
    assert "## The gate" in text
    assert came == [text]
    assert eventually(lambda: updates.stages(run, "run_count").get("train@a") == 2)


def test_an_update_by_new_files_ends_at_once_where_there_are_none(updates: PrefectApi) -> None:
    run = updates.start(only_new=True)
    assert updates.final_state(run) == "COMPLETED"
    assert updates.state_name(run) == "NothingNew"
    assert updates.artifacts(run) == {}


def test_a_block_that_is_not_there_is_one_line_before_any_work(updates: PrefectApi) -> None:
    run = updates.start(overrides=["seed=22"], notify="slack-webhook/nobody")
    assert updates.final_state(run) == "FAILED"
    assert eventually(lambda: "notify: Unable to find" in updates.log(run))
    assert updates.stages(run, "run_count") == {}


def test_a_cancelled_update_leaves_no_process_and_no_lock(updates: PrefectApi, toy: Path) -> None:
    (toy / "wait-train-a").write_text("what never comes")
    (toy / "started-train-a").unlink(missing_ok=True)
    run = updates.start(overrides=["seed=31"])
    assert eventually((toy / "started-train-a").exists, within=240)
    updates.cancel(run)
    assert updates.final_state(run) == "CANCELLED"
    assert eventually(
        lambda: not [line for line in at_work_in(toy) if "work.py" in line], within=10
    )
    (toy / "wait-train-a").unlink()
    again = updates.start(overrides=["seed=31"])
    assert updates.final_state(again, within=400) == "COMPLETED"
