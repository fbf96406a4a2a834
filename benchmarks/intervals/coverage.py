"""How often intervals cover and verdicts err: writes docs/measured/interval_coverage.md and
interval_power.svg beside it.

Run as ``python -m benchmarks.intervals.coverage`` (a quarter of an hour on an idle core). A run
that was stopped goes on where it was: each cell is kept in docs/measured/interval_coverage.json.
Another number of studies, or ``--fresh``, begins anew.
"""

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.intervals import simulated_studies as made
from benchmarks.intervals.coverage_page import page
from benchmarks.intervals.power_curves import draw as draw_power
from benchmarks.intervals.simulated_studies import ALPHA, SHAPES, Spread

from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import root_key
from fewqubit.evaluate.intervals import MIN_EPISODES, episode_resamples

REPORT = Path("docs/measured/interval_coverage.md")
SEEDS, LEARNERS = (3, 5, 10), (1, 4, 14)
EPISODES, AT_ONCE = 200, 150  # comparisons in memory together
FEW, MANY = 300, 1000  # resamples; many where episodes cause most of the uncertainty
SPREADS = {"seeds": Spread(0.015, 0.05, 0.1), "episodes": Spread(0.005, 0.06, 0.1)}
UNEVEN = Spread(0.05, 0.05, 0.1)
EFFECTS = (0.02, 0.04, 0.06, 0.08, 0.12)
LIMITS = {
    "skewness −1.8 (log-normal, σ = 0.5)": partial(made.skewed, sigma=0.5),
    "skewness −6.2 (log-normal, σ = 1)": made.skewed,
    "one seed in five fails": made.one_in_five_fails,
}
CLASSES, N_WAY = (10, 30, 100), 5
BASE = {"seed": 0.01, "episode": 0.03, "class in episode": 0.08, "rest": 0.12}
CLASS_SPREADS = {
    "none": {"class": 0.0, "seed × class": 0.0},
    "small": {"class": 0.03, "seed × class": 0.02},
    "large": {"class": 0.1, "seed × class": 0.03},
    "of each seed": {"class": 0.02, "seed × class": 0.06},
}
Cell = Callable[[np.random.Generator, int], dict[str, float]]


def main() -> None:
    """Fill every cell that is not known yet, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="simulated studies in a cell")
    parser.add_argument("--fresh", action="store_true", help="forget what is known")
    asked = parser.parse_args()
    known = _known(asked.studies, asked.fresh)
    cells = _cells()
    progress = Progress("interval_coverage", len(cells), unit="cell")
    for number, (name, cell) in enumerate(cells.items()):
        if name not in known["cells"]:
            random = np.random.default_rng([2026, number])
            known["cells"][name] = cell(random, asked.studies)
            write_json(REPORT.with_suffix(".json"), known)
        progress.update(number + 1)
    draw_power(REPORT.with_name("interval_power.svg"), known["cells"])
    write_text(REPORT, page(known["cells"], asked.studies))


def _known(studies: int, fresh: bool) -> dict[str, Any]:
    file = REPORT.with_suffix(".json")
    known = read_json(file) if file.exists() and not fresh else {}
    return known if known.get("studies") == studies else {"studies": studies, "cells": {}}


def _cells() -> dict[str, Cell]:
    """Every cell by its name; the order settles its random stream, so new ones go last."""
    cells: dict[str, Cell] = {}
    for (most, spread), (shape, draw) in product(SPREADS.items(), SHAPES.items()):
        for seeds, learners in product(SEEDS, LEARNERS):
            name = f"{most}/{shape}/{seeds}/{learners}"
            cells[name] = partial(_null, (learners, seeds, EPISODES), spread, draw)
    for (shape, draw), seeds in product(SHAPES.items(), SEEDS):
        few = partial(_null, (1, seeds, MIN_EPISODES), SPREADS["episodes"], draw)
        cells[f"fewest/{shape}/{seeds}"] = few
    for (shape, draw), seeds in product(LIMITS.items(), SEEDS):
        still = UNEVEN._replace(seed=0.0)
        cells[f"limits/{shape}/{seeds}"] = partial(_one_sided, seeds, still, draw)
    for seeds, n, (kind, spread_of) in product(SEEDS, CLASSES, CLASS_SPREADS.items()):
        cells[f"classes/{kind}/{seeds}/{n}"] = partial(_new_classes, seeds, n, BASE | spread_of)
    for seeds, learners, effect in product(SEEDS, LEARNERS, EFFECTS):
        cells[f"power/{seeds}/{learners}/{effect}"] = partial(_power, seeds, learners, effect)
    return cells


def _resamples(episodes: int = EPISODES, number: int = FEW) -> np.ndarray:
    return episode_resamples(root_key(0), episodes, number)


def _p_of_arms(
    random: np.random.Generator,
    size: tuple[int, int, int],
    one: tuple[Spread, made.Draw],
    two: tuple[Spread, made.Draw],
    effect: float = 0.0,
    episodes: int = EPISODES,
) -> np.ndarray:
    """p of (studies × learners) comparisons of two arms; the first learner has the ``effect``."""
    (studies, learners, seeds), found = size, []
    many = one[0] == SPREADS["episodes"] and episodes == EPISODES
    resamples = _resamples(episodes, MANY if many else FEW)
    batch = max(1, AT_ONCE // learners)
    for start in range(0, studies, batch):
        n = min(batch, studies - start)
        shape = (n * learners, seeds, episodes)
        first, second = (made.arm(random, draw, spread, shape) for spread, draw in (one, two))
        first[::learners] += effect
        found.append(made.p_values(first - second, resamples).reshape(n, learners))
    return np.concatenate(found)


def _null(
    size: tuple[int, int, int],
    spread: Spread,
    draw: made.Draw,
    random: np.random.Generator,
    studies: int,
) -> dict[str, float]:
    """Neither arm is better; both are of the same shape. ``size``: learners, seeds, episodes."""
    learners, seeds, episodes = size
    one = spread, draw
    p = _p_of_arms(random, (studies, learners, seeds), one, one, episodes=episodes)
    return {"coverage": float((p >= ALPHA).mean()), "error": float(made.any_word(p).mean())}


def _one_sided(
    seeds: int, still: Spread, draw: made.Draw, random: np.random.Generator, studies: int
) -> dict[str, float]:
    """The quantum arm's seeds alone have this shape; those of the twin do not differ."""
    one = UNEVEN, draw
    p = _p_of_arms(random, (studies, 1, seeds), one, (still, made.normal))
    return {"coverage": float((p >= ALPHA).mean())}


def _new_classes(
    seeds: int, n: int, spread: Mapping[str, float], random: np.random.Generator, studies: int
) -> dict[str, float]:
    """Coverage of the mean over new classes, with the classes' variance and without."""
    resamples, inside = _resamples(), np.zeros(2)
    batch = max(1, 250 // seeds)
    for start in range(0, studies, batch):
        groups = made.manifest(random, n, EPISODES, N_WAY)
        values = made.of_classes(random, groups, spread, (min(batch, studies - start), seeds))
        found = made.p_values(values, resamples, groups), made.p_values(values.mean(-1), resamples)
        inside += [(p >= ALPHA).sum() for p in found]
    covered, without = inside / studies
    return {"coverage": float(covered), "without": float(without)}


def _power(
    seeds: int, learners: int, effect: float, random: np.random.Generator, studies: int
) -> dict[str, float]:
    some = min(studies, 500)
    one = SPREADS["seeds"], made.normal
    p = _p_of_arms(random, (some, learners, seeds), one, one, effect)
    return {"power": float(made.first_decided(p).mean())}


if __name__ == "__main__":
    main()
