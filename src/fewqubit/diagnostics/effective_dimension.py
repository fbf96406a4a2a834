"""Effective dimension: how many of its parameters a model really uses, by Fisher information."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, PRNGKeyArray

from fewqubit.base.products import matmul
from fewqubit.compiler.compiled import CompiledCircuit
from fewqubit.diagnostics.batches import batched
from fewqubit.diagnostics.plateau import draw_parameters

EXAMPLES = 1000  # n; one for all data sets, so that their figures compare


def effective_dimension(fisher: Float[np.ndarray, "T d d"], n_examples: int = EXAMPLES) -> float:
    """d_n = 2 log(mean_θ √det(1 + κ F̂(θ))) / log κ with κ = n / (2π log n); at most about d.

    F̂ = d F / mean tr F over the T drawn θ. The effective dimension as Abbas et al. 2021
    define it (2011.00027), with γ = 1.
    """
    d = fisher.shape[-1]
    kappa = n_examples / (2 * np.pi * np.log(n_examples))
    normalised = d * fisher / np.trace(fisher, axis1=1, axis2=2).mean()
    halves = np.linalg.slogdet(np.eye(d) + kappa * normalised)[1] / 2
    return float(2 * (np.logaddexp.reduce(halves) - np.log(len(halves))) / np.log(kappa))


def fisher_information(
    state: Callable[[Float[Array, " d"]], Complex[Array, " 2**n"]], theta: Float[Array, " d"]
) -> Float[Array, "d d"]:
    """F = Σ_b ∂p_b ∂p_bᵀ / p_b, of the probabilities p_b = |ψ_b(θ)|² of all readouts b.

    As Σ_b s_b s_bᵀ with s_b = 2 Re(ψ_b* ∂ψ_b)/|ψ_b| = ∂p_b/√p_b, which stays finite as p_b falls
    to 0. Abbas et al. group the readouts into classes first, which can only lose information.
    """
    psi, slopes = state(theta), jax.jacfwd(state)(theta)
    size = jnp.abs(psi)
    phase = jnp.where(size > 0, psi / jnp.where(size > 0, size, 1.0), 0.0)
    score = 2.0 * jnp.real(phase.conj()[:, None] * slopes)
    return matmul(score.T, score)


def drawn_fisher(
    circuit: CompiledCircuit, key: PRNGKeyArray, draws: int, inputs: int
) -> Float[np.ndarray, "draws d d"]:
    """F at ``draws`` random weights, averaged over ``inputs`` random inputs.

    In a map without weights the inputs themselves are the parameters, as an encoder sets them.
    """
    key_x, key_theta = jax.random.split(key)
    x, theta = draw_parameters(circuit, key_theta, draws)
    if not circuit.n_weights:
        of_inputs = batched(
            lambda angles: fisher_information(lambda a: circuit.state(a, theta[0]), angles),
            circuit.n_qubits,
        )
        return np.asarray(of_inputs(x), np.float64)
    rows, _ = draw_parameters(circuit, key_x, inputs)

    def averaged(weights: Array) -> Array:
        each = jax.vmap(lambda row: fisher_information(lambda w: circuit.state(row, w), weights))
        return each(rows).mean(axis=0)

    return np.asarray(batched(averaged, circuit.n_qubits)(theta), np.float64)
