"""``python -m benchmarks.adapters``: recipes/adapters.yaml in one process, which goes on where it
stood.

Every learner is trained at each point of its grid, as many points for each; validation episodes
choose, and the chosen ones alone are tested, on the same episodes. What is finished is kept in
artifacts/studies/adapters. Writes docs/results/adapters/adapters.{md,json}.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from benchmarks.intents.folds import as_record, classes_of
from benchmarks.kept import commit
from benchmarks.study.cells import grid

import fewqubit.stages.process  # noqa: F401 - how jobs compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import AnyLearner, Settings, of_arm, with_values
from fewqubit.data.read import read_raw
from fewqubit.meta.gradient import descent, gradient_adaptation
from fewqubit.meta.settings.gradient import ByGradient
from fewqubit.models.model import build_model
from fewqubit.models.network import n_parameters
from fewqubit.models.parts import HEAD
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.predict.training import train
from fewqubit.report.findings import find
from fewqubit.report.gather import Result, Study
from fewqubit.stages.features import prepared
from fewqubit.stages.plan import plan
from fewqubit.study.jobs import Job, Tasks, baseline_results, results

OUT, PIECES = Path("docs/results/adapters"), Path("artifacts/studies/adapters")
DATASET, ARM = "banking77", "quantum"


class Chosen(NamedTuple):
    """A learner at the point of its grid that validated best, and what was tried."""

    job: Job
    values: dict[str, float]
    validation: float
    trials: int


def main() -> None:
    """Train, choose, test, and write what was found."""
    settings = layered_settings(Path(), [f"run.arms=[{ARM}]"], "adapters")
    with fixed():
        tasks = tasks_of(settings)
        chosen = [choose(name, settings, tasks) for name in settings.run.learners]
        jobs = [one.job for one in chosen]
        tested = [*results(jobs, tasks, settings.evaluation, False, PIECES)]
        plain = [*baseline_results(settings.run.baselines, tasks, settings.evaluation, PIECES)]
        made = tasks.made
        study = Study(DATASET, made.summary | made.asked, tested, plain, [], classes_of(made))
        found = find(study, settings.evaluation, stream(tasks.key, "evaluate", DATASET))
    made_of = {
        "commit": commit(),
        "learners": [
            row_of(*both, made.features.shape[1:]) for both in zip(chosen, tested, strict=True)
        ],
        "baselines": {one.learner: one.metrics["accuracy"] for one in plain},
        "questions": {name: as_record(one.verdict) for name, one in found.questions.items()},
    }
    write_json(OUT / "adapters.json", made_of)
    write_text(OUT / "adapters.md", "\n".join(page(made_of, settings)) + "\n")


def tasks_of(settings: Settings) -> Tasks:
    """The prepared data set, as the stage would have it."""
    described, key = settings.datasets[DATASET], root_key(settings.seed)
    own = stream(key, "prepare", DATASET)
    made = prepared(plan(DATASET, described, read_raw(described), own), described, own)
    return Tasks(DATASET, made, described.episodes, key)


def choose(name: str, settings: Settings, tasks: Tasks) -> Chosen:
    """Train at every point; the one that validates best, mean over seeds, of equals the first."""
    base, tried = of_arm(settings.learners[name], ARM), []
    for values in grid(settings.search, Job(name, ARM, base)):
        learner = with_values(base, values)
        score = validated(name, learner, tasks, settings)
        tried.append((score, values, learner))
        print(f"{name} {values}: {score:.3f}", flush=True)
    score, values, learner = max(tried, key=lambda one: one[0])
    return Chosen(Job(name, ARM, learner), values, score, len(tried))


def validated(name: str, learner: AnyLearner, tasks: Tasks, settings: Settings) -> float:
    """Mean over seeds of the accuracy on validation episodes."""
    work = tasks.fingerprint(name, learner.model_dump_json(), settings.evaluation)
    kept = PIECES / f"{work}.json"
    if not kept.exists():
        numbers, names = np.arange(learner.seeds), tasks.made.planned.raw.names
        keys = jax.vmap(lambda seed: stream(tasks.key, DATASET, name, seed))(numbers)
        done = train(learner, ARM, tasks.episodes, tasks.data, keys, names, name)
        write_json(kept, {"validation": np.asarray(done.seeds.best_accuracy).tolist()})
    return float(np.mean(read_json(kept)["validation"]))


def row_of(one: Chosen, tested: Result, shape: tuple[int, ...]) -> dict[str, Any]:
    """What adapts in a learner, what was chosen, and how it answers."""
    assert tested.card is not None
    at_one = [float(row["accuracy"]) for row in tested.adaptation if shots(row) == "1"]
    return {
        "learner": one.job.name,
        "adapts": adapts(one.job.settings, shape),
        "chosen": one.values,
        "trials": one.trials,
        "validation": one.validation,
        "before": float(tested.accuracies.before.mean()),
        "after": float(tested.accuracies.after.mean()),
        "one_shot": float(np.mean(at_one)),
        "circuits": tested.card["circuit_evaluations"],
    }


def shots(row: Any) -> str:
    """The number of shots of a point of the curve over shots."""
    return str(row["value"]) if row["setting"] == "shots" else ""


def adapts(learner: Any, shape: tuple[int, ...]) -> int:
    """How many numbers a task changes, those of the readout left out."""
    assert isinstance(learner, ByGradient)
    model = build_model(learner.encoder, learner.circuit, shape, ARM, reads=True)
    start = gradient_adaptation(learner, model, 2, 0, descent(0.0))

    def begun(key: jax.Array) -> Any:
        parts = start.begin(start.init_params(key))
        return {part: parts[part] for part in parts if part != HEAD}

    return n_parameters(jax.eval_shape(begun, jax.random.key(0)))


def page(made: dict[str, Any], settings: Settings) -> Iterator[str]:
    """Tables of Markdown."""
    yield f"# Adapters on {DATASET}\n\n`python -m benchmarks.adapters`, commit {made['commit']}.\n"
    yield "| learner | adapts, beside the readout | chosen | before | 5-shot | 1-shot | circuits |"
    yield "|---|---|---|---|---|---|---|"
    for row in made["learners"]:
        values = ", ".join(f"{name} {value:g}" for name, value in row["chosen"].items())
        scores = " | ".join(f"{100 * row[key]:.2f}" for key in ("before", "after", "one_shot"))
        circuits = row["circuits"]["adapt"]
        yield f"| {row['learner']} | {row['adapts']} | {values} | {scores} | {circuits} |"
    for name, accuracy in made["baselines"].items():
        yield f"| {name}, a baseline | 0 | | | {100 * accuracy:.2f} | | 0 |"
    yield "\n| question | the pair | difference, in points | verdict |\n|---|---|---|---|"
    for name, row in made["questions"].items():
        pair = " − ".join(settings.evaluation.questions[name])
        spread = f"[{100 * row['low']:+.2f}, {100 * row['high']:+.2f}]"
        yield f"| {name} | {pair} | {100 * row['difference']:+.2f} {spread} | {row['word']} |"


if __name__ == "__main__":
    main()
