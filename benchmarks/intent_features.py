"""What stands beside the vectors of intents: ``python -m benchmarks.intent_features``.

One thing at a time, on the five folds of both recipes of intents, 1- and 5-shot: the nearest class
mean by cosine, of the vector of MiniLM or of the vector and the states of its third layer, without
and with directions learned by contrast; all whitened alike. Writes
docs/results/intents/features.json and features.md; folds that are kept below artifacts/studies are
not computed again. Names of data sets behind it are those that are run.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.intent_heads import OUT, SHOTS, of_shots
from benchmarks.intents import commit
from benchmarks.kept import kept

from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.config import Features, Settings, Text
from fewqubit.data.read import read_raw
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.stages.whitening import score

LAYERS: tuple[list[int], ...] = ([], [3])
CONTRASTS = (0.0, 0.5)
WHITENED = Features(whiten=10.0, between=0.25, pca=255)
Row = dict[str, Any]


def main() -> None:
    """Both recipes, fold by fold."""
    rows: list[Row] = []
    for recipe in ("intents_banking77", "intents_clinc150"):
        settings = layered_settings(Path(), recipe=recipe)
        for name in settings.run.datasets:
            asked = {"layers": LAYERS, "contrasts": CONTRASTS, "features": WHITENED}
            described = asked | {"seed": settings.seed, "data": settings.datasets[name]}
            place = kept("intent_features", described) / f"{name}.json"
            if not place.exists() and name in (sys.argv[1:] or [name]):
                write_json(place, of_dataset(name, settings))
            rows += read_json(place) if place.exists() else []
            write_json(OUT / "features.json", {"commit": commit(), "rows": rows})
            write_text(OUT / "features.md", "\n".join(page(rows)) + "\n")


def of_dataset(name: str, settings: Settings) -> list[Row]:
    """Accuracy with each of the layers and of the contrasts."""
    return [
        {"dataset": name, "layers": layers, "contrast": contrast} | row
        for layers in LAYERS
        for contrast, row in of_layers(name, layers, settings)
    ]


def of_layers(name: str, layers: list[int], settings: Settings) -> Iterator[tuple[float, Row]]:
    """Accuracy in the test episodes of each number of shots, for each contrast."""
    asked = settings.datasets[name]
    assert isinstance(asked, Text)
    embed = asked.embed.model_copy(update={"layers": layers})
    chosen = asked.model_copy(update={"embed": embed})
    changed = settings.model_copy(update={"datasets": settings.datasets | {name: chosen}})
    raw = read_raw(chosen)
    folds = {shots: of_shots(name, shots, raw, changed) for shots in SHOTS}
    for contrast in CONTRASTS:
        features = WHITENED.model_copy(update={"contrast": contrast})
        x = folds[SHOTS[0]].featured(features)
        tested = {str(shots): score(x, fold.test) for shots, fold in folds.items()}
        yield contrast, {"accuracy": tested}


def page(rows: list[Row]) -> Iterator[str]:
    """A table of Markdown for each number of shots: folds, and means over those that are there."""
    yield "# What stands beside the vectors"
    yield f"\n`python -m benchmarks.intent_features`, commit {commit()}."
    for shots in map(str, SHOTS):
        names = [*dict.fromkeys(row["dataset"] for row in rows)]
        yield f"\n## {shots}-shot\n\n| fold | {' | '.join(_columns())} |"
        yield "|---" + "|---:" * len(_columns()) + "|"
        of = {
            name: [row["accuracy"][shots] for row in rows if row["dataset"] == name]
            for name in names
        }
        for name, cells in of.items():
            yield f"| {name} | {' | '.join(f'{one:.2%}' for one in cells)} |"
        for data in dict.fromkeys(name.rpartition("_")[0] for name in names):
            some = [cells for name, cells in of.items() if name.startswith(data)]
            means = np.mean(some, axis=0)
            bold = " | ".join(f"**{one:.2%}**" for one in means)
            yield f"| {data}, mean of {len(some)} folds | {bold} |"


def _columns() -> list[str]:
    words = {0.0: "", 0.5: ", contrast 0.5"}
    return [
        ("vector and layer 3" if layers else "vector") + words[contrast]
        for layers in LAYERS
        for contrast in CONTRASTS
    ]


if __name__ == "__main__":
    main()
