"""The study of adapters on three class folds and in two ranks.

    python -m benchmarks.adapter_folds [FOLD …]

Every learner of recipes/adapters.yaml keeps the values that ``benchmarks.adapters`` chose for it on
the validation episodes of the first fold, with rank 1. So folds 2 and 3 had no part in any choice,
and rank 2 is not tuned for any learner. Fold 1 with rank 1 is read from what that study wrote. What
is finished is kept in artifacts/studies/adapters. Each fold adds to docs/results/adapters/folds.md
and folds.json.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.adapters import ARM, DATASET, OUT, PIECES, Chosen, row_of, tasks_of
from benchmarks.intents.folds import as_record, classes_of
from benchmarks.kept import commit

import fewqubit.stages.process  # noqa: F401 - how jobs compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.keys import stream
from fewqubit.config import Settings, of_arm, with_values
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.report.findings import find
from fewqubit.report.gather import Study
from fewqubit.study.jobs import Job, Tasks, baseline_results, results

FOLDS, RANKS = (1, 2, 3), (1, 2)
PARTS = ("train", "valid", "test")
Row = dict[str, Any]


def main() -> None:
    """Every fold with every rank, and the means over folds."""
    folds, rows = [int(one) for one in sys.argv[1:]] or FOLDS, []
    first = read_json(OUT / "adapters.json")
    chosen = {row["learner"]: row["chosen"] for row in first["learners"]}
    for rank in RANKS:
        for fold in folds:
            if (fold, rank) == (1, 1):
                found = as_row(first["learners"], first["baselines"], first["questions"])
            else:
                with fixed():
                    found = measured(of_fold(fold), rank, chosen)
            rows.append({"fold": fold, "rank": rank} | found)
            write_json(OUT / "folds.json", {"commit": commit(), "rows": rows})
            write_text(OUT / "folds.md", "\n".join(page(rows)) + "\n")


def of_fold(fold: int) -> Settings:
    """The recipe with the class lists of a fold."""
    lists = ", ".join(f"data/tables/BANKING77/{fold:02}/labels.{part}.txt" for part in PARTS)
    changes = [f"run.arms=[{ARM}]", f"datasets.{DATASET}.split.files=[{lists}]"]
    settings = layered_settings(Path(), changes, "adapters")
    exact = settings.evaluation.model_copy(update={"devices": {}})
    return settings.model_copy(update={"evaluation": exact})


def measured(settings: Settings, rank: int, chosen: dict[str, dict[str, float]]) -> Row:
    """Accuracies of the learners that have such a rank, and verdicts on the recipe's questions."""
    tasks = tasks_of(settings)
    jobs = [
        Job(name, ARM, with_values(of_arm(settings.learners[name], ARM), values | {"rank": rank}))
        for name, values in chosen.items()
        if rank == 1 or settings.learners[name].adapts == "adapters"
    ]
    tested = [*results(jobs, tasks, settings.evaluation, False, PIECES)]
    plain = [*baseline_results(settings.run.baselines, tasks, settings.evaluation, PIECES)]
    rows = [
        row_of(Chosen(job, chosen[job.name], 0.0, 0), row, tasks.made.features.shape[1:])
        for job, row in zip(jobs, tested, strict=True)
    ]
    made = tasks.made
    study = Study(DATASET, made.summary | made.asked, tested, plain, [], classes_of(made))
    baselines = {one.learner: one.metrics["accuracy"] for one in plain}
    return as_row(rows, baselines, verdicts(study, settings, tasks, {job.name for job in jobs}))


def as_row(learners: list[Row], baselines: Row, questions: Row) -> Row:
    """What is kept of a fold."""
    kept = ("adapts", "after", "one_shot")
    by_name = {row["learner"]: {key: row[key] for key in kept} for row in learners}
    return {"learners": by_name, "baselines": baselines, "questions": questions}


def verdicts(study: Study, settings: Settings, tasks: Tasks, there: set[str]) -> Row:
    """Verdicts on those questions of the recipe whose learners were both run."""
    asked = {
        name: pair for name, pair in settings.evaluation.questions.items() if there.issuperset(pair)
    }
    evaluation = settings.evaluation.model_copy(update={"questions": asked})
    found = find(study, evaluation, stream(tasks.key, "evaluate", DATASET))
    return {name: as_record(one.verdict) for name, one in found.questions.items()}


def page(rows: list[Row]) -> Iterator[str]:
    """Tables of Markdown: 5-shot accuracy fold by fold, and the questions."""
    yield f"# Adapters over folds\n\n`python -m benchmarks.adapter_folds`, commit {commit()}."
    for rank in sorted({row["rank"] for row in rows}):
        some = [row for row in rows if row["rank"] == rank]
        folds = " | ".join(f"fold {row['fold']}" for row in some)
        yield f"\n## Rank {rank}\n\n| learner | adapts | {folds} | mean |"
        yield "|---" * (len(some) + 3) + "|"
        for name, first in some[0]["learners"].items():
            scores = [100 * row["learners"][name]["after"] for row in some]
            yield _line([name, first["adapts"]], [f"{one:.2f}" for one in scores], scores)
        for name in some[0]["baselines"]:
            scores = [100 * row["baselines"][name] for row in some]
            yield _line([f"{name}, a baseline", 0], [f"{one:.2f}" for one in scores], scores)
        yield f"\n| question | {folds} | mean |"
        yield "|---" * (len(some) + 2) + "|"
        for name in some[0]["questions"]:
            asked = [row["questions"][name] for row in some]
            yield _line([name], map(_verdict, asked), [100 * one["difference"] for one in asked])


def _line(head: list[Any], cells: Any, numbers: list[float]) -> str:
    return "| " + " | ".join([*map(str, head), *cells, f"{np.mean(numbers):.2f}"]) + " |"


def _verdict(one: Row) -> str:
    ends = f"{100 * one['low']:+.1f} … {100 * one['high']:+.1f}"
    return f"{100 * one['difference']:+.2f} ({ends}) {one['word']}"


if __name__ == "__main__":
    main()
