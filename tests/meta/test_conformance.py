"""What every learner must do, in every arm. Each is compiled once, and asked all at once."""

from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.meta import LEARNERS as REGISTRY
from fewqubit.meta import MetaLearner, MetaState, build_learner
from fewqubit.models.network import Params
from fewqubit.tasks import Task
from meta.conftest import EVERY, FEATURES, LEARNERS, N_WAY, clusters

STEPS, TASKS = 10, 4
ORDER, RENAMED = jnp.array([5, 0, 3, 1, 4, 2]), jnp.array([2, 0, 1])
PLAIN, PERMUTED = clusters(2, 30), clusters(3, 300)

every = pytest.mark.parametrize(("name", "arm"), EVERY)
every_kind = pytest.mark.parametrize("name", LEARNERS)


class Answers(NamedTuple):
    """Logits [tasks, queries, n_way] after a few steps on clusters; loss [STEPS] along them."""

    plain: np.ndarray
    shuffled: np.ndarray
    renamed: np.ndarray
    other_queries: np.ndarray
    permuted: np.ndarray
    loss: np.ndarray


@cache
def compiled(name: str, arm: str, n_way: int = N_WAY) -> MetaLearner:
    learner = build_learner(LEARNERS[name], arm, (FEATURES,), n_way)
    return learner._replace(init=jax.jit(learner.init), step=jax.jit(learner.step))


@cache
def answering(name: str, arm: str, n_way: int = N_WAY) -> jax.stages.Wrapped:
    learner = compiled(name, arm, n_way)

    def answer(params: Params, x: jax.Array, y: jax.Array, queries: jax.Array) -> jax.Array:
        return learner.predict(learner.adapt(params, x, y), queries)

    return jax.jit(jax.vmap(answer, in_axes=(None, 0, 0, 0)))


def trained(learner: MetaLearner, seed: int) -> tuple[MetaState, np.ndarray]:
    state, losses = learner.init(jax.random.key(seed)), []
    for number in range(STEPS):
        state, info = learner.step(jax.random.key(number), state, clusters(10 + number, TASKS))
        losses.append(float(info.loss))
    return state, np.array(losses)


def ask(name: str, arm: str, seed: int) -> Answers:
    state, losses = trained(compiled(name, arm), seed)
    one = Task(*(part[:1] for part in PLAIN))
    wrong = np.random.default_rng(0).permuted(PERMUTED.support_y, axis=1)
    variants = [
        PLAIN,
        one._replace(support_x=one.support_x[:, ORDER], support_y=one.support_y[:, ORDER]),
        one._replace(support_y=RENAMED[one.support_y]),
        one._replace(query_x=one.query_x.at[:, 1:].add(3.0)),
        PERMUTED._replace(support_y=jnp.asarray(wrong)),
    ]
    together = Task(*(jnp.concatenate(parts) for parts in zip(*variants, strict=True)))
    logits = np.asarray(answering(name, arm)(state.params, *together[:3]))
    ends = np.cumsum([len(variant.support_y) for variant in variants])[:-1]
    return Answers(*np.split(logits, ends), losses)


asked = cache(lambda name, arm: ask(name, arm, seed=0))


def score(logits: np.ndarray) -> np.ndarray:
    """Share of right answers in each task; ties count in parts."""
    largest = logits == logits.max(-1, keepdims=True)
    truth = np.asarray(PLAIN.query_y[:1, :, None])
    right = np.take_along_axis(largest, truth, -1)[..., 0]
    return (right / largest.sum(-1)).mean(-1)


def test_every_kind_is_here() -> None:
    assert {settings.kind for settings in LEARNERS.values()} == set(REGISTRY)


@every
def test_learns_separated_clusters(name: str, arm: str) -> None:
    assert score(asked(name, arm).plain).mean() > 1 / N_WAY + 0.25


@every
def test_order_of_the_support_changes_nothing(name: str, arm: str) -> None:
    answers = asked(name, arm)
    np.testing.assert_allclose(answers.plain[:1], answers.shuffled, rtol=2e-3, atol=2e-3)


@every
def test_other_labels_give_the_same_answers_under_other_names(name: str, arm: str) -> None:
    answers = asked(name, arm)
    renamed = answers.renamed[..., RENAMED]
    np.testing.assert_allclose(answers.plain[:1], renamed, rtol=2e-3, atol=2e-3)


@every
def test_a_query_is_answered_alone(name: str, arm: str) -> None:
    plain, other = asked(name, arm).plain[0], asked(name, arm).other_queries[0]
    np.testing.assert_allclose(plain[0], other[0], rtol=1e-4, atol=1e-4)
    assert not np.allclose(plain[1:], other[1:], atol=1e-3)


@every
def test_permuted_support_labels_give_chance(name: str, arm: str) -> None:
    scores = score(asked(name, arm).permuted)
    error = scores.std(ddof=1) / np.sqrt(len(scores))
    assert abs(scores.mean() - 1 / N_WAY) < 4 * error


@every
def test_the_same_seed_gives_the_same_bytes_and_nothing_compiles_twice(name: str, arm: str) -> None:
    first, again, other = asked(name, arm), ask(name, arm, seed=0), ask(name, arm, seed=1)
    jax.tree.map(np.testing.assert_array_equal, first, again)
    assert not np.array_equal(first.plain, other.plain)
    functions = (compiled(name, arm).init, compiled(name, arm).step, answering(name, arm))
    assert [function._cache_size() for function in functions] == [1, 1, 1]


@every_kind
def test_seeds_side_by_side_are_seeds_one_by_one(name: str) -> None:
    """By their losses: Adam turns the rounding of directions without a gradient into steps."""
    learner = compiled(name, "quantum")
    vectorised = learner._replace(step=jax.jit(jax.vmap(learner.step, in_axes=(None, 0, None))))
    seeds = [trained(learner, seed) for seed in (0, 1)]
    starts = [learner.init(jax.random.key(seed)) for seed in (0, 1)]
    both = jax.tree.map(lambda *leaves: jnp.stack(leaves), *starts)
    losses = []
    for number in range(STEPS):
        both, info = vectorised.step(jax.random.key(number), both, clusters(10 + number, TASKS))
        losses.append(np.asarray(info.loss))
    one_by_one = np.stack([loss for _, loss in seeds], axis=1)
    np.testing.assert_allclose(np.stack(losses), one_by_one, rtol=1e-3, atol=1e-6)  # nats


@every_kind
def test_takes_tasks_of_other_sizes_with_the_same_parameters(name: str) -> None:
    """None, too: without a support all classes are alike."""
    params = compiled(name, "quantum").init(jax.random.key(0)).params
    task = clusters(9, n_way=5, n_shot=1)
    logits = answering(name, "quantum", 5)(params, *task[:3])
    assert logits.shape == (1, task.query_x.shape[1], 5)
    assert jnp.isfinite(logits).all()
    unsupported = (task.support_x[:, :0], task.support_y[:, :0], task.query_x)
    uniform = answering(name, "quantum", 5)(params, *unsupported)
    np.testing.assert_allclose(uniform, uniform[..., :1].repeat(5, -1), atol=1e-6)
