"""A short stream of well separated clusters, and small learners that walk it."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.config import Circuit
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.registry import build_learner
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.settings.training import Training
from fewqubit.meta.streams.group import Group
from fewqubit.meta.streams.settings import Way
from fewqubit.meta.streams.walk import Walker, walker
from fewqubit.models.settings import Mlp
from fewqubit.tasks import Shape, class_index, draw_manifest

FEATURES, SHAPE, EPISODES = 4, Shape(2, 1, 3), 30
TRAINING = Training(steps=6, tasks_per_step=2, learning_rate=0.03, validate_every=6)
PROTONET = ProtoNet(
    encoder=Mlp(),
    circuit=Circuit(feature_map="hardware_efficient", n_qubits=2, repetitions=2),
    training=TRAINING,
)
MAML = Maml(
    encoder=Mlp(),
    circuit=Circuit(feature_map="angle", n_qubits=2, ansatz="real_amplitudes", layers=1),
    training=TRAINING,
    inner_lr=0.4,
    inner_steps=2,
)


def group(number: int, n_classes: int = 6, rows: int = 8) -> Group:
    """Clusters along a direction of the group's own; half of them teach, half are tested."""
    random = np.random.default_rng(number)
    means = 2 * random.normal(size=(n_classes, 1, FEATURES))
    x = (means + 0.3 * random.normal(size=(n_classes, rows, FEATURES))).reshape(-1, FEATURES)
    y, half = np.arange(n_classes).repeat(rows), n_classes // 2
    episodes = draw_manifest(
        jax.random.key(number), class_index(y, range(half, n_classes)), *SHAPE, EPISODES
    )
    return Group(f"g{number}", jnp.asarray(x, jnp.float32), class_index(y, range(half)), episodes)


def groups(n: int) -> list[Group]:
    return [group(number) for number in range(n)]


def built(learner: Learner, arm: str = "quantum") -> MetaLearner:
    return build_learner(learner, arm, (FEATURES,), SHAPE.n_way)


def walking(way: Way, learner: Learner = PROTONET, arm: str = "quantum") -> Walker:
    made = built(learner, arm)
    return walker(made, made, way, TRAINING, SHAPE)


def keys(seeds: Sequence[int] = (0, 1)) -> jax.Array:
    return jax.vmap(jax.random.key)(jnp.asarray(seeds))
