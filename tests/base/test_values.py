"""Values: the same ones in Python and in params.yaml, checked when made, and pasted back."""

from collections.abc import Callable

import pytest
from pydantic import TypeAdapter

from fewqubit.base.values import Value
from fewqubit.circuits.circuit import Circuit
from fewqubit.config import AnyLearner, section_of
from fewqubit.errors import SettingsError
from fewqubit.meta import LEARNERS
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import ENCODERS, Conv, Identity, Mlp, OwnEncoder

NAMES = {
    value.__name__: value
    for value in (*LEARNERS.values(), *ENCODERS.values(), OwnEncoder, Circuit, Training)
}
VALUES = [
    *(learner() for learner in LEARNERS.values()),
    ProtoNet(Mlp((32,)), Circuit("zz", n_qubits=4, bagged=("iqp",)), temperature=2.0),
    Maml(Conv((4, 4)), inner_lr=0.3, training=Training(7, n_way=3)),
    OwnEncoder(kind="own.encoders:mine", options={"depth": 3}),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_shown_can_be_pasted_back(value: Value) -> None:
    again = eval(repr(value), dict(NAMES))
    assert again == value
    assert hash(again) == hash(value)
    assert type(value).model_validate(value.model_dump()) == value


@pytest.mark.parametrize("learner", VALUES[:-1], ids=repr)
def test_a_section_is_the_value_and_what_the_pipeline_adds(learner: Value) -> None:
    section = section_of(learner, seeds=3)
    assert TypeAdapter(AnyLearner).validate_python(section.model_dump()) == section
    assert isinstance(section, type(learner))
    added = section.model_dump().keys() - learner.model_dump().keys()
    assert added == {"seeds", "per_arm"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Circuit("zz", n_qubits=0), "Circuit: n_qubits: .*got 0"),
        (lambda: Circuit(n_qbits=3), "Circuit: n_qbits: unknown key"),
        (lambda: Mlp((0,)), "Mlp: widths.0: .*got 0"),
        (lambda: Mlp((3,), widths=(3,)), "Mlp: widths is given twice"),
        (lambda: Identity((), "identity", 3), "Identity takes at most 2 arguments, got 3"),
        (lambda: OwnEncoder(), "OwnEncoder: kind: missing"),
        (lambda: ProtoNet(encoder=3), "ProtoNet: encoder: .*got 3"),
        (lambda: ProtoNet(Mlp(), 3), "ProtoNet: circuit: .*got 3"),
        (lambda: Training(5, warmup=9), "Training: expected warmup below the 5 steps, got 9"),
        (lambda: Maml(inner_lr=float("nan")), "Maml: inner_lr: .*got nan"),
    ],
)
def test_what_is_wrong_is_one_line(make: Callable[[], Value], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        make()
    assert "\n" not in str(raised.value)


def test_values_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Circuit().n_qubits = 3  # type: ignore[misc]
