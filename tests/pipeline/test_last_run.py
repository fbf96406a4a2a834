"""What the last run was asked for, and so which settings its results have."""

import shutil
from pathlib import Path

import pytest

from fewqubit.pipeline.last_run import RECORD, LastAsked, last_asked, last_settings, record
from toy_project import PARAMS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(PARAMS, tmp_path / "params.yaml")
    return tmp_path


def test_settings_are_those_that_the_last_run_had(project: Path):
    plain = last_settings(project)
    record(project, ["seed=5"], None)
    assert last_settings(project).seed == 5
    assert str(last_asked(project)) == "--set seed=5"
    record(project, [], None)
    assert last_settings(project) == plain


def test_what_is_gone_or_damaged_leaves_those_of_the_file(project: Path):
    plain = last_settings(project)
    record(project, ["seed=5"], "recipe-that-is-gone")
    assert last_settings(project) == plain
    for text in ("{", "[]", '{"other": 1}', "null"):
        (project / RECORD).write_text(text)
        assert last_asked(project) == LastAsked()
