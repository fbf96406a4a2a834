"""Heads without training on frozen vectors of intents: ``python -m benchmarks.intents.heads``.

On the five folds of both recipes of intents, 1- and 5-shot, 600 frozen episodes each: nearest class
mean by cosine, on vectors as they are, centred, whitened, and whitened as 1-shot validation tasks
choose, with directions in which classes differ; of the latter, states of 8 qubits: a class is the
state of its mean (where ``protonet`` with ``means: features`` starts), or the mean of its states.
Then "none of these": the threshold of each head keeps 95 % of a task's own queries in validation
episodes, and meets foreign ones in test episodes: of other test classes, and of CLINC150's queries
out of scope. Writes docs/results/intents/heads.json and heads.md; folds that are kept below
artifacts/studies are not computed again. Names of data sets behind it are those that are run.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from benchmarks.kept import commit, kept

from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Features, Settings
from fewqubit.data import apply_all, fit
from fewqubit.data.raw import RawData
from fewqubit.data.read import read_raw
from fewqubit.evaluate.baselines.prototypes import cosine, unit
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.stages.foreign import out_of_scope
from fewqubit.stages.plan import plan
from fewqubit.stages.whitening import whitening
from fewqubit.tasks import Episode, Task
from fewqubit.tasks.foreign import at_threshold, choose_threshold, foreign_rows
from fewqubit.tasks.manifest import draw_manifest

OUT = Path("docs/results/intents")
RECALL, SHOTS = 0.95, (1, 5)
CHUNK = 100  # episodes at a time
Scores = Callable[[np.ndarray, np.ndarray], np.ndarray]  # supports [E, s, d], queries [E, q, d]
CHOSEN = Features(whiten=[1.0, 3.0, 10.0], between=[0.0, 0.25, 0.5], pca=255)


class Fold(NamedTuple):
    """A data set with frozen episodes of one number of shots, and queries foreign to them."""

    raw: RawData
    taught: np.ndarray
    validation: Episode
    test: Episode
    strangers: dict[str, np.ndarray]

    def featured(self, features: Features, rows: np.ndarray | None = None) -> np.ndarray:
        """Features of some rows, or of all, by what the meta-train classes fit."""
        raw, taught = self.raw, self.taught
        transform = fit(raw.x[taught], features, y=raw.y[taught])
        return apply_all(transform, raw.x if rows is None else raw.x[rows])


def main() -> None:
    """Both recipes, fold by fold."""
    rows = []
    for recipe in ("intents_banking77", "intents_clinc150"):
        settings = layered_settings(Path(), recipe=recipe)
        chosen = {"shots": SHOTS, "features": CHOSEN, "seed": settings.seed}
        places = {
            name: kept("intent_heads", chosen | {"data": settings.datasets[name]}) / f"{name}.json"
            for name in settings.run.datasets
        }
        wanted = [one for one in places if one in (sys.argv[1:] or [one])]
        wanted = [one for one in wanted if not places[one].exists()]
        raw = read_raw(settings.datasets[wanted[0]]) if wanted else None
        for name in wanted:
            assert raw is not None
            write_json(places[name], of_dataset(name, raw, settings))
        rows += [row for place in places.values() if place.exists() for row in read_json(place)]
    write_json(OUT / "heads.json", {"commit": commit(), "rows": rows})
    write_text(OUT / "heads.md", "\n".join(page(rows)) + "\n")


def of_dataset(name: str, raw: RawData, settings: Settings) -> list[dict[str, Any]]:
    """Every head with every number of shots; the whitening is chosen once, with one shot."""
    folds = {shots: of_shots(name, shots, raw, settings) for shots in SHOTS}
    first = folds[SHOTS[0]]
    chosen = whitening(CHOSEN, first.featured, first.validation)
    return [
        {"dataset": name, "shots": shots, "head": head, "whitening": chosen.summary} | row
        for shots, fold in folds.items()
        for head, row in _heads(fold, chosen.features)
    ]


def of_shots(name: str, n_shot: int, raw: RawData, settings: Settings) -> Fold:
    """The frozen episodes of one data set."""
    key, chosen = stream(root_key(settings.seed), "prepare", name), settings.datasets[name]
    episodes = chosen.episodes.model_copy(update={"n_shot": n_shot})
    planned = plan(name, chosen.model_copy(update={"episodes": episodes}), raw, key)
    shape, split = (episodes.n_way, n_shot, episodes.n_query), planned.split
    validation, test = (
        draw_manifest(stream(key, f"manifest_{what}"), planned.indices[part], *shape, number)
        for what, part, number in (
            ("validation", "validation", episodes.n_validation),
            ("test", "meta_test", episodes.n_test),
        )
    )
    random = np.random.default_rng(0)
    strangers = {
        "validation": foreign_rows(validation, raw.y, split.validation, 25, random),
        "test": foreign_rows(test, raw.y, split.meta_test, 25, random),
    }
    if outside := out_of_scope(name, chosen.none_of_these, planned):
        rows = np.flatnonzero(np.isin(raw.y, outside))
        strangers["out of scope"] = random.choice(rows, (len(test.class_ids), 25))
    return Fold(raw, np.isin(raw.y, split.meta_train), validation, test, strangers)


def _heads(fold: Fold, chosen: Features) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each head with what it does; the vectors of those that share some are computed once."""
    centred = Features(whiten=1e6)  # a multiple of the identity
    yield "cosine", measured(fold, fold.raw.x.astype(np.float32), nearest)
    yield "cosine, centred", measured(fold, fold.featured(centred), nearest)
    yield "cosine, whitened", measured(fold, fold.featured(Features(whiten=3.0)), nearest)
    x = fold.featured(chosen)
    yield "cosine, chosen", measured(fold, x, nearest)
    yield "mean states, 8 qubits", measured(fold, x, mean_states)
    yield "class states, 8 qubits", measured(fold, amplitudes(x), fidelity)


def measured(fold: Fold, x: np.ndarray, scores: Scores) -> dict[str, Any]:
    """Accuracy in the test episodes, and what a threshold of validation does to foreign queries."""
    own, foreign = asked(scores, x, fold.validation, fold.strangers["validation"])
    threshold = choose_threshold(own.max(-1).ravel(), foreign.max(-1).ravel(), RECALL).threshold
    row: dict[str, Any] = {}
    for what in [one for one in fold.strangers if one != "validation"]:
        own, foreign = asked(scores, x, fold.test, fold.strangers[what])
        right = (own.argmax(-1) == truth(fold.test)).mean(axis=1)
        rates = at_threshold(own.max(-1).ravel(), foreign.max(-1).ravel(), threshold)
        row |= {"accuracy": right.mean(), "error": right.std() / np.sqrt(len(right))}
        row[what] = dict(zip(("recall", "auroc", "false_alarms"), rates, strict=True))
    return row


def amplitudes(x: np.ndarray) -> np.ndarray:
    """The 256 amplitudes of 8 qubits: 1, then 255 features at length 1; normalised.

    A fidelity forgets the sign of an inner product; the constant keeps it.
    """
    x = unit(x)
    return unit(np.concatenate([np.ones((*x.shape[:-1], 1), x.dtype), x], axis=-1))


def mean_states(support: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """|⟨ψ_q|ψ_c⟩|² with the state ψ_c of the mean of a class's rows; amplitudes are real."""
    means = unit(support).reshape(len(support), 5, -1, support.shape[-1]).mean(axis=2)
    return (amplitudes(queries) @ np.swapaxes(amplitudes(means), 1, 2)) ** 2


def nearest(support: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """cos to the mean of each class, [E, q, n_way]."""
    labels = np.broadcast_to(np.repeat(np.arange(5), support.shape[1] // 5), support.shape[:2])
    return cosine(Task(support, labels, queries, labels))


def fidelity(support: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """⟨ψ_q| ρ_c |ψ_q⟩ with the mean state ρ_c of each class; amplitudes are real."""
    overlaps = (queries @ np.swapaxes(support, 1, 2)) ** 2
    return overlaps.reshape(*overlaps.shape[:2], 5, -1).mean(-1)


def asked(
    scores: Scores, x: np.ndarray, episodes: Episode, foreign: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the own queries of each episode, [E, q, n_way], and of its foreign ones."""
    support, query = np.asarray(episodes.support_rows), np.asarray(episodes.query_rows)
    rows = query if foreign is None else np.concatenate([query, foreign], axis=1)
    starts = range(0, len(support), CHUNK)
    found = [scores(x[support[n : n + CHUNK]], x[rows[n : n + CHUNK]]) for n in starts]
    joined = np.concatenate(found)
    return joined[:, : query.shape[1]], joined[:, query.shape[1] :]


def truth(episodes: Episode) -> np.ndarray:
    """The right class of each query, class-major."""
    return np.repeat(np.arange(5), np.asarray(episodes.query_rows).shape[1] // 5)


def page(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Two tables: accuracies, and what happens to foreign queries; means over the folds."""
    yield from ("# Heads without training", "", f"Commit {commit()}. Accuracy in %.", "")
    yield "| | shots | head | mean | fold 1 | 2 | 3 | 4 | 5 |"
    yield "|---|--:|---|--:|--:|--:|--:|--:|--:|"
    for (corpus, shots, head), some in _groups(rows):
        each = [100 * row["accuracy"] for row in some]
        cells = " | ".join(f"{one:.1f}" for one in each)
        yield f"| {corpus} | {shots} | {head} | **{np.mean(each):.2f}** | {cells} |"
    yield from ("", "## None of these", "")
    yield "| | shots | head | foreign queries | recall | AUROC | false alarms |"
    yield "|---|--:|---|---|--:|--:|--:|"
    for (corpus, shots, head), some in _groups(rows):
        for what in [one for one in ("test", "out of scope") if one in some[0]]:
            means = [
                100 * np.mean([row[what][name] for row in some])
                for name in ("recall", "auroc", "false_alarms")
            ]
            cells = " | ".join(f"{one:.1f}" for one in means)
            queries = "of other classes" if what == "test" else what
            yield f"| {corpus} | {shots} | {head} | {queries} | {cells} |"


def _groups(
    rows: list[dict[str, Any]],
) -> Iterator[tuple[tuple[str, int, str], list[dict[str, Any]]]]:
    groups: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    for row in rows:
        place = row["dataset"].rpartition("_")[0], row["shots"], row["head"]
        groups.setdefault(place, []).append(row)
    yield from sorted(groups.items(), key=lambda one: (one[0][0], one[0][1]))


if __name__ == "__main__":
    main()
