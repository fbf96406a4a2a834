"""The verdicts as a Markdown table and as figures for `dvc metrics`."""

from collections.abc import Sequence
from typing import Any

from fewqubit.config import Evaluation
from fewqubit.evaluate.verdict import Verdict
from fewqubit.report.findings import QUANTUM, TWIN, Findings, standing
from fewqubit.report.gather import Result, Study
from fewqubit.report.words import (
    SIGNS,
    p_value,
    percent,
    percent_range,
    points,
    points_range,
    summary,
)


def verdict_figures(
    studies: Sequence[tuple[Study, Findings]], reading: Evaluation
) -> dict[str, Any]:
    """The figures of every result and verdict, nested by data set, learner and arm."""
    return {
        "margin": reading.margin,
        "confidence": reading.confidence,
        "results": {study.dataset: _figures(study, findings) for study, findings in studies},
    }


def verdict_markdown(studies: Sequence[tuple[Study, Findings]], reading: Evaluation) -> str:
    """A section for each data set: the sentence, learners against twins, baselines."""
    sections = (_section(study, findings, reading) for study, findings in studies)
    return "# Did the quantum part help?\n\n" + "\n".join(sections)


def _figures(study: Study, findings: Findings) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for row in study.results:
        figures.setdefault(row.learner, {})[row.arm] = dict(row.metrics)
    for learner, verdict in findings.against_twin.items():
        figures[learner]["against_twin"] = {
            "difference": verdict.comparison.difference,
            "low": verdict.comparison.low,
            "high": verdict.comparison.high,
            "p": verdict.comparison.p_difference,
            "p_holm": verdict.p_difference,
            "p_equivalence_holm": verdict.p_equivalence,
            "verdict": verdict.word,
        }
    return figures


def _section(study: Study, findings: Findings, reading: Evaluation) -> str:
    episodes, level = study.summary["episodes"], f"{100 * reading.confidence:g} %"
    lines = [
        f"## {study.dataset}: {episodes['n_way']}-way {episodes['n_shot']}-shot, "
        f"{episodes['n_test']} test episodes",
        "",
        f"{summary(findings.against_twin)} {standing(study)}",
        "",
        *_table(
            (
                "learner",
                "quantum",
                "twin",
                "difference, points",
                f"{level} interval",
                "p (Holm)",
                "verdict",
            ),
            [_row(study, learner, row) for learner, row in findings.against_twin.items()],
        ),
        "",
        *_table(
            ("baseline", "accuracy", f"{level} interval"),
            [
                (row.learner, percent(row.metrics["accuracy"]), _interval(row))
                for row in study.baselines
            ],
        ),
        "",
        f"Differences surely within ±{100 * reading.margin:g} points count as equivalent.",
        "",
    ]
    return "\n".join(lines)


def _row(study: Study, learner: str, verdict: Verdict) -> tuple[str, ...]:
    row = verdict.comparison
    accuracies = (
        percent(found.metrics["accuracy"])
        for arm in (QUANTUM, TWIN)
        if (found := study.find(learner, arm))
    )
    return (
        learner,
        *accuracies,
        points(row.difference),
        points_range(row.low, row.high),
        p_value(verdict.p_difference),
        f"{SIGNS[verdict.word]} {verdict.word}",
    )


def _interval(row: Result) -> str:
    return percent_range(row.metrics["accuracy_low"], row.metrics["accuracy_high"])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table, the first column left, the others right."""
    rules = ["---", *["---:"] * (len(head) - 1)]
    return ["| " + " | ".join(cells) + " |" for cells in (head, rules, *rows)]
