"""Readings say what the figures say."""

import pytest

from fewqubit.diagnostics import readings as words
from fewqubit.diagnostics.scans import KernelPoint, PlateauPoint


def point(bandwidth: float, mean: float, shots: float, alignment: float = 0.2) -> KernelPoint:
    return KernelPoint(8, bandwidth, mean, mean**2, shots, alignment, 100.0)


def test_concentration_names_its_price_and_the_cheapest_bandwidth():
    own, other = point(1.0, 0.005, 40_300.0), point(0.25, 0.2, 298.0)
    line = words.read_concentration(own, [own, other]).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert line == (
        "8 qubits at bandwidth 1: entries concentrate at 0.005, 40 000 shots per entry; "
        "bandwidth 0.25 needs 300"
    )
    assert words.read_concentration(other, [own, other]).endswith("needs fewer")
    assert "no number of shots" in words.read_concentration(point(1.0, 0.5, float("inf")), [own])


def test_alignment_names_a_better_bandwidth():
    own, better = point(1.0, 0.1, 1.0), point(0.5, 0.1, 1.0, alignment=0.43)
    assert words.read_alignment(own, [own, better]).endswith("bandwidth 0.5 has 0.43")
    assert words.read_alignment(better, [own, better]).endswith("no bandwidth of the scan has more")


def test_a_plateau_is_told_from_a_slope():
    falling = [PlateauPoint(n, 4, 0.5**n) for n in (2, 4, 6)]
    assert words.read_gradients(falling) == (
        "variance of the steepest derivative 0.016 at 6 qubits, × 0.5 with each qubit more from "
        "0.25: a barren plateau is ahead"
    )
    level = [PlateauPoint(n, 4, 0.2) for n in (2, 6)]
    assert words.read_gradients(level).endswith("trainable")
    assert words.read_gradients(level[:1]).endswith("at 2 qubits")


@pytest.mark.parametrize(("q", "word"), [(0.0, "product"), (0.97, "local readout"), (0.5, "of 1")])
def test_entanglement_in_words(q: float, word: str):
    assert word in words.read_entanglement(q)
