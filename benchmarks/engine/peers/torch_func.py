"""torch: state vectors gate by gate, torch.func for the second order; rows are a batch axis."""

from collections.abc import Callable
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import torch
from benchmarks.engine.works import expectation_gradient as expectation
from benchmarks.engine.works import meta_step
from torch.func import grad_and_value, vmap

Run = Callable[[], np.ndarray]


def _turn(psi: torch.Tensor, qubit: int, angle: torch.Tensor) -> torch.Tensor:
    """RY on one qubit of states in rows; ``angle`` is a number or one for each row."""
    pairs = psi.reshape(psi.shape[0], -1, 2, 2**qubit)
    c, s = (part.reshape(-1, 1, 1) for part in (torch.cos(angle / 2), torch.sin(angle / 2)))
    zero, one = pairs[:, :, 0], pairs[:, :, 1]
    return torch.stack([c * zero - s * one, s * zero + c * one], 2).reshape(psi.shape)


def _signs(n: int) -> torch.Tensor:
    basis = torch.arange(2**n)
    return torch.stack([1.0 - 2.0 * (basis >> q & 1) for q in range(n)])


def _chain(n: int) -> torch.Tensor:
    """Where each amplitude comes from after CX(0, 1), CX(1, 2), …"""
    source = torch.arange(2**n)
    for q in range(n - 1):
        basis = torch.arange(2**n)
        source = source[basis ^ ((basis >> q & 1) << (q + 1))]
    return source


def _states(x: np.ndarray) -> Run:
    rows, n = torch.tensor(x), x.shape[1]
    signs, pairs = _signs(n), list(combinations(range(n), 2))
    products = torch.stack([signs[i] * signs[j] for i, j in pairs])

    @torch.no_grad()
    def run() -> np.ndarray:
        angles = torch.stack([(torch.pi - rows[:, i]) * (torch.pi - rows[:, j]) for i, j in pairs])
        phases = torch.exp(-1j * (rows @ signs + angles.T @ products))
        psi = phases / 2 ** (n / 2)
        for q in range(n):
            two = psi.reshape(len(x), -1, 2, 2**q)
            zero, one = two[:, :, 0], two[:, :, 1]
            psi = (torch.stack([zero + one, zero - one], 2) / 2**0.5).reshape(len(x), -1)
        return (psi * phases).numpy()

    return run


def _gram(x: np.ndarray) -> Run:
    states = _states(x)

    def run() -> np.ndarray:
        psi = torch.tensor(states())
        return ((psi.conj() @ psi.T).abs() ** 2).numpy()

    return run


def _gradient(read: int | None, x: np.ndarray, y: np.ndarray, theta: np.ndarray) -> Run:
    n, rows, targets = x.shape[1], torch.tensor(x), torch.tensor(y)
    signs, chain = _signs(n), _chain(n)

    def run() -> np.ndarray:
        weights = torch.tensor(theta, requires_grad=True)
        psi = torch.zeros(len(x), 2**n)
        psi[:, 0] = 1
        for q in range(n):
            psi = _turn(psi, q, rows[:, q])
        psi = psi.to(torch.complex64)
        for layer, angles in enumerate(weights.reshape(expectation.LAYERS + 1, n, 2)):
            psi = psi[:, chain] if layer else psi
            for q in range(n):
                psi = _turn(psi, q, angles[q, 0])
            psi = psi * torch.exp(-0.5j * (angles[:, 1] @ signs))
        value = (targets * (psi.abs() ** 2 @ signs[:read].mean(0))).mean()
        value.backward()
        return np.concatenate([[value.item()], weights.grad.numpy()])

    return run


def _features(x: torch.Tensor, theta: torch.Tensor, chain: torch.Tensor, signs: Any) -> Any:
    n = x.shape[1]
    psi = torch.ones(len(x), 1)
    for q in range(n):
        column = torch.stack([torch.cos(x[:, q] / 2), torch.sin(x[:, q] / 2)], 1)
        psi = (column[:, :, None] * psi[:, None, :]).reshape(len(x), -1)
    for angles in theta.reshape(meta_step.LAYERS, n):
        for q in range(n):
            psi = _turn(psi, q, angles[q])
        psi = psi[:, chain]
    return psi**2 @ signs.T


def _meta_step(*inputs: np.ndarray) -> Run:
    theta, weights, bias, *tasks = (torch.tensor(array) for array in inputs)
    chain, signs = _chain(tasks[0].shape[-1]), _signs(tasks[0].shape[-1])

    def loss(params: Any, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        scores = _features(x, params[0], chain, signs) @ params[1] + params[2]
        return torch.nn.functional.cross_entropy(scores, y)

    def of_task(params: Any, x: Any, y: Any, query: Any, classes: Any) -> torch.Tensor:
        for _ in range(meta_step.INNER_STEPS):
            gradient, _ = grad_and_value(loss)(params, x, y)
            steps = zip(params, gradient, strict=True)
            params = tuple(p - meta_step.INNER_RATE * g for p, g in steps)
        return loss(params, query, classes)

    def mean_loss(params: Any) -> torch.Tensor:
        return vmap(of_task, in_dims=(None, 0, 0, 0, 0))(params, *tasks).mean()

    def run() -> np.ndarray:
        gradient, value = grad_and_value(mean_loss)((theta, weights, bias))
        return torch.cat([value.reshape(1), *(g.reshape(-1) for g in gradient)]).detach().numpy()

    return run


WORKS = {
    "states": _states,
    "gram": _gram,
    "expectation_gradient": partial(_gradient, 1),
    "readout_gradient": partial(_gradient, None),
    "meta_step": _meta_step,
}
