"""What may be a name, and which names cannot stand side by side."""

import copy
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from fewqubit.config import validate
from fewqubit.config.baselines import Baseline
from fewqubit.config.names import check_name
from fewqubit.errors import SettingsError
from fewqubit.evaluate.baselines.candidates import BASELINES
from fewqubit.evaluate.regression.baselines import OF_NUMBERS

PARAMS = YAML(typ="safe").load((Path(__file__).parents[2] / "params.yaml").read_text())
PLAIN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@given(st.text(max_size=70) | st.text(st.sampled_from([*PLAIN]), max_size=70))
def test_a_name_is_letters_digits_and_inner_lines(text: str) -> None:
    plain = {*text} <= PLAIN and text[:1] not in ("", "_", "-") and len(text) <= 64
    if plain:
        assert check_name(text) == text
        return
    with pytest.raises(ValueError, match="expected a name of letters"):
        check_name(text)


@pytest.mark.parametrize("section", ["datasets", "feature_maps", "learners"])
@pytest.mark.parametrize("name", ["$(touch x)", "a\nb", "", "../x", "-rf", "é", "[/red]", 1, None])
def test_every_section_has_the_rule(section: str, name: Any) -> None:
    values = copy.deepcopy(PARAMS)
    values[section][name] = next(iter(values[section].values()))
    with pytest.raises(SettingsError, match=rf"^p: {section}\.") as raised:
        validate(values, "p")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("axis", ["datasets", "feature_maps", "learners", "arms", "baselines"])
def test_an_axis_names_nothing_twice(axis: str) -> None:
    values = copy.deepcopy(PARAMS)
    values["run"][axis] += values["run"][axis][:1]
    with pytest.raises(SettingsError, match=f"{axis} has .* more than once"):
        validate(values, "p")


def test_names_that_would_be_one_stage() -> None:
    values = copy.deepcopy(PARAMS)
    values["datasets"] |= dict.fromkeys(("x", "x-y"), values["datasets"]["digits"])
    values["learners"] |= dict.fromkeys(("pn", "y-pn"), values["learners"]["maml"])
    values["run"] |= {"datasets": ["x", "x-y"], "learners": ["pn", "y-pn"]}
    with pytest.raises(
        SettingsError, match=r"x with y-pn .* and x-y with pn .* would be one stage"
    ):
        validate(values, "p")


def test_names_that_some_disks_confuse() -> None:
    values = copy.deepcopy(PARAMS)
    values["datasets"]["Digits"] = values["datasets"]["digits"]
    with pytest.raises(SettingsError, match="'digits' and 'Digits' differ by capitals alone"):
        validate(values, "p")


def test_the_baselines_are_those_that_there_are() -> None:
    assert {*get_args(Baseline)} == {*BASELINES, *OF_NUMBERS}
