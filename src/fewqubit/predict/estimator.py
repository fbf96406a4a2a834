"""The scikit-learn face: ``meta_fit`` on many classes, ``fit`` to a new task in milliseconds."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import jax
import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import NotFittedError

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.finite import first_not_finite
from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.given.labels import given_labels
from fewqubit.errors import DataError
from fewqubit.meta.settings.learner import Learner
from fewqubit.predict.adapted import TOO_LARGE, AdaptedClassifier, learner_of
from fewqubit.predict.door import asked
from fewqubit.predict.inputs import Parts, examples_of
from fewqubit.predict.programs import run
from fewqubit.predict.saved import load_start, save_start
from fewqubit.predict.start import Halted, Start, meta_train, untrained
from fewqubit.predict.training import n_steps
from fewqubit.tasks.inputs import Inputs, n_examples

ASKED_OF_MEMORY = ("seed", "verbose")  # arguments that meta-training does not depend on


class NotAdaptedError(DataError, NotFittedError):
    """A classifier was asked for answers before it was given a support."""


class UntrainedWarning(UserWarning):
    """The learner needs meta-training, and adapts from its initial parameters."""


class FewShotClassifier(ClassifierMixin, BaseEstimator):
    """A meta-learned model as a scikit-learn classifier: ``fit`` on a support, then ``predict``.

    ``meta_fit`` learns from many classes once; each ``fit`` then starts from there, for a task of
    any number of classes. A clone keeps what was meta-learned. Without ``meta_fit``, ``fit`` adapts
    from untrained parameters, with features scaled by the support, and warns.

    learner:              the learner; None: class states of a small circuit
    n_way, n_shot, n_query:  shape of the tasks of meta-training
    arm:                  the circuit ("quantum"), or what replaces it ("twin", …)
    seeds:                how many training runs, side by side
    validation:           share of the classes, or a list of them, on which the best step is chosen
    n_validation:         how many tasks are drawn of them
    random_state:         a whole number; the same number gives the same model
    seed:                 which training run answers; None: the best on validation
    verbose:              whether to show a progress bar
    embed:                the frozen encoder of texts; then ``X`` is a list of them, everywhere
    none_of_these:        share of a task's own rows that ``predict`` is to take for its classes; to
                          the others, and to what is foreign, it answers None. The threshold is set
                          on validation tasks, with rows of other classes. None: no threshold
    """

    def __init__(
        self,
        learner: Learner | None = None,
        *,
        n_way: int = 5,
        n_shot: int = 1,
        n_query: int = 5,
        arm: str = "quantum",
        seeds: int = 1,
        validation: float | Sequence[object] = 0.2,
        n_validation: int = 100,
        random_state: int = 0,
        seed: int | None = None,
        verbose: bool = True,
        embed: Embed | None = None,
        none_of_these: float | None = None,
    ) -> None:
        self.learner = learner
        self.n_way, self.n_shot, self.n_query = n_way, n_shot, n_query
        self.arm, self.seeds = arm, seeds
        self.validation, self.n_validation = validation, n_validation
        self.random_state = random_state
        self.seed, self.verbose = seed, verbose
        self.embed, self.none_of_these = embed, none_of_these

    @classmethod
    def load(
        cls, folder: str | Path, prepared: str | Path | None = None, seed: int | None = None
    ) -> "FewShotClassifier":
        """What ``save`` wrote; or a learner of the pipeline, with its data set's folder.

        folder:    of ``save``, or artifacts/trained/<dataset>/<learner>/<arm>
        prepared:  artifacts/prepared/<dataset>, where the feature transform is

        Raises ArtifactError: a file is missing, of another version, or not as it was written.
        """
        start, arguments, adapted = load_start(Path(folder), Path(prepared or folder))
        model = cls(**arguments)
        model.seed = seed
        model.meta_, model._asked = start, model._arguments()
        if adapted is not None:
            model._take(adapted, start)
        return model

    def meta_fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn to learn from raw rows ``X`` and their labels ``y``, of many classes.

        After an interruption (Ctrl-C), a call with the same arguments continues the training.

        Raises DataError: rows or labels are not what they should be, classes are too few or too
        small for the tasks; SettingsError: an argument is out of range; NumbersError: training
        diverged.
        """
        reached: list[Halted] = []
        with asked(), fixed():
            try:
                self.meta_ = meta_train(self, X, y, getattr(self, "_halted", None), reached.append)
            except KeyboardInterrupt:
                self._halted = reached[-1] if reached else None
                raise
        self._halted, self._asked = None, self._arguments()
        self.n_features_in_ = self.meta_.n_features
        return self

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Adapt to the support: raw rows ``X`` and their labels ``y``, of any one type.

        A data frame gives its columns by name, in any order; an array by position. Raises
        DataError: rows are not what the model was trained on, a label is missing or of another
        type, or there is only one class; ArtifactError: there is no such training run.
        """
        with asked(), fixed():
            start = self._start(X)
            rows = examples_of(X, start.transform)
            classes, labels = given_labels(y, n_examples(rows))
            adapted = self._adapted(start, rows, labels, classes)
        self._take(adapted, start)
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The most likely class of each row; with ``none_of_these``, None for a foreign row."""
        return self._fitted().predict(X)

    def predict_proba(self, X: ArrayLike) -> Float[np.ndarray, "q n_way"]:
        """Probability of each class, columns in the order of ``classes_``."""
        return self._fitted().predict_proba(X)

    def answer(self, X: ArrayLike) -> tuple[Float[np.ndarray, "q n_way"], Bool[np.ndarray, " q"]]:
        """``predict_proba``, and whether each row is of one of the classes at all."""
        return self._fitted().answer(X)

    def save(self, folder: str | Path) -> None:
        """Write what was meta-learned, and the task if there is one; ``load`` reads it.

        The folder appears as a whole. Raises ArtifactError: it holds anything else.
        """
        start = getattr(self, "meta_", None) or getattr(self, "start_", None)
        if start is None:
            raise NotAdaptedError("call meta_fit, or fit, before there is something to save")
        save_start(Path(folder), start, self._arguments(), getattr(self, "adapted_", None))

    def save_adapted(self, folder: str | Path) -> None:
        """Store the adapted model by itself; ``AdaptedClassifier.load`` reads it."""
        self._fitted().save(folder)

    def _start(self, X: ArrayLike) -> Start:
        """What was meta-learned, or untrained parameters. Raises DataError: arguments changed."""
        if hasattr(self, "meta_"):
            now = self._arguments()
            changed = [name for name, value in self._asked.items() if now[name] != value]
            if changed:
                raise DataError(
                    f"{', '.join(changed)} changed since meta_fit; call meta_fit again, or set it "
                    f"back to {self._asked[changed[0]]!r}"
                )
            return self.meta_
        start = untrained(self, X)
        if n_steps(start.learner):
            warnings.warn(
                "this learner was not meta-trained and adapts from untrained parameters; call "
                "meta_fit with many classes first",
                UntrainedWarning,
                stacklevel=3,
            )
        return start

    def _adapted(
        self, start: Start, rows: Inputs, labels: np.ndarray, classes: np.ndarray
    ) -> AdaptedClassifier:
        names = ("learner", "dataset", "arm", "settings")
        card = {name: start.card[name] for name in names}
        card |= {"classes": classes, "n_support": n_examples(rows)}
        seed = start.chosen(self.seed)
        if "none_of_these" in start.card:
            card["none_of_these"] = start.card["none_of_these"][seed]
        params = start.of_seed(seed)
        learner = learner_of(card, start.transform)
        adapted = run(learner.adapt, params, rows, labels.astype(np.int32))
        adapted = jax.tree.map(np.asarray, adapted)
        if any(first_not_finite(leaf) is not None for leaf in jax.tree.leaves(adapted)):
            raise DataError(f"the support: {TOO_LARGE}")
        return AdaptedClassifier(start.transform, learner, adapted, card)

    def _take(self, adapted: AdaptedClassifier, start: Start) -> None:
        self.start_, self.adapted_, self.classes_ = start, adapted, adapted.classes_
        self.n_features_in_ = adapted.n_features_in_
        if isinstance(start.transform, Parts) or start.transform.columns is not None:
            self.feature_names_in_ = adapted.feature_names_in_
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _fitted(self) -> AdaptedClassifier:
        if not hasattr(self, "adapted_"):
            raise NotAdaptedError("call fit with a support before asking for answers")
        return self.adapted_

    def _arguments(self) -> dict[str, Any]:
        params = self.get_params(deep=False)
        return {name: value for name, value in params.items() if name not in ASKED_OF_MEMORY}

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "adapted_")

    def __sklearn_clone__(self) -> Self:
        """A classifier with the same arguments and meta-learned state, but without the task."""
        params = self.get_params(deep=False)
        copies = {name: clone(value, safe=False) for name, value in params.items()}
        copy = type(self)(**copies | {"learner": self.learner})  # functions and frozen values
        for name in ("meta_", "_asked"):
            if hasattr(self, name):
                setattr(copy, name, getattr(self, name))
        return copy

    def __getstate__(self) -> dict[str, Any]:
        """Without the state of an interrupted meta-training."""
        return {name: v for name, v in super().__getstate__().items() if name != "_halted"}
