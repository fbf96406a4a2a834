"""A dvc.lock that a kill cut short, wherever it was cut."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from fewqubit.pipeline.lock_file import KEPT, LOCK_FILE, is_whole, keep_lock_file
from fewqubit.pipeline.locks import sole_run

WHOLE = (
    b"\n".join(Path(__file__).parents[2].joinpath(LOCK_FILE).read_bytes().split(b"\n")[:30]) + b"\n"
)


def test_a_whole_file_is_kept_and_a_cut_one_is_as_it_was(tmp_path: Path) -> None:
    path, said = tmp_path / LOCK_FILE, list[str]()
    keep_lock_file(tmp_path, pytest.fail)  # nothing was made yet
    path.write_bytes(b"")  # of the run before
    with sole_run(tmp_path, said.append):
        path.write_bytes(WHOLE)
    with sole_run(tmp_path, pytest.fail):
        assert (tmp_path / KEPT).read_bytes() == WHOLE
    path.write_bytes(WHOLE[:35])
    with sole_run(tmp_path, said.append):
        assert path.read_bytes() == WHOLE
    assert (tmp_path / "dvc.lock.damaged").read_bytes() == WHOLE[:35]
    assert ["begun anew" in said[0], "as it was before that run" in said[1], len(said)] == [1, 1, 2]


@given(st.integers(0, len(WHOLE)))
@settings(max_examples=60)
def test_what_passes_for_whole_is_so_for_dvc(cut: int) -> None:
    """Cut between two entries it may be: stages are missing, or files, which are made again."""
    schema = pytest.importorskip("dvc.schema").COMPILED_LOCKFILE_SCHEMA
    if is_whole(WHOLE[:cut]):
        schema(YAML(typ="safe").load(WHOLE[:cut]))
    assert is_whole(WHOLE)
