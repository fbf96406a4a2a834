"""The meta_train stage: one learner in one arm, from prepared examples to a stored learner."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.io.files import sha256
from fewqubit.base.io.fingerprint import fingerprint
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import stream
from fewqubit.config import AnyLearner, Episodes
from fewqubit.data import load_examples
from fewqubit.data.dataset import NoneOfThese
from fewqubit.data.examples import load_targets
from fewqubit.data.prepared import CLASSES, TRANSFORM, read_classes, taught_classes
from fewqubit.errors import NumbersError
from fewqubit.evaluate.entities.material import load_validation_words
from fewqubit.evaluate.entities.validation import entity_validator
from fewqubit.meta import build_learner
from fewqubit.meta.train import TrainState, validator
from fewqubit.predict.foreign import thresholds
from fewqubit.predict.trained import save_trained, write_curve
from fewqubit.predict.training import MakeValidator, learner_card, learning_curve, n_steps
from fewqubit.predict.training import train as meta_trained
from fewqubit.stages.checkpoint import load_checkpoint, save_checkpoint
from fewqubit.tasks import TrainingData, class_index, load_manifest
from fewqubit.tasks.scores import ENTITY_F1, FIELD

CHECKPOINTS = Path("artifacts/checkpoints")
SOURCES = ("examples.npz", CLASSES, "manifest_validation.npz")


class TrainingJob(NamedTuple):
    """What to train, and on which data; ``searched`` is the record of its settings search."""

    dataset: str
    learner: str
    arm: str
    settings: AnyLearner
    episodes: Episodes
    prepared: Path
    searched: Mapping[str, Any] | None = None
    none_of_these: NoneOfThese | None = None

    def __str__(self) -> str:
        return f"{self.dataset}/{self.learner}/{self.arm}"


def train_and_save(job: TrainingJob, key: PRNGKeyArray, folder: Path) -> None:
    """Meta-train every seed, resuming where a killed run stopped, and store the result.

    Random streams are named by data set, learner and seed, not by arm. So the arms of a learner
    draw the same initial encoder and the same training tasks, which pairs them.
    """
    data = load_training_data(job.prepared, job.episodes.within_group)
    state = train(job, data, key, f"meta_train {job}")
    _save(job, state, data, folder)


def train(job: TrainingJob, data: TrainingData, key: PRNGKeyArray, title: str) -> TrainState:
    """All seeds after training, with validation; ``title`` heads the progress lines.

    A killed run resumes from a checkpoint in the working directory.
    """
    settings = job.settings
    keys = jax.vmap(lambda seed: stream(key, job.dataset, job.learner, seed))(
        np.arange(settings.seeds, dtype=np.uint32)
    )
    names = read_classes(job.prepared, ())["names"]
    checkpoint = CHECKPOINTS / f"{_fingerprint(job, keys)}.npz"
    work = settings, job.arm, job.episodes, data, keys, names, str(job)
    watch = _Watch(checkpoint, Progress(title, n_steps(settings)))
    try:
        done = meta_trained(*work, watch.resume, watch.report, _validator(job.prepared))
    except NumbersError:
        checkpoint.unlink(missing_ok=True)  # from there it would diverge again
        raise
    checkpoint.unlink(missing_ok=True)
    return done


def _validator(prepared: Path) -> MakeValidator:
    """The validation score: entity F1 where rows are words, accuracy otherwise."""
    if not _is_of_words(prepared):
        return validator
    words = load_validation_words(prepared)
    return lambda learner, data: entity_validator(learner, words)


def _is_of_words(prepared: Path) -> bool:
    return "outside" in read_classes(prepared, ())


class _Watch(NamedTuple):
    """Writes the checkpoint of a training run and reports its progress."""

    checkpoint: Path
    progress: Progress

    def resume(self, first: TrainState) -> TrainState:
        state = load_checkpoint(self.checkpoint, first)
        self.progress.first = state.step
        return state

    def report(self, state: TrainState) -> None:
        save_checkpoint(self.checkpoint, state)
        point = state.curve[-1]
        figures = {"loss": np.mean(point.loss), "validation": np.mean(point.validation)}
        self.progress.update(state.step, **figures)


def load_training_data(prepared: Path, within_group: bool = False) -> TrainingData:
    """Examples, meta-train classes and validation episodes of a prepared data set."""
    known = read_classes(prepared, ("examples.npz", "manifest_validation.npz"))
    examples = load_examples(prepared / "examples.npz")
    groups = known["groups"] if within_group else None
    equal_rows = known.get("equal_rows", ())
    split, outside = known["split"], known.get("outside", ())
    classes, every = (
        class_index(examples.y, numbers, groups, equal_rows, outside[0] if outside else None)
        for numbers in (split["meta_train"], taught_classes(split, outside))
    )
    manifest = load_manifest(prepared / "manifest_validation.npz")
    targets = load_targets(prepared / "examples.npz")
    x, targets = jax.device_put((examples.x, targets))
    return TrainingData(x, classes, manifest, every, targets)


def _fingerprint(job: TrainingJob, keys: PRNGKeyArray) -> str:
    """The checkpoint's name: only the same settings, data and keys resume from it."""
    return fingerprint(
        str(job),
        job.settings.model_dump_json(),
        job.episodes.model_dump_json(),
        np.asarray(jax.random.key_data(keys)).tobytes(),
        *(sha256(job.prepared / source) for source in SOURCES),
    )


def _save(job: TrainingJob, state: TrainState, data: TrainingData, folder: Path) -> None:
    about: dict[str, Any] = {"dataset": job.dataset, "learner": job.learner}
    if _is_of_words(job.prepared):
        about[FIELD] = ENTITY_F1.name
    if job.searched is not None:
        about["searched"] = job.searched
    card = learner_card(
        about,
        job.settings,
        job.arm,
        job.episodes,
        {name: sha256(job.prepared / name) for name in (CLASSES, TRANSFORM)},
        state,
        data.x.shape[1:],
    )
    if (asked := job.none_of_these) is not None:
        card["none_of_these"] = _thresholds(job, state, data, asked.recall)
    write_curve(folder, learning_curve(state))
    save_trained(folder, state.seeds.best_params, card)


def _thresholds(
    job: TrainingJob, state: TrainState, data: TrainingData, recall: float
) -> list[dict[str, float]]:
    """For each seed, below which score a query is of none of its task's classes."""
    settings, shape = job.settings, data.x.shape[1:]
    learner = build_learner(settings, job.arm, shape, job.episodes.n_way)
    best = state.seeds.best_params
    runs = [jax.tree.map(lambda leaf, n=n: leaf[n], best) for n in range(settings.seeds)]
    y = load_examples(job.prepared / "examples.npz").y
    return thresholds(learner, runs, data, y, recall)
