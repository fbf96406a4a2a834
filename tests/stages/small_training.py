"""A training of three steps on digits, for tests of the stages around it."""

from pathlib import Path

from fewqubit.base.io.files import sha256
from fewqubit.base.keys import root_key
from fewqubit.config import (
    AnyLearner,
    Circuit,
    Episodes,
    section_of,
)
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.stages.meta_train import TrainingJob, train_and_save

TOP = Path(__file__).parents[2]
EPISODES = Episodes(n_way=3, n_shot=2, n_query=3, n_validation=5, n_test=40)
ENCODER = Mlp()
TRAINING = Training(steps=6, validate_every=2, tasks_per_step=2, learning_rate=0.01)
PROTONET = section_of(
    ProtoNet(
        encoder=ENCODER,
        circuit=Circuit("hardware_efficient", n_qubits=3, repetitions=2),
        training=TRAINING,
    ),
    seeds=2,
)
MAML = section_of(
    Maml(
        encoder=ENCODER,
        circuit=Circuit("angle", n_qubits=2, ansatz="real_amplitudes", layers=1),
        inner_steps=2,
        training=TRAINING.model_copy(update={"steps": 2}),
    ),
    seeds=2,
)


def train(
    folder: Path, prepared: Path, settings: AnyLearner = PROTONET, arm: str = "quantum"
) -> Path:
    """Train in ``folder``, the working directory, as a stage does; where the result lies."""
    place = folder / "trained" / "digits" / settings.kind / arm
    work = TrainingJob("digits", settings.kind, arm, settings, EPISODES, prepared)
    train_and_save(work, root_key(0), place)
    return place


def checksums(place: Path) -> dict[str, str]:
    return {path.name: sha256(path) for path in sorted(place.iterdir())}
