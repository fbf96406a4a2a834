"""Settings of devices that make no sense are refused at the door."""

import pytest
from pydantic import ValidationError

from fewqubit.config import Device, ZeroNoise


def test_the_default_is_exact():
    assert Device().backend == "exact"


@pytest.mark.parametrize("changes", [{"mitigation": "readout"}, {"zero_noise": {}}])
@pytest.mark.parametrize("word", ["exact", "shots"])
def test_without_circuits_there_is_nothing_to_mitigate(word, changes):
    with pytest.raises(ValidationError, match=f"'{word}' runs none"):
        Device(backend=word, **changes)


@pytest.mark.parametrize(
    ("scales", "message"), [([1, 2], "odd factor"), ([3, 3], "distinct"), ([1], "at least 2")]
)
def test_scales_of_folding(scales, message):
    with pytest.raises(ValidationError, match=message):
        ZeroNoise(scales=scales)
