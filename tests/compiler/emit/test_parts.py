"""Amplitudes in parts do what complex ones do, derivatives of both orders included."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.compiler.emit.blocks import apply_block, apply_dense
from fewqubit.compiler.emit.cis import cis
from fewqubit.compiler.emit.parts import Turns, apply_to, fence, joined, turn, weigh

RANDOM = np.random.default_rng(0)
REAL = RANDOM.normal(size=(1, 8)).astype(np.float32)
PAIRS = RANDOM.normal(size=(2, 8)).astype(np.float32)
COMPLEX = (PAIRS[:1] + 1j * PAIRS[1:]).astype(np.complex64)
HELD = [REAL, PAIRS, COMPLEX]
PHASE = RANDOM.normal(size=8).astype(np.float32)
WEIGHTS = RANDOM.normal(size=8).astype(np.float32)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("held", HELD)
def test_a_turn_is_a_phase_with_its_derivatives(held, own):
    def loss(psi):
        return WEIGHTS @ jnp.real(psi[0] ** 2) + jnp.imag(psi[0]).sum()

    def here(phase):
        return loss(joined(turn(jnp.asarray(held), Turns(phase, cis(phase), own))))

    def there(phase):
        return loss(joined(jnp.asarray(held)) * jnp.exp(1j * phase))

    derivatives = [
        jax.jit(lambda p, f=f: (f(p), jax.grad(f)(p), jax.hessian(f)(p))) for f in (here, there)
    ]
    for found, expected in zip(*(of(PHASE) for of in derivatives), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("held", HELD)
def test_constants_weigh_amplitudes(held):
    for weight in (WEIGHTS, COMPLEX[0]):
        found = joined(weigh(jnp.asarray(held), weight))
        np.testing.assert_allclose(found, joined(jnp.asarray(held)) * weight, atol=1e-6)


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("matrix", [PAIRS[:, :2], COMPLEX[0, :4].reshape(2, 2)])
def test_matrices_act_on_neighbours_and_on_any_qubits(held, matrix):
    psi = jnp.asarray(held)
    expected = np.einsum("ab,hbl->hal", matrix, joined(psi).reshape(2, 2, 2)).reshape(1, 8)
    for apply in (
        lambda m, p: apply_block(m, p, 1),
        lambda m, p: apply_dense(m, p, [1]),
    ):
        np.testing.assert_allclose(joined(apply_to(matrix, psi, apply)), expected, atol=1e-5)


def test_the_first_of_any_qubits_is_the_lowest_bit():
    swap = np.eye(4)[[0, 2, 1, 3]]
    moves = np.kron(np.eye(2), np.diag([1.0, 2.0])) @ swap
    psi = jnp.arange(8.0)[None]
    found = apply_dense(moves, psi, [2, 0]).reshape(2, 2, 2)
    expected = psi.reshape(2, 2, 2).swapaxes(0, 2) * np.array([1.0, 2.0])[:, None, None]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shape", [(3,), (5, 64), (1,)])
def test_a_fence_changes_nothing(shape):
    values = RANDOM.normal(size=shape).astype(np.float32)
    np.testing.assert_array_equal(fence(jnp.asarray(values)), values)


def test_a_turn_of_pairs_has_all_derivatives_of_its_formula():
    def ours(pairs, phase):
        return turn(pairs, Turns(phase, cis(phase), own=False))

    def plain(pairs, phase):
        psi = (pairs[0] + 1j * pairs[1]) * jnp.exp(1j * phase)
        return jnp.stack([psi.real, psi.imag])

    pairs, phase = jax.random.normal(jax.random.key(0), (2, 3)), jnp.array([0.3, -2.0, 5.0])
    weights = jnp.arange(6.0).reshape(2, 3)
    for order in (jax.grad, lambda f: jax.jacrev(jax.grad(f)), jax.hessian):
        found, expected = (
            jax.jit(order(lambda v, f=f: jnp.sum(weights * f(v[:6].reshape(2, 3), v[6:]) ** 3)))(
                jnp.concatenate([pairs.ravel(), phase])
            )
            for f in (ours, plain)
        )
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)
