"""Learners that look at each example by itself first, and adapt to what they saw."""

from collections.abc import Callable
from typing import Any, NamedTuple

from jaxtyping import Array, Float

from fewqubit.meta.learner import Adapted
from fewqubit.models.network import Params

Rows = Any  # what became of examples: a pytree of arrays [n, ...]
Adapt = Callable[[Params, Rows, Array], Adapted]
Predict = Callable[[Adapted, Rows], Float[Array, "q n_outputs"]]


class OnRows(NamedTuple):
    """How a task adapts and answers once its examples are embedded, each by itself.

    adapt:      (params, support rows, support_y) -> adapted
    predict:    (adapted, query rows) -> outputs
    embed:      (params, x) -> rows
    params_of:  adapted -> the params that embed its queries
    """

    adapt: Adapt
    predict: Predict
    embed: Callable[[Params, Float[Array, "N *feature"]], Rows] = lambda params, x: x
    params_of: Callable[[Adapted], Params] = lambda adapted: adapted.params

    def on_examples(self) -> tuple[Adapt, Predict]:
        """``adapt`` and ``predict`` of examples not embedded yet, as a ``MetaLearner`` has them."""

        def adapt(params: Params, x: Float[Array, "s *feature"], y: Array) -> Adapted:
            return self.adapt(params, self.embed(params, x), y)

        def predict(adapted: Adapted, x: Float[Array, "q *feature"]) -> Float[Array, "q n_outputs"]:
            return self.predict(adapted, self.embed(self.params_of(adapted), x))

        return adapt, predict
