"""Train a learner of starts, with all seeds in parallel."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.errors import NumbersError
from fewqubit.starts.contract import Params, StartLearner, StartState
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.settings.starters import Starter


def train(
    starter: Starter,
    learner: StartLearner,
    training: Sequence[Landscape],
    validation: Sequence[Landscape],
    key: PRNGKeyArray,
    seeds: int,
) -> tuple[Params, Float[np.ndarray, "seeds rounds"]]:
    """Learned parameters, with a leading seed axis, and training losses.

    Each round takes one step per problem size, on problems drawn with replacement. There are enough
    rounds for ``training.steps`` steps, rounded up. For each seed, the restart with the lowest loss
    on ``validation`` is returned.

    Raises NumbersError: a seed diverged.
    """
    how = starter.start_training()
    restarts = 1 if how is None else how.restarts
    keys = jax.vmap(lambda number: stream(key, "seed", number))(jnp.arange(seeds * restarts))
    states = jax.vmap(learner.init)(keys)
    if how is None:
        return states.params, np.zeros((seeds, 0), np.float32)
    rounds = -(-how.steps // len(training))

    def one_round(state: StartState, key: PRNGKeyArray) -> tuple[StartState, Array]:
        losses = []
        for number, problems in enumerate(training):
            key_draw, key_step = jax.random.split(stream(key, number))
            among = len(problems.unit)
            rows = jax.random.randint(key_draw, (how.problems_per_step,), 0, among)
            batch = jax.tree.map(lambda leaf, rows=rows: leaf[rows], problems)
            state, loss = learner.step(key_step, state, batch)
            losses.append(loss)
        return state, jnp.stack(losses).mean()

    def all_rounds(state: StartState, key: PRNGKeyArray) -> tuple[StartState, Array]:
        return jax.lax.scan(one_round, state, jax.random.split(stream(key, "steps"), rounds))

    states, losses = jax.jit(jax.vmap(all_rounds))(states, keys)
    if restarts > 1:
        kept = _losses(learner, states, validation, keys).reshape(seeds, restarts).argmin(1)
        rows = np.arange(seeds) * restarts + kept
        states, losses = jax.tree.map(lambda leaf: leaf[rows], (states, losses))
    for leaf in jax.tree.leaves(states.params):
        if not np.isfinite(leaf).all():
            raise NumbersError(
                f"{starter.kind}: training diverged to NaN; lower its inner_rate or learning_rate"
            )
    return states.params, np.asarray(losses)


def _losses(
    learner: StartLearner, states: StartState, problems: Sequence[Landscape], keys: PRNGKeyArray
) -> Float[np.ndarray, " trainings"]:
    """Mean loss of each training on ``problems`` of every size; infinite where it diverged."""

    def one(state: StartState, key: PRNGKeyArray) -> Float[Array, ""]:
        return jnp.stack([learner.step(key, state, batch)[1] for batch in problems]).mean()

    found = np.asarray(jax.jit(jax.vmap(one))(states, keys))
    return np.where(np.isfinite(found), found, np.inf)
