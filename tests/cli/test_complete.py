"""What a shell offers after Tab."""

from pathlib import Path

import pytest

from fewqubit.cli import complete

TOP = Path(__file__).parents[2]


def test_names_are_those_of_the_projects_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    assert "smoke" in complete.recipes()
    assert "meta_train" in complete.stages()
    assert "maml" in complete.learners()
    assert "zz" in complete.feature_maps()
    assert complete.datasets()


@pytest.mark.parametrize("text", [None, "", "a: [", "learners: 3", "\0"])
def test_where_nothing_can_be_read_nothing_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("params.yaml").write_text(text)
    assert complete.learners() == complete.recipes() == complete.stages() == []
