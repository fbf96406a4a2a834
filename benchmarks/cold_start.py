"""What a recommender would do for a new person: opponents of the recipe ``ratings``.

    fewqubit run --recipe ratings && python -m benchmarks.cold_start

On the frozen test episodes of artifacts/prepared/ratings: the mean mark of a place, the mean mark
of the person (the same for all places, so half right), and factors of places by alternating least
squares whose person is fitted to the support by ridge. Places are known from persons of the
meta-train part alone; what can be tuned is tuned on validation episodes.
"""

import json
import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from ruamel.yaml import YAML

from fewqubit.config import validate
from fewqubit.data import RawData
from fewqubit.data.read import read_raw
from fewqubit.tasks import Episode, load_manifest

PREPARED = Path("artifacts/prepared/ratings")
RANKS, RIDGES, CUTS = (1, 2, 4, 8), (0.3, 1.0, 3.0, 10.0), (-0.2, -0.1, 0.0, 0.1, 0.2)
SMOOTH, SWEEPS = 3.0, 20


class Places(NamedTuple):
    """What meta-train persons say of places: mean marks, and factors."""

    mean: Float[np.ndarray, " places"]
    factors: Float[np.ndarray, "places rank"]


def learned(
    place: Int[np.ndarray, " n"],
    person: Int[np.ndarray, " n"],
    mark: Float[np.ndarray, " n"],
    n_places: int,
    rank: int,
    ridge: float,
) -> Places:
    """Means shrunk to the mean of all; factors of what is left, by alternating least squares."""
    overall = mark.mean()
    count = np.bincount(place, minlength=n_places)
    total = np.bincount(place, mark, minlength=n_places)
    mean = (total + SMOOTH * overall) / (count + SMOOTH)
    left = mark - mean[place]
    factors = np.random.default_rng(0).normal(0, 0.1, (n_places, rank))
    for _ in range(SWEEPS):
        people = _solved(person, place, left, factors, person.max() + 1, ridge)
        factors = _solved(place, person, left, people, n_places, ridge)
    return Places(mean, factors)


def answers(
    episodes: Episode,
    place: Int[np.ndarray, " N"],
    liked: Bool[np.ndarray, " N"],
    known: Places,
    ridge: float,
    cut: float,
) -> Float[np.ndarray, " episodes"]:
    """Share of right answers of each episode; the person's factors are those of the support."""
    shares = []
    for support, query in zip(episodes.support_rows, episodes.query_rows, strict=True):
        own = known.factors[place[support]]
        left = 1.0 * liked[support] - known.mean[place[support]]
        person = np.linalg.solve(own.T @ own + ridge * np.eye(own.shape[1]), own.T @ left)
        score = known.mean[place[query]] + known.factors[place[query]] @ person
        shares.append(((score > known.mean.mean() + cut) == liked[query]).mean())
    return np.array(shares)


def main() -> None:
    """Print accuracies of the opponents, with the standard error over persons."""
    raw, parts = _data(), json.loads((PREPARED / "classes.json").read_text())["split"]
    place = raw.x[:, 0].astype(int)
    liked = np.array([name.endswith("/yes") for name in raw.names])[raw.y]
    people = np.unique(raw.groups, return_inverse=True)[1][raw.y]
    taught = np.isin(raw.y, parts["meta_train"])
    manifests = [PREPARED / f"manifest_{name}.npz" for name in ("test", "validation")]
    test, held = map(load_manifest, manifests)
    _, train_people = np.unique(people[taught], return_inverse=True)
    data = place[taught], train_people, 1.0 * liked[taught], place.max() + 1
    tried = {}
    for rank, ridge in [(1, 1e9), *product(RANKS, RIDGES)]:
        known = learned(*data, rank, ridge)
        for cut in CUTS:
            score = answers(held, place, liked, known, ridge, cut).mean()
            tried[rank, ridge, cut] = score, known
    for name, chosen in {
        "mean of the place": [one for one in tried if one[1] == 1e9],
        "factors": [one for one in tried if one[1] != 1e9],
    }.items():
        best = max(chosen, key=lambda one: tried[one][0])
        right = answers(test, place, liked, tried[best][1], *best[1:])
        by_person = _means(right, people[test.support_rows[:, 0]])
        error = by_person.std(ddof=1) / len(by_person) ** 0.5
        sys.stdout.write(
            f"{name}: {right.mean():.1%} of {len(right)} episodes, ± {error:.1%} over "
            f"{len(by_person)} persons (validation {tried[best][0]:.1%}, {best})\n"
        )
    sys.stdout.write("mean of the person: 50.0%, whatever the person\n")


def _solved(
    rows: np.ndarray, columns: np.ndarray, left: np.ndarray, known: np.ndarray, n: int, ridge: float
) -> np.ndarray:
    """Ridge regression of each row's marks on what is known of their columns."""
    found = np.zeros((n, known.shape[1]))
    for row in np.unique(rows):
        own, marks = known[columns[rows == row]], left[rows == row]
        found[row] = np.linalg.solve(own.T @ own + ridge * np.eye(own.shape[1]), own.T @ marks)
    return found


def _means(values: np.ndarray, of: np.ndarray) -> np.ndarray:
    return np.array([values[of == one].mean() for one in np.unique(of)])


def _data() -> RawData:
    """The rows of the recipe, in the order of the prepared ones."""
    read = YAML(typ="safe")
    values, recipe = (read.load(Path(one)) for one in ("params.yaml", "recipes/ratings.yaml"))
    values["datasets"] = recipe["datasets"]
    values["run"] |= recipe["run"]
    values["learners"] |= recipe["learners"]
    return read_raw(validate(values, "recipes/ratings.yaml").datasets["ratings"])


if __name__ == "__main__":
    main()
