"""Adaptation by gradient descent, shared by the MAML family and by ``scratch``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from fewqubit.meta.learner import EmbeddedLearner, GradientPath, Length
from fewqubit.meta.settings.gradient import ByGradient
from fewqubit.meta.target import AnyTarget, Target, as_target, is_labelled
from fewqubit.models.adapters import Adapters
from fewqubit.models.model import Model
from fewqubit.models.network import Params, affine
from fewqubit.models.parts import ADAPTERS, CIRCUIT, ENCODER, HEAD
from fewqubit.tasks import Inputs

# (params, current values of the parts that adapt, their gradient, support_x, which of its rows have
# a label) -> what to subtract from those values
Direction = Callable[[Params, Params, Params, Inputs, Bool[Array, " s"]], Params]

Features = Callable[[Params, Array], Array]
Rows = tuple[Inputs, Any]  # examples, and the part of their features that no inner step changes

# the parts that adapt, for each value of ``ByGradient.adapts``
PARTS = {
    "all": (ENCODER, CIRCUIT, HEAD),
    "readout": (HEAD,),
    "circuit": (CIRCUIT, HEAD),
    "adapters": (ADAPTERS, HEAD),
}
TINY = 1e-12  # keeps the norm of readings that are all zero finite
FIXED_PART = ("readout", "circuit")  # of these ``_halves`` has a prefix to keep


def descent(rate: float) -> Direction:
    """α ∇L, the same α for every parameter."""
    return lambda params, now, gradient, x, labelled: jax.tree.map(lambda g: rate * g, gradient)


def gradient_adaptation(
    learner: ByGradient,
    model: Model,
    target: AnyTarget,
    steps: int,
    direction: Direction,
    first_order: bool = False,
) -> "GradientAdaptation":
    """``steps`` inner steps along ``direction``; ``target`` is a number of classes, or a Target."""
    return GradientAdaptation(learner, model, as_target(target), steps, direction, first_order)


@dataclass(frozen=True, eq=False)
class GradientAdaptation:
    """φ_0 = params; φ_{t+1} = φ_t − direction(∇ L_support(φ_t)) (Finn et al. 2017, §2.2).

    outputs = s f_φ(x) W + b with s the learner's ``reading_scale``; with ``unit_readings``, f_φ(x)
    is divided by its norm. The target gives L_support and the initial W and b. ``first_order``
    treats the inner gradients as constants (FOMAML). Embedded examples (``rows``) carry the part
    that no inner step changes, so that it is computed once.
    """

    learner: ByGradient
    model: Model
    target: Target
    steps: int
    direction: Direction
    first_order: bool = False

    @property
    def adapters(self) -> Adapters | None:
        """What adapts in place of the encoder's weights."""
        return self.learner.adapters(self.model)

    def init_params(self, key: PRNGKeyArray) -> Params:
        """The parameters that are meta-learned."""
        head = self.target.learned(jax.random.fold_in(key, 2), self.model.n_readings)
        params = {**self.model.init(key), HEAD: head}
        if self.adapters is not None:
            params[ADAPTERS] = self.adapters.init(jax.random.fold_in(key, 1), params[ENCODER])
        return params

    def begin(self, params: Params) -> Params:
        """The parts that adapt, before any step."""
        start = {**params, HEAD: self.target.begin(params[HEAD], self.model.n_readings)}
        if self.adapters is not None:
            start[ADAPTERS] = self.adapters.begin(params[ENCODER], params[ADAPTERS])
        return {part: start[part] for part in PARTS[self.learner.adapts]}

    @property
    def rows(self) -> EmbeddedLearner:
        """Adaptation and prediction on embedded examples."""
        path = GradientPath(self.steps, self.begin, self._further)
        return EmbeddedLearner(
            self._adapt, self._answer, self._embed, lambda adapted: adapted, path=path
        )

    @property
    def kept_rows(self) -> EmbeddedLearner | None:
        """``rows``, if inner steps leave something of each example as it is."""
        return self.rows if self.learner.adapts in FIXED_PART else None

    def adapt(self, params: Params, x: Inputs, y: Array) -> Params:
        """What answers: the parameters after all steps, the encoder as the adapters leave it."""
        return self._settled(self.moved(params, x, y))

    def moved(self, params: Params, x: Inputs, y: Array) -> Params:
        """The parameters after all steps, part by part as they were learned."""
        return self._adapt(params, self._embed(params, x), y)

    def predict(self, adapted: Params, x: Inputs) -> Float[Array, "q outputs"]:
        """Logits, or numbers."""
        return self._answer(adapted, self._embed(adapted, x))

    @property
    def path(self) -> GradientPath:
        """The intermediate states of the adaptation."""
        return GradientPath(self.steps, self.begin, self._further_on_examples)

    def _embed(self, params: Params, x: Inputs) -> Rows:
        prefix, _ = _halves(self.model, self.learner.adapts)
        return x, jax.vmap(prefix, in_axes=(None, 0))(params, x)

    def _answer(self, params: Params, rows: Rows) -> Float[Array, "q outputs"]:
        _, rest = _halves(self.model, self.learner.adapts)
        params = self._settled(params)
        readings = jax.vmap(rest, in_axes=(None, 0))(params, rows[1])
        if self.learner.unit_readings:
            readings = _unit(readings)
        return affine(params[HEAD], self.learner.reading_scale * readings)

    def _settled(self, params: Params) -> Params:
        """With the changed encoder in place of encoder and adapters, if there are any."""
        if self.adapters is None or ADAPTERS not in params:
            return params
        changed = self.adapters.merged(params[ENCODER], params[ADAPTERS])
        others = {part: value for part, value in params.items() if part != ADAPTERS}
        return {**others, ENCODER: changed}

    def _step(self, params: Params, rows: Rows, y: Array) -> Callable[[Params], Params]:
        """φ_t -> φ_{t+1} on a support; ``params`` holds the parts that no step changes."""

        def loss(now: Params) -> Float[Array, ""]:
            return self.target.of_support(self._answer({**params, **now}, rows), y)

        labelled = is_labelled(y)

        def step(now: Params) -> Params:
            gradient = jax.grad(loss)(now)
            at = (now, gradient)
            at = jax.lax.stop_gradient(at) if self.first_order else at
            return jax.tree.map(jnp.subtract, now, self.direction(params, *at, rows[0], labelled))

        return step

    def _adapt(self, params: Params, rows: Rows, y: Array) -> Params:
        step, start = self._step(params, rows, y), self.begin(params)
        end, _ = jax.lax.scan(lambda now, _: (step(now), None), start, length=self.steps)
        return {**params, **end}

    def _further(self, params: Params, now: Params, rows: Rows, y: Array, steps: Length) -> Params:
        step = self._step(params, rows, y)
        return jax.lax.fori_loop(0, steps, lambda _, now: step(now), now)

    def _further_on_examples(
        self, params: Params, now: Params, x: Inputs, y: Array, steps: Length
    ) -> Params:
        return self._further(params, now, self._embed(params, x), y, steps)


def _unit(readings: Float[Array, "rows r"]) -> Float[Array, "rows r"]:
    """Each row divided by its norm."""
    squared = (readings**2).sum(axis=-1, keepdims=True)
    return readings * jax.lax.rsqrt(squared + TINY)


def _halves(model: Model, adapts: str) -> tuple[Features, Features]:
    """One example's readings, computed in two parts: (params, x) ↦ prefix and (params, prefix) ↦
    readings.

    No inner step changes the prefix. If only the readout adapts, the prefix is the readings.
    """

    def whole(params: Params, x: Inputs) -> Array:
        return model.read(model.apply(params, x))

    def begin(params: Params, x: Inputs) -> Array:
        return model.begin(params, model.encode(params, x))

    def finish(params: Params, begun: Array) -> Array:
        return model.read(model.finish(params, begun))

    return {
        "readout": (whole, lambda params, readings: readings),
        "circuit": (begin, finish),
    }.get(adapts, (lambda params, x: x, whole))
