"""What a search has chosen holds for what was searched; an edit counts."""

import json
from pathlib import Path

import pytest

from fewqubit.base.io.cards import write_card
from fewqubit.config import load_settings, of_arm, with_values
from fewqubit.errors import ArtifactError
from fewqubit.stages.searched import chosen, keep, place

SETTINGS = load_settings(Path(__file__).parents[2] / "params.yaml")
MAML, DIGITS = of_arm(SETTINGS.learners["maml"], "quantum"), SETTINGS.datasets["digits"]
TOLD = {"values": {"inner_lr": 0.3}, "validation_accuracy": 0.7, "trials": 16}
AT_EDGE = {"inner_lr": "greatest"}  # of the space below


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / place("digits", "maml", "quantum")
    keep(file, MAML, DIGITS, TOLD, {"sampler": "grid", "space": {"inner_lr": [0.1, 0.3]}})
    return file


def test_the_values_become_the_arm_s_and_tell_where_they_come_from(path: Path) -> None:
    found = chosen(path, MAML, DIGITS)
    assert found.settings == with_values(MAML, {"inner_lr": 0.3})
    assert (found.summary, found.note) == ({**TOLD, "at_edge": AT_EDGE}, "")


def test_a_file_of_before_edges_were_told_tells_them_from_its_space(path: Path) -> None:
    card = json.loads(path.read_text())
    assert card.pop("at_edge") == AT_EDGE
    write_card(path, {name: card[name] for name in card if name not in ("files", "seal")})
    found = chosen(path, MAML, DIGITS).summary
    assert found is not None
    assert found["at_edge"] == AT_EDGE


def test_without_a_file_nothing_changes_and_nothing_is_told(tmp_path: Path) -> None:
    assert chosen(tmp_path / "none.json", MAML, DIGITS) == (MAML, None, "")


def test_more_seeds_are_the_same_learner(path: Path) -> None:
    assert chosen(path, with_values(MAML, {"seeds": 9}), DIGITS).settings.inner_lr == 0.3


@pytest.mark.parametrize(
    ("key", "value"), [("inner_lr", 0.05), ("training.steps", 7), ("encoder.widths", [3])]
)
def test_an_edit_counts_and_is_named(path: Path, key: str, value: object) -> None:
    edited = with_values(MAML, {key: value})
    found = chosen(path, edited, DIGITS)
    assert (found.settings, found.summary) == (edited, None)
    assert f"another learner.{key};" in found.note


def test_another_data_set_of_the_same_name_was_not_searched(path: Path) -> None:
    episodes = DIGITS.episodes.model_copy(update={"n_shot": 5})
    other = DIGITS.model_copy(update={"episodes": episodes})
    found = chosen(path, MAML, other)
    assert found.summary is None
    assert "dataset.episodes.n_shot" in found.note


def test_an_edited_file_and_values_that_are_none_are_one_line(path: Path) -> None:
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | {"values": {"inner_lr": 9}}))
    with pytest.raises(ArtifactError, match="edited or damaged; search again"):
        chosen(path, MAML, DIGITS)
    keep(path, MAML, DIGITS, {**TOLD, "values": {"no.such": 1}}, {})
    with pytest.raises(ArtifactError, match=r"quantum\.json: no.*search again"):
        chosen(path, MAML, DIGITS)


@pytest.mark.parametrize("name", SETTINGS.learners)
@pytest.mark.parametrize("arm", ["quantum", "twin"])
def test_every_learner_of_the_settings_can_be_kept(tmp_path: Path, name: str, arm: str) -> None:
    learner, path = of_arm(SETTINGS.learners[name], arm), tmp_path / "chosen.json"
    keep(path, learner, DIGITS, {**TOLD, "values": {}}, {})
    assert chosen(path, learner, DIGITS).settings == with_values(learner, {})


def test_a_setting_that_came_since_had_its_default(path: Path) -> None:
    card = json.loads(path.read_text())
    del card["from"]["learner"]["training"]["warmup"], card["from"]["dataset"]["features"]["pca"]
    write_card(path, {name: card[name] for name in card if name not in ("files", "seal")})
    assert chosen(path, MAML, DIGITS).summary == {**TOLD, "at_edge": AT_EDGE}
    edited = with_values(MAML, {"training.warmup": 5})
    assert "another learner.training.warmup" in chosen(path, edited, DIGITS).note


def test_a_setting_that_went_since_is_named(path: Path) -> None:
    card = json.loads(path.read_text())
    card["from"]["learner"]["training"]["gone"] = 1
    write_card(path, {name: card[name] for name in card if name not in ("files", "seal")})
    assert "another learner.training.gone" in chosen(path, MAML, DIGITS).note
