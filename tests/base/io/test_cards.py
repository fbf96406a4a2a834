"""A card tells an artefact as it was written from any other."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.errors import ArtifactError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
CARD = {"format": 3, "classes": ["b", "a"], "numbers": np.arange(2), "share": 0.1}


@pytest.fixture
def card(tmp_path):
    (tmp_path / "one").write_text("first")
    (tmp_path / "two").write_text("second")
    write_card(tmp_path / "card.json", CARD, ["one", "two"])
    return tmp_path / "card.json"


def test_what_was_written_is_read(card):
    assert read_card(card, ["one", "two"], format=3) == CARD | {"numbers": [0, 1]}


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES, max_size=4))
def test_any_content_keeps_its_seal(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("card") / "card.json"
    value = {f"own {name}": part for name, part in value.items()}
    write_card(path, value)
    assert read_card(path) == value


@pytest.mark.parametrize("key", [*CARD, "files", "seal"])
def test_every_edit_and_every_loss_is_seen(card, key):
    stored = json.loads(card.read_text())
    for changed in (stored | {key: [1]}, {k: v for k, v in stored.items() if k != key}):
        card.write_text(json.dumps(changed))
        with pytest.raises(ArtifactError, match="edited or damaged; do this"):
            read_card(card, remedy="do this")
    card.write_text(json.dumps(stored))  # another layout is no edit
    read_card(card)


@pytest.mark.parametrize("text", ["[]", "null", "3", '"card"'])
def test_what_is_no_card_is_one_line(card, text):
    card.write_text(text)
    with pytest.raises(ArtifactError, match="expected a card in braces"):
        read_card(card)


def test_another_format_is_told_first(card):
    with pytest.raises(ArtifactError, match="expected format 4, got 3"):
        read_card(card, format=4)


def test_files_beside_it_are_those_it_was_written_with(card):
    (card.parent / "two").write_text("second ")
    read_card(card, ["one"])
    with pytest.raises(ArtifactError, match=r"two: expected the file that card\.json was written"):
        read_card(card, ["one", "two"])
    (card.parent / "one").unlink()
    with pytest.raises(ArtifactError, match="one: expected a file, found none"):
        read_card(card, ["one"])
    (card.parent / "three").write_text("unknown")
    with pytest.raises(ArtifactError, match="three: expected the file that"):
        read_card(card, ["three"])
