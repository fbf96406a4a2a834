"""The shipped split lists are the published ones."""

import json

import pytest

from fewqubit.data.sources.omniglot_splits import named_split

SIZES = {"vinyals": (1028, 172, 423), "background_evaluation": (806, 158, 659)}


@pytest.mark.parametrize("name", SIZES)
def test_every_character_is_in_one_part(name):
    lists = named_split(name)
    assert tuple(lists) == ("meta_train", "validation", "meta_test")
    assert tuple(len(characters) for characters in lists.values()) == SIZES[name]
    assert len(set().union(*lists.values())) == 1623


def test_no_alphabet_crosses_background_and_evaluation():
    alphabets = [
        {name.partition("/")[0] for name in part}
        for part in named_split("background_evaluation").values()
    ]
    assert [len(part) for part in alphabets] == [25, 5, 20]
    assert len(set().union(*alphabets)) == 50


@pytest.mark.parametrize(
    ("part", "file"), [("meta_train", "train"), ("validation", "val"), ("meta_test", "test")]
)
def test_vinyals_is_the_published_list(part, file, real_data):
    published = real_data / "omniglot" / "splits" / "torchmeta" / f"{file}.json"
    if not published.is_file():
        pytest.skip(f"no published split at {published}")
    sets = json.loads(published.read_text()).values()
    expected = {
        f"{alphabet}/{name}" for each in sets for alphabet in each for name in each[alphabet]
    }
    assert set(named_split("vinyals")[part]) == expected
