"""Classical networks of any size, trained on the meta-train classes: strong plain opponents.

One is trained on episodes (ProtoNet), the other as a classifier of all classes (Baseline++). Their
embeddings are then used like prepared features, without further training of the network.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.models.geometry import class_distance
from fewqubit.models.network import Network, Params
from fewqubit.tasks import Episode, class_index, gather, sample_task

Embed = Callable[[np.ndarray], np.ndarray]
Draw = Any  # a pytree of row numbers
Loss = Callable[[Params, Draw], Float[Array, ""]]

TASKS, QUERY, BATCH, ROWS_AT_ONCE = 4, 5, 128, 4096
SCALE = 10.0  # of cosines; with 1 even the most certain softmax would be nearly uniform


class Known(NamedTuple):
    """Data that a baseline may learn from before any task: rows of the meta-train classes.

    x: [N, d]; y: class of each row; shape: of one row's features
    n_way, n_shot: of the tasks to come
    """

    x: Float[np.ndarray, "N d"]
    y: Int[np.ndarray, " N"]
    shape: Sequence[int]
    n_way: int
    n_shot: int


def free_protonet(
    network: Network, known: Known, steps: int, rate: float, key: PRNGKeyArray
) -> Embed:
    """The embedding of a ProtoNet (Snell et al. 2017, eq. 2): softmax over −‖f(q) − μ_c‖²."""
    classes = np.unique(known.y)
    index = class_index(known.y, classes.tolist())
    n_way, fewest = min(known.n_way, len(classes)), int(np.asarray(index.counts).min())
    n_shot = max(1, min(known.n_shot, fewest - 1))
    n_query = max(1, min(QUERY, fewest - n_shot))
    x = jnp.asarray(known.x, jnp.float32)

    def drawn(key: PRNGKeyArray) -> Episode:
        draw = jax.vmap(lambda task_key: sample_task(task_key, index, n_way, n_shot, n_query))
        return draw(jax.random.split(key, TASKS))

    def of_task(params: Params, episode: Episode) -> Float[Array, ""]:
        task = gather(episode, x)
        support, query = (_embed(network, params, part) for part in (task.support_x, task.query_x))
        logits = class_distance(query, support, jax.nn.one_hot(task.support_y, n_way))
        return _cross_entropy(logits, task.query_y)

    def loss(params: Params, episodes: Episode) -> Float[Array, ""]:
        return jax.vmap(of_task, (None, 0))(params, episodes).mean()

    key_init, key_steps = jax.random.split(key)
    draws = _draws(drawn, steps, key_steps)
    return _embedding(network, _trained(network.init(key_init), loss, draws, steps, rate))


def pretrained(
    network: Network, known: Known, n_outputs: int, steps: int, rate: float, key: PRNGKeyArray
) -> Embed:
    """The embedding of a classifier of all meta-train classes with a cosine head (Baseline++)."""
    numbers = np.unique(known.y, return_inverse=True)[1]
    x, y = jnp.asarray(known.x, jnp.float32), jnp.asarray(numbers)
    key_init, key_head, key_steps = jax.random.split(key, 3)
    head = jax.random.normal(key_head, (int(numbers.max()) + 1, n_outputs)) * n_outputs**-0.5

    def drawn(key: PRNGKeyArray) -> Int[Array, " rows"]:
        return jax.random.randint(key, (min(BATCH, len(x)),), 0, len(x))

    def loss(params: tuple[Params, Array], rows: Int[Array, " rows"]) -> Float[Array, ""]:
        logits = SCALE * _unit(_embed(network, params[0], x[rows])) @ _unit(params[1]).T
        return _cross_entropy(logits, y[rows])

    start, draws = (network.init(key_init), head), _draws(drawn, steps, key_steps)
    return _embedding(network, _trained(start, loss, draws, steps, rate)[0])


def _draws(drawn: Callable[[PRNGKeyArray], Draw], steps: int, key: PRNGKeyArray) -> Draw:
    """Draws for all steps, step axis first; a separate program that all networks share."""
    every: Draw = jax.jit(lambda keys: jax.lax.map(drawn, keys))(jax.random.split(key, steps))
    return every


def _trained(params: Params, loss: Loss, draws: Draw, steps: int, rate: float) -> Params:
    """Minimise ``loss`` over ``draws`` by AdamW, with a cosine schedule from ``rate``."""
    optimizer = optax.adamw(optax.cosine_decay_schedule(rate, steps), weight_decay=1e-3)

    def step(state: tuple[Params, Params], draw: Draw) -> tuple[tuple[Params, Params], None]:
        params, optimizer_state = state
        updates, optimizer_state = optimizer.update(
            jax.grad(loss)(params, draw), optimizer_state, params
        )
        return (optax.apply_updates(params, updates), optimizer_state), None

    @jax.jit
    def run(params: Params, draws: Draw) -> Params:
        state = params, optimizer.init(params)
        return jax.lax.scan(step, state, draws)[0][0]

    return run(params, draws)


def _embedding(network: Network, params: Params) -> Embed:
    """Rows [N, d] to embeddings [N, D] in double precision, in blocks of bounded memory."""
    embed = jax.jit(lambda rows: _embed(network, params, rows))

    def apply(rows: np.ndarray) -> np.ndarray:
        blocks = []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            block = np.zeros(
                (ROWS_AT_ONCE, rows.shape[1]), np.float32
            )  # one shape: one compilation
            part = rows[start : start + ROWS_AT_ONCE]
            block[: len(part)] = part
            blocks.append(np.asarray(embed(block), float)[: len(part)])
        return np.concatenate(blocks)

    return apply


def _embed(network: Network, params: Params, x: Float[Array, "n d"]) -> Float[Array, "n D"]:
    return jax.vmap(network.apply, (None, 0))(params, x)


def _cross_entropy(logits: Float[Array, "n c"], y: Int[Array, " n"]) -> Float[Array, ""]:
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


def _unit(x: Float[Array, "n D"]) -> Float[Array, "n D"]:
    return x * jax.lax.rsqrt((x**2).sum(-1, keepdims=True) + 1e-12)
