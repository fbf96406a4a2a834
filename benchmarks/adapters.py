"""``python -m benchmarks.adapters``: recipes/adapters.yaml in one process, which goes on where it
stood.

Every learner is trained at each point of its grid, as many points for each; validation episodes
choose, and the chosen ones are compared on the same test episodes. What is finished is kept in
artifacts/studies/adapters. Writes docs/results/adapters/adapters.{md,json}.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
from benchmarks.intents import commit
from benchmarks.study import Asked, ask

import fewqubit.stages.process  # noqa: F401 - how jobs compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_json, write_text
from fewqubit.config import Settings, validate
from fewqubit.meta.gradient import descent, gradient_adaptation
from fewqubit.meta.settings.gradient import ByGradient
from fewqubit.models.model import build_model
from fewqubit.models.network import n_parameters
from fewqubit.models.parts import HEAD
from fewqubit.pipeline.overrides import layered
from fewqubit.report.gather import Result

OUT, PIECES = Path("docs/results/adapters"), Path("artifacts/studies/adapters")
DATASET, FEATURES, N_WAY = "banking77", 128, 5


def main() -> None:
    """Train, choose, test, and write what was found."""
    layers = layered(Path(), ["run.arms=[quantum]"], "adapters")
    settings = validate(layers, "recipes/adapters.yaml")
    with fixed():
        found = ask(settings, DATASET, PIECES)
    rows = [row_of(one, settings, found) for one in found.study.learners]
    plain = {one.learner: one.metrics["accuracy"] for one in found.study.baselines}
    told = {
        name: {
            "word": question.verdict.word,
            "difference": question.verdict.comparison.difference,
            "low": question.verdict.low,
            "high": question.verdict.high,
        }
        for name, question in found.findings.questions.items()
    }
    made = {"commit": commit(), "learners": rows, "baselines": plain, "questions": told}
    write_json(OUT / "adapters.json", made)
    write_text(OUT / "adapters.md", "\n".join(page(made, settings)) + "\n")


def row_of(one: Result, settings: Settings, found: Asked) -> dict[str, Any]:
    """What adapts in a learner, what it was told, and how it answers."""
    assert one.card is not None
    trials = [trial for trial in found.trials if trial.learner == one.learner]
    best = max(trials, key=lambda trial: trial.validation)
    at_one = [float(row["accuracy"]) for row in one.adaptation if shots(row) == "1"]
    return {
        "learner": one.learner,
        "adapts": adapts(settings.learners[one.learner]),
        "chosen": best.values,
        "trials": len(trials),
        "validation": best.validation,
        "before": float(one.accuracies.before.mean()),
        "after": float(one.accuracies.after.mean()),
        "one_shot": sum(at_one) / len(at_one),
        "circuits": one.card["circuit_evaluations"],
    }


def shots(row: Any) -> str:
    """The number of shots of a point of the curve over shots."""
    return row["value"] if row["setting"] == "shots" else ""


def adapts(learner: Any) -> int:
    """How many numbers a task changes, those of the readout left out."""
    assert isinstance(learner, ByGradient)
    model = build_model(learner.encoder, learner.circuit, (FEATURES,), "quantum", reads=True)
    start = gradient_adaptation(learner, model, N_WAY, 0, descent(0.0))

    def begun(key: jax.Array) -> Any:
        parts = start.begin(start.init_params(key))
        return {part: parts[part] for part in parts if part != HEAD}

    return n_parameters(jax.eval_shape(begun, jax.random.key(0)))


def page(made: dict[str, Any], settings: Settings) -> Iterator[str]:
    """Tables of Markdown."""
    yield f"# Adapters on {DATASET}\n\n`python -m benchmarks.adapters`, commit {made['commit']}.\n"
    yield "| learner | adapts, beside the readout | chosen of 6 | before | 5-shot | 1-shot |"
    yield "|---|---|---|---|---|---|"
    for row in made["learners"]:
        values = ", ".join(f"{name} {value:g}" for name, value in row["chosen"].items())
        scores = " | ".join(f"{100 * row[key]:.2f}" for key in ("before", "after", "one_shot"))
        yield f"| {row['learner']} | {row['adapts']} | {values} | {scores} |"
    for name, accuracy in made["baselines"].items():
        yield f"| {name}, a baseline | 0 | | | {100 * accuracy:.2f} | |"
    yield "\n| question | the pair | difference, in points | verdict |\n|---|---|---|---|"
    for name, told in made["questions"].items():
        pair = " − ".join(settings.evaluation.questions[name])
        spread = f"[{100 * told['low']:+.2f}, {100 * told['high']:+.2f}]"
        yield f"| {name} | {pair} | {100 * told['difference']:+.2f} {spread} | {told['word']} |"


if __name__ == "__main__":
    main()
