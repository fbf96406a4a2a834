"""How many trained parameters of a body have an effect: the numerical rank of a Jacobian.

An ansatz after the last input cancels in every fidelity, a shift cancels in every distance, and
two consecutive rotations about one axis are one. Such parameters are trained without effect.
"""

import math
from functools import partial
from itertools import accumulate
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fewqubit.circuits.circuit import Circuit, Classical
from fewqubit.models.arm_names import CLASSICAL_ARMS
from fewqubit.models.arms import build_body, circuits_body
from fewqubit.models.body import Body
from fewqubit.models.classical import trained_size
from fewqubit.models.compiled import build_circuit, build_separable

DRAWS = 2  # of inputs and θ: the rank is the same almost everywhere, and nowhere larger
TOLERANCE = 1e-7  # of the largest singular value; rounding in double precision leaves 1e-14
NOTHING = 1e-9  # outputs are of order one: a largest singular value below this is rounding
LARGEST = 2**24  # amplitudes of all rows and directions at once, a quarter of a gigabyte


class Acting(NamedTuple):
    """The number of trained parameters of a body, and how many directions have an effect.

    trained:   number of trained parameters
    features:  rank of the Jacobian of its features; for states, up to their phase
    seen:      rank of the Jacobian of what a learner sees: Gram matrix, readings, or both
    A rank is None if it is not 0 and the circuit is too large to compute it.
    """

    trained: int
    features: int | None
    seen: int | None


def acting(circuit: Circuit, arm: str, compares: bool, reads: bool) -> Acting:
    """How many trained parameters of ``arm`` have an effect, at random inputs and θ.

    ``compares``: the learner sees the Gram matrix of features; ``reads``: their readings; neither:
    the features themselves. Computed in double precision. Inputs spread over a full rotation for
    any bandwidth: a small bandwidth weakens the effect of weights but does not change the rank,
    since the rank of an analytic function's Jacobian is the same at almost every point.
    """
    with jax.enable_x64(True):
        body = _double(circuit, arm, reads and not compares)
        count = trained_size(body.init)
        if not count:
            return Acting(0, 0, 0)
        jacobians = _jacobians(body, count, compares, reads, _turn(circuit, arm, body))
    features, seen = (
        [np.asarray(part) for part in parts] for parts in zip(*jacobians, strict=True)
    )
    return Acting(count, _rank(features, count), _rank(seen, count))


def _double(circuit: Circuit, arm: str, reads: bool) -> Body:
    """The body of ``arm`` in double precision; scales of classical arms do not change the rank."""
    if arm in CLASSICAL_ARMS:
        plain = Classical(features=circuit.classical.features)
        return build_body(circuit.model_copy(update={"classical": plain}), arm, reads)
    if arm in ("quantum", "separable"):
        build = build_circuit if arm == "quantum" else build_separable
        return circuits_body(circuit, partial(build, dtype=jnp.complex128))
    return build_body(circuit, arm, reads)


def _turn(circuit: Circuit, arm: str, body: Body) -> float:
    """Standard deviation of inputs: about a full rotation for circuits, 1 for distances."""
    return body.n_inputs**-0.5 if arm in CLASSICAL_ARMS else math.pi / circuit.bandwidth


def _jacobians(
    body: Body, count: int, compares: bool, reads: bool, spread: float
) -> list[tuple[Array, Array]]:
    """∂ features/∂θ and ∂ seen/∂θ of each draw; along one random direction if all are too many."""
    rows = 2 + math.isqrt(4 * count) if compares else 2 + 2 * count // max(body.n_readings, 1)
    theta = jax.eval_shape(lambda: body.init(jax.random.key(0)))
    size = jax.eval_shape(body.apply, theta, jnp.zeros(body.n_inputs)).size
    rows = min(rows, max(2, LARGEST // (4 * size)))
    leaves, tree = jax.tree.flatten(theta)
    cuts = list(accumulate(leaf.size for leaf in leaves))[:-1]

    def both(flat: Float[Array, " w"], x: Float[Array, "rows angles"]) -> tuple[Array, Array]:
        parts = jnp.split(flat, cuts)
        shaped = [part.reshape(leaf.shape) for part, leaf in zip(parts, leaves, strict=True)]
        features = jax.vmap(body.apply, (None, 0))(jax.tree.unflatten(tree, shaped), x)
        some = features[: 2 + 2 * count // size]
        return _flat(_without_phase(some)), _learned_from(body, features, compares, reads)

    def along(flat: Array, x: Array, direction: Array) -> tuple[Array, Array]:
        return jax.jvp(lambda own: both(own, x), (flat,), (direction,))[1]

    def slopes(flat: Array, x: Array, directions: Float[Array, "w k"]) -> tuple[Array, Array]:
        return jax.vmap(along, (None, None, 1), 1)(flat, x, directions)

    random = np.random.default_rng(0)  # any seed: the rank does not depend on it
    all_directions = rows * size * count <= LARGEST
    run = jax.jit(slopes, compiler_options={"xla_backend_optimization_level": 0})
    return [
        run(
            random.uniform(-math.pi, math.pi, count),
            spread * random.standard_normal((rows, body.n_inputs)),
            np.eye(count) if all_directions else random.standard_normal((count, 1)),
        )
        for _ in range(DRAWS)
    ]


def _learned_from(
    body: Body, features: Array, compares: bool, reads: bool
) -> Float[Array, " seen"]:
    """The Gram matrix, readings or features of all rows, as one vector."""
    seen = [_flat(_without_phase(features))] if not (compares or reads) else []
    if compares:
        seen.append(body.geometry.kernel(features, features)[np.triu_indices(len(features), 1)])
    if reads:
        seen.append(jax.vmap(body.read)(features).reshape(-1))
    return jnp.concatenate(seen)


def _without_phase(features: Array) -> Array:
    """ψ ⟨ψ|ψ₀⟩ with ψ₀ = ψ held constant: its derivative is ∂ψ minus the component along iψ."""
    if not jnp.iscomplexobj(features):
        return features
    held = jax.lax.stop_gradient(features)
    return features * (features.conj() * held).sum(-1, keepdims=True)


def _flat(features: Array) -> Float[Array, " numbers"]:
    parts = [features.real, features.imag] if jnp.iscomplexobj(features) else [features]
    return jnp.stack(parts).reshape(-1)


def _rank(jacobians: list[np.ndarray], count: int) -> int | None:
    """The highest rank of any draw; None: only one direction was computed, and it has an effect."""
    values = [np.linalg.svd(each, compute_uv=False) for each in jacobians]
    ranks = [int((s > max(TOLERANCE * s.max(initial=0), NOTHING)).sum()) for s in values]
    tried = jacobians[0].shape[1]
    return max(ranks) if tried == count or not max(ranks) else None
