"""What the documents call the classical learners by, they are: beside scikit-learn and by hand."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.svm import SVC

from fewqubit.config import AnyLearner, Circuit
from fewqubit.meta import build_learner
from fewqubit.models.settings import Mlp
from meta.conftest import FEATURES, LEARNERS, N_WAY, clusters

WIDE = Circuit(feature_map="hardware_efficient", n_qubits=3, repetitions=4)
ENCODER = Mlp((7,))
WIDTH = 24  # inputs of the circuit


class Asked(NamedTuple):
    """Encoder features of a task's support and queries, its labels, and what was answered."""

    support: np.ndarray
    labels: np.ndarray
    queries: np.ndarray
    logits: np.ndarray
    head: dict


def ask(name: str, **changes: object) -> Asked:
    update = {"encoder": ENCODER, "circuit": WIDE, **changes}
    settings: AnyLearner = LEARNERS[name].model_copy(update=update)
    learner = build_learner(settings, "bypass", (FEATURES,), N_WAY)
    params = jax.jit(learner.init)(jax.random.key(0)).params
    task = jax.tree.map(lambda part: part[0], clusters(3))
    logits = jax.jit(lambda p: learner.predict(learner.adapt(p, *task[:2]), task.query_x))(params)
    embed = jax.vmap(ENCODER.build((FEATURES,), WIDTH).apply, in_axes=(None, 0))
    support, queries = (np.asarray(embed(params["encoder"], x)) for x in (task[0], task[2]))
    return Asked(support, np.asarray(task.support_y), queries, np.asarray(logits), params["head"])


def test_protonet_is_euclidean() -> None:
    asked = ask("protonet")
    means = np.stack([asked.support[asked.labels == c].mean(0) for c in range(N_WAY)])
    distances = ((asked.queries[:, None] - means) ** 2).sum(-1)
    temperature = np.exp(asked.head["log_temperature"])
    np.testing.assert_allclose(asked.logits, -temperature * distances, rtol=1e-3, atol=1e-3)


def test_kernel_is_ridge_regression_on_encoder_features() -> None:
    asked = ask("kernel")
    ridge, temperature = (np.exp(asked.head[f"log_{name}"]) for name in ("ridge", "temperature"))
    machine = KernelRidge(alpha=float(ridge), kernel="rbf", gamma=1.0)
    machine.fit(asked.support, np.eye(N_WAY)[asked.labels] - 1 / N_WAY)
    expected = temperature * machine.predict(asked.queries)
    np.testing.assert_allclose(asked.logits, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("name", "how"), [("kernel", {"test_head": "svm"}), ("kernel_svm", {})])
def test_support_vectors_on_encoder_features_answer_as_scikit_learns(name: str, how: dict) -> None:
    """Their machines differ in how classes meet; what is far apart they agree on."""
    asked = ask(name, **how)
    machine = SVC(kernel="rbf", gamma=1.0).fit(asked.support, asked.labels)
    assert (machine.predict(asked.queries) == asked.logits.argmax(-1)).mean() > 0.9


def test_maml_is_an_mlp() -> None:
    """One step from a readout of zero moves nothing else: W = α Σ tanh f(x) (y − 1/N) / s."""
    asked = ask("maml", inner_steps=1, inner_lr=0.4)
    error = np.eye(N_WAY)[asked.labels] - 1 / N_WAY
    weights = 0.4 * np.tanh(asked.support).T @ error / len(error)
    bias = 0.4 * error.mean(0)
    expected = np.tanh(asked.queries) @ weights + bias
    np.testing.assert_allclose(asked.logits, expected, rtol=1e-3, atol=1e-4)


def test_scratch_and_maml_adapt_the_same_network() -> None:
    learned, random = (ask(name, inner_steps=3, inner_lr=0.4) for name in ("maml", "scratch"))
    np.testing.assert_allclose(learned.logits, random.logits, rtol=1e-4, atol=1e-5)
    assert jnp.isfinite(learned.logits).all()
