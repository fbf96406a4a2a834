"""The journal tells when a stage ran, and only if it ended well."""

from datetime import datetime

import pytest

from fewqubit.files import read_json
from fewqubit.journal import stage_journal


def test_journal_holds_start_end_and_seconds(tmp_path):
    with stage_journal("prepare@digits", tmp_path):
        pass
    entry = read_json(tmp_path / "prepare@digits.json")
    assert entry["stage"] == "prepare@digits"
    assert 0 <= entry["seconds"] < 5
    start, end = (datetime.fromisoformat(entry[name]) for name in ("start", "end"))
    assert start <= end
    assert start.utcoffset().total_seconds() == 0


def test_a_failed_stage_leaves_no_journal_not_even_an_old_one(tmp_path):
    with stage_journal("encode", tmp_path):
        pass
    with pytest.raises(RuntimeError), stage_journal("encode", tmp_path):
        raise RuntimeError
    assert not (tmp_path / "encode.json").exists()
