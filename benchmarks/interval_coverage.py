"""How often intervals of a mean accuracy cover it: writes docs/measured/interval_coverage.md.

Run as ``python -m benchmarks.interval_coverage`` (20 s).
"""

from pathlib import Path

import numpy as np

from fewqubit.evaluate.intervals import below, distribution, episode_resamples
from fewqubit.files import write_text
from fewqubit.keys import root_key

REPORT = Path("docs/measured/interval_coverage.md")
SEEDS, EPISODES, RESAMPLES, BATCH, BATCHES = 5, 600, 400, 100, 20
SPREADS = {  # standard deviations, in accuracy, of seeds, episodes, and the rest
    "rest only: twins that differ by chance": (0.0, 0.0, 0.1),
    "episodes: a baseline or a stable learner": (0.001, 0.1, 0.05),
    "seeds: an unstable learner": (0.02, 0.02, 0.1),
    "seeds and episodes alike": (0.008, 0.09, 0.1),
}
HEADER = f"""# How often an interval of 95 % covers the true mean

Made by `python -m benchmarks.interval_coverage`: {BATCH * BATCHES} simulated studies in each row,
{SEEDS} seeds, {EPISODES} episodes that the seeds share, Gaussian effects. Standard error of a cell:
0.5 at 95.
*Nested*: percentiles after drawing seeds, and within each its own episodes. *Crossed*: percentiles
after drawing seeds, and episodes once for all of them. *Fewqubit*: `evaluate/intervals.py`.

| spread (seeds, episodes, rest) | nested | crossed | Fewqubit |
| --- | ---: | ---: | ---: |
"""


def main() -> None:
    """Measure the coverage of three schemes where seeds, episodes or neither differ most."""
    random, weights = (
        np.random.default_rng(2026),
        episode_resamples(root_key(0), EPISODES, RESAMPLES),
    )
    lines = []
    for name, spread in SPREADS.items():
        covered = np.zeros(3)
        for _ in range(BATCHES):
            values = _studies(random, spread)
            means = np.einsum("nse,je->nsj", values, weights + 1 / EPISODES, optimize=True)
            covered += [_inside(scheme(random, means)) for scheme in (_nested, _crossed)] + [
                _between(below(distribution(values, weights), 0.0))
            ]
        cells = " | ".join(f"{100 * share:.1f}" for share in covered / BATCHES)
        lines.append(f"| {name} ({', '.join(f'{s:g}' for s in spread)}) | {cells} |")
    write_text(REPORT, HEADER + "\n".join(lines) + "\n")


def _studies(random: np.random.Generator, spread: tuple[float, float, float]) -> np.ndarray:
    shapes = ((BATCH, SEEDS, 1), (BATCH, 1, EPISODES), (BATCH, SEEDS, EPISODES))
    return sum(s * random.standard_normal(n) for s, n in zip(spread, shapes, strict=True))


def _nested(random: np.random.Generator, means: np.ndarray) -> np.ndarray:
    drawn = [
        means[:, random.integers(SEEDS, size=RESAMPLES), random.permutation(RESAMPLES)]
        for _ in range(SEEDS)
    ]
    return np.mean(drawn, axis=0)


def _crossed(random: np.random.Generator, means: np.ndarray) -> np.ndarray:
    drawn = [
        means[:, random.integers(SEEDS, size=RESAMPLES), np.arange(RESAMPLES)] for _ in range(SEEDS)
    ]
    return np.mean(drawn, axis=0)


def _inside(resampled: np.ndarray) -> float:
    """Share of studies whose percentile interval holds the true mean, 0."""
    return _between((resampled < 0).mean(-1))


def _between(level: np.ndarray) -> float:
    return float(((level > 0.025) & (level < 0.975)).mean())


if __name__ == "__main__":
    main()
