"""What the flow `update` tells people: what arrived, what the gate said, how far it has drifted."""

from pathlib import Path

import numpy as np
import pytest
from flows.update import gate_and_register, message, tell
from prefect.blocks.notifications import NotificationBlock
from prefect.logging import disable_run_logger
from pydantic import Field

from fewqubit.base.keys import root_key
from fewqubit.config import Episodes, Settings, Table, load_settings
from fewqubit.config.streams import Stream
from fewqubit.stages.streams.arrive import arrive
from fewqubit.tracking import MirrorSummary

MONTHS = ["2026-01", "2026-02"]
GATE = "fewqubit-stream-months: version 2 is champion: protonet is better and cheaper"


class Told(NotificationBlock):
    """A block that keeps what it was asked to send."""

    sent: list[tuple[str | None, str]] = Field(default_factory=list)

    def notify(self, body: str, subject: str | None = None) -> None:
        self.sent.append((subject, body))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two months have arrived; the features of the second are further along in one of two."""
    lines = ["label,month,a,b"]
    random = np.random.default_rng(0)
    for number, month in enumerate(MONTHS):
        for kind in range(4):
            for a, b in random.normal(size=(20, 2)):
                lines.append(f"m{number}-c{kind},{month},{5 * number + a:.3f},{b:.3f}")
    rows = tmp_path / "rows.csv"
    rows.write_text("\n".join(lines) + "\n")
    episodes = Episodes(n_way=2, n_shot=1, n_query=2, n_validation=2, n_test=3)
    table = Table(source="table", path=str(rows), label="label", group="month", episodes=episodes)
    months = Stream(datasets=["t"])
    arrive("months", months, {"t": table}, root_key(0), tmp_path / "artifacts/arrived/months")
    return tmp_path


@pytest.fixture
def settings() -> Settings:
    found = load_settings(Path(__file__).parents[2] / "params.yaml")
    return found.model_copy(update={"run": found.run.model_copy(update={"streams": ["months"]})})


def test_what_arrived_the_gate_the_drift_and_the_tables_in_this_order(
    project: Path, settings: Settings
) -> None:
    (project / "reports").mkdir()
    (project / "reports/streams.md").write_text("## Stream months\n")
    text = message.fn(project, settings, {"months": MONTHS[:1]}, [GATE])
    parts = [
        "# Update\n- `months`: new: 2026-02\n",
        f"## The gate\n- {GATE}\n",
        "## Drift in months\n| group | features that moved | largest distance |\n| --- | ---: |",
        "| 2026-02 | 50% of 2 | ",
        "## Stream months",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places, text
    assert places == sorted(places)


def test_a_group_that_sorts_before_others_is_told_of_with_what_it_costs(
    project: Path, settings: Settings
) -> None:
    text = message.fn(project, settings, {"months": MONTHS[1:]}, [])
    assert "- `months`: new: 2026-01\n- `months` was 2026-02 and is 2026-01, 2026-02 now" in text
    assert "the champion of before is not compared" in text


def test_a_quiet_update_says_that_nothing_came_and_nothing_moved(
    project: Path, settings: Settings
) -> None:
    (project / "artifacts/arrived/months/001.npz").write_bytes(b"cut")
    text = message.fn(project, settings, {}, [])
    assert text.startswith("# Update\nNothing arrived; what was stale was made.\n")
    assert "## The gate\n- nothing moved" in text
    assert "not measured: " in text, "damage spoils no message"


def test_lines_of_the_gate_are_the_mirrors_notes_and_what_it_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = MirrorSummary("here", ("months/protonet",), 3, ("months/maml: damaged",), (GATE,))
    monkeypatch.setattr("fewqubit.tracking.mirror", lambda _: summary)
    with disable_run_logger():
        assert gate_and_register.fn(tmp_path) == [GATE, "not mirrored: months/maml: damaged"]


def test_the_message_is_sent_as_it_is() -> None:
    block = Told()
    tell.fn(block, "# Update")
    assert block.sent == [("fewqubit: update", "# Update")]
