"""Low-rank changes of an encoder, whatever they are made from."""

from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from fewqubit.backends import Bill, build_backend
from fewqubit.backends.pauli_groups import grouped
from fewqubit.circuits.entries import entries_circuit, signed_entries
from fewqubit.config import Circuit, Device
from fewqubit.models.adapters import Adapters
from fewqubit.models.factors import Factor, Factors, free, from_circuit, shared
from fewqubit.models.measured import measured
from fewqubit.models.model import build_model
from fewqubit.models.settings import Identity

KEY = jax.random.key(0)
ENCODER = [
    {"weights": jnp.ones((6, 5)), "bias": jnp.zeros(5)},
    {"weights": jnp.ones((5, 3)), "bias": jnp.zeros(3)},
]
FACTORS = {
    "lora": free(6, 2),
    "shared": shared(6, 2, 5),
    "circuit": from_circuit(6, 2, 3, True, 6**-0.5),
}

each = pytest.mark.parametrize("factors", get_args(Factors))


def begun(adapters: Adapters) -> dict[str, list[jax.Array]]:
    def start() -> dict[str, list[jax.Array]]:
        parts: dict[str, list[jax.Array]] = adapters.begin(ENCODER, adapters.init(KEY, ENCODER))
        return parts

    return jax.jit(start)()


@each
def test_a_task_starts_from_the_encoder_itself(factors: Factors) -> None:
    adapters = Adapters(factors)
    merged = jax.jit(adapters.merged)(ENCODER, begun(adapters))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), merged, ENCODER)


@each
def test_a_change_has_at_most_its_rank_and_leaves_biases(factors: Factors) -> None:
    adapters = Adapters(factors, rank=2, scale=3.0)
    parts = begun(adapters)
    parts["up"] = [jax.random.normal(KEY, up.shape) for up in parts["up"]]
    for before, after in zip(ENCODER, jax.jit(adapters.merged)(ENCODER, parts), strict=True):
        change = np.asarray(after["weights"] - before["weights"])
        assert np.linalg.matrix_rank(change, tol=1e-5) == 2
        np.testing.assert_array_equal(after["bias"], before["bias"])


@each
def test_the_first_step_can_move_every_matrix(factors: Factors) -> None:
    """At B = 0 the gradient passes through B alone."""
    adapters, parts = Adapters(factors), begun(Adapters(factors))
    wanted = [jax.random.normal(KEY, layer["weights"].shape) for layer in ENCODER]

    @jax.jit
    @jax.grad
    def slope_along(parts: dict[str, list[jax.Array]]) -> jax.Array:
        merged = adapters.merged(ENCODER, parts)
        return sum(jnp.vdot(a, b["weights"]) for a, b in zip(wanted, merged, strict=True))

    slope = slope_along(parts)
    assert all(float(jnp.abs(up).max()) > 1e-3 for up in slope["up"])
    assert all(float(jnp.abs(down).max()) < 1e-6 for down in slope["down"])


@each
def test_gradients_agree_with_finite_differences(factors: Factors) -> None:
    factor = FACTORS[factors]
    with jax.enable_x64(True):
        at = np.asarray(factor.init(KEY), np.float64)
        towards = np.random.default_rng(0).normal(size=at.shape)
        exact = jax.jvp(factor.matrix, (jnp.asarray(at),), (jnp.asarray(towards),))[1]
        up, down = (factor.matrix(jnp.asarray(at + sign * 1e-2 * towards)) for sign in (1, -1))
        measured = np.asarray(up - down) / 2e-2
    np.testing.assert_allclose(exact, measured, rtol=2e-2, atol=5e-3)


def test_entries_are_what_qiskit_reads_from_the_circuit() -> None:
    """Twelve entries: four qubits say which, the fifth is the sign."""
    angles = FACTORS["circuit"].init(KEY)
    circuit = entries_circuit(12, 3).assign_parameters(np.asarray(angles))
    outcomes = Statevector(circuit).probabilities()
    expected = 16 * (outcomes[:12] - outcomes[16:28]).reshape(6, 2) / np.sqrt(6)
    np.testing.assert_allclose(FACTORS["circuit"].matrix(angles), expected, atol=1e-5)


@pytest.mark.parametrize(
    "factor",
    [free(64, 4), shared(64, 4, 96), from_circuit(64, 4, 10, True, 64**-0.5)],
    ids=get_args(Factors),
)
def test_entries_have_the_variance_of_a_dense_layer(factor: Factor) -> None:
    drawn = jax.jit(jax.vmap(lambda key: factor.matrix(factor.init(key))))
    entries = drawn(jax.random.split(KEY, 50))
    assert 0.8 < float(entries.std()) * 8 < 1.25


@pytest.mark.parametrize(("layers", "rank"), [(1, 1), (2, 2), (3, 1), (40, 2)])
def test_shared_numbers_are_as_many_as_weights_and_at_most_one_an_entry(
    layers: int, rank: int
) -> None:
    sizes = {
        factors: sum(np.prod(factor.shape) for factor in Adapters(factors, rank, layers).pair(6, 5))
        for factors in get_args(Factors)
    }
    assert sizes["shared"] == min(sizes["circuit"], sizes["lora"])
    assert sizes["lora"] == rank * (6 + 5)


def test_four_times_the_layers_are_four_times_the_weights() -> None:
    few, many = (from_circuit(6, 2, layers, True, 1.0).shape[0] for layers in (2, 8))
    assert many == 4 * few


def test_shared_numbers_keep_lengths() -> None:
    """|P θ| = |θ| for the map from numbers to entries."""
    factor = shared(6, 2, 5)
    numbers = factor.init(KEY)
    np.testing.assert_allclose(
        jnp.linalg.norm(factor.matrix(numbers)), jnp.linalg.norm(numbers), rtol=1e-6
    )


def test_without_entanglers_the_qubits_turn_one_by_one() -> None:
    factor = from_circuit(4, 1, 3, entanglers=False, gain=1.0)
    angles = factor.init(KEY)
    turned = np.asarray(angles).reshape(3, 3).sum(0) + np.pi / 2
    up = np.cos(turned / 2) ** 2
    index = np.kron([up[1], 1 - up[1]], [up[0], 1 - up[0]])
    np.testing.assert_allclose(factor.matrix(angles)[:, 0], 4 * (2 * up[2] - 1) * index, atol=1e-5)


def test_circuits_are_counted() -> None:
    """Two for each matrix: 12 and 10 entries on five qubits, 10 and 6 on five and four."""
    drawn = Adapters("circuit", 2, 3).drawn(ENCODER)
    assert [circuit.num_qubits for circuit in drawn] == [5, 5, 5, 4]
    assert [circuit.num_parameters for circuit in drawn] == [15, 15, 15, 12]
    assert Adapters("shared").drawn(ENCODER) == []


def test_one_circuit_measured_gives_a_whole_factor() -> None:
    """The strings of I and Z say of a state what its probabilities say."""
    circuit = entries_circuit(12, 3).assign_parameters(np.asarray(FACTORS["circuit"].init(KEY)))
    operators = signed_entries(circuit)
    outcomes = Statevector(circuit).probabilities()
    values = [Statevector(circuit).expectation_value(one).real for one in operators]
    np.testing.assert_allclose(values, outcomes[:16] - outcomes[16:], atol=1e-12)
    assert len(grouped(operators, 5).groups) == 1


@pytest.mark.parametrize("word", ["shots", "shots:aer"])
def test_a_factor_from_shots_is_right_on_average_and_spreads_as_the_outcomes_do(word: str) -> None:
    """The variance of entry e is (p_e − ⟨e⟩²)/S, p_e the share of its two outcomes."""
    shots, n = 400, 60
    angles = np.asarray(FACTORS["circuit"].init(KEY))
    circuit = entries_circuit(12, 3)
    evaluator = build_backend(Device(backend=word, shots=shots))(circuit)
    rows, operators = np.zeros((n, 0)), signed_entries(circuit)
    found, bill = evaluator.expectations(rows, angles, operators, KEY)
    assert (bill.circuits, bill.shots) == (n, n * shots)
    up, down = Statevector(circuit.assign_parameters(angles)).probabilities().reshape(2, 16)
    spread = np.sqrt((up + down - (up - down) ** 2) / shots)
    assert np.abs((np.mean(found, 0) - (up - down)) * np.sqrt(n) / spread).max() < 4
    np.testing.assert_allclose(np.std(found, 0) / spread, 1, atol=0.4)


def test_measured_adapters_are_read_from_one_circuit_each() -> None:
    bills = list[Bill]()
    arm = measured(build_backend(Device(backend="shots", shots=10**6)), KEY, bills)
    reads = build_model(Identity(), Circuit("angle", n_qubits=2), (2,), arm, True).entries
    there, here = (Adapters("circuit", 2, 3, reads=one) for one in (reads, None))
    parts = {"down": here.init(KEY, ENCODER)["down"], "up": list[jax.Array]()}
    parts["up"] = [jax.random.normal(KEY, up.shape) for up in begun(here)["up"]]
    merged = [one.merged(ENCODER, parts) for one in (there, here)]
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=0.05), *merged)
    assert [bill.circuits for bill in bills] == [1] * 4
