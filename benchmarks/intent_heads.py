"""Heads without training on frozen vectors of intents: ``python -m benchmarks.intent_heads``.

On the five folds of both recipes of intents, 1- and 5-shot, 600 frozen episodes each: nearest class
mean by cosine, on vectors as they are, centred and whitened, and class states on 8 qubits of the
whitened ones. Then "none of these": the threshold of each head keeps 95 % of a task's own queries
in validation episodes, and meets foreign ones in test episodes: of other test classes, and
CLINC150's out-of-scope queries. Writes docs/results/intents/heads.json and heads.md.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.intents import commit

from fewqubit.config import Features, Settings, validate
from fewqubit.data import apply_all, fit
from fewqubit.data.raw import RawData
from fewqubit.data.read import read_raw
from fewqubit.evaluate.prototypes import cosine, unit
from fewqubit.io.files import write_json, write_text
from fewqubit.keys import root_key, stream
from fewqubit.pipeline.overrides import layered
from fewqubit.stages.features import prepared
from fewqubit.stages.plan import plan
from fewqubit.tasks import Episode, Task
from fewqubit.tasks.foreign import at_threshold, foreign_rows, told_apart

OUT = Path("docs/results/intents")
RECALL, SHOTS, CONSTANTS = 0.95, (1, 5), (0.0, 0.5, 1.0, 2.0)
CHUNK = 100  # episodes at a time
Scores = Callable[[np.ndarray, np.ndarray], np.ndarray]  # supports [E, s, d], queries [E, q, d]
FEATURES = {
    "cosine": Features(),
    "cosine, centred": Features(whiten=1e6),  # a multiple of the identity
    "cosine, whitened": Features(whiten=3.0),
    "class states, 8 qubits": Features(whiten=3.0, pca=255),
}


def main() -> None:
    """Both recipes, fold by fold."""
    rows: list[dict[str, Any]] = []
    for recipe in ("intents_banking77", "intents_clinc150"):
        settings = validate(layered(Path(), [], recipe), recipe)
        raw = read_raw(settings.datasets[settings.run.datasets[0]])
        for name in settings.run.datasets:
            rows += [row for k in SHOTS for row in of_fold(name, k, raw, settings)]
            write_json(OUT / "heads.json", {"commit": commit(), "rows": rows})
    write_text(OUT / "heads.md", "\n".join(page(rows)) + "\n")


def of_fold(name: str, n_shot: int, raw: RawData, settings: Settings) -> Iterator[dict[str, Any]]:
    """Every head on the frozen episodes of one data set."""
    key, chosen = stream(root_key(settings.seed), "prepare", name), settings.datasets[name]
    episodes = chosen.episodes.model_copy(update={"n_shot": n_shot})
    chosen = chosen.model_copy(update={"episodes": episodes, "features": Features()})
    made = prepared(plan(name, chosen, raw, key), chosen, key)
    split, taught = made.planned.split, np.isin(raw.y, made.planned.split.meta_train)
    validation, test = made.manifests["manifest_validation"], made.manifests["manifest_test"]
    random = np.random.default_rng(0)
    outside = [n for n, one in enumerate(raw.names) if one == "oos"]
    strangers = {
        "validation": foreign_rows(validation, raw.y, split.validation, 25, random),
        "test": foreign_rows(test, raw.y, split.meta_test, 25, random),
    }
    if outside:
        out_of_scope = np.flatnonzero(raw.y == outside[0])
        strangers["out of scope"] = random.choice(out_of_scope, (len(test.class_ids), 25))
    for head, features in FEATURES.items():
        x = apply_all(fit(raw.x[taught], features, y=raw.y[taught]), raw.x)
        x, scores = _head(head, x, validation)
        own, foreign = asked(scores, x, validation, strangers["validation"])
        threshold = told_apart(own.max(-1).ravel(), foreign.max(-1).ravel(), RECALL).threshold
        row: dict[str, Any] = {"dataset": name, "shots": n_shot, "head": head}
        for what in [one for one in strangers if one != "validation"]:
            own, foreign = asked(scores, x, test, strangers[what])
            right = (own.argmax(-1) == truth(test)).mean(axis=1)
            told = at_threshold(own.max(-1).ravel(), foreign.max(-1).ravel(), threshold)
            row |= {"accuracy": right.mean(), "error": right.std() / np.sqrt(len(right))}
            row[what] = dict(zip(("recall", "auroc", "false_alarms"), told, strict=True))
        yield row


def _head(name: str, x: np.ndarray, validation: Episode) -> tuple[np.ndarray, Scores]:
    """Rows as the head sees them, and the head; a state's constant amplitude is of validation."""
    if not name.startswith("class states"):
        return x, nearest
    states = [amplitudes(x, constant) for constant in CONSTANTS]
    right = [
        (asked(fidelity, one, validation)[0].argmax(-1) == truth(validation)).mean()
        for one in states
    ]
    return states[int(np.argmax(right))], fidelity


def amplitudes(x: np.ndarray, constant: float) -> np.ndarray:
    """The 256 amplitudes of 8 qubits: a constant, then 255 features at length 1; normalised.

    A fidelity forgets the sign of an inner product; the constant keeps it.
    """
    first = np.full((len(x), 1), constant)
    return unit(np.concatenate([first, unit(x.astype(float))], axis=1)).astype(np.float32)


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
            told = "of other classes" if what == "test" else what
            yield f"| {corpus} | {shots} | {head} | {told} | {cells} |"


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
