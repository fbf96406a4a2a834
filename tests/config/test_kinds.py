"""What is of another kind starts from its own defaults; a kind refuses what it does not take."""

from pathlib import Path
from typing import Any

import pytest

from fewqubit.base.reading import read_yaml
from fewqubit.circuits import ANSATZE, FEATURE_MAPS
from fewqubit.config import Baselines, Circuit, Device, FeatureMap, Settings, of_arm, validate
from fewqubit.config.kinds import OF_SETTINGS
from fewqubit.errors import SettingsError
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.start import Maml
from fewqubit.models.settings import Amplitude, Conv, Identity, Mlp

PARAMS = Path(__file__).parents[2] / "params.yaml"


def with_learner(**learner: Any) -> Settings:
    values = read_yaml(PARAMS)
    values["learners"]["maml"] |= learner
    return validate(values, "here")


def test_an_arm_of_another_encoder_has_none_of_its_widths() -> None:
    own = {"twin": {"encoder": {"kind": "conv"}}, "bypass": {"encoder": {"widths": [8, 4]}}}
    learner = with_learner(encoder={"kind": "mlp", "widths": [64]}, per_arm=own).learners["maml"]
    assert of_arm(learner, "twin").encoder == Conv()
    assert of_arm(learner, "bypass").encoder == Mlp((8, 4))
    assert of_arm(learner, "quantum").encoder == Mlp((64,))


def test_an_arm_of_another_map_or_learner_starts_from_its_defaults() -> None:
    own = {
        "frozen": {"circuit": {"feature_map": "angle", "repetitions": 3}},
        "separable": {"circuit": {"ansatz": "none"}},
        "rbf": {"kind": "fomaml"},
    }
    learner = with_learner(seeds=3, per_arm=own).learners["maml"]
    angle = of_arm(learner, "frozen").circuit
    assert (angle.feature_map, angle.repetitions, angle.bandwidth) == ("angle", 3, 1.0)
    assert (angle.n_qubits, angle.ansatz, angle.layers) == (6, "real_amplitudes", 1)
    bare = of_arm(learner, "separable").circuit
    assert (bare.ansatz, bare.layers, bare.repetitions) == ("none", 0, 2)
    other = of_arm(learner, "rbf")
    assert (other.kind, other.seeds, other.circuit) == ("fomaml", 3, Circuit())


def test_every_owned_setting_is_one() -> None:
    """A field that is renamed would no longer be forgotten."""
    fields = {*Circuit.model_fields, *FeatureMap.model_fields, *Device.model_fields, "seeds"}
    for kind in OF_SETTINGS:
        assert {*(kind.owns or ()), *kind.keeps} <= fields


REFUSED = [
    (
        {"feature_map": "amplitude", "bandwidth": 0.5},
        r"'amplitude' takes bandwidth 1\.0 .*got 0\.5",
    ),
    ({"feature_map": "amplitude", "repetitions": 2}, r"'amplitude' takes repetitions 1 .*got 2"),
    ({"feature_map": "phase", "repetitions": 3}, r"'phase' takes repetitions 1 .*got 3"),
    ({"bagged": ["phase"], "repetitions": 2}, r"'phase' takes repetitions 1"),
    ({"ansatz": "phase", "layers": 2}, r"ansatz 'phase' has one layer; got 2"),
]


@pytest.mark.parametrize(("circuit", "line"), REFUSED)
def test_what_a_part_of_a_circuit_does_not_take_is_refused_everywhere(
    circuit: dict[str, Any], line: str
) -> None:
    """In Python, in params.yaml, for one arm, and as a value to be searched."""
    whole = {"feature_map": "angle", "n_qubits": 2, **circuit}
    values = read_yaml(PARAMS)
    values["learners"]["maml"]["circuit"] = whole
    values["search"] = {}
    *_, (key, value) = circuit.items()
    plain = {"feature_map": "angle", "n_qubits": 2, **circuit, key: 1}
    searched = read_yaml(PARAMS)
    searched["learners"]["maml"]["circuit"] = plain
    searched["search"] = {"space": {"maml": {f"circuit.{key}": [1, value]}}}
    for attempt, where in (
        (lambda: Circuit(**whole), "^Circuit: "),
        (lambda: validate(values, "here"), r"^here: learners\.maml\.circuit: "),
        (lambda: with_learner(per_arm={"twin": {"circuit": whole}}), r"per_arm\.twin\.circuit: "),
        (lambda: validate(searched, "here"), r"search\.space\.maml: circuit: "),
    ):
        with pytest.raises(SettingsError, match=where + ".*" + line) as caught:
            attempt()
        assert "\n" not in str(caught.value)


def test_the_maps_themselves_refuse_it_too() -> None:
    for make, given in (
        (FEATURE_MAPS["amplitude"], (2, 2, 1.0)),
        (FEATURE_MAPS["amplitude"], (2, 1, 0.5)),
        (FEATURE_MAPS["phase"], (2, 2, 1.0)),
        (ANSATZE["phase"], (2, 2)),
    ):
        with pytest.raises(SettingsError, match=r"'(amplitude|phase)'"):
            make(*given)


def test_features_are_not_taken_for_the_angles_of_amplitudes() -> None:
    with pytest.raises(ValueError, match="takes angles that the encoder 'amplitude' makes"):
        FeatureMap(kind="amplitude", n_qubits=2)
    with pytest.raises(ValueError, match="takes angles that the encoder 'amplitude' makes"):
        Baselines(qsvm_maps=["amplitude"])
    with pytest.raises(ValueError, match="'phase' takes repetitions 1 alone"):
        Baselines(qsvm_maps=["phase"])
    assert Baselines(qsvm_maps=["phase"], qsvm_repetitions=1).qsvm_maps == ["phase"]


@pytest.mark.parametrize("learner", [ProtoNet, Maml])
def test_amplitudes_go_to_the_map_that_prepares_them(learner: Any) -> None:
    for circuit in (
        Circuit("angle", n_qubits=7),
        Circuit("amplitude", n_qubits=3, bagged=("angle",)),
    ):
        with pytest.raises(SettingsError, match=r"set circuit\.feature_map to amplitude"):
            learner(encoder=Amplitude(), circuit=circuit)
    learner(encoder=Amplitude(), circuit=Circuit("amplitude", n_qubits=3))


@pytest.mark.parametrize("encoder", [Amplitude, Identity])
def test_an_encoder_without_layers_takes_no_widths(encoder: Any) -> None:
    with pytest.raises(SettingsError, match="widths: expected none, for this encoder has no layer"):
        encoder(widths=(8,))
