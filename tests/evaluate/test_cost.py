"""What is told of a device: nothing for classical arms, and what does not fit."""

import jax
import pytest

from fewqubit.config import Circuit, Device, Episodes, Evaluation
from fewqubit.evaluate.cost import Cost, cost_on
from fewqubit.meta import build_learner
from fewqubit.meta.cost import count_circuits
from fewqubit.meta.settings.gradient import Adapter, Scratch
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Shape

MANILA = Device(backend="noisy:fake_manila", shots=100)
EPISODES = Episodes(n_way=3, n_shot=2, n_query=4, n_validation=1, n_test=1)
ENCODER = Mlp()
PLAIN = Circuit(feature_map="angle", n_qubits=2)  # neither weights nor entanglers
WHOLE = Circuit(feature_map="zz", n_qubits=2, ansatz="real_amplitudes", layers=1)


def protonet(circuit: Circuit) -> ProtoNet:
    return ProtoNet(encoder=ENCODER, circuit=circuit, training=Training(steps=1))


def maml(circuit: Circuit) -> Maml:
    return Maml(encoder=ENCODER, circuit=circuit, training=Training(steps=1))


def cost_of(settings: Learner, arm: str, device: Device = MANILA) -> Cost:
    learner = build_learner(settings, arm, (4,), 3)
    params = jax.jit(lambda key: learner.init(key).params)(jax.random.key(0))
    runs = count_circuits(settings, arm, Shape(3, 2, 4), 1, (4,))._asdict()
    own = jax.tree.map(lambda leaf: leaf[None], params)
    card = {"circuit_evaluations": runs, "feature_shape": [4]}
    return cost_on(device, Trained(learner, settings, arm, own, card))


@pytest.mark.parametrize("arm", ["twin", "bypass"])
def test_classical_arms_have_no_circuit(arm: str) -> None:
    assert cost_of(protonet(WHOLE), arm) == Cost(False, MANILA.backend, 0, 0, None, None, "")


def test_a_frozen_circuit_costs_what_it_costs_and_a_separable_one_no_two_qubit_gate() -> None:
    quantum, frozen, separable = (
        cost_of(protonet(WHOLE), arm) for arm in ("quantum", "frozen", "separable")
    )
    assert frozen == quantum == cost_of(protonet(WHOLE), "quantum")
    assert (quantum.shots_adapt, quantum.shots_per_query) == (0, 600)
    assert quantum.depth is not None
    assert quantum.two_qubit_gates is not None
    assert separable.depth is not None
    assert separable.depth < quantum.depth
    assert (separable.two_qubit_gates, quantum.two_qubit_gates > 0) == (0, True)


def test_reading_an_example_takes_half_of_comparing_two() -> None:
    one, two = cost_of(maml(WHOLE), "quantum"), cost_of(protonet(WHOLE), "quantum")
    assert one.two_qubit_gates is not None
    assert two.two_qubit_gates is not None
    assert one.two_qubit_gates < two.two_qubit_gates
    assert one.shots_per_query == MANILA.shots


def test_circuits_of_adapters_are_among_those_that_must_fit() -> None:
    """Of a 4 × 2 matrix and rank 2: five qubits give A's eight entries a sign; PLAIN has two."""
    adapting = {"adapts": "adapters", "adapter": Adapter(factors="circuit", layers=3)}
    small, large = (maml(PLAIN).model_copy(update={**adapting, "rank": r}) for r in (2, 8))
    plain, told = cost_of(maml(PLAIN), "quantum"), cost_of(small, "quantum")
    assert (plain.two_qubit_gates, told.note) == (0, "")
    assert told.two_qubit_gates is not None
    assert told.two_qubit_gates >= 3 * 4  # three rings of CX on four qubits
    assert cost_of(small, "separable").two_qubit_gates == 0
    assert cost_of(small, "twin").depth is None
    assert "6 qubits" in cost_of(large, "quantum").note  # 32 entries and a sign on a device of five


def test_what_does_not_fit_is_one_line() -> None:
    large = cost_of(protonet(PLAIN.model_copy(update={"n_qubits": 6})), "quantum")
    assert (large.depth, large.two_qubit_gates) == (None, None)
    assert large.note == "the circuit has 6 qubits, fake_manila 5"


@pytest.mark.parametrize(
    ("settings", "same"),
    [
        (protonet(PLAIN), {"frozen", "separable"}),
        (protonet(WHOLE), set()),
        (protonet(PLAIN.model_copy(update={"repetitions": 2})), {"frozen"}),
        (maml(PLAIN.model_copy(update={"ansatz": "real_amplitudes", "layers": 1})), set()),
        (
            Scratch(encoder=ENCODER, circuit=WHOLE, adapts="readout"),
            {"frozen"},
        ),
    ],
)
def test_arms_that_take_nothing_away_are_known(settings: Learner, same: set[str]) -> None:
    arms = ("quantum", "separable", "frozen", "twin", "bypass")
    assert {arm for arm in arms if cost_of(settings, arm).same_as_quantum} == same


@pytest.mark.parametrize(
    "device", [{"backend": "exact"}, {"backend": "noisy:fake_manila", "mitigation": "readout"}]
)
def test_costs_are_told_for_devices_without_mitigation(device: dict) -> None:
    with pytest.raises(ValueError, match="costs are told for a device without mitigation"):
        Evaluation(cost_device=device)
