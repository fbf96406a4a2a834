"""Logits of a learner for the query words of tasks; each word is answered independently."""

from collections.abc import Callable

import jax
from jaxtyping import Array

from fewqubit.meta import MetaLearner
from fewqubit.models.network import Params

AT_ONCE = 20  # episodes per batch, which bounds memory


def logits_of(learner: MetaLearner, unadapted: bool = False) -> Callable[..., Array]:
    """(params of all seeds, x, support, support_y, query) -> logits [seeds, E, w, n_way], compiled.

    ``unadapted``: with an empty support.
    """

    @jax.jit
    def logits(params: Params, x: Array, support: Array, support_y: Array, query: Array) -> Array:
        def one(learned: Params, shown: Array, y: Array, asked: Array) -> Array:
            shown, y = (shown[:0], y[:0]) if unadapted else (shown, y)
            return learner.predict(learner.adapt(learned, x[shown], y), x[asked])

        def one_seed(learned: Params) -> Array:
            return jax.lax.map(
                lambda task: one(learned, *task), (support, support_y, query), batch_size=AT_ONCE
            )

        return jax.lax.map(one_seed, params)

    return logits
