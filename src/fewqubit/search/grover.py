"""The least of N = 2^m losses by Grover's search: Dürr and Høyer's minimum finding, in Aer.

    y ← an entry at random
    until 22.5 √N + 1.4 (log₂ N)² queries are spent:
        i ← one measurement of G^j|s⟩, whose oracle marks the losses below that of y
        y ← i, if its loss is less

How many entries are marked is unknown, so j is drawn below a bound that grows by 6/5 with every
failure. An iteration of G queries the oracle once, and so does the look at what was measured. The
rule stops at the minimum with probability 1/2 at least.

This is no way to save trainings: the simulated oracle is drawn up from the losses that it searches.
What is learned is how many queries a quantum computer with such an oracle would need.

C. Dürr, P. Høyer, arXiv:quant-ph/9607014; M. Boyer, G. Brassard, P. Høyer, A. Tapp, Fortschr.
Phys. 46, 493 (1998), section 4. Deviation: every entry begins in a superposition at no cost; the
published count charges log N for it.
"""

from collections.abc import Sequence
from math import ceil, log2, sqrt
from statistics import fmean
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.backends.grover import grover_circuit, measured_entry

GROWTH = 6 / 5  # of the bound on iterations; anything between 1 and 4/3 will do


class Minimum(NamedTuple):
    """What one run found.

    entry:      where the least loss it saw is
    queries:    oracle queries when it stopped
    until:      oracle queries when it first saw that entry
    """

    entry: int
    queries: int
    until: int


class GroverQueries(NamedTuple):
    """Queries of Grover's search, mean over runs, and those of ordinary searches.

    entries:      N, those that fill up to a power of two included
    found:        share of runs that ended at the least loss
    until:        queries until it was seen, in those runs
    stop:         queries when the rule stops, which knows no better
    grid:         losses that a search of the whole grid looks at
    random:       expected losses until a best one is seen, drawn without repetition
    """

    entries: int
    found: float
    until: float
    stop: float
    grid: int
    random: float


def query_budget(entries: int) -> int:
    """Queries after which the least loss was found with probability 1/2 at least."""
    return ceil(22.5 * sqrt(entries) + 1.4 * log2(entries) ** 2)


def find_minimum(losses: Float[np.ndarray, " N"], seed: int) -> Minimum:
    """One run over ``losses``. Raises CircuitError: their number is no power of two."""
    random = np.random.default_rng(seed)
    entry, bound = int(random.integers(len(losses))), 1.0
    queries = until = 1  # the look at the first entry
    while queries < query_budget(len(losses)):
        iterations = int(random.integers(ceil(bound)))
        circuit = grover_circuit(losses < losses[entry], iterations)
        measured = measured_entry(circuit, int(random.integers(2**31)))
        queries += iterations + 1
        if losses[measured] < losses[entry]:
            entry, bound, until = measured, 1.0, queries
        else:
            bound = min(GROWTH * bound, sqrt(len(losses)))
    return Minimum(entry, queries, until)


def compare(losses: Sequence[float], seeds: Sequence[int]) -> GroverQueries:
    """Run on ``losses``, filled up to a power of two by entries that are never marked."""
    table = filled(losses)
    runs = [find_minimum(table, seed) for seed in seeds]
    best = table.min()
    right = [run for run in runs if table[run.entry] == best]
    return GroverQueries(
        entries=len(table),
        found=len(right) / len(runs),
        until=fmean(run.until for run in right) if right else float("nan"),
        stop=fmean(run.queries for run in runs),
        grid=len(losses),
        random=(len(losses) + 1) / (np.count_nonzero(table == best) + 1),
    )


def filled(losses: Sequence[float]) -> Float[np.ndarray, " N"]:
    """``losses`` and as many infinite ones as a power of two, 2 at least, asks for."""
    table = np.full(max(2, 2 ** ceil(log2(len(losses)))), np.inf)
    table[: len(losses)] = losses
    return table
