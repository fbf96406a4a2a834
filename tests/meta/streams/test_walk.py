"""A learner walks: what every way has in common, and what makes them differ."""

from functools import cache

import jax
import numpy as np
import pytest

from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.streams.answered import Answered
from fewqubit.meta.streams.registry import WAYS
from fewqubit.meta.streams.settings import Way
from fewqubit.meta.streams.tasks import tasks_of
from fewqubit.meta.streams.walk import Place, gathered, walk
from meta.streams.conftest import EPISODES, MAML, PROTONET, SHAPE, group, groups, keys, walking

SMALL = {"replay": {"rows": 40}, "gradient_projection": {"rows": 40}, "ewc": {"fisher_tasks": 2}}


def way(name: str) -> Way:
    return WAYS[name](**SMALL.get(name, {}))


@cache
def walked(name: str, arm: str = "quantum", n: int = 3) -> tuple[list[Place], Answered]:
    places, answers = [], {}
    for place, answered in walk(walking(way(name), arm=arm), keys(), groups(n)):
        places.append(place)
        answers |= answered
    return places, gathered(answers)


@pytest.mark.parametrize("name", WAYS)
def test_the_first_group_is_learned_alike(name: str) -> None:
    """What is learned of the first group cannot depend on how one goes on."""
    ours, plain = walked(name)[0][0], walked("fine_tune")[0][0]
    jax.tree.map(np.testing.assert_array_equal, ours.params, plain.params)


@pytest.mark.parametrize("name", WAYS)
def test_what_is_asked_is_answered(name: str) -> None:
    after, before = walked(name)[1]
    assert after.shape == (3, 3, 2, EPISODES)
    asked = np.isfinite(after).all((2, 3))
    np.testing.assert_array_equal(asked, np.tri(3, 3, 1, dtype=bool))
    assert np.isfinite(before).all()


def test_frozen_stays_and_the_others_move() -> None:
    for name in WAYS:
        first, *_, last = (jax.tree.leaves(place.params) for place in walked(name)[0])
        same = all((a == b).all() for a, b in zip(first, last, strict=True))
        assert same == (name == "frozen"), name


def test_every_way_goes_its_own() -> None:
    ends = {name: _flat(walked(name)[0][-1]) for name in WAYS}
    for name, end in ends.items():
        assert all((end != other).any() for key, other in ends.items() if key != name), name


def test_no_springs_and_no_conflict_are_fine_tuning() -> None:
    """λ = 0 leaves the gradient as it is."""
    from fewqubit.meta.streams.settings import Ewc

    places = [
        place for place, _ in walk(walking(Ewc(strength=0.0, fisher_tasks=2)), keys(), groups(2))
    ]
    plain = walked("fine_tune")[0][1]
    for a, b in zip(*(jax.tree.leaves(p.params) for p in (places[-1], plain)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_springs_hold() -> None:
    """The stiffer they are, the nearer the end is to where the first group left the parameters."""
    from fewqubit.meta.streams.settings import Ewc

    moved = []
    for strength in (0.0, 1e5):
        first, last = (
            place.params
            for place, _ in walk(walking(Ewc(strength=strength, fisher_tasks=4)), keys(), groups(2))
        )
        square = jax.tree.map(lambda a, b: float(((a - b) ** 2).sum()), first, last)
        moved.append(sum(jax.tree.leaves(square)))
    assert moved[1] < 0.5 * moved[0]


def test_a_later_group_changes_nothing_of_what_was() -> None:
    for name in ("replay",):
        (longer, told), (shorter, before) = walked(name, n=3), walked(name, n=2)
        jax.tree.map(np.testing.assert_array_equal, longer[1], shorter[1])
        np.testing.assert_array_equal(told.after[:2, :2], before.after)


@pytest.mark.parametrize(("learner", "arm"), [(MAML, "twin"), (PROTONET, "frozen")])
def test_ways_that_change_gradients_take_any_learner_and_arm(learner: Learner, arm: str) -> None:
    for name in ("ewc", "gradient_projection"):
        *_, (place, answered) = walk(walking(way(name), learner, arm), keys([3]), groups(2))
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(place.params))
        assert answered[1, 0].shape == (1, EPISODES)


def test_padding_is_never_drawn() -> None:
    tasks = tasks_of([group(0), group(1, n_classes=10)])
    drawn = jax.vmap(lambda key: tasks.one(key, SHAPE))(jax.random.split(jax.random.key(0), 200))
    real = {tuple(row) for one in (group(0), group(1, 10)) for row in np.asarray(one.x)}
    assert {tuple(row) for row in np.asarray(drawn.support_x).reshape(-1, 4)} <= real


def test_a_task_is_of_one_group() -> None:
    both = [group(0), group(1)]
    tasks = tasks_of(both)
    owner = {tuple(row): g.name for g in both for row in np.asarray(g.x)}
    drawn = jax.vmap(lambda key: tasks.one(key, SHAPE))(jax.random.split(jax.random.key(0), 100))
    for x in np.asarray(drawn.query_x):
        assert len({owner[tuple(row)] for row in x}) == 1


def _flat(place: Place) -> np.ndarray:
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(place.params)])
