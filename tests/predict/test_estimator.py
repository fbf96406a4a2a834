"""The classifier in memory: it learns to learn, adapts, travels, as scikit-learn has it."""

import copy
import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import check_estimator

import fewqubit as fq
from fewqubit.config import Circuit
from fewqubit.errors import ArtifactError, DataError, FewqubitError, NumbersError, SettingsError
from fewqubit.meta.settings.gradient import Scratch
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.predict import start
from fewqubit.predict.estimator import FewShotClassifier, UntrainedWarning

CIRCUIT = Circuit(feature_map="angle", n_qubits=3, bandwidth=0.5)
LEARNER = ProtoNet(
    encoder=Mlp((16,)),
    circuit=CIRCUIT,
    training=Training(steps=6, validate_every=2, learning_rate=0.01),
)
NOT_MET = {
    "check_classifiers_regression_target": "any numbers may be labels: 0.5 and 1.5 are classes",
    "check_supervised_y_2d": "labels with two axes are refused in one line, not flattened",
}


def data(n_classes: int = 12, n_rows: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(n_classes, 4))
    x = np.repeat(centres, n_rows, axis=0) + 0.1 * rng.normal(size=(n_classes * n_rows, 4))
    return x, np.repeat([f"kind {number}" for number in range(n_classes)], n_rows)


def new(**arguments: object) -> FewShotClassifier:
    return FewShotClassifier(
        LEARNER, **{"n_way": 3, "n_query": 3, "n_validation": 10, "verbose": False} | arguments
    )


X, Y = data()
SUPPORT = np.arange(72, 96, 4)  # two rows of each of three classes


@pytest.fixture(scope="module")
def model() -> FewShotClassifier:
    return new().meta_fit(X[:72], Y[:72]).fit(X[SUPPORT], Y[SUPPORT])


@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_checks() -> None:
    check_estimator(FewShotClassifier(LEARNER), expected_failed_checks=NOT_MET, on_skip=None)


def test_a_new_task_is_learned_from_a_few_rows(model: FewShotClassifier) -> None:
    assert model.score(X[72:], Y[72:]) > 0.9
    assert model.classes_.tolist() == sorted(set(Y[72:]))
    assert model.n_features_in_ == 4
    assert not hasattr(model, "feature_names_in_")


def test_a_fitted_model_travels(model: FewShotClassifier, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    known = model.predict_proba(X[72:])
    for arrived in (
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
        FewShotClassifier.load(tmp_path / "model"),
        clone(model).fit(X[SUPPORT], Y[SUPPORT]),
        fq.AdaptedClassifier.load(tmp_path / "model"),
    ):
        np.testing.assert_array_equal(arrived.predict_proba(X[72:]), known)
    loaded = FewShotClassifier.load(tmp_path / "model")
    assert loaded.get_params() | {"verbose": False} == model.get_params()
    assert loaded.learner == LEARNER
    assert loaded.fit(X[:16], Y[:16]).classes_.tolist() == sorted(set(Y[:16]))
    (tmp_path / "model/transform.npz").write_bytes(b"")
    with pytest.raises(ArtifactError, match=r"transform\.npz: "):
        FewShotClassifier.load(tmp_path / "model")


def test_a_folder_of_something_else_is_not_overwritten(
    model: FewShotClassifier, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(ArtifactError, match=r"thesis\.txt"):
        model.save(tmp_path)


def test_cross_validation_and_grids_keep_what_was_meta_learned(model: FewShotClassifier) -> None:
    assert cross_val_score(model, X[72:], Y[72:], cv=2, n_jobs=2).min() > 0.9
    grid = GridSearchCV(model, {"seed": [None, 0]}, cv=2).fit(X[72:], Y[72:])
    assert grid.best_score_ > 0.9
    changed = clone(model).set_params(n_way=2)
    with pytest.raises(DataError, match="n_way changed since meta_fit"):
        changed.fit(X[SUPPORT], Y[SUPPORT])


def test_a_clone_knows_no_task(model: FewShotClassifier) -> None:
    with pytest.raises(NotFittedError, match="call fit with a support"):
        clone(model).predict(X)


def test_without_meta_fit_it_says_so() -> None:
    with pytest.warns(UntrainedWarning, match="call meta_fit"):
        new().fit(X[SUPPORT], Y[SUPPORT])
    scratch = Scratch(encoder=LEARNER.encoder, circuit=CIRCUIT, inner_steps=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # this one is not to be meta-trained
        new().set_params(learner=scratch).fit(X[SUPPORT], Y[SUPPORT])


@pytest.mark.parametrize("labels", [[3, 7], [False, True], ["a", "b"], [1.5, 2.5], [b"a", b"b"]])
def test_labels_come_back_as_they_came(model: FewShotClassifier, labels: list[object]) -> None:
    y = np.repeat(labels, 2)
    answered = clone(model).fit(X[:4], y).predict(X[:4])
    assert answered.dtype == y.dtype
    assert set(answered.tolist()) <= set(labels)


@pytest.mark.parametrize(("n_classes", "n_rows"), [(2, 1), (2, 20), (5, 3), (300, 1)])
def test_tasks_of_any_size(model: FewShotClassifier, n_classes: int, n_rows: int) -> None:
    x, y = data(n_classes, n_rows)
    assert clone(model).fit(x, y).predict_proba(x[:2]).shape == (2, n_classes)


def test_frames_give_their_columns_by_name(tmp_path: Path) -> None:
    frame = pd.DataFrame(X, columns=[*"abcd"])
    model = new().meta_fit(frame[:72], Y[:72]).fit(frame.iloc[SUPPORT], Y[SUPPORT])
    assert model.feature_names_in_.tolist() == [*"abcd"]
    np.testing.assert_array_equal(model.predict(frame[["d", "a", "b", "c"]]), model.predict(frame))
    with pytest.raises(DataError, match="expected the columns of training"):
        model.predict(frame.rename(columns={"a": "e"}))


def test_an_interrupted_training_goes_on_where_it_stood(
    model: FewShotClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, steps = new(), []

    def stop_at_four(*about: object) -> object:
        real = real_bar(*about)

        class Stopping:
            def __enter__(self) -> object:
                real.__enter__()
                return self.tell

            def __exit__(self, *error: object) -> None:
                real.__exit__(*error)

            def tell(self, done: int, text: str) -> None:
                steps.append(done)
                if steps == [2, 4]:
                    raise KeyboardInterrupt

        return Stopping()

    real_bar = start.bar
    monkeypatch.setattr(start, "bar", stop_at_four)
    with pytest.raises(KeyboardInterrupt):
        stopped.meta_fit(X[:72], Y[:72])
    pickle.dumps(stopped)
    stopped.meta_fit(X[:72], Y[:72]).fit(X[SUPPORT], Y[SUPPORT])
    assert steps == [2, 4, 6]
    np.testing.assert_array_equal(stopped.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize(
    ("arguments", "rows", "words"),
    [
        ({"n_way": 7}, 72, "7 classes to train on and 7 to validate, but there are 9"),
        ({"n_way": 1}, 72, "n_way: "),
        ({"n_query": 9}, 72, "examples of each class, but 'kind "),
        ({"arm": "sideways"}, 72, "sideways"),
        ({"seeds": 0}, 72, "seeds: "),
        ({"validation": 1.5}, 72, "a share of 0 or more, below 1"),
        ({"validation": ["kind 99"]}, 72, "no class 'kind 99'"),
        ({"validation": "kind 1"}, 72, "a share or a list"),
        ({"random_state": -1}, 72, "random_state: "),
        ({"learner": "protonet"}, 72, "learner: expected a learner"),
        ({}, 16, "validate, but there are"),
        ({}, 8, "two classes or more"),
        ({}, 0, "0 sample.s."),
    ],
)
def test_what_cannot_be_learned_is_one_line(
    arguments: dict[str, object], rows: int, words: str
) -> None:
    with pytest.raises((DataError, SettingsError), match=words) as caught:
        new().set_params(**arguments).meta_fit(X[:rows], Y[:rows])
    assert "\n" not in str(caught.value)


def test_validation_classes_can_be_named_or_be_those_of_training() -> None:
    named = new(validation=["kind 0", "kind 1", "kind 2"]).meta_fit(X[:72], Y[:72])
    few = new(validation=0).meta_fit(X[:24], Y[:24])
    for model in (named, few):
        assert model.fit(X[SUPPORT], Y[SUPPORT]).score(X[72:], Y[72:]) > 0.8


def test_images_go_in_as_they_are() -> None:
    images = (255 * np.abs(np.sin(X))).astype(np.uint8).reshape(-1, 2, 2)
    model = new().meta_fit(images[:72], Y[:72]).fit(images[SUPPORT], Y[SUPPORT])
    assert model.n_features_in_ == 4
    np.testing.assert_array_equal(
        model.predict(images.reshape(len(X), -1)[72:] / np.float32(255)), model.predict(images[72:])
    )
    assert issubclass(NumbersError, FewqubitError)


class Nothing(fq.Mlp):
    """An encoder of somebody's own, which no name leads to."""


def test_an_encoder_of_ones_own_is_one_line() -> None:
    model = fq.FewShotClassifier(fq.ProtoNet(encoder=Nothing((4,))), verbose=False)
    with pytest.raises(fq.FewqubitError, match="no name by which a saved model finds it"):
        model.fit([[0.0, 1.0], [1.0, 0.0]], ["a", "b"])
