"""The scikit-learn face: ``fit`` adapts a meta-learned model to a support set, in milliseconds."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike
from pydantic import TypeAdapter
from safetensors.numpy import save
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from fewqubit.cards import read_card, write_card
from fewqubit.config import AnyLearner
from fewqubit.data import Transform, apply, feature_shape, load_transform, save_transform
from fewqubit.data.prepared import TRANSFORM
from fewqubit.errors import ArtifactError, DataError
from fewqubit.files import write_bytes
from fewqubit.finite import check_finite
from fewqubit.folders import replacing_folder
from fewqubit.meta import Adapted, MetaLearner, build_learner
from fewqubit.trained import (
    FORMAT,
    check_prepared,
    learner_settings,
    load_trained,
    read_tensors,
)

CARD, ADAPTED = "adapted.json", "adapted.safetensors"
COVERED = (ADAPTED, "transform.json", "transform.npz")
REMEDY = "save the adapted model again"


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

    def predict_proba(self, X: ArrayLike) -> Float[np.ndarray, "q n_way"]:
        """softmax of the logits, columns in the order of ``classes_``."""
        rows = apply(self.transform, _as_rows(X, self.transform))
        logits = jax.jit(self.learner.predict)(self.adapted, jnp.asarray(rows))
        return np.asarray(jax.nn.softmax(logits, axis=-1))

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
            write_card(new / CARD, {"format": FORMAT, **self.card}, COVERED)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what ``save`` wrote.

        Raises ArtifactError if it is missing, of another version, or not as it was written.
        """
        folder = Path(folder)
        card = read_card(folder / CARD, COVERED, REMEDY, format=FORMAT)
        del card["format"]
        learner_settings(card, folder / CARD)
        transform = load_transform(folder)
        shape = feature_shape(transform)
        learner = _learner(json.dumps(card["settings"]), card["arm"], shape, len(card["classes"]))
        template = jax.eval_shape(
            lambda key, x, y: learner.adapt(learner.init(key).params, x, y),
            jax.random.key(0),
            jax.ShapeDtypeStruct((card["n_support"], *shape), jnp.float32),
            jax.ShapeDtypeStruct((card["n_support"],), jnp.int32),
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
        """Adapt to the support: raw rows ``X`` and their labels ``y``, of any type and number.

        Raises DataError: rows are not what the model was trained on, or there is only one class.
        """
        trained, transform = load_trained(Path(self.trained)), load_transform(self.prepared)
        check_prepared(trained, Path(self.prepared), TRANSFORM)
        classes, labels = np.unique(np.asarray(y), return_inverse=True)
        if len(classes) < 2:
            raise DataError(
                f"a support needs two classes or more, got {classes.tolist()}; "
                "add labelled examples of another class"
            )
        rows = apply(transform, _as_rows(X, transform))
        if len(rows) != len(labels):
            raise DataError(f"expected a label for each of {len(rows)} rows, got {len(labels)}")
        scores = trained.card["validation_accuracy"]
        seed = int(np.argmax(scores)) if self.seed is None else self.seed
        settings = json.dumps(trained.card["settings"])
        learner = _learner(settings, trained.arm, rows.shape[1:], len(classes))
        adapted = jax.jit(learner.adapt)(
            trained.of_seed(seed), jnp.asarray(rows), jnp.asarray(labels, jnp.int32)
        )
        card = {
            "learner": trained.card["learner"],
            "dataset": trained.card["dataset"],
            "arm": trained.arm,
            "settings": trained.card["settings"],
            "classes": classes.tolist(),
            "n_support": len(rows),
        }
        self.adapted_ = AdaptedClassifier(transform, learner, adapted, card)
        self.classes_ = classes
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The likeliest class of each row."""
        check_is_fitted(self)
        return self.adapted_.predict(X)

    def predict_proba(self, X: ArrayLike) -> Float[np.ndarray, "q n_way"]:
        """Probability of each class, columns in the order of ``classes_``."""
        check_is_fitted(self)
        return self.adapted_.predict_proba(X)

    def save_adapted(self, folder: str | Path) -> None:
        """Store the adapted model by itself; ``AdaptedClassifier.load`` reads it."""
        check_is_fitted(self)
        self.adapted_.save(folder)


@lru_cache(maxsize=32)
def _learner(settings: str, arm: str, shape: tuple[int, ...], n_way: int) -> MetaLearner:
    """Built once for all fits: what is built anew, JAX compiles anew, which takes a second."""
    return build_learner(TypeAdapter(AnyLearner).validate_json(settings), arm, shape, n_way)


def _as_rows(X: ArrayLike, transform: Transform) -> np.ndarray:
    """Raw rows [q, *raw]; flat rows, as tables of pixels have them, take the raw shape.

    Raises DataError: another width, or a number that is missing.
    """
    rows = np.asarray(X, dtype=np.float32)
    n_numbers = int(np.prod(transform.raw_shape))
    if rows.ndim < 2 or rows[0].size != n_numbers:
        raise DataError(
            f"expected rows of {n_numbers} numbers, as in training, got {list(rows.shape)}"
        )
    if not np.isfinite(rows).all():
        row = int(np.argwhere(~np.isfinite(rows))[0][0])
        raise DataError(f"row {row} has a missing or infinite number; fill it or drop the row")
    return rows.reshape(len(rows), *transform.raw_shape)


def _load_leaves(template: Adapted, folder: Path) -> Adapted:
    path = folder / ADAPTED
    stored = read_tensors(path, REMEDY)
    expected = [(leaf.dtype.name, leaf.shape) for leaf in jax.tree.leaves(template)]
    leaves = [stored[str(n)] for n in range(len(stored)) if str(n) in stored]
    found = [(leaf.dtype.name, leaf.shape) for leaf in leaves]
    if expected != found:
        raise ArtifactError(f"{path}: expected the arrays {expected}, found {found}; {REMEDY}")
    return jax.tree.unflatten(jax.tree.structure(template), [jnp.asarray(leaf) for leaf in leaves])
