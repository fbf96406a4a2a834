"""``fewqubit search`` looks where params.yaml, a recipe and --set say."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fewqubit.cli.main import commands
from fewqubit.search import arms
from toy_project import PARAMS

RECIPE = "search: {space: {kernel: {training.learning_rate: [0.5]}}}"


class StoppedError(Exception):
    """Ends the command where it would begin to search."""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_bytes(PARAMS.read_bytes())
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes/high.yaml").write_text(RECIPE)
    seen: list[object] = []

    def works(settings, dataset, learner, plan):
        seen.append((dataset, learner, settings.search.space[learner]["training.learning_rate"]))
        raise StoppedError

    monkeypatch.setattr(arms, "works", works)
    return seen


@pytest.mark.parametrize(
    ("given", "rates"),
    [
        ((), [0.003, 0.01, 0.03]),
        (("--recipe", "high"), [0.5]),
        (("--set", "search.space.kernel={training.learning_rate: [2.0]}"), [2.0]),
    ],
)
def test_a_recipe_says_where_to_look(asked: list[object], given: tuple[str], rates: list) -> None:
    found = CliRunner().invoke(commands, ["search", "kernel", "--dataset", "digits", *given])
    assert isinstance(found.exception, StoppedError)
    assert asked == [("digits", "kernel", rates)]
