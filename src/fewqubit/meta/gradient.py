"""Adaptation by gradient: what MAML learns to start from, and scratch starts without."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import Field, PositiveFloat

from fewqubit.base.values import Width
from fewqubit.circuits.drawn import circuits_of
from fewqubit.gradients import count_shifted
from fewqubit.meta.learner import GradientPath, Learner
from fewqubit.meta.outer import OnRows
from fewqubit.meta.target import AnyTarget, Target, as_target
from fewqubit.models.adapters import begin_adapters, init_adapters, merged
from fewqubit.models.model import Model
from fewqubit.models.network import Params, affine

# (params, the parts that adapt as they are now, their gradient, support_x) -> what to take off them
Direction = Callable[[Params, Params, Params, Array], Params]

Features = Callable[[Params, Array], Array]

PARTS = {
    "all": ("encoder", "circuit", "head"),
    "readout": ("head",),
    "circuit": ("circuit", "head"),
    "adapters": ("adapters", "head"),
}


InnerSteps = Annotated[int, Field(ge=0, le=10_000)]  # each is differentiated through


class ByGradient(Learner):
    """A classifier on readings, adapted by gradient.

    ``adapts`` says what moves beside the readout: ``all``, nothing (``readout``), the ``circuit``,
    or ``adapters`` of ``rank`` on the encoder's weight matrices. ``reading_scale`` multiplies the
    readings: those of many qubits are small, and a readout learns as fast as their square.
    """

    inner_steps: InnerSteps = 5
    inner_lr: PositiveFloat = 0.1
    adapts: Literal["all", "readout", "circuit", "adapters"] = "all"
    rank: Width = 2
    reading_scale: PositiveFloat = 1.0

    compares: ClassVar[bool] = False
    reads: ClassVar[bool] = True

    def steps_at_test(self) -> int:
        """Inner steps at test."""
        return self.inner_steps

    def circuits_each(self) -> int:
        """Members read side by side take one each, superposed one in all."""
        members = self.circuit.members * (1 + len(self.circuit.bagged))
        return members if self.circuit.combine == "concat" else 1

    def circuits_to_answer(self, n_support: int) -> int:
        """The query alone is read."""
        del n_support
        return self.circuits_each()

    def circuits_to_adapt(self, arm: str, n_support: int) -> int:
        """For each step and support example one circuit, and those of the shift rule for each angle
        that the gradient goes through; the encoder's goes through the inputs.

        A readout that adapts alone reads each example once. Shares of an ensemble are angles of its
        control register.
        """
        runs = circuits_of(self.circuit, entanglers=arm != "separable")
        if self.adapts == "readout":
            return n_support * len(runs)
        shifted = [count_shifted(circuit) for circuit in runs]
        trains = arm != "frozen"
        by_adapting = {
            "all": sum(each.both if trains else each.inputs for each in shifted),
            "circuit": sum(each.weights for each in shifted) if trains else 0,
            "adapters": sum(each.inputs for each in shifted),
        }
        once = len(runs) + by_adapting[self.adapts] + self.circuits_of_metric(arm)
        return self.steps_at_test() * n_support * once

    def circuits_of_metric(self, arm: str) -> int:
        """Circuits for the metric of one example's state, where steps follow one."""
        del arm
        return 0


class GradientAdaptation(NamedTuple):
    """A readout of a model's readings, and its adaptation by gradient.

    target:       what it is for
    init_params:  key -> params
    begin:        params -> the parts that adapt, as they are before any step
    adapt:        (params, support_x, support_y) -> adapted params
    predict:      (adapted params, query_x) -> outputs: logits of classes, or numbers
    path:         the way from params to adapted params
    rows:         ``adapt`` and ``predict`` of embedded examples: they, and what no inner step
                  changes of them
    """

    target: Target
    init_params: Callable[[PRNGKeyArray], Params]
    begin: Callable[[Params], Params]
    adapt: Callable[[Params, Float[Array, "s *feature"], Array], Params]
    predict: Callable[[Params, Float[Array, "q *feature"]], Float[Array, "q n_outputs"]]
    path: GradientPath
    rows: OnRows


def descent(rate: float) -> Direction:
    """α ∇L, the same α for every parameter."""
    return lambda params, now, gradient, x: jax.tree.map(lambda g: rate * g, gradient)


def gradient_adaptation(
    learner: ByGradient,
    model: Model,
    target: AnyTarget,
    steps: int,
    direction: Direction,
    first_order: bool = False,
) -> GradientAdaptation:
    """φ_0 = params; φ_{t+1} = φ_t − direction(∇ L_support(φ_t)) (Finn et al. 2017, §2.2).

    outputs = s f_φ(x) W + b, s the learner's ``reading_scale``; L_support, and where W and b start,
    are the target's.
    ``first_order`` treats the inner gradients as constants (FOMAML). What no inner step changes is
    computed once.
    """
    target = as_target(target)
    before, after = (jax.vmap(part, in_axes=(None, 0)) for part in _halves(model, learner.adapts))

    def init_params(key: PRNGKeyArray) -> Params:
        key_head = jax.random.fold_in(key, 2)
        params = {**model.init(key), "head": target.learned(key_head, model.n_readings)}
        if learner.adapts == "adapters":
            key_adapters = jax.random.fold_in(key, 1)
            params["adapters"] = init_adapters(key_adapters, params["encoder"], learner.rank)
        return params

    def begin(params: Params) -> Params:
        start = dict(params)
        start["head"] = target.begin(params["head"], model.n_readings)
        if learner.adapts == "adapters":
            start["adapters"] = begin_adapters(params["encoder"], params["adapters"])
        return {part: start[part] for part in PARTS[learner.adapts]}

    def outputs(params: Params, half: Array) -> Float[Array, "q n_outputs"]:
        if learner.adapts == "adapters":
            params = {**params, "encoder": merged(params["encoder"], params["adapters"])}
        return affine(params["head"], learner.reading_scale * after(params, half))

    def embed(params: Params, x: Float[Array, "N *feature"]) -> tuple[Array, Any]:
        return x, before(params, x)

    def answer(params: Params, rows: tuple[Array, Any]) -> Float[Array, "q n_outputs"]:
        return outputs(params, rows[1])

    def descent_on(params: Params, rows: tuple[Array, Any], y: Array) -> Callable[[Params], Params]:
        x, half = rows

        def descend(now: Params) -> Params:
            gradient = jax.grad(lambda own: target.loss(outputs({**params, **own}, half), y))(now)
            at = jax.lax.stop_gradient((now, gradient)) if first_order else (now, gradient)
            return jax.tree.map(jnp.subtract, now, direction(params, *at, x))

        return descend

    def adapt(params: Params, rows: tuple[Array, Any], y: Array) -> Params:
        descend = descent_on(params, rows, y)

        def one(now: Params, _: None) -> tuple[Params, None]:
            return descend(now), None

        return {**params, **jax.lax.scan(one, begin(params), length=steps)[0]}

    def path(params: Params, x: Array, y: Array, at: Sequence[int]) -> Params:
        descend = descent_on(params, embed(params, x), y)

        def one(now: Params, _: None) -> tuple[Params, Params]:
            new = descend(now)
            return new, new

        start = begin(params)
        _, later = jax.lax.scan(one, start, length=max(at))
        every = jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), start, later)
        still = {part: params[part] for part in params if part not in start}
        return jax.tree.map(lambda leaf: leaf[jnp.array(at)], every) | jax.tree.map(
            lambda leaf: jnp.broadcast_to(leaf, (len(at), *leaf.shape)), still
        )

    rows, way = OnRows(adapt, answer, embed, lambda adapted: adapted), GradientPath(steps, path)
    return GradientAdaptation(target, init_params, begin, *rows.on_examples(), way, rows)


def _halves(model: Model, adapts: str) -> tuple[Features, Features]:
    """x ↦ readings as (params, x) ↦ half, which inner steps leave alone, and (params, half) ↦ rest.

    For one example. Where only the readout adapts nothing is left to do but to read it out.
    """

    def whole(params: Params, x: Array) -> Array:
        return model.read(model.apply(params, x))

    def begin(params: Params, x: Array) -> Array:
        return model.begin(params, model.encode(params, x))

    def finish(params: Params, begun: Array) -> Array:
        return model.read(model.finish(params, begun))

    return {
        "readout": (whole, lambda params, readings: readings),
        "circuit": (begin, finish),
    }.get(adapts, (lambda params, x: x, whole))
