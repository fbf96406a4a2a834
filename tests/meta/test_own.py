"""A learner of a class of the user's own, handed over as an object."""

import pickle
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neighbors import NearestCentroid

import fewqubit as fq
from fewqubit.errors import OwnCodeError, SettingsError
from fewqubit.meta import MetaLearner, MetaState, StepInfo
from fewqubit.meta.cost import count_circuits
from fewqubit.meta.outer import episodic_learner
from fewqubit.models.model import build_model
from fewqubit.study.run import _jobs, _named
from fewqubit.tasks import Shape

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(96, 3)) + 3 * np.repeat(RNG.normal(size=(12, 3)), 8, 0), np.arange(96) // 8
SHAPE: dict[str, Any] = {"n_way": 2, "n_shot": 2, "n_query": 2, "n_validation": 4, "verbose": False}


class Means:
    """Class means, to which every query is compared; meta-training has nothing to learn."""

    training = fq.Training(steps=1, tasks_per_step=1)

    def __init__(self, n_way: int = 2) -> None:
        self.n_way = n_way

    def init(self, key: jax.Array) -> MetaState:
        del key
        return MetaState({"head": {"scale": jnp.ones(())}}, ())

    def step(self, key: jax.Array, state: MetaState, tasks: Any) -> tuple[MetaState, StepInfo]:
        del key, tasks
        return state, StepInfo(jnp.zeros(()), jnp.ones(()))

    def adapt(self, params: Any, x: jax.Array, y: jax.Array) -> Any:
        own = jax.nn.one_hot(y, self.n_way)
        return params, own.T @ x / jnp.maximum(own.sum(0)[:, None], 1)

    def predict(self, adapted: Any, x: jax.Array) -> jax.Array:
        params, means = adapted
        return -params["head"]["scale"] * ((x[:, None] - means) ** 2).sum(-1)


class Overlaps:
    """Mean fidelity with each class, in any arm and for any number of classes."""

    encoder, circuit = fq.Mlp((4,)), fq.Circuit("angle", n_qubits=2)
    training = fq.Training(steps=1, tasks_per_step=1)

    def build(self, arm: Any, feature_shape: Any, n_way: int) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm)
        embed = jax.vmap(model.apply, in_axes=(None, 0))

        def adapt(params: Any, x: jax.Array, y: jax.Array) -> Any:
            return params, embed(params, x), jax.nn.one_hot(y, n_way)

        def predict(adapted: Any, x: jax.Array) -> jax.Array:
            params, support, own = adapted
            return model.geometry.kernel(embed(params, x), support) @ own

        init = lambda key: {**model.init(key), "head": {}}  # noqa: E731
        return episodic_learner(init, adapt, predict, self.training)


@pytest.fixture(scope="module")
def by_means() -> fq.FewShotClassifier:
    model = fq.FewShotClassifier(Means(), **SHAPE).meta_fit(X, Y)
    return model.fit(X[[0, 1, 8, 9]], ["a", "a", "b", "b"])


def test_four_functions_answer_as_what_they_are(by_means: fq.FewShotClassifier) -> None:
    scale = X[np.isin(Y, np.unique(Y))].std(axis=0)
    plain = NearestCentroid().fit(X[[0, 1, 8, 9]] / scale, ["a", "a", "b", "b"])
    answers = by_means.predict(X[:16])
    assert (answers == plain.predict(X[:16] / scale)).mean() > 0.9
    assert by_means.meta_.card["circuit_evaluations"]["adapt"] == 0


def test_a_clone_shares_it_and_pickle_keeps_it_in_this_process(
    by_means: fq.FewShotClassifier,
) -> None:
    again = clone(by_means).fit(X[[0, 1, 8, 9]], ["a", "a", "b", "b"])
    back = pickle.loads(pickle.dumps(by_means))
    for other in (again, back):
        np.testing.assert_array_equal(other.predict_proba(X), by_means.predict_proba(X))


def test_it_cannot_be_saved_and_says_what_can(
    by_means: fq.FewShotClassifier, tmp_path: Path
) -> None:
    for save in (by_means.save, by_means.save_adapted):
        with pytest.raises(SettingsError, match="Means: a class of your own has no name"):
            save(tmp_path / "model")
    assert [*tmp_path.iterdir()] == []


def test_one_that_is_built_for_an_arm_has_a_name_and_a_bill_in_a_comparison() -> None:
    jobs = _jobs(_named([Overlaps(), Overlaps()]), ("quantum", "twin"), seeds=3)
    assert [str(job) for job in jobs[1:3]] == ["Overlaps/twin", "Overlaps_2/quantum"]
    bills = [count_circuits(job.settings, job.arm, Shape(2, 2, 2), 1, (3,)) for job in jobs[:2]]
    assert [(bill.adapt, bill.predict_per_query) for bill in bills] == [(0, 4), (0, 0)]


def test_one_that_is_built_serves_any_number_of_classes() -> None:
    with pytest.warns(UserWarning, match="not meta-trained"):
        model = fq.FewShotClassifier(Overlaps(), arm="twin", n_way=2).fit(X[:24], Y[:24])
    assert model.predict_proba(X).shape == (96, 3)


class Deaf(Means):
    predict = None  # type: ignore[assignment]


class Wordy(Means):
    def predict(self, adapted: Any, x: jax.Array) -> jax.Array:
        return super().predict(adapted, x)[:, 0]


class Shapeless(Means):
    def init(self, key: jax.Array) -> Any:
        return super().init(key).params


@pytest.mark.parametrize(
    ("learner", "line"),
    [
        (Deaf(), "expected a learner such as .* init, step, adapt, predict or with build, got"),
        (Means, "expected a learner such as .* got <class"),
        (Wordy(), r"learner 'Wordy': expected logits .* \[4, 2\], predict gave \(4,\)"),
        (Shapeless(), "learner 'Shapeless': expected init to give a MetaState"),
        (Means(3), "learner 'Means': expected logits"),
    ],
)
def test_what_is_no_learner_is_one_line(learner: object, line: str) -> None:
    with pytest.raises((SettingsError, OwnCodeError), match=line):
        fq.FewShotClassifier(learner, **SHAPE).meta_fit(X, Y)


def test_four_functions_have_no_other_arm() -> None:
    with pytest.raises(SettingsError, match=r"Means: expected a method build\(.* arm 'twin'"):
        fq.FewShotClassifier(Means(), arm="twin", **SHAPE).meta_fit(X, Y)
    with pytest.raises(SettingsError, match="Means: expected a method build"):
        fq.compare([Means()], (X, Y))
