"""Where ``fit`` starts from: what was meta-learned, in memory."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray
from numpy.typing import ArrayLike
from pydantic import ValidationError

from fewqubit.base.io.fingerprint import fingerprint
from fewqubit.base.keys import stream
from fewqubit.base.reading import one_line
from fewqubit.circuits.circuit import Circuit
from fewqubit.config import AnyLearner, Episodes
from fewqubit.data import fit
from fewqubit.data.embeddings.answer import embedded_if
from fewqubit.data.embeddings.settings import Embed
from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.meta import build_learner
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.meta.train import SeedState, TrainState
from fewqubit.models.network import Params
from fewqubit.models.settings import Mlp
from fewqubit.predict.bar import bar
from fewqubit.predict.door import key_of, value_of, with_seeds
from fewqubit.predict.examples import examples, features_of, hold_back, raw_data, raw_rows
from fewqubit.predict.foreign import thresholds
from fewqubit.predict.inputs import (
    AnyTransform,
    example_shape,
    has_parts,
    knowing,
    names_of,
    parts_of,
)
from fewqubit.predict.training import learner_card, learning_curve, n_steps, train
from fewqubit.tasks import TrainingData

SMALL = ProtoNet(
    encoder=Mlp((32,)),
    circuit=Circuit("hardware_efficient", n_qubits=6, repetitions=2),
    training=Training(steps=300, tasks_per_step=4, learning_rate=0.01),
)


class Start(NamedTuple):
    """What ``fit`` starts from.

    learner:    what was meta-trained, or is to be
    transform:  raw rows to features, or which parts an example has
    params:     of every seed, a leading axis [S, ...]
    card:       everything else that learner.json tells
    curve:      a row for each step and seed
    """

    learner: Learner
    transform: AnyTransform
    params: Params
    card: dict[str, Any]
    curve: list[dict[str, float]]

    @property
    def n_features(self) -> int:
        """Numbers in a raw row, or parts of an example."""
        return len(names_of(self.transform))

    def of_seed(self, seed: int) -> Params:
        """The parameters of one training run."""
        return jax.tree.map(lambda leaf: leaf[seed], self.params)

    def chosen(self, seed: int | None) -> int:
        """The training run that is asked for, or the best on validation. Raises ArtifactError."""
        validated = self.card["validation_accuracy"]
        if seed is None:
            return int(np.argmax(validated))
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
            raise ArtifactError(f"seed must be None or the number of a training run, got {seed!r}")
        if not 0 <= seed < len(validated):
            raise ArtifactError(
                f"seed {seed}: there are {len(validated)} training runs, 0 … {len(validated) - 1}"
            )
        return int(seed)


class Halted(NamedTuple):
    """Where a meta-training stands; ``work`` names what is trained on what."""

    work: str
    state: TrainState


class Arguments(Protocol):
    """The arguments of a classifier."""

    learner: Learner | None
    n_way: int
    n_shot: int
    n_query: int
    arm: str
    seeds: int
    validation: Any
    n_validation: int
    random_state: int
    verbose: bool
    embed: Embed | None
    none_of_these: float | None


def meta_train(
    asked: Arguments,
    X: ArrayLike,
    y: ArrayLike,
    halted: Halted | None,
    keep: Callable[[Halted], None],
) -> Start:
    """Meta-train on the classes of ``y``; ``halted`` is where the same training was interrupted."""
    settings, episodes, key = _settings(asked), _episodes(asked), key_of(asked.random_state)
    X, embedding = embedded_if(asked.embed, X)
    raw, labels = raw_data(X, y)
    raw = raw._replace(embedding=embedding)
    held = hold_back(asked.validation, labels, episodes.n_way, key)
    given = examples(raw, held, episodes, key)
    keys = _seed_keys(key, settings.seeds)
    about = settings.model_dump_json(), episodes.model_dump_json(), f"{asked.arm} {held}"
    contents = [leaf.tobytes() for leaf in jax.tree.leaves(raw.x)]
    work = fingerprint(*about, _bytes(keys), *contents, raw.y.tobytes())
    with bar("meta-training", n_steps(settings), asked.verbose and n_steps(settings) > 0) as tell:

        def report(reached: TrainState) -> None:
            keep(Halted(work, reached))
            point = reached.curve[-1]
            tell(reached.step, f"validation {float(point.validation.mean()):.1%}")

        def resume(first: TrainState) -> TrainState:
            return halted.state if halted is not None and halted.work == work else first

        on = given.data, keys, given.names, "these classes"
        done = train(settings, asked.arm, episodes, *on, resume, report)
    start = _start(settings, asked.arm, episodes, done, knowing(embedding, given.transform))
    if asked.none_of_these is None:
        return start
    return _with_thresholds(start, asked, given.data, raw.y)


def _with_thresholds(start: Start, asked: Arguments, data: TrainingData, y: np.ndarray) -> Start:
    """``start`` with the threshold of each training run in its card (``none_of_these``)."""
    n_way, n_seeds = start.card["episodes"]["n_way"], len(start.card["validation_accuracy"])
    learner = build_learner(start.learner, asked.arm, example_shape(start.transform), n_way)
    runs = [start.of_seed(seed) for seed in range(n_seeds)]
    calibrations = thresholds(learner, runs, data, y, asked.none_of_these or 0)
    return start._replace(card=start.card | {"none_of_these": calibrations})


def untrained(asked: Arguments, X: ArrayLike) -> Start:
    """Initial parameters, and features on the scale of the rows ``X``."""
    settings, episodes, key = _settings(asked), _episodes(asked), key_of(asked.random_state)
    X, embedding = embedded_if(asked.embed, X)
    transform = knowing(embedding, _fitted(X))
    learner = build_learner(settings, asked.arm, example_shape(transform), episodes.n_way)
    metas = jax.vmap(lambda one: learner.init(stream(one, "init")))(_seed_keys(key, settings.seeds))
    zeros = jnp.zeros(settings.seeds)
    first = TrainState(0, SeedState(metas, metas.params, zeros, zeros.astype(int), zeros), [])
    return _start(settings, asked.arm, episodes, first, transform)


def _start(
    settings: AnyLearner, arm: str, episodes: Episodes, done: TrainState, transform: AnyTransform
) -> Start:
    about = {"dataset": "memory", "learner": settings.kind}
    card = learner_card(about, settings, arm, episodes, {}, done, example_shape(transform))
    params = jax.tree.map(np.asarray, done.seeds.best_params)
    return Start(value_of(settings), transform, params, card, learning_curve(done))


def _fitted(X: ArrayLike) -> AnyTransform:
    if has_parts(X):
        return parts_of(X)
    rows, columns, schema = raw_rows(X)
    return fit(rows, features_of(rows.shape[1:]), schema)._replace(columns=columns)


def _bytes(keys: PRNGKeyArray) -> bytes:
    return np.asarray(jax.random.key_data(keys)).tobytes()


def _settings(asked: Arguments) -> AnyLearner:
    return with_seeds(SMALL if asked.learner is None else asked.learner, asked.seeds)


def _episodes(asked: Arguments) -> Episodes:
    names = ("n_way", "n_shot", "n_query", "n_validation")
    if asked.n_way == 1:
        raise SettingsError("n_way: expected 2 classes or more, got 1")
    try:
        return Episodes(**{name: getattr(asked, name) for name in names}, n_test=1)
    except ValidationError as error:
        raise SettingsError(one_line(error)) from None


def _seed_keys(key: PRNGKeyArray, seeds: int) -> PRNGKeyArray:
    return jax.vmap(lambda seed: stream(key, "memory", seed))(np.arange(seeds))
