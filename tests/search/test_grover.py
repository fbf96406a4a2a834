from math import log2, sqrt

import numpy as np

from fewqubit.search.grover import compare, filled, find_minimum, query_budget


def test_the_minimum_comes_within_the_published_number_of_queries() -> None:
    entries = 16
    losses = np.random.default_rng(entries).permutation(entries) / entries
    runs = [find_minimum(losses, seed) for seed in range(8)]
    right = [run for run in runs if losses[run.entry] == 0]
    assert len(right) >= 7  # published: half of them
    mean = np.mean([run.until for run in right])
    assert mean <= 45 / 4 * sqrt(entries) + 0.7 * log2(entries) ** 2
    assert all(run.until <= run.queries for run in runs)
    assert all(run.queries < query_budget(entries) + sqrt(entries) + 1 for run in runs)


def test_the_same_seed_gives_the_same_run() -> None:
    losses = np.array([0.3, 0.1, 0.4, 0.2])
    assert find_minimum(losses, 3) == find_minimum(losses, 3)


def test_what_fills_the_table_up_is_never_the_minimum() -> None:
    assert filled([0.5]).tolist() == [0.5, np.inf]
    assert filled([3.0, 2.0, 1.0]).tolist() == [3.0, 2.0, 1.0, np.inf]
    comparison = compare([0.5, 0.2, 0.9], range(4))
    assert (comparison.entries, comparison.grid, comparison.found) == (4, 3, 1.0)


def test_random_search_needs_fewer_draws_the_more_entries_are_best() -> None:
    assert compare([0.5, 0.2, 0.9, 0.7], range(2)).random == 5 / 2
    assert compare([0.2, 0.2, 0.9, 0.7], range(2)).random == 5 / 3
