"""The journal tells when a stage ran, and only if it ended well."""

from datetime import UTC, datetime

import pytest

from fewqubit.base.io.files import read_json
from fewqubit.base.io.journal import ran_since, read_entry, stage_journal


def test_journal_holds_start_end_and_seconds(tmp_path):
    with stage_journal("prepare@digits", tmp_path):
        pass
    entry = read_json(tmp_path / "prepare@digits.json")
    assert entry["stage"] == "prepare@digits"
    assert 0 <= entry["seconds"] < 5
    assert entry["cpu_seconds"] > 0
    start, end = (datetime.fromisoformat(entry[name]) for name in ("start", "end"))
    assert start <= end
    assert start.utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    "damaged",
    ["", "[]", '{"start": 3}', '{"start": "x", "end": "x", "seconds": 1}', "{", "\x00",
     '{"start": "2026-01-01", "end": "2026-01-01", "seconds": 1}'],
)  # fmt: skip
def test_a_damaged_journal_is_set_aside_and_said(tmp_path, capsys, damaged):
    (tmp_path / "track.json").write_text(damaged)
    assert not ran_since("track", datetime.now(UTC), tmp_path)
    said = capsys.readouterr().err
    assert "set aside as track.json.damaged" in said
    assert said.count("\n") == 1
    assert read_entry("track", tmp_path) is None
    assert capsys.readouterr().err == ""


def test_a_failed_stage_leaves_no_journal_not_even_an_old_one(tmp_path):
    with stage_journal("encode", tmp_path):
        pass
    with pytest.raises(RuntimeError), stage_journal("encode", tmp_path):
        raise RuntimeError
    assert not (tmp_path / "encode.json").exists()
