"""One learner, one arm, one data set: from prepared examples to a stored, trained learner."""

from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
import pandas as pd
from jaxtyping import PRNGKeyArray

from fewqubit.circuits.drawn import circuit_text, draw_up
from fewqubit.config import AnyLearner, Episodes, Scratch, Training
from fewqubit.data import load_examples
from fewqubit.data.prepared import CLASSES, TRANSFORM, read_classes
from fewqubit.errors import NumbersError
from fewqubit.io.files import sha256, write_text
from fewqubit.io.progress import Progress
from fewqubit.keys import stream
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.meta.acting import acting_in, check_acts
from fewqubit.meta.cost import count_circuits
from fewqubit.meta.train import Material, Progressing, begin, meta_train, task_shape, validator
from fewqubit.predict.trained import count_parameters, save_trained
from fewqubit.stages.checkpoint import fingerprint, load_checkpoint, save_checkpoint
from fewqubit.tasks import Shape, class_index, load_manifest
from fewqubit.tasks.sampler import check_enough

CHECKPOINTS = Path("artifacts/checkpoints")
SOURCES = ("examples.npz", CLASSES, "manifest_validation.npz")


class Assignment(NamedTuple):
    """What is to be trained, on which data."""

    dataset: str
    learner: str
    arm: str
    settings: AnyLearner
    episodes: Episodes
    prepared: Path

    def __str__(self) -> str:
        return f"{self.dataset}/{self.learner}/{self.arm}"


def train_and_save(assignment: Assignment, key: PRNGKeyArray, folder: Path) -> None:
    """Meta-train every seed, resuming where a killed run stopped, and store the result.

    Both arms of a learner draw the same initial encoder and the same training tasks: the streams
    are named by data set, learner and seed, not by arm, which pairs the arms.
    """
    material = load_material(assignment.prepared, assignment.episodes.within_group)
    progressing = train(assignment, material, key, f"meta_train {assignment}")
    _save(assignment, progressing, material.x.shape[1:], folder)


def train(assignment: Assignment, material: Material, key: PRNGKeyArray, title: str) -> Progressing:
    """All seeds at the end of their training, validated; ``title`` is what progress goes under."""
    settings, episodes = assignment.settings, assignment.episodes
    check_acts(settings, assignment.arm)
    keys = jax.vmap(lambda seed: stream(key, assignment.dataset, assignment.learner, seed))(
        np.arange(settings.seeds)
    )
    tested = build_learner(settings, assignment.arm, material.x.shape[1:], episodes.n_way)
    if isinstance(settings, Scratch):
        return begin(tested, validator(tested, material, vectorize=False), keys)
    return _train(assignment, settings.training, tested, material, keys, title)


def load_material(prepared: Path, within_group: bool = False) -> Material:
    """Examples, meta-train classes and validation episodes of a prepared data set."""
    known = read_classes(prepared, ("examples.npz", "manifest_validation.npz"))
    examples = load_examples(prepared / "examples.npz")
    groups = known["groups"] if within_group else None
    equal_rows = known.get("equal_rows", ())
    classes = class_index(examples.y, known["split"]["meta_train"], groups, equal_rows)
    return Material(
        jax.numpy.asarray(examples.x), classes, load_manifest(prepared / "manifest_validation.npz")
    )


def _train(
    assignment: Assignment,
    training: Training,
    tested: MetaLearner,
    material: Material,
    keys: PRNGKeyArray,
    title: str,
) -> Progressing:
    shape = task_shape(training, assignment.episodes)
    _check_tasks(assignment, material, shape)
    trained = build_learner(assignment.settings, assignment.arm, material.x.shape[1:], shape.n_way)
    scores = validator(tested, material, training.vectorize_seeds)
    checkpoint = CHECKPOINTS / f"{_fingerprint(assignment, keys)}.npz"
    begun = load_checkpoint(checkpoint, begin(trained, scores, keys))
    progress = Progress(title, training.steps, first=begun.step)

    def report(progressing: Progressing) -> None:
        save_checkpoint(checkpoint, progressing)
        point = progressing.curve[-1]
        progress.update(
            progressing.step, loss=point.loss.mean(), validation=point.validation.mean()
        )

    try:
        done = meta_train(trained, scores, material, training, shape, keys, begun, report)
    except NumbersError:
        checkpoint.unlink(missing_ok=True)  # from there it would diverge again
        raise
    checkpoint.unlink(missing_ok=True)
    return done


def _check_tasks(assignment: Assignment, material: Material, shape: Shape) -> None:
    """Raise DataError if meta-train classes are too few or too small for the training tasks."""
    names = read_classes(assignment.prepared, ())["names"]
    check_enough(material.classes, *shape, names, f"training of {assignment}", "training")


def _fingerprint(assignment: Assignment, keys: PRNGKeyArray) -> str:
    """Names the checkpoint: resumed only by the same work on the same data from the same keys."""
    return fingerprint(
        str(assignment),
        assignment.settings.model_dump_json(),
        assignment.episodes.model_dump_json(),
        np.asarray(jax.random.key_data(keys)).tobytes(),
        *(sha256(assignment.prepared / source) for source in SOURCES),
    )


def _save(
    assignment: Assignment, progressing: Progressing, feature_shape: tuple[int, ...], folder: Path
) -> None:
    seeds = progressing.seeds
    first = jax.tree.map(lambda leaf: leaf[0], seeds.best_params)
    circuits = count_circuits(
        assignment.settings, assignment.arm, assignment.episodes, progressing.step
    )
    write_text(folder / "curve.csv", _curve(progressing).to_csv(index=False, lineterminator="\n"))
    card = {
        "dataset": assignment.dataset,
        "learner": assignment.learner,
        "arm": assignment.arm,
        "settings": assignment.settings.model_dump(),
        "episodes": assignment.episodes.model_dump(),
        "prepared": {name: sha256(assignment.prepared / name) for name in (CLASSES, TRANSFORM)},
        "feature_shape": list(feature_shape),
        "n_parameters": count_parameters(first),
        "acting": acting_in(assignment.settings, assignment.arm)._asdict(),
        "best_step": seeds.best_step,
        "validation_accuracy": seeds.best_accuracy,
        "circuit_evaluations": circuits._asdict(),
        "circuit": circuit_text(draw_up(assignment.settings.circuit)),
    }
    plain = {name: np.asarray(v).tolist() if hasattr(v, "dtype") else v for name, v in card.items()}
    save_trained(folder, seeds.best_params, plain)


def _curve(progressing: Progressing) -> pd.DataFrame:
    """The learning curve, a row for each step and seed; nothing is known of step 0's training."""
    rows = [
        (point.step, seed, *map(float, figures))
        for point in progressing.curve
        for seed, figures in enumerate(
            zip(point.loss, point.accuracy, point.validation, strict=True)
        )
    ]
    names = ["step", "seed", "train_loss", "train_accuracy", "validation_accuracy"]
    return pd.DataFrame(rows, columns=names)
