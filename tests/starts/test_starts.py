"""Learners of a start and their opponents, over the registry."""

import math
from typing import Literal

import jax
import jax.numpy as jnp
import networkx
import numpy as np
import pytest

from fewqubit.base.keys import root_key, stream
from fewqubit.errors import SettingsError
from fewqubit.starts.ansatz.contract import Energy
from fewqubit.starts.contest import arrival
from fewqubit.starts.contract import World, at
from fewqubit.starts.descent import Costs, costs, descend
from fewqubit.starts.families.maxcut import maxcut
from fewqubit.starts.landscape import landscape
from fewqubit.starts.learners.maml import unrolled
from fewqubit.starts.opponents.fixed_angles import GUARANTEED, THREE_REGULAR
from fewqubit.starts.registry import STARTERS
from fewqubit.starts.settings.ansatze import Ansatz, IsingLayers, Qaoa, Shape
from fewqubit.starts.settings.contest import Descent
from fewqubit.starts.settings.families import Ising
from fewqubit.starts.settings.starters import EncoderStart, FixedAngles, MamlStart, StartTraining
from fewqubit.starts.train import train
from fewqubit.starts.world import valleys, world

KEY = root_key(5)
SHORT = {"training": StartTraining(steps=4, problems_per_step=2)}
SMALL = {
    **{"maml": SHORT, "reptile": SHORT, "encoder": SHORT, "lstm": SHORT},
    **{key: {"steps": 4, "restarts": 1} for key in ("mean", "nearest")},
}


@pytest.fixture(scope="module")
def small() -> World:
    return world(IsingLayers(2), [landscape(Ising().problems(stream(KEY, "train"), 4, 4))])


@pytest.mark.parametrize("kind", sorted(set(STARTERS) - {"fixed_angles"}))
def test_every_starter_trains_and_proposes(kind: str, small: World) -> None:
    starter = STARTERS[kind](**SMALL.get(kind, {}))
    learner = starter.build(small)
    params, losses = train(starter, learner, small.training, small.training, KEY, seeds=2)
    assert losses.shape == (2, 4 if starter.learned else 0)
    problem = jax.tree.map(lambda leaf: leaf[0], small.training[0])
    one = jax.tree.map(lambda leaf: leaf[0], params)
    start = learner.adapt(one, problem, KEY)
    assert start.angles.shape == start.rates.shape == (4,)
    assert np.isfinite(start.angles).all()
    hidden = jax.tree.map(lambda leaf: leaf, problem)
    blind = type(hidden)(**{**vars(hidden), "ground": jnp.nan, "scale": jnp.nan})
    assert np.isfinite(learner.adapt(one, blind, KEY).angles).all(), "the ground energy is hidden"


class Wells(Ansatz):
    """A landscape of two wells: a shallow one on the grid of ramps, a deep one beside it."""

    kind: Literal["wells"] = "wells"

    def schedule(self, shape: Shape) -> jax.Array:
        return jnp.eye(2)

    def energy(self, electrons: tuple[int, ...] = ()) -> Energy:
        def well(theta: jax.Array, centre: float) -> jax.Array:
            return jnp.exp(-35 * ((theta - centre) ** 2).sum())

        return lambda theta, problem: -0.5 * well(theta, 0.2) - well(theta, 1.1)


def test_the_ramp_is_the_one_that_leads_lowest(small: World) -> None:
    found = valleys(Wells().energy(), jnp.eye(2), small.training)
    np.testing.assert_allclose(found[0], [0.2, 0.2], err_msg="the lowest of the grid")
    ramp = world(Wells(), small.training).ramp
    assert ramp.min() >= 1, "five steps from there end in the deep well"


def test_a_step_goes_down_the_gradient_in_the_problems_unit(small: World) -> None:
    problem = jax.tree.map(lambda leaf: leaf[1], small.training[0])
    angles, energies = descend(small.energy, at(small.ramp), problem, Descent(0.1), 2)
    gradient = jax.grad(small.energy)(small.ramp, problem)
    np.testing.assert_allclose(angles[1], small.ramp - 0.1 * gradient / problem.unit, atol=1e-5)
    assert energies[2] < energies[0]


def test_mamls_gradient_is_of_second_order(small: World) -> None:
    """Against finite differences of the loss after the inner steps."""
    problem = jax.tree.map(lambda leaf: leaf[1], small.training[0])
    learner = MamlStart(inner_steps=2, inner_rate=0.2, loss="last")

    def loss(angles: jax.Array, first_order: bool = False) -> jax.Array:
        return unrolled(learner, small, at(angles), problem, first_order)

    exact = jax.jit(jax.grad(loss))(small.ramp)
    cheap = jax.grad(lambda angles: loss(angles, True))(small.ramp)
    along = jax.jit(loss)
    for number, step in enumerate(0.01 * np.eye(4, dtype=np.float32)):
        slope = (along(small.ramp + step) - along(small.ramp - step)) / 0.02
        assert float(exact[number]) == pytest.approx(float(slope), abs=2e-3)
    assert not np.allclose(exact, cheap, atol=1e-3)


@pytest.mark.parametrize(("depth", "graph"), [(1, "bipartite"), (2, "heawood")])
def test_fixed_angles_cut_the_published_share_where_there_are_no_short_cycles(
    depth: int, graph: str
) -> None:
    """Exactly that of the tree, on graphs without cycles of 2p + 1 edges or fewer."""
    drawn = {
        "bipartite": networkx.complete_bipartite_graph(3, 3),  # p = 1 sees triangles only
        "heawood": networkx.heawood_graph(),
    }[graph]
    problem = maxcut(len(drawn), [(i, j, 1.0) for i, j in drawn.edges])
    one = jax.tree.map(lambda leaf: leaf[0], landscape([problem]))
    energy = Qaoa(depth).energy()(jnp.array(THREE_REGULAR[depth]), one)
    assert -float(energy) / len(problem.edges) == pytest.approx(GUARANTEED[depth], abs=1e-4)


def test_fixed_angles_are_refused_where_none_are_published(small: World) -> None:
    with pytest.raises(SettingsError, match="published for qaoa"):
        FixedAngles().build(small)


def test_the_bill_is_that_of_the_shift_rule() -> None:
    """Two circuits for each of 2 layers of 4 couplings and 4 fields, in the bases Z and X."""
    problem = Ising().problems(KEY, 4, 1)[0]
    assert costs(IsingLayers(2), problem) == Costs(energy=2, gradient=2 * 2 * 16)
    assert Costs(2, 64).after(np.array(3), evaluations=5) == 2 * 9 + 3 * 64


def test_what_does_not_arrive_stands_behind_the_last_step() -> None:
    steps, reached = arrival(np.array([[0.5, 0.01, 0.3], [0.5, 0.4, 0.3]]), 0.1)
    assert steps.tolist() == [1, 3]
    assert reached.tolist() == [True, False]


def test_training_may_begin_at_the_published_angles(small: World) -> None:
    starter = EncoderStart(begin="fixed_angles", spread=0.0)
    first = starter.build(small._replace(ansatz=Qaoa(depth=1))).init(KEY).params["angles"]
    np.testing.assert_allclose(first, [math.atan(1 / math.sqrt(2)), math.pi / 8], atol=1e-5)
    with pytest.raises(SettingsError, match="published for qaoa of depth"):
        starter.build(small).init(KEY)
