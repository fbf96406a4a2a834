"""The scikit-learn face: ``fit`` adapts a meta-learned model to a support set, in milliseconds."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import jax
import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike
from pydantic import TypeAdapter
from safetensors.numpy import save
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

from fewqubit.arithmetic import fixed
from fewqubit.config import AnyLearner
from fewqubit.data import Transform, apply, feature_shape, load_transform, save_transform
from fewqubit.data.features import column_names
from fewqubit.data.given import given_labels, given_rows
from fewqubit.data.labels import packed_classes, unpacked_classes
from fewqubit.data.prepared import TRANSFORM
from fewqubit.errors import ArtifactError, DataError
from fewqubit.io.cards import read_card, write_card
from fewqubit.io.files import write_bytes
from fewqubit.io.finite import check_finite, first_not_finite
from fewqubit.io.folders import replacing_folder
from fewqubit.keys import root_key
from fewqubit.meta import Adapted, MetaLearner, build_learner
from fewqubit.predict.programs import run, run_by_rows
from fewqubit.predict.trained import (
    FORMAT,
    check_prepared,
    learner_settings,
    load_trained,
    read_tensors,
)

CARD, ADAPTED = "adapted.json", "adapted.safetensors"
COVERED = (ADAPTED, "transform.json", "transform.npz")
TOO_LARGE = "the model gives no number for it; are its numbers in the units of training?"
REMEDY = "save the adapted model again"


class NotAdaptedError(DataError, NotFittedError):
    """A classifier was asked before it had a support."""


class AdaptedClassifier(ClassifierMixin, BaseEstimator):
    """A model that knows its task: answers rows, one at a time, without further learning.

    transform:  raw rows to features
    learner:    of as many classes as the task has
    adapted:    what the learner knows of the task
    card:       learner settings, arm and size of the support, as stored in adapted.json
    """

    def __init__(
        self, transform: Transform, learner: MetaLearner, adapted: Adapted, card: dict[str, Any]
    ) -> None:
        self.transform, self.learner, self.adapted, self.card = transform, learner, adapted, card
        self.classes_ = np.asarray(card["classes"])
        self.feature_names_in_ = np.array(column_names(transform.columns, transform.raw_shape))
        self.n_features_in_ = len(self.feature_names_in_)

    def predict_proba(self, X: ArrayLike) -> Float[np.ndarray, "q n_way"]:
        """softmax of the logits, columns in the order of ``classes_``.

        Raises DataError: a row is not as in training, or so large that its answer is no number.
        """
        rows = apply(self.transform, given_rows(X, self.transform))
        with fixed():
            logits = run_by_rows(self.learner.predict, self.adapted, rows)
        if (place := first_not_finite(logits)) is not None:
            raise DataError(f"row {place[0]}: {TOO_LARGE}")
        shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return shares / shares.sum(axis=-1, keepdims=True)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The likeliest class of each row; of equals the first."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def save(self, folder: str | Path) -> None:
        """Write adapted.safetensors, the transform and their card, adapted.json, into ``folder``.

        The folder appears as a whole; an older model in it is replaced as a whole. Raises
        ArtifactError: it holds anything else, or cannot be written.
        """
        leaves = enumerate(jax.tree.leaves(self.adapted))
        arrays = {str(number): np.asarray(leaf, order="C") for number, leaf in leaves}
        for array in arrays.values():
            check_finite(array, f"{folder}/{ADAPTED}", ["row", "place"], "nothing was saved")
        with replacing_folder(folder, {CARD, *COVERED}) as new:
            save_transform(new, self.transform)
            write_bytes(new / ADAPTED, save(arrays))
            card = {"format": FORMAT, **self.card, **packed_classes(self.classes_)}
            write_card(new / CARD, card, COVERED)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what ``save`` wrote.

        Raises ArtifactError if it is missing, of another version, or not as it was written.
        """
        folder = Path(folder)
        card = read_card(folder / CARD, COVERED, REMEDY, format=FORMAT)
        del card["format"]
        learner_settings(card, folder / CARD)
        card["classes"] = unpacked_classes(card.pop("classes"), card.pop("class_type"))
        transform = load_transform(folder)
        shape = feature_shape(transform)
        settings, n_way = json.dumps(card["settings"]), len(card["classes"])
        with fixed():
            learner = _learner(settings, card["arm"], shape, n_way)
            template = jax.eval_shape(
                lambda key, x, y: learner.adapt(learner.init(key).params, x, y),
                root_key(0),
                jax.ShapeDtypeStruct((card["n_support"], *shape), np.float32),
                jax.ShapeDtypeStruct((card["n_support"],), np.int32),
            )
        return cls(transform, learner, _load_leaves(template, folder), card)


class FewShotClassifier(ClassifierMixin, BaseEstimator):
    """A meta-learned model as a scikit-learn classifier: ``fit`` on a support, then ``predict``.

    trained:   folder of a meta-trained learner (artifacts/trained/<dataset>/<learner>/<arm>)
    prepared:  folder of its data set (artifacts/prepared/<dataset>), for the feature transform
    seed:      which of its training runs; None: the best on validation
    """

    def __init__(self, trained: str, prepared: str, seed: int | None = None) -> None:
        self.trained, self.prepared, self.seed = trained, prepared, seed

    @classmethod
    def load(
        cls, trained: str | Path, prepared: str | Path, seed: int | None = None
    ) -> "FewShotClassifier":
        """The classifier of two result folders; they are read by ``fit``."""
        return cls(str(trained), str(prepared), seed)

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Adapt to the support: raw rows ``X`` and their labels ``y``, of any one type.

        A data frame gives its columns by name, in any order; an array by position. Raises
        DataError: rows are not what the model was trained on, a label is missing or of another
        type, or there is only one class; ArtifactError: there is no such training run.
        """
        trained, transform = load_trained(Path(self.trained)), load_transform(self.prepared)
        check_prepared(trained, Path(self.prepared), TRANSFORM)
        rows = apply(transform, given_rows(X, transform))
        classes, labels = given_labels(y, len(rows))
        seed = _chosen_seed(self.seed, trained.card["validation_accuracy"])
        settings = json.dumps(trained.card["settings"])
        with fixed():
            learner = _learner(settings, trained.arm, rows.shape[1:], len(classes))
            adapted = run(learner.adapt, trained.of_seed(seed), rows, labels.astype(np.int32))
        adapted = jax.tree.map(np.asarray, adapted)
        if any(first_not_finite(leaf) is not None for leaf in jax.tree.leaves(adapted)):
            raise DataError(f"the support: {TOO_LARGE}")
        card = {
            "learner": trained.card["learner"],
            "dataset": trained.card["dataset"],
            "arm": trained.arm,
            "settings": trained.card["settings"],
            "classes": classes,
            "n_support": len(rows),
        }
        self.adapted_ = AdaptedClassifier(transform, learner, adapted, card)
        self.classes_ = classes
        self.feature_names_in_ = self.adapted_.feature_names_in_
        self.n_features_in_ = self.adapted_.n_features_in_
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The likeliest class of each row."""
        return self._fitted().predict(X)

    def predict_proba(self, X: ArrayLike) -> Float[np.ndarray, "q n_way"]:
        """Probability of each class, columns in the order of ``classes_``."""
        return self._fitted().predict_proba(X)

    def save_adapted(self, folder: str | Path) -> None:
        """Store the adapted model by itself; ``AdaptedClassifier.load`` reads it."""
        self._fitted().save(folder)

    def _fitted(self) -> AdaptedClassifier:
        if not hasattr(self, "adapted_"):
            raise NotAdaptedError("call fit with a support before asking for answers")
        return self.adapted_


@lru_cache(maxsize=32)
def _learner(settings: str, arm: str, shape: tuple[int, ...], n_way: int) -> MetaLearner:
    """Built once for all fits: what is built anew, JAX compiles anew, which takes a second."""
    return build_learner(TypeAdapter(AnyLearner).validate_json(settings), arm, shape, n_way)


def _chosen_seed(seed: int | None, validated: list[float]) -> int:
    """The training run that was asked for, or the best on validation."""
    if seed is None:
        return int(np.argmax(validated))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ArtifactError(f"seed must be None or the number of a training run, got {seed!r}")
    if not 0 <= seed < len(validated):
        raise ArtifactError(
            f"seed {seed}: there are {len(validated)} training runs, 0 … {len(validated) - 1}"
        )
    return int(seed)


def _load_leaves(template: Adapted, folder: Path) -> Adapted:
    path = folder / ADAPTED
    stored = read_tensors(path, REMEDY)
    expected = [(leaf.dtype.name, leaf.shape) for leaf in jax.tree.leaves(template)]
    leaves = [stored[str(n)] for n in range(len(stored)) if str(n) in stored]
    found = [(leaf.dtype.name, leaf.shape) for leaf in leaves]
    if expected != found:
        raise ArtifactError(f"{path}: expected the arrays {expected}, found {found}; {REMEDY}")
    return jax.tree.unflatten(jax.tree.structure(template), leaves)
