"""The fast path is, in distribution, what shots of circuits give: tested without circuits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy import stats

from fewqubit.backends.exact import exact
from fewqubit.backends.pauli_groups import basis_change
from fewqubit.backends.sampled import sampled, sampled_fidelities, sampled_shares
from fewqubit.circuits.feature_maps import zz

CIRCUIT = zz(2, 2, 0.6)
ROWS = np.random.default_rng(3).normal(size=(6, 2))
KEYS = jax.random.split(jax.random.key(5), 100)
NOTHING = jnp.zeros(0)


def pvalue(seen, expected):
    """Chi-square over the outcomes that are expected often; the others are one."""
    often = expected > 5
    bins = [np.array([*values[often], values[~often].sum() + 1e-9]) for values in (seen, expected)]
    return stats.chisquare(bins[0], bins[1] / bins[1].sum() * bins[0].sum(), sum_check=False).pvalue


@pytest.mark.parametrize("fidelity", [0.003, 0.3, 0.97])
@pytest.mark.parametrize("shots", [20, 1000])
def test_fidelities_are_binomial(fidelity, shots):
    values = sampled_fidelities(KEYS[0], jnp.full(20_000, fidelity), shots)
    seen = np.bincount(np.rint(values * shots).astype(int), minlength=shots + 1)
    expected = len(values) * stats.binom.pmf(np.arange(shots + 1), shots, fidelity)
    assert pvalue(seen, expected) > 1e-4


def test_certain_outcomes_are_certain():
    values = sampled_fidelities(KEYS[0], jnp.array([0.0, 1.0, 1.0 + 1e-6, -1e-7]), 1024)
    np.testing.assert_array_equal(values, [0.0, 1.0, 1.0, 0.0])


@pytest.mark.parametrize("basis", ["YX", "IZ"])
def test_shares_are_multinomial(basis):
    state = Statevector(CIRCUIT.assign_parameters(ROWS[0]))
    expected = state.evolve(basis_change(basis)).probabilities()
    states = jnp.asarray(np.tile(state.data, (100, 1)), jnp.complex64)
    shares = sampled_shares(KEYS[0], states, basis, 500)
    assert pvalue(shares.sum(0) * 500, expected * 500 * 100) > 1e-4
    spread = shares.std(0) / np.sqrt(expected * (1 - expected) / 500)
    np.testing.assert_allclose(spread, 1, atol=0.3)


def test_the_error_of_a_gram_matrix_falls_as_one_over_the_root_of_shots():
    expected = exact(CIRCUIT).gram(ROWS, NOTHING, KEYS[0]).values
    shots = np.array([16, 64, 256, 1024, 4096])
    errors = []
    for count in shots:
        gram = sampled(int(count))(CIRCUIT).gram
        grams = np.stack([gram(ROWS, NOTHING, key).values for key in KEYS])
        spread = grams.std() / np.sqrt(len(KEYS))
        np.testing.assert_allclose(grams.mean(0), expected, atol=5 * spread)  # unbiased
        errors.append(np.sqrt(((grams - expected) ** 2).mean()))
    slope = np.polyfit(np.log(shots), np.log(errors), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.03)


def test_a_gram_matrix_of_shots_is_symmetric_and_left_as_it_is():
    x = np.zeros((12, 2)) + 0.01 * np.arange(12)[:, None]  # nearly equal rows: rank 1
    values, bill = sampled(100)(CIRCUIT).gram(x, NOTHING, KEYS[0])
    np.testing.assert_array_equal(values, values.T)
    np.testing.assert_array_equal(jnp.diag(values), 1)
    assert jnp.linalg.eigvalsh(values)[0] < -0.01  # projecting it is the caller's
    assert (bill.circuits, bill.shots, bill.depth) == (66, 6600, None)


def test_expectations_are_unbiased_and_their_variance_that_of_shots():
    operators = [SparsePauliOp(["XY", "ZI", "II"], [0.5, 2, 3]), SparsePauliOp("ZZ")]
    state = Statevector(CIRCUIT.assign_parameters(ROWS[0]))
    expected = np.array([state.expectation_value(operator).real for operator in operators])
    evaluator = sampled(256)(CIRCUIT)
    many = np.tile(ROWS[:1], (400, 1))
    values, bill = evaluator.expectations(many, NOTHING, operators, KEYS[0])
    xy, z, zz_ = (
        state.expectation_value(SparsePauliOp(label)).real for label in ("XY", "ZI", "ZZ")
    )
    variance = np.array([0.25 * (1 - xy**2) + 4 * (1 - z**2), 1 - zz_**2]) / 256
    np.testing.assert_allclose(values.mean(0), expected, atol=4.5 * np.sqrt(variance.max() / 400))
    np.testing.assert_allclose(values.var(0) / variance, 1, atol=0.3)
    assert bill.circuits == 2 * 400  # ZI and ZZ share a circuit
