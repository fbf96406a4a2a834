"""A model that knows its task: it answers rows, travels as one folder, and learns no more."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import jax
import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike
from pydantic import TypeAdapter
from safetensors.numpy import save
from sklearn.base import BaseEstimator, ClassifierMixin

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import write_bytes
from fewqubit.base.io.finite import check_finite, first_not_finite
from fewqubit.base.io.folders import replacing_folder
from fewqubit.base.io.tensors import read_tensors
from fewqubit.base.keys import root_key
from fewqubit.config import AnyLearner
from fewqubit.data.labels import packed_classes, unpacked_classes
from fewqubit.errors import ArtifactError, DataError
from fewqubit.meta import Adapted, MetaLearner, build_learner
from fewqubit.meta.settings.own import check_named
from fewqubit.predict.door import asked
from fewqubit.predict.inputs import (
    ARRAYS,
    HEADER,
    AnyTransform,
    example_shape,
    examples_of,
    files_of,
    load_any,
    names_of,
    save_any,
)
from fewqubit.predict.programs import run_by_rows
from fewqubit.predict.trained import FORMAT, learner_settings, without_files
from fewqubit.tasks.inputs import shape_as_json, shape_from, structs

CARD, ADAPTED = "adapted.json", "adapted.safetensors"
TOO_LARGE = "the model gives no number for it; are its numbers in the units of training?"
REMEDY = "save the adapted model again"


class AdaptedClassifier(ClassifierMixin, BaseEstimator):
    """A model that knows its task: answers rows, one at a time, without further learning.

    transform:  raw rows to features
    learner:    of as many classes as the task has
    adapted:    what the learner knows of the task
    card:       learner settings, arm and size of the support, as stored in adapted.json
    """

    def __init__(
        self, transform: AnyTransform, learner: MetaLearner, adapted: Adapted, card: dict[str, Any]
    ) -> None:
        self.transform, self.learner, self.adapted, self.card = transform, learner, adapted, card
        self.classes_ = np.asarray(card["classes"])
        names = names_of(transform)
        self.n_features_in_ = len(names)
        self.feature_names_in_ = np.array(names, dtype=object)

    def predict_proba(self, X: ArrayLike) -> Float[np.ndarray, "q n_way"]:
        """softmax of the logits, columns in the order of ``classes_``.

        Raises DataError: a row is unlike those of training, or so large that its answer is NaN.
        """
        return _shares(self._logits(X))

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The most likely class of each row, the first of equals; None where it is no class."""
        shares, known = self.answer(X)
        found = self.classes_[shares.argmax(axis=1)]
        if known.all():
            return found
        answers = found.astype(object)
        answers[~known] = None
        return answers

    def answer(self, X: ArrayLike) -> tuple[Float[np.ndarray, "q n_way"], Bool[np.ndarray, " q"]]:
        """``predict_proba``, and whether each row is of one of the classes at all.

        Without a threshold (``none_of_these`` of FewShotClassifier), every row is.
        """
        logits = self._logits(X)
        calibration = self.card.get("none_of_these")
        threshold = -np.inf if calibration is None else calibration["threshold"]
        return _shares(logits), logits.max(axis=1) >= threshold

    def _logits(self, X: ArrayLike) -> Float[np.ndarray, "q n_way"]:
        with asked(), fixed():
            rows = examples_of(X, self.transform)
            logits = run_by_rows(self.learner.predict, self.adapted, rows).astype(np.float64)
            logits = logits[:, : len(self.classes_)]  # a padded model has further ones
            if (place := first_not_finite(logits)) is not None:
                raise DataError(f"row {place[0]}: {TOO_LARGE}")
        return logits

    def save(self, folder: str | Path) -> None:
        """Write adapted.safetensors, the transform and their card, adapted.json, into ``folder``.

        The folder appears as a whole; an older model in it is replaced as a whole. Raises
        ArtifactError: it holds anything else, or cannot be written; SettingsError: the learner is
        an object of this process.
        """
        check_named(self.card["settings"]["kind"])
        with replacing_folder(folder, {CARD, ADAPTED, HEADER, ARRAYS}) as new:
            save_any(new, self.transform)
            self.write(new)

    def write(self, folder: Path) -> None:
        """Write what the model knows of its task beside the transform, which exists already."""
        leaves = enumerate(jax.tree.leaves(self.adapted))
        arrays = {str(number): np.asarray(leaf, order="C") for number, leaf in leaves}
        for array in arrays.values():
            check_finite(array, f"{folder}/{ADAPTED}", ["row", "place"], "nothing was saved")
        write_bytes(folder / ADAPTED, save(arrays))
        card = {"format": FORMAT, **without_files(self.card), **packed_classes(self.classes_)}
        write_card(folder / CARD, card, (ADAPTED, *files_of(self.transform)))

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what ``save`` wrote.

        Raises ArtifactError if it is missing, of another version, or not as it was written.
        """
        folder = Path(folder)
        transform = load_any(folder)
        covered = (ADAPTED, *files_of(transform))
        card = read_card(folder / CARD, covered, REMEDY, format=FORMAT)
        del card["format"]
        learner_settings(card, folder / CARD)
        card["classes"] = unpacked_classes(card.pop("classes"), card.pop("class_type"))
        learner = learner_of(card, transform)
        with fixed():
            template = jax.eval_shape(
                lambda key, x, y: learner.adapt(learner.init(key).params, x, y),
                root_key(0),
                structs(example_shape(transform), card["n_support"]),
                jax.ShapeDtypeStruct((card["n_support"],), np.int32),
            )
        return cls(transform, learner, _load_leaves(template, folder), card)

    def __getstate__(self) -> dict[str, Any]:
        """Without the learner's functions, which are built again from its settings."""
        return {name: v for name, v in super().__getstate__().items() if name != "learner"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.learner = learner_of(self.card, self.transform)


def _shares(logits: Float[np.ndarray, "q n_way"]) -> Float[np.ndarray, "q n_way"]:
    """The softmax of the logits."""
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def learner_of(card: dict[str, Any], transform: AnyTransform) -> MetaLearner:
    """The learner of a card's settings and arm, for as many classes as the card has."""
    settings = json.dumps(card["settings"])
    with fixed():
        shape = json.dumps(shape_as_json(example_shape(transform)))
        return _learner(settings, card["arm"], shape, len(card["classes"]))


@lru_cache(maxsize=32)
def _learner(settings: str, arm: str, shape: str, n_way: int) -> MetaLearner:
    """Built once for all fits: JAX compiles a newly built learner again, which takes a second."""
    learner = TypeAdapter(AnyLearner).validate_json(settings)
    return build_learner(learner, arm, shape_from(json.loads(shape)), n_way)


def _load_leaves(template: Adapted, folder: Path) -> Adapted:
    path = folder / ADAPTED
    stored = read_tensors(path, REMEDY)
    expected = [(leaf.dtype.name, leaf.shape) for leaf in jax.tree.leaves(template)]
    leaves = [stored[str(n)] for n in range(len(stored)) if str(n) in stored]
    found = [(leaf.dtype.name, leaf.shape) for leaf in leaves]
    if expected != found:
        raise ArtifactError(f"{path}: expected the arrays {expected}, found {found}; {REMEDY}")
    return jax.tree.unflatten(jax.tree.structure(template), leaves)
