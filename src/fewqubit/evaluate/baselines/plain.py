"""Plain baselines on the same features and episodes, without meta-training.

Each episode is learned from its own support only; many are computed in a batch for speed.
"""

from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Complex, Float, PRNGKeyArray
from scipy.special import logsumexp, softmax

from fewqubit.evaluate.baselines.machines import one_versus_one
from fewqubit.evaluate.baselines.prototypes import class_means, one_hot
from fewqubit.tasks import Task

Kernel = Callable[[np.ndarray, np.ndarray], Float[np.ndarray, "episodes rows rows"]]


def prototype(tasks: Task) -> Float[np.ndarray, "episodes q n_way"]:
    """Nearest class mean: logit_c = −‖x − mean of the support of class c‖²."""
    return -_squared_distance(tasks.query_x, class_means(tasks.support_x, tasks.support_y))


def nearest(tasks: Task) -> Float[np.ndarray, "episodes q n_way"]:
    """Nearest neighbour: logit_c = −min ‖x − s‖² over the support of class c.

    On words it is NNShot, Yang and Katiyar (2020), arXiv 2010.02405.
    """
    squares = _squared_distance(tasks.query_x, tasks.support_x)
    other = one_hot(tasks.support_y)[:, None] == 0
    return -np.where(other, np.inf, squares[..., None]).min(axis=2)


def logistic(tasks: Task, cost: float) -> Float[np.ndarray, "episodes q n_way"]:
    """Multinomial logistic regression with an L2 penalty, bias unpenalised, as scikit-learn's.

        minimise over W, b:  ½‖W‖² + cost Σ_i −log softmax(W x_i + b)_{y_i}

    L-BFGS solves all episodes as one separable convex problem. W lies in the span of the support,
    so each episode is solved in an orthonormal basis of it: the same solution with fewer unknowns.
    """
    from scipy.optimize import minimize  # takes long, and the other baselines do not need it

    basis = np.linalg.qr(np.swapaxes(tasks.support_x, 1, 2)).Q
    support, query = (_with_bias(x @ basis) for x in (tasks.support_x, tasks.query_x))
    member = one_hot(tasks.support_y)
    shape = (len(member), member.shape[-1], support.shape[-1])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        logits = support @ np.swapaxes(weights, 1, 2)
        penalised = weights.copy()
        penalised[..., -1] = 0
        error = softmax(logits, axis=-1) - member
        nll = logsumexp(logits, axis=-1).sum() - (logits * member).sum()
        slope = penalised + cost * np.swapaxes(error, 1, 2) @ support
        return (penalised**2).sum() / 2 + cost * nll, slope.ravel()

    options = {"gtol": 1e-4, "ftol": 1e-12, "maxiter": 500}
    found = minimize(loss, np.zeros(np.prod(shape)), jac=True, method="L-BFGS-B", options=options)
    return query @ np.swapaxes(found.x.reshape(shape), 1, 2)


def kernel_svm(tasks: Task, kernel: Kernel, cost: float) -> Float[np.ndarray, "episodes q n_way"]:
    """Support vector machine, one-versus-one; votes are refined by decision values."""
    gram = kernel(tasks.support_x, tasks.support_x)
    return one_versus_one(gram, tasks.support_y, kernel(tasks.query_x, tasks.support_x), cost)


def fourier(
    tasks: Task, gamma: float, ridge: float, n_features: int, key: PRNGKeyArray
) -> Float[np.ndarray, "episodes q n_way"]:
    """Ridge regression onto one-hot labels in random Fourier features, the same for all episodes.

    logits(q) = z(q) Zᵀ (Z Zᵀ + ridge)⁻¹ (Y − 1/N),     Z: features of the support, in rows
    """
    support, query = (
        fourier_features(x, gamma, n_features, key) for x in (tasks.support_x, tasks.query_x)
    )
    member, transposed = one_hot(tasks.support_y), np.swapaxes(support, 1, 2)
    gram = support @ transposed + ridge * np.eye(support.shape[1])
    dual = np.linalg.solve(gram, member - 1 / member.shape[-1])
    return query @ (transposed @ dual)


def fourier_features(
    x: Float[np.ndarray, "*rows d"], gamma: float, n_features: int, key: PRNGKeyArray
) -> Float[np.ndarray, "*rows D"]:
    """z(x) = √(2/D) cos(W x + b), W ~ N(0, 2γ), b ~ U(0, 2π): E z(x)·z(y) = exp(−γ‖x − y‖²).

    Source: Rahimi and Recht (2007), *Random Features for Large-Scale Kernel Machines*, algorithm 1.
    """
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    weights = np.sqrt(2 * gamma) * random.standard_normal((x.shape[-1], n_features))
    phases = random.uniform(0, 2 * np.pi, n_features)
    return np.sqrt(2 / n_features) * np.cos(x @ weights + phases)


def rbf(
    left: Float[np.ndarray, "episodes m d"], right: Float[np.ndarray, "episodes n d"], gamma: float
) -> Float[np.ndarray, "episodes m n"]:
    """K_ij = exp(−γ‖x_i − x_j‖²)."""
    return np.exp(-gamma * _squared_distance(left, right))


def fidelity(
    left: Complex[np.ndarray, "episodes m d"], right: Complex[np.ndarray, "episodes n d"]
) -> Float[np.ndarray, "episodes m n"]:
    """K_ij = |⟨ψ_i|ψ_j⟩|², states in rows: the fixed quantum kernel of a feature map."""
    return np.abs(left.conj() @ np.swapaxes(right, 1, 2)) ** 2


def _with_bias(x: Float[np.ndarray, "... d"]) -> Float[np.ndarray, "... d+1"]:
    return np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)


def _squared_distance(
    left: Float[np.ndarray, "episodes m d"], right: Float[np.ndarray, "episodes n d"]
) -> Float[np.ndarray, "episodes m n"]:
    inner = left @ np.swapaxes(right, 1, 2)
    squares = (left**2).sum(-1)[..., None] + (right**2).sum(-1)[:, None, :]
    return np.maximum(squares - 2 * inner, 0)
