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
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from fewqubit.config import AnyLearner
from fewqubit.data import Transform, apply, feature_shape, load_transform, save_transform
from fewqubit.errors import ArtifactError, DataError
from fewqubit.files import read_json, write_bytes, write_json
from fewqubit.meta import Adapted, MetaLearner, build_learner
from fewqubit.trained import FORMAT, load_trained


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
        """Write adapted.safetensors, adapted.json and the transform into ``folder``."""
        folder, leaves = Path(folder), jax.tree.leaves(self.adapted)
        arrays = {str(number): np.asarray(leaf, order="C") for number, leaf in enumerate(leaves)}
        save_transform(folder, self.transform)
        write_bytes(folder / "adapted.safetensors", save(arrays))
        write_json(folder / "adapted.json", {"format": FORMAT, **self.card})

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what ``save`` wrote. Raises ArtifactError if it is missing, damaged or too new."""
        folder = Path(folder)
        card = read_json(folder / "adapted.json")
        if card.pop("format", None) != FORMAT:
            raise ArtifactError(f"{folder}/adapted.json: expected format {FORMAT}; save it again")
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
    path = folder / "adapted.safetensors"
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ArtifactError(f"{path}: expected an adapted model, but {error}") from None
    shapes = [leaf.shape for leaf in jax.tree.leaves(template)]
    leaves = [stored.get(str(number)) for number in range(len(shapes))]
    found = [None if leaf is None else leaf.shape for leaf in leaves]
    if shapes != found or len(stored) != len(shapes):
        raise ArtifactError(f"{path}: expected arrays of shapes {shapes}, found {found}")
    return jax.tree.unflatten(jax.tree.structure(template), [jnp.asarray(leaf) for leaf in leaves])
