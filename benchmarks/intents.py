"""The recipes of intents in one process: ``python -m benchmarks.intents intents_banking77``.

What ``fewqubit run --recipe`` computes in some hundred stages, from the same settings, streams and
functions, without processes and files between them, and without devices. Writes
docs/results/intents/RECIPE.json and RECIPE.md, anew after each data set; what is finished lies in
.cache/intents, and the same command goes on from there. The learner is trained and tested on 1-shot
tasks; 5-shot is the same trained learner, asked the same queries with four more rows of each class.

Names of data sets behind the recipe are those that are run; rows of others stay in the files.
``--learners kernel`` runs some of its learners, ``--learners ''`` its baselines alone, ``--arms
quantum,bypass`` some arms; ``--shots 5`` makes 5-shot the tasks of which the verdicts are; ``--to
NAME`` names the files.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings, of_arm
from fewqubit.data.read import read_raw
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.report.findings import find
from fewqubit.report.gather import Classes, Result, Study
from fewqubit.stages.features import Prepared, prepared
from fewqubit.stages.plan import plan
from fewqubit.stages.tuning import refined
from fewqubit.study.jobs import Job, Tasks, baseline_results, results

OUT, KEPT = Path("docs/results/intents"), Path(".cache/intents")
SHOTS = (1, 5)


def main() -> None:
    """Run every data set of a recipe, or those that are named behind it."""
    asked = arguments()
    settings = layered_settings(Path(), recipe=asked.recipe)
    some = {"learners": asked.learners, "arms": asked.arms}
    changed = {
        name: [*filter(None, one.split(","))] for name, one in some.items() if one is not None
    }
    exact = settings.evaluation.model_copy(update={"devices": {}})
    run = settings.run.model_copy(update=changed)
    settings = settings.model_copy(update={"run": run, "evaluation": exact})
    name, chosen = asked.to or asked.recipe, asked.datasets or settings.run.datasets
    rows = others(name, chosen)
    for dataset in chosen:
        start = time.monotonic()
        with fixed():
            row = of_dataset(dataset, with_shots(settings, dataset, asked.shots))
        row |= {"commit": commit(), "seconds": round(time.monotonic() - start)}
        rows = sorted([*rows, row], key=lambda one: str(one["dataset"]))
        sys.stderr.write(f"{row}\n")
        write_json(OUT / f"{name}.json", {"recipe": asked.recipe, "rows": rows})
        write_text(OUT / f"{name}.md", page(name, rows))


def others(name: str, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the file that are of other data sets: they stay."""
    path = OUT / f"{name}.json"
    rows = read_json(path)["rows"] if path.exists() else []
    return [row for row in rows if row["dataset"] not in chosen]


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("datasets", nargs="*")
    for name in ("learners", "arms", "to"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--shots", type=int)
    return parser.parse_args()


def with_shots(settings: Settings, dataset: str, shots: int | None) -> Settings:
    """The settings with another number of shots in the tasks of a data set."""
    if shots is None:
        return settings
    described = settings.datasets[dataset]
    episodes = described.episodes.model_copy(update={"n_shot": shots})
    changed = {dataset: described.model_copy(update={"episodes": episodes})}
    return settings.model_copy(update={"datasets": settings.datasets | changed})


def of_dataset(name: str, settings: Settings) -> dict[str, Any]:
    """Accuracies of every arm and baseline on one data set, and the verdicts of the circuit."""
    key, chosen = root_key(settings.seed), settings.datasets[name]
    own = stream(key, "prepare", name)
    planned, tuned = refined(name, plan(name, chosen, read_raw(chosen), own), chosen, own)
    made = prepared(planned, chosen, own)
    tasks = Tasks(name, made, chosen.episodes, key)
    jobs = [
        Job(learner, arm, of_arm(settings.learners[learner], arm))
        for learner in settings.run.learners
        for arm in settings.run.arms
    ]
    found = [*results(jobs, tasks, settings.evaluation, False, KEPT)]
    plain = [*baseline_results(settings.run.baselines, tasks, settings.evaluation, KEPT)]
    study = Study(name, made.summary | made.asked, found, plain, [], classes_of(made))
    asked = stream(key, "evaluate", name)
    against = find(study, settings.evaluation, asked).against_arms.items() if found else ()
    return {
        "dataset": name,
        "shots": chosen.episodes.n_shot,
        "accuracy": {
            str(shots): {of(one): at(one.adaptation, shots) for one in found}
            | {one.learner: at(one.adaptation, shots) for one in plain}
            for shots in SHOTS
        },
        "tuned": tuned,
        "whitening": made.summary.get("whitening"),
        "steps": {of(one): one.card["best_step"] for one in found},
        "parameters": {of(one): one.card["n_parameters"] for one in found},
        "verdicts": {
            f"{learner}/{arm}": as_record(verdict)
            for (learner, arm), verdict in against
            if verdict is not None
        },
    }


def of(one: Result) -> str:
    """A result by its learner and arm."""
    return f"{one.learner}/{one.arm}"


def at(rows: Sequence[Mapping[str, str]], shots: int) -> float:
    """The accuracy after adaptation, mean over seeds, with so many rows of each class."""
    found = [row for row in rows if row["setting"] == "shots" and int(row["value"]) == shots]
    return float(np.mean([float(row["accuracy"]) for row in found]))


def as_record(verdict: Any) -> dict[str, Any]:
    """A verdict in plain numbers."""
    return {
        "word": verdict.word,
        "difference": verdict.comparison.difference,
        "low": verdict.low,
        "high": verdict.high,
    }


def classes_of(made: Prepared) -> Classes:
    """Which classes each test episode asks about."""
    raw, ids = made.planned.raw, np.asarray(made.manifests["manifest_test"].class_ids)
    names, members = np.unique(raw.groups, return_inverse=True)
    return Classes(ids, members[ids], raw.names, names.tolist())


def page(name: str, rows: list[dict[str, Any]]) -> str:
    """The rows as tables of Markdown: for each number of shots the folds, and their mean."""
    commits = ", ".join(sorted({row["commit"] for row in rows}))
    return "\n".join([f"# {name}", "", f"Commit {commits}.", *_tables(rows)]) + "\n"


def _tables(rows: list[dict[str, Any]]) -> Iterator[str]:
    arms, own = [*rows[0]["verdicts"]], rows[0]["shots"]
    for shots in SHOTS:
        columns = [*rows[0]["accuracy"][str(shots)]]
        head = [*columns, *(f"quantum − {arm}, in points" for arm in arms if shots == own)]
        yield from ("", f"## {shots}-shot", "", f"| fold | {' | '.join(head)} |")
        yield "|" + "---|" * (len(head) + 1)
        for row in rows:
            cells = [f"{row['accuracy'][str(shots)][one]:.2%}" for one in columns]
            cells += [_cell(row["verdicts"][arm]) for arm in arms if shots == own]
            yield f"| {row['dataset'].rpartition('_')[2]} | {' | '.join(cells)} |"
        means = [np.mean([row["accuracy"][str(shots)][one] for row in rows]) for one in columns]
        cells = [*(f"**{one:.2%}**" for one in means), *([""] * (len(head) - len(columns)))]
        yield f"| mean | {' | '.join(cells)} |"


def _cell(verdict: dict[str, Any]) -> str:
    ends = f"{100 * verdict['low']:+.2f} … {100 * verdict['high']:+.2f}"
    return f"{verdict['word']} ({100 * verdict['difference']:+.2f}; {ends})"


def commit() -> str:
    """The commit that the code is of."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
