"""The update flow on a real server: what is stale is made, the gate asked, people told."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from prefect_api import PrefectApi
from processes import at_work_in, eventually

MAKE_BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock
block = CustomWebhookNotificationBlock(
    name="team", url=sys.argv[1], method="POST", json_data={"text": "{{body}}"}
)
block.save("team", overwrite=True)
"""


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
