"""Tasks of texts: draw support and query, and compute the accuracy."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.errors import DataError


class Texts(NamedTuple):
    """Different texts, and the class of each."""

    texts: list[str]
    y: Int[np.ndarray, " N"]


class Size(NamedTuple):
    """The number of classes of a task, and of support and query rows of each class."""

    n_way: int
    n_shot: int
    n_query: int

    @property
    def rows(self) -> int:
        """Rows of each class."""
        return self.n_shot + self.n_query


def usable(y: Int[np.ndarray, " N"], size: Size, what: str) -> list[Int[np.ndarray, " R"]]:
    """The rows of each class that has enough for a task.

    Raises DataError: fewer than two classes have enough.
    """
    rows = [np.flatnonzero(y == number) for number in np.unique(y)]
    enough = [one for one in rows if len(one) >= size.rows]
    if len(enough) < 2:
        raise DataError(
            f"embed.tune: expected two {what} classes or more with {size.rows} different texts "
            f"(n_shot + n_query), got {len(enough)}; lower n_query, or bring more texts"
        )
    return enough


def at_most(texts: Texts, most: int, seed: Sequence[int]) -> Texts:
    """At most ``most`` texts of each class, drawn at random."""
    random = np.random.default_rng([*map(int, seed), len(texts.texts)])
    kept = []
    for number in np.unique(texts.y):
        rows = np.flatnonzero(texts.y == number)
        kept.append(np.sort(random.permutation(rows)[:most]))
    rows = np.concatenate(kept)
    return Texts([texts.texts[row] for row in rows], texts.y[rows])


def draw(
    random: np.random.Generator, rows: Sequence[Int[np.ndarray, " R"]], size: Size
) -> Int[np.ndarray, "n_way rows"]:
    """Rows of a task, one line for each class; the first ``n_shot`` of each are the support."""
    chosen = random.choice(len(rows), min(size.n_way, len(rows)), replace=False)
    return np.stack([random.choice(rows[one], size.rows, replace=False) for one in chosen])


def share_right(
    vectors: Float[np.ndarray, "N d"], tasks: Int[np.ndarray, "E n_way rows"], n_shot: int
) -> float:
    """Share of queries whose nearest class mean, by cosine, is that of their own class."""
    rows = unit(vectors)
    means, asked = unit(rows[tasks[:, :, :n_shot]].mean(axis=2)), rows[tasks[:, :, n_shot:]]
    found = np.einsum("ecqd,ekd->ecqk", asked, means).argmax(axis=-1)
    labels = np.arange(tasks.shape[1])[:, None]
    return float((found == labels).mean())


def unit(vectors: Float[np.ndarray, "*rows d"]) -> Float[np.ndarray, "*rows d"]:
    """Each vector, scaled to length 1."""
    scaled: np.ndarray = vectors / np.maximum(
        np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12
    )
    return scaled
