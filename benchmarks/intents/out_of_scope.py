"""Queries that are of no class at all, met by every arm and baseline of a finished run.

    fewqubit run --recipe intents_clinc150
    python -m benchmarks.intents.out_of_scope intents_clinc150

Learners' figures are those of their metrics.json. Plain baselines are tuned here on the validation
episodes, set their threshold there, and meet the same queries. Means over the data sets of the
recipe; writes docs/results/intents/out_of_scope.json and a table, out_of_scope_table.md.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings
from fewqubit.data import load_examples
from fewqubit.data.prepared import read_classes
from fewqubit.evaluate.baselines.candidates import BASELINES
from fewqubit.evaluate.baselines.foreign import baseline_met
from fewqubit.evaluate.baselines.tuned import evaluate_baseline
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.tasks import load_manifest

OUT, ARTIFACTS = Path("docs/results/intents"), Path("artifacts")
FIGURES = (
    "own_recall",
    "foreign_auroc",
    "foreign_false_alarms",
    "out_of_scope_auroc",
    "out_of_scope_false_alarms",
)
Figures = Mapping[str, float]


def main() -> None:
    """Every result of the recipe, data set by data set."""
    (recipe,) = sys.argv[1:]
    settings = layered_settings(Path(), recipe=recipe)
    found: dict[str, dict[str, Figures]] = {}
    for figures_of in (learners, baselines):
        for dataset in settings.run.datasets:
            for name, figures in figures_of(settings, dataset):
                sys.stderr.write(f"{dataset}/{name}: {figures}\n")
                found.setdefault(name, {})[dataset] = {one: figures[one] for one in FIGURES}
    write_json(OUT / "out_of_scope.json", found)
    write_text(OUT / "out_of_scope_table.md", table(found))


def learners(settings: Settings, dataset: str) -> Iterator[tuple[str, Figures]]:
    """What every arm of every learner has been told in the test."""
    for learner in settings.run.learners:
        for arm in settings.run.arms:
            place = ARTIFACTS / "evaluated" / dataset / learner / arm
            yield f"{learner} {arm}", read_json(place / "metrics.json")


def baselines(settings: Settings, dataset: str) -> Iterator[tuple[str, Figures]]:
    """Tuned on validation episodes, as the stage does it, with a threshold from there."""
    folder, asked = ARTIFACTS / "prepared" / dataset, settings.datasets[dataset].none_of_these
    assert asked is not None
    known, (x, y) = read_classes(folder, ("examples.npz",)), load_examples(folder / "examples.npz")
    episodes = [load_manifest(folder / f"manifest_{one}.npz") for one in ("validation", "test")]
    grid = settings.baselines.with_map(settings.feature_maps)
    key = stream(root_key(settings.seed), "evaluate", dataset)
    work = x, y, known["split"]["meta_train"], *episodes, settings.evaluation, key
    for name in settings.run.baselines:
        tuned = evaluate_baseline(BASELINES[name], grid, *work)
        away = known["out_of_scope"]
        pair = (episodes[0], episodes[1])
        yield name, baseline_met(tuned.chosen, x, y, pair, asked.recall, away)


def table(found: Mapping[str, Mapping[str, Figures]]) -> str:
    """Means over data sets, in percent; a row for each arm and baseline."""
    heads = ("recall", "AUROC", "false alarms", "AUROC, out of scope", "false alarms, out of scope")
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    for name, rows in found.items():
        means = [float(np.mean([row[one] for row in rows.values()])) for one in FIGURES]
        lines.append(f"| {name} | {' | '.join(f'{100 * one:.1f}' for one in means)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
