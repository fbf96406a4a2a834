"""What each kind of learner sees of a circuit, and the circuit that no learner sees."""

from pathlib import Path

import pytest

from fewqubit.config import Circuit, validate
from fewqubit.errors import SettingsError
from fewqubit.meta.cost import acting_in, check_acts
from fewqubit.pipeline.overrides import layered
from meta.conftest import LEARNERS, QANN


def of(name: str, circuit: Circuit):
    return LEARNERS[name].model_copy(update={"circuit": circuit})


@pytest.mark.parametrize("name", ["protonet", "kernel", "kernel_svm", "kernel_align"])
def test_weights_that_cancel_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(
        SettingsError, match=r"none of the 4 weights .* cancels in every fid"
    ) as line:
        check_acts(of(name, QANN), "quantum")
    assert "\n" not in str(line.value)
    assert "ansatz_place to before" in str(line.value)
    for arm in ("separable", "frozen", "twin"):
        check_acts(of(name, QANN), arm)


@pytest.mark.parametrize("name", ["conditioned", "maml", "scratch"])
def test_what_reads_a_circuit_sees_its_ansatz(name: str) -> None:
    assert acting_in(of(name, QANN), "quantum").seen == 4
    check_acts(of(name, QANN), "quantum")


def test_a_circuit_without_weights_is_no_fault() -> None:
    assert check_acts(LEARNERS["protonet"], "quantum").trained == 0


def test_scales_change_no_rank() -> None:
    learner = of("protonet", QANN.model_copy(update={"ansatz_place": "before", "bandwidth": 0.25}))
    other = of("protonet", learner.circuit.model_copy(update={"bandwidth": 2.0}))
    assert acting_in(learner, "quantum") is acting_in(other, "quantum")


def test_the_ensemble_of_the_recipe_acts() -> None:
    """Its ansatz once stood behind the map: 36 weights of which none moved an overlap."""
    settings = validate(layered(Path(__file__).parents[2], [], "digits_all"), "digits_all")
    ensemble = settings.learners["ensemble"]
    assert ensemble.circuit.members == 4
    found = check_acts(ensemble, "quantum")
    assert 0 < found.seen <= found.features <= found.trained
