from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fewqubit.config import Range, of_arm, validate
from fewqubit.errors import SettingsError

PARAMS = Path(__file__).parents[2] / "params.yaml"


def params(**sections: Any) -> dict[str, Any]:
    return YAML(typ="safe").load(PARAMS.read_text()) | sections


def per_arm(own: dict[str, Any]) -> dict[str, Any]:
    document = params()
    document["learners"]["protonet"]["per_arm"] = own
    return document


def test_a_space_of_lists_and_ranges_is_read() -> None:
    space = {"circuit.bandwidth": {"low": 0.1, "high": 1, "log": True}, "encoder.widths": [[], [8]]}
    search = validate(params(search={"space": {"protonet": space}}), "here").search
    assert search.space["protonet"]["circuit.bandwidth"] == Range(low=0.1, high=1, log=True)
    assert search.space["protonet"]["encoder.widths"] == [[], [8]]


@pytest.mark.parametrize(
    ("space", "line"),
    [
        ({"protonets": {}}, "there is no learner 'protonets'"),
        ({"protonet": {"circuit.bandwith": [1.0]}}, r"protonet: circuit\.bandwith: unknown key"),
        ({"protonet": {"seeds.few": [1]}}, r"protonet: seeds\.few: unknown key"),
        ({"protonet": {"circuit.bandwidth": [1.0, -1.0]}}, r"bandwidth: .*greater than 0, got -1"),
        ({"protonet": {"circuit.bandwidth": []}}, "at least 1 item"),
        ({"protonet": {"circuit.bandwidth": {"low": 2, "high": 1}}}, "expected low < high"),
        ({"protonet": {"circuit.bandwidth": {"low": 0.0, "high": 1.0, "log": True}}}, "above 0"),
    ],
)
def test_a_space_that_the_learner_does_not_take_is_one_clear_line(
    space: dict[str, Any], line: str
) -> None:
    with pytest.raises(SettingsError, match=line) as caught:
        validate(params(search={"space": space}), "here")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("geometry", "axis"), [("projected", "circuit.gamma"), ("hamming", "circuit.flip_weight")]
)
def test_the_scale_of_a_kernel_is_searched_where_its_geometry_is(geometry: str, axis: str) -> None:
    scales = {"circuit.gamma": [0.25, 1.0], "circuit.flip_weight": [0.3, 0.6]}
    document = params(search={"space": {"kernel": scales}})
    for chosen, found in ((geometry, {axis}), ("fidelity", set())):
        document["learners"]["kernel"].setdefault("circuit", {})["geometry"] = chosen
        settings = validate(document, "here")
        learner = settings.learners["kernel"]
        assert set(settings.search.axes("kernel", "quantum", learner)) == found
        assert settings.search.axes("kernel", "twin", learner) == {}


def test_an_arm_has_settings_of_its_own_and_shares_the_others() -> None:
    document = per_arm({"twin": {"training": {"learning_rate": 0.5}, "encoder": {"widths": [8]}}})
    learner = validate(document, "here").learners["protonet"]
    twin, quantum = of_arm(learner, "twin"), of_arm(learner, "quantum")
    assert (twin.training.learning_rate, twin.encoder.widths) == (0.5, (8,))
    assert twin.training.steps == learner.training.steps
    assert quantum == learner.model_copy(update={"per_arm": {}})


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ({"twin": {"circuit": {"bandwith": 1.0}}}, r"protonet\.per_arm\.twin\.circuit\.bandwith:"),
        ({"twins": {}}, r"learners\.protonet\.per_arm\.twins"),
    ],
)
def test_settings_of_an_arm_are_checked_at_the_door(own: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingsError, match=line):
        validate(per_arm(own), "here")


def test_every_arm_chooses_among_as_many_kernels() -> None:
    document = per_arm({})
    other = {"bandwidth": 0.5, "classical": {"gamma": 2.0}}
    document["learners"]["kernel"]["candidates"] = [other]
    steeper = other | {"classical": {"gamma": 4.0}}
    document["learners"]["kernel"]["per_arm"] = {"twin": {"candidates": [steeper]}}
    twin = of_arm(validate(document, "here").learners["kernel"], "twin")
    assert twin.candidates[0].classical.gamma == 4.0
    document["learners"]["kernel"]["per_arm"] = {"twin": {"candidates": []}}
    with pytest.raises(SettingsError, match=r"kernel\.per_arm\.twin\.candidates: .* 1, got 0"):
        validate(document, "here")
