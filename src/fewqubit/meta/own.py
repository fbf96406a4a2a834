"""A learner of the user's own, named by import path."""

from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray
from pydantic import Field

from fewqubit.backends import Bill, total
from fewqubit.backends.tally import tally
from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.base.values import ImportPath
from fewqubit.errors import FewqubitError, OwnCodeError
from fewqubit.meta.learner import MetaLearner, Taught
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.measured import measured
from fewqubit.tasks import FeatureShape, Inputs, Shape, rows_of, structs
from fewqubit.tasks.inputs import is_array


class OwnLearner(Taught):
    """``kind`` is ``module:function``; the function reads ``options`` as it likes.

    It is (this value, arm, feature_shape, number of classes or Target) -> MetaLearner. What it sees
    of a circuit is not known.
    """

    compares: ClassVar[bool] = False

    options: dict[str, Any] = Field(default={})
    kind: ImportPath = Field(kw_only=True)

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        """Raises SettingsError: the function is not there; OwnCodeError: it raises, or gives
        something else.
        """
        make: Callable[..., Any] = resolve(self.kind, {}, "learner")
        with OwnCode(f"learner '{self.kind}'"):
            learner = make(self, arm, feature_shape, target)
            named = isinstance(arm, str)  # a measured circuit cannot be initialised
            if isinstance(learner, MetaLearner) and isinstance(target, int) and named:
                _check_answers(learner, self.kind, feature_shape, target)
        if not isinstance(learner, MetaLearner):
            raise OwnCodeError(
                f"learner '{self.kind}': expected a MetaLearner (fewqubit.meta), the function "
                f"returned {type(learner).__name__}; see docs/learners.md"
            )
        return learner

    def circuits_of_task(
        self, arm: str, shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        """Counted while it adapts and answers; as with a Gram matrix where it cannot be measured.

        Entanglers and what is trained play no part in it.
        """
        bills: list[Bill] = []
        try:
            return self._measured(bills, shape, feature_shape)
        except FewqubitError:
            return super().circuits_of_task(arm, shape, feature_shape)

    def _measured(
        self, bills: list[Bill], shape: Shape, feature_shape: FeatureShape
    ) -> tuple[int, int]:
        key = jax.random.key(0)
        counted = self.build(measured(tally, key, bills), feature_shape, shape.n_way)
        params = self.build("quantum", feature_shape, shape.n_way).init(key).params
        x = _any(key, feature_shape, shape.n_way * shape.n_shot + 1)
        with OwnCode(f"learner '{self.kind}'"):
            y = jnp.arange(shape.n_way).repeat(shape.n_shot)
            support, query = rows_of(x, slice(1, None)), rows_of(x, slice(1))
            adapted = jax.block_until_ready(counted.adapt(params, support, y))
            adapt = total(bills).circuits
            jax.block_until_ready(counted.predict(adapted, query))
        return adapt, total(bills).circuits - adapt


def _any(key: PRNGKeyArray, shape: FeatureShape, n: int) -> Inputs:
    """Examples of no meaning: random numbers; of other types, ones."""
    if is_array(shape):
        return jax.random.normal(key, (n, *shape))
    return jax.tree.map(lambda leaf: jnp.ones(leaf.shape, leaf.dtype), structs(shape, n))


def _check_answers(learner: MetaLearner, name: str, shape: FeatureShape, n_way: int) -> None:
    """Raise OwnCodeError unless ``learner`` gives a logit for each query and class."""

    def answer(key: PRNGKeyArray, x: Inputs, y: Array) -> Array:
        return learner.predict(learner.adapt(learner.init(key).params, x, y), x)

    x = structs(shape, 2 * n_way)
    y = jax.ShapeDtypeStruct((2 * n_way,), jnp.int32)
    logits = jax.eval_shape(answer, jax.random.key(0), x, y)
    found = getattr(logits, "shape", type(logits).__name__)
    if found != (2 * n_way, n_way):
        raise OwnCodeError(
            f"learner '{name}': expected logits [queries, classes], here {[2 * n_way, n_way]}, "
            f"predict gave {found}"
        )
