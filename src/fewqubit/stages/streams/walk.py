"""The walk stage: a learner goes through a stream, one step for each group; old steps are kept.

When a group is added, DVC reruns the stage and leaves the output of the last run in place. The name
of a step is a checksum of everything it was computed from, including the step before. A stored step
is reused if its name is still the same. So a new group costs one step, an edit of the learner costs
all steps, and a killed run resumes where it stopped.
"""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Float, PRNGKeyArray
from safetensors.numpy import save

import fewqubit
from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import read_npz, sha256, write_bytes, write_npz
from fewqubit.base.io.fingerprint import fingerprint
from fewqubit.base.io.folders import replacing_folder
from fewqubit.base.io.progress import Progress
from fewqubit.base.io.tensors import read_tensors
from fewqubit.base.keys import stream
from fewqubit.config import AnyLearner
from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.meta.cost import count_circuits
from fewqubit.meta.registry import build_learner
from fewqubit.meta.settings.training import Training
from fewqubit.meta.streams.answered import Answered
from fewqubit.meta.streams.group import Group
from fewqubit.meta.streams.settings import Way
from fewqubit.meta.streams.walk import Place, Walker, gathered, walk_on, walker
from fewqubit.predict.trained import count_parameters
from fewqubit.stages.streams.arrived import CARD, FEATURES, load_group
from fewqubit.stages.streams.model import MODEL, write_model
from fewqubit.stages.streams.walked import ANSWERS, WALK
from fewqubit.tasks import Shape

STEP, PLACE = "step.json", "place.safetensors"
FILES = (STEP, PLACE, ANSWERS)
ROOMS = ("circuits", "compiler", "states", "gradients", "models", "meta", "tasks", "streams")
Answers = dict[tuple[int, int], Float[np.ndarray, "S E"]]


class Walk(NamedTuple):
    """Which learner goes through which stream, and how it goes on learning."""

    stream: str
    learner: str
    arm: str
    way: str
    settings: AnyLearner
    going: Way
    steps: int | None

    def __str__(self) -> str:
        return f"{self.stream}/{self.learner}/{self.arm}/{self.way}"


def walk_and_save(asked: Walk, arrived: Path, key: PRNGKeyArray, folder: Path) -> None:
    """Compute the steps that are missing, and write all accuracies into ``folder``.

    000, 001, …: the parameters and accuracies after each step; answers.npz: R and b of the whole
    stream; walk.json: their card; model: the learner at the end, ready to be served.
    """
    about = read_card(arrived / CARD)
    files = [f"{number:03d}.npz" for number in range(len(about["groups"]))]
    read_card(arrived / CARD, files)
    named = zip(files, about["groups"], strict=True)
    groups = [load_group(arrived / file, name) for file, name in named]
    seeds = np.arange(asked.settings.seeds)
    keys = jax.vmap(lambda seed: stream(key, asked.stream, asked.learner, seed))(seeds)
    walking = built(asked, groups[0], Shape(*about["shape"]))
    names = _names(asked, keys, about, [sha256(arrived / file) for file in files])
    answers, place = _taken(asked, walking, keys, groups, names, folder)
    for path in folder.glob("[0-9]*"):
        if path.name not in map(_folder, range(len(groups))):
            shutil.rmtree(path)  # left from a longer stream
    answered = gathered(answers)
    _save(asked, about, answered, place, folder)
    if (arrived / FEATURES).is_dir():
        card = {"dataset": asked.stream, "learner": asked.learner, "arm": asked.arm, **about}
        model = folder / MODEL, arrived / FEATURES
        write_model(*model, card, asked.settings, place.params, answered)


def built(asked: Walk, first: Group, shape: Shape) -> Walker:
    """The walker. Raises SettingsError: the learner is not meta-trained or the way not possible."""
    training = asked.settings.meta_training()
    if training is None:
        raise SettingsError(
            f"learner '{asked.learner}' is not meta-trained, so it cannot go on learning; leave it "
            "out of run.learners where run.streams names a stream"
        )
    if getattr(asked.settings, "candidates", ()):
        raise SettingsError(
            f"learner '{asked.learner}': candidates are chosen on validation episodes, which the "
            "groups of a stream do not have; leave them out, or the learner out of run.learners "
            "where run.streams names a stream"
        )
    if asked.steps is not None:
        training = training.model_copy(update={"steps": asked.steps})
    settings = asked.settings.model_copy(update={"training": Training(**dict(training))})
    feature_shape, tasks = first.x.shape[1:], training.shape(*shape)
    trained = build_learner(settings, asked.arm, feature_shape, tasks.n_way)
    tested = build_learner(settings, asked.arm, feature_shape, shape.n_way)
    return walker(trained, tested, asked.going, training, tasks)


def _names(
    asked: Walk, keys: PRNGKeyArray, about: dict[str, Any], checksums: Sequence[str]
) -> list[str]:
    """A name for each step: a checksum over its group and the step before."""
    before = fingerprint(
        str(asked),
        asked.settings.model_dump_json(),
        asked.going.model_dump_json(),
        str((asked.steps, about["shape"])),
        np.asarray(jax.random.key_data(keys)).tobytes(),
        code(),
    )
    names = []
    for group, checksum in zip(about["groups"], checksums, strict=True):
        names.append(before := fingerprint(before, group, checksum))
    return names


def code() -> str:
    """A checksum of the code that computes a step."""
    top, digest = Path(fewqubit.__file__).parent, hashlib.sha256()
    for room in ROOMS:
        for path in sorted((top / room).rglob("*.py")):
            digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _taken(
    asked: Walk,
    walking: Walker,
    keys: PRNGKeyArray,
    groups: Sequence[Group],
    names: Sequence[str],
    folder: Path,
) -> tuple[Answers, Place]:
    start = place = walking.start(keys, groups[0])
    progress, answers = Progress(f"walk {asked}", len(groups)), Answers()
    for number in range(len(groups)):
        step = folder / _folder(number)
        known = _known(step, names[number], place)
        if known is None:
            place, new = walk_on(walking, keys, start, place, groups[: number + 1])
            _write(step, names[number], groups[number].name, place, new)
        else:
            place, new = known
        answers |= new
        progress.update(number + 1, accuracy=float(np.mean(new[number, number])))
    return answers, place


def _known(step: Path, name: str, like: Place) -> tuple[Place, Answers] | None:
    """The stored step, if it is intact and has the name ``name``; None otherwise."""
    try:
        card = read_card(step / STEP, FILES[1:])
        if card["name"] != name:
            return None
        stored, stored_answers = read_tensors(step / PLACE), read_npz(step / ANSWERS)
    except ArtifactError:
        return None  # missing or damaged: computed again
    leaves, tree = jax.tree.flatten(like)
    place = jax.tree.unflatten(tree, [stored[str(n)] for n in range(len(leaves))])
    answers = {
        (int(key.split(",")[0]), int(key.split(",")[1])): values
        for key, values in stored_answers.items()
    }
    return place, answers


def _write(step: Path, name: str, group: str, place: Place, answers: Answers) -> None:
    arrays = {str(n): np.asarray(leaf, order="C") for n, leaf in enumerate(jax.tree.leaves(place))}
    with replacing_folder(step, FILES) as partial:
        write_bytes(partial / PLACE, save(arrays))
        by_pair = {f"{at},{asked}": values for (at, asked), values in answers.items()}
        write_npz(partial / ANSWERS, by_pair)
        write_card(partial / STEP, {"name": name, "group": group}, FILES[1:])


def _save(
    asked: Walk, about: dict[str, Any], answered: Answered, place: Place, folder: Path
) -> None:
    first = jax.tree.map(lambda leaf: leaf[0], place.params)
    shape = Shape(*about["shape"])
    circuits = count_circuits(asked.settings, asked.arm, shape, 0, about["feature_shape"])
    write_npz(folder / ANSWERS, answered._asdict(), finite=False)
    card = {
        **{name: getattr(asked, name) for name in ("stream", "learner", "arm", "way")},
        "groups": about["groups"],
        "asked": about["asked"],
        "n_parameters": count_parameters(first)["total"],
        "circuits_adapt": circuits.adapt,
        "settings": asked.settings.model_dump(),
        "going": asked.going.model_dump(),
    }
    write_card(folder / WALK, card, [ANSWERS])


def _folder(number: int) -> str:
    return f"{number:03d}"
