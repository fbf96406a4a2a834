"""The plain baselines by name, each with the candidates among which validation chooses."""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import Baselines
from fewqubit.evaluate.baselines import embeddings
from fewqubit.evaluate.baselines.embeddings import SCALE, Embed, Known
from fewqubit.evaluate.baselines.plain import (
    fidelity,
    fourier,
    kernel_svm,
    logistic,
    nearest,
    prototype,
    rbf,
)
from fewqubit.evaluate.baselines.prototypes import cosine, cosine_head, whitening
from fewqubit.evaluate.baselines.quantum_rows import state_maps
from fewqubit.tasks import Task

Classify = Callable[[Task], Float[np.ndarray, "episodes q n_way"]]


def as_they_are(rows: np.ndarray) -> np.ndarray:
    """The prepared features themselves."""
    return rows


class Candidate(NamedTuple):
    """One point of a baseline's grid.

    point:     its hyper-parameters
    classify:  classifies the queries of many tasks, each from its own support only
    embed:     transformation of single rows before that
    """

    point: Mapping[str, float | str]
    classify: Classify
    embed: Embed = as_they_are


Candidates = Callable[[Baselines, Known, PRNGKeyArray], list[Candidate]]


class Baseline(NamedTuple):
    """A baseline: candidates from (settings, data known before any task, random key).

    pairs: a device would measure its kernel pair by pair
    """

    candidates: Candidates
    pairs: bool = False


def _prototype(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    del grid, known, key
    return [Candidate({}, prototype)]


def _nearest(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    del grid, known, key
    return [Candidate({}, nearest)]


def _cosine(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    del grid, key
    centre = known.x.mean(axis=0)
    return [
        Candidate({"centred": 0.0}, cosine),
        Candidate({"centred": 1.0}, cosine, lambda rows: rows - centre),
    ]


def _lda(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    del key

    def whitened(shrinkage: float) -> Candidate:
        map_ = whitening(known.x, known.y, shrinkage)
        return Candidate({"shrinkage": shrinkage}, prototype, lambda rows: rows @ map_)

    return [whitened(shrinkage) for shrinkage in grid.lda_shrinkage]


def _logistic(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    del known, key
    return [Candidate({"cost": cost}, partial(logistic, cost=cost)) for cost in grid.logistic_cost]


def _svm(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    del known, key
    return [
        Candidate(
            {"cost": cost, "gamma": gamma},
            partial(kernel_svm, kernel=partial(rbf, gamma=gamma), cost=cost),
        )
        for cost, gamma in product(grid.svm_cost, grid.svm_gamma)
    ]


def _fourier(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    del known
    drawn = partial(fourier, n_features=grid.fourier_features, key=stream(key, "fourier"))
    return [
        Candidate({"gamma": gamma, "ridge": ridge}, partial(drawn, gamma=gamma, ridge=ridge))
        for gamma, ridge in product(grid.fourier_gamma, grid.fourier_ridge)
    ]


def _free_protonet(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    def trained(number: int) -> Candidate:
        network = grid.encoders[number].build(known.shape, grid.embedding)
        budget = grid.embedding_steps, grid.embedding_rate
        embed = embeddings.free_protonet(network, known, *budget, stream(key, "protonet", number))
        return Candidate({"encoder": float(number)}, prototype, embed)

    return [trained(number) for number in range(len(grid.encoders))]


def _pretrained(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    def trained(number: int) -> list[Candidate]:
        network = grid.encoders[number].build(known.shape, grid.embedding)
        budget = grid.embedding_steps, grid.embedding_rate
        candidate_key = stream(key, "pretrained", number)
        embed = embeddings.pretrained(network, known, grid.embedding, *budget, candidate_key)
        return [
            Candidate(
                {"encoder": float(number), "head_steps": float(steps)},
                partial(cosine_head, scale=SCALE, steps=steps),
                embed,
            )
            for steps in grid.head_steps
        ]

    return [candidate for number in range(len(grid.encoders)) for candidate in trained(number)]


def _qsvm(grid: Baselines, known: Known, key: PRNGKeyArray) -> list[Candidate]:
    n_qubits = min(grid.qsvm_qubits, known.x.shape[1])
    found = []
    for name in grid.qsvm_maps:
        make = state_maps(name, n_qubits, grid.qsvm_repetitions, known.x, stream(key, "qsvm"))
        for bandwidth, whiten in product(grid.qsvm_bandwidth, grid.qsvm_whiten):
            point: dict[str, float | str] = {
                "map": name,
                "bandwidth": bandwidth,
                "whiten": float(whiten),
            }
            embed = make(bandwidth, whiten)
            found += [
                Candidate(
                    {**point, "cost": cost},
                    partial(kernel_svm, kernel=fidelity, cost=cost),
                    embed,
                )
                for cost in grid.qsvm_cost
            ]
    return found


BASELINES: dict[str, Baseline] = {
    "prototype": Baseline(_prototype),
    "nearest": Baseline(_nearest),
    "cosine": Baseline(_cosine),
    "lda": Baseline(_lda),
    "logistic": Baseline(_logistic),
    "svm": Baseline(_svm),
    "fourier": Baseline(_fourier),
    "free_protonet": Baseline(_free_protonet),
    "pretrained": Baseline(_pretrained),
    "qsvm": Baseline(_qsvm, pairs=True),
}
