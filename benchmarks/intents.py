"""The recipes of intents in one process: ``python -m benchmarks.intents intents_banking77``.

What ``fewqubit run --recipe`` computes in some hundred stages, from the same settings, streams and
functions, without files between them: an afternoon's difference on a small machine. Writes
docs/results/intents/RECIPE.json and RECIPE.md, anew after each data set.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fewqubit.base.arithmetic import fixed
from fewqubit.config import Settings, of_arm, validate
from fewqubit.data.raw import as_float
from fewqubit.data.read import read_raw
from fewqubit.evaluate.candidates import BASELINES
from fewqubit.evaluate.tuned import evaluate_baseline
from fewqubit.io.files import write_json, write_text
from fewqubit.keys import root_key, stream
from fewqubit.pipeline.overrides import layered
from fewqubit.report.findings import find
from fewqubit.report.gather import Classes, Result, Study
from fewqubit.stages.features import Prepared, prepared
from fewqubit.stages.plan import plan
from fewqubit.study.jobs import Job, Tasks, results

OUT = Path("docs/results/intents")
PLACE = re.compile(r"(.+)_(\d)_(\d)shot")


def main() -> None:
    """Run every data set of a recipe, or those that are named behind it."""
    recipe, *chosen = sys.argv[1:]
    settings = validate(layered(Path(), [], recipe), recipe)
    rows: list[dict[str, Any]] = []
    for name in chosen or settings.run.datasets:
        start = time.monotonic()
        with fixed():
            row = of_dataset(name, settings)
        rows.append({**row, "seconds": round(time.monotonic() - start)})
        sys.stderr.write(f"{rows[-1]}\n")
        write_json(OUT / f"{recipe}.json", {"recipe": recipe, "commit": commit(), "rows": rows})
        write_text(OUT / f"{recipe}.md", page(recipe, rows))


def of_dataset(name: str, settings: Settings) -> dict[str, Any]:
    """Accuracies of every arm and baseline on one data set, and the verdicts of the circuit."""
    key, chosen = root_key(settings.seed), settings.datasets[name]
    own = stream(key, "prepare", name)
    made = prepared(plan(name, chosen, read_raw(chosen), own), chosen, own)
    tasks = Tasks(name, made, chosen.episodes, key)
    jobs = [
        Job(learner, arm, of_arm(settings.learners[learner], arm))
        for learner in settings.run.learners
        for arm in settings.run.arms
    ]
    found = [*results(jobs, tasks, settings.evaluation, verbose=True)]
    plain = {one: baseline(one, made, settings, name) for one in settings.run.baselines}
    study = Study(name, made.summary | made.asked, found, [], [], classes_of(made))
    verdicts = find(study, settings.evaluation, stream(key, "evaluate", name))
    return {
        "dataset": name,
        "accuracy": {one.arm: float(one.metrics["accuracy"]) for one in found} | plain,
        "steps": {one.arm: one.card["best_step"] for one in found},
        "parameters": {one.arm: one.card["n_parameters"] for one in found},
        "verdicts": {
            arm: told(verdict)
            for (_, arm), verdict in verdicts.against_arms.items()
            if verdict is not None
        },
        "beside_the_best_baseline": beside(found[0], plain),
    }


def baseline(name: str, made: Prepared, settings: Settings, dataset: str) -> float:
    """The accuracy of a plain classifier, tuned on the validation episodes."""
    planned, manifests = made.planned, made.manifests
    key = stream(root_key(settings.seed), "evaluate", dataset)
    tuned = evaluate_baseline(
        BASELINES[name],
        settings.baselines,
        as_float(made.features),
        planned.raw.y,
        planned.split.meta_train,
        manifests["manifest_validation"],
        manifests["manifest_test"],
        settings.evaluation,
        key,
    )
    return float(tuned.accuracies.after.mean())


def beside(quantum: Result, plain: dict[str, float]) -> dict[str, Any]:
    """The circuit's accuracy less that of the best baseline, without a test."""
    best = max(plain, key=lambda name: plain[name])
    return {"baseline": best, "difference": float(quantum.metrics["accuracy"]) - plain[best]}


def told(verdict: Any) -> dict[str, Any]:
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


def page(recipe: str, rows: list[dict[str, Any]]) -> str:
    """The rows as tables of Markdown: for each number of shots the folds, and their mean."""
    return "\n".join([f"# {recipe}", "", f"Commit {commit()}.", *_tables(rows)]) + "\n"


def _tables(rows: list[dict[str, Any]]) -> Iterator[str]:
    columns = [*rows[0]["accuracy"]]
    arms = [*rows[0]["verdicts"]]
    for shots in sorted({_place(row)[1] for row in rows}):
        some = [row for row in rows if _place(row)[1] == shots]
        head = [*columns, *(f"against {arm}" for arm in arms), "s"]
        yield from ("", f"## {shots}-shot", "", f"| fold | {' | '.join(head)} |")
        yield "|" + "---|" * (len(head) + 1)
        for row in some:
            cells = [f"{row['accuracy'][one]:.2%}" for one in columns]
            cells += [_cell(row["verdicts"].get(arm)) for arm in arms]
            yield f"| {_place(row)[0]} | {' | '.join(cells)} | {row['seconds']} |"
        means = [np.mean([row["accuracy"][one] for row in some]) for one in columns]
        blank = [""] * (len(arms) + 1)
        yield f"| mean | {' | '.join([*(f'**{one:.2%}**' for one in means), *blank])} |"


def _cell(verdict: dict[str, Any] | None) -> str:
    if verdict is None:
        return "the same model"
    ends = f"{100 * verdict['low']:+.2f} … {100 * verdict['high']:+.2f}"
    return f"{verdict['word']} ({100 * verdict['difference']:+.2f}; {ends})"


def _place(row: dict[str, Any]) -> tuple[int, int]:
    """Fold and shots."""
    found = PLACE.fullmatch(row["dataset"])
    assert found, row["dataset"]
    return int(found[2]), int(found[3])


def commit() -> str:
    """The commit that the code is of."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
