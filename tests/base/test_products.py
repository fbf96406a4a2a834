"""No reading of a state rests on a product that a GPU would round."""

from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend import core
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.gradients.natural import fubini_study
from fewqubit.backends.gradients.shots import from_shots
from fewqubit.compiler import compile
from fewqubit.compiler.density import compile_density, depolarizing, everywhere
from fewqubit.compiler.density.trajectories import misread
from fewqubit.states import (
    fidelity_gram,
    pauli_z_expectations,
    projected_features,
    projected_gram,
)
from fewqubit.states.density import density_matrix, outcome_probabilities, pauli_reading
from fewqubit.states.kernels import class_fidelities, nearest_psd
from fewqubit.states.light_cone import compile_expectations

X, THETA = jnp.array([0.4, 0.8]), jnp.array([0.5, -0.8])
x, theta = ParameterVector("a", 2), ParameterVector("b", 2)
TERMS = SparsePauliOp(["ZZ", "IX"], [0.5, 2.0])
MISREAD = {0: np.diag([1.0, 1.0, 1.0, 0.9])}


def circuit() -> QuantumCircuit:
    made = QuantumCircuit(2)
    made.h([0, 1])
    made.rzz(x[0] * x[1], 0, 1)
    made.ry(theta[0], 0)
    made.crx(theta[1], 0, 1)
    return made


def state(rows: jax.Array, weights: jax.Array) -> jax.Array:
    return compile(circuit(), x, theta)(rows, weights)


def states(rows: jax.Array) -> jax.Array:
    return jax.vmap(state, (0, None))(rows, THETA)


def density(rows: jax.Array) -> jax.Array:
    return compile_density(circuit(), [*x], [*theta], everywhere(depolarizing(0.1)))(rows, THETA)


def from_few_shots(weights: jax.Array) -> jax.Array:
    key, estimates = jax.random.key(0), from_shots(circuit(), x, theta, [TERMS], 64)
    angles = estimates.angles(X, weights)
    kernel = estimates.kernel(key, angles[None], angles[None] + 0.1)
    return estimates.readings(key, angles).sum() + kernel.sum()


ONE_HOT = jnp.eye(2)
READINGS: dict[str, Callable[[], core.ClosedJaxpr]] = {
    "state": lambda: jax.make_jaxpr(jax.grad(lambda t: state(X, t).real.sum()))(THETA),
    "expectations": lambda: jax.make_jaxpr(compile_expectations(circuit(), [TERMS], x, theta))(
        X, THETA
    ),
    "Z": lambda: jax.make_jaxpr(lambda t: pauli_z_expectations(state(X, t)))(THETA),
    "fidelities": lambda: jax.make_jaxpr(lambda rows: fidelity_gram(states(rows)))(ONE_HOT),
    "classes": lambda: jax.make_jaxpr(
        lambda rows: class_fidelities(states(rows), states(rows), ONE_HOT)
    )(ONE_HOT),
    "projected": lambda: jax.make_jaxpr(
        lambda rows: nearest_psd(projected_gram(projected_features(states(rows)), 1.0))
    )(ONE_HOT),
    "density": lambda: jax.make_jaxpr(
        lambda rows: (
            density_matrix(density(rows)),
            outcome_probabilities(density(rows)),
            pauli_reading(density(rows), TERMS),
        )
    )(X),
    "misread": lambda: jax.make_jaxpr(lambda p: misread(p, MISREAD))(jnp.ones(4) / 4),
    "metric": lambda: jax.make_jaxpr(lambda t: fubini_study(state, X[None], t))(THETA),
    "shots": lambda: jax.make_jaxpr(jax.grad(from_few_shots))(THETA),
}


def products(jaxpr: core.Jaxpr | core.ClosedJaxpr) -> Iterator[object]:
    """The precision of every product in a program, also in those that it calls."""
    for equation in jaxpr.eqns:
        if equation.primitive.name == "dot_general":
            yield equation.params["precision"]
        for inner in jax.tree.leaves([*equation.params.values()], is_leaf=is_program):
            if is_program(inner):
                yield from products(inner)


def is_program(value: object) -> bool:
    return isinstance(value, core.Jaxpr | core.ClosedJaxpr)


@pytest.mark.parametrize("name", READINGS)
def test_every_product_asks_for_full_precision(name: str) -> None:
    highest = (jax.lax.Precision.HIGHEST,) * 2
    found = [*products(READINGS[name]())]
    assert found, "a reading without a product proves nothing"
    assert {*found} == {highest}
