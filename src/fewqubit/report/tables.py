"""The verdicts as Markdown tables and as figures for `dvc metrics`."""

from collections.abc import Sequence
from typing import Any

from fewqubit.config import Evaluation
from fewqubit.evaluate.verdict import Verdict
from fewqubit.report.across import Across, figures, markdown
from fewqubit.report.answers import TWIN, Answer
from fewqubit.report.costs import costs_markdown
from fewqubit.report.findings import QUANTUM, Findings, standing
from fewqubit.report.gather import Result, Study
from fewqubit.report.headline import covers, headline, notes
from fewqubit.report.markdown import table
from fewqubit.report.supplement import supplement, supplement_markdown
from fewqubit.report.validation import weak_validation
from fewqubit.report.words import (
    NONE,
    SAME,
    SCORES,
    explain_arms,
    p_value,
    percent,
    percent_range,
    points,
    points_range,
    sentence,
    signed,
)


def verdict_figures(
    studies: Sequence[tuple[Study, Findings]], reading: Evaluation, family: Across | None
) -> dict[str, Any]:
    """The figures of every result and verdict, nested by data set, learner and arm.

    ``family``: the verdicts of all data sets together; None of a single one.
    """
    return {
        "margin": reading.margin,
        "across": figures(family) if family else None,
        "confidence": reading.confidence,
        "results": {study.dataset: _figures(study, findings) for study, findings in studies},
        "headlines": {study.dataset: headline(study, found, reading) for study, found in studies},
        "scores": {study.dataset: study.score for study, _ in studies},
        "together": {
            study.dataset: _answered(found.together) for study, found in studies if found.together
        },
        "questions": {study.dataset: _asked(found) for study, found in studies},
        "failures": {study.dataset: _failures(found) for study, found in studies},
        "told": {study.dataset: _sentences(found, reading) for study, found in studies},
        "beside": {
            study.dataset: supplement(study.results, study.encodings) for study, _ in studies
        },
        "notes": {study.dataset: notes(study, found, reading) for study, found in studies},
    }


def verdict_markdown(
    studies: Sequence[tuple[Study, Findings]], reading: Evaluation, family: Across | None
) -> str:
    """A section for each data set: the sentence, quantum against its arms, baselines, costs."""
    sections = (_section(study, findings, reading) for study, findings in studies)
    first = [markdown(family, reading)] if family else []
    return "# Did the quantum part help?\n\n" + "\n".join([*first, *sections])


def _figures(study: Study, findings: Findings) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for row in study.results:
        figures.setdefault(row.learner, {})[row.arm] = dict(row.metrics)
    for learner, answer in findings.answers.items():
        figures[learner]["answer"] = _answered(answer)
        figures[learner]["against_twin"] = _compared(answer.alone[TWIN])
        figures[learner]["against"] = {TWIN: _compared(answer.alone[TWIN])}
    for (learner, arm), other in findings.against_arms.items():
        figures[learner].setdefault("against", {})[arm] = _compared(other)
    return figures


def _asked(findings: Findings) -> dict[str, Any]:
    return {
        name: {"this": str(asked.this), "that": str(asked.that), **_compared(asked.verdict)}
        for name, asked in findings.questions.items()
    }


def _sentences(findings: Findings, reading: Evaluation) -> dict[str, str]:
    """A sentence on each learner, for readers who see its run alone."""
    family = findings.answers
    return {name: sentence(name, row, reading, len(family)) for name, row in family.items()}


def _failures(findings: Findings) -> dict[str, Any]:
    return {f"{learner} {arm}": row._asdict() for (learner, arm), row in findings.failures.items()}


def _answered(answer: Answer) -> dict[str, Any]:
    """The verdict on both opponents and on each alone; its difference is that to ``nearest``."""
    alone = {arm: _compared(row) for arm, row in answer.alone.items()}
    return {**_compared(answer.verdict), "nearest": answer.nearest, "opponents": alone}


def _compared(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return {"difference": 0.0, "verdict": SAME}
    if verdict.word == NONE:
        row = verdict.comparison
        return {"difference": row.difference, "verdict": NONE, "too_few": row.too_few}
    return {
        "difference": verdict.comparison.difference,
        "low": verdict.comparison.low,
        "high": verdict.comparison.high,
        "low_holm": verdict.low,
        "high_holm": verdict.high,
        "low_all": verdict.comparison.low_all,
        "high_all": verdict.comparison.high_all,
        "p": verdict.comparison.p_difference,
        "p_holm": verdict.p_difference,
        "p_equivalence_holm": verdict.p_equivalence,
        "verdict": verdict.word,
    }


def _section(study: Study, findings: Findings, reading: Evaluation) -> str:
    episodes, level = study.summary["episodes"], f"{100 * reading.confidence:g} %"
    compared = ("difference, points", f"{level} interval (Holm)", "p (Holm)", "verdict")
    parts = [
        [
            f"## {study.dataset}: {episodes['n_way']}-way {episodes['n_shot']}-shot, "
            f"{episodes['n_test']} test episodes"
        ],
        [f"{headline(study, findings, reading)} {standing(study)}"],
        *([[SCORES[study.score]]] if study.score in SCORES else []),
        *_primary(study, findings, compared, level),
        *_other_arms(study, findings, compared),
        *_questions(findings, compared),
        *_baselines(study, level),
        [
            f"Differences surely within ±{100 * reading.margin:g} points count as equivalent. "
            f"Intervals are for {covers(study.classes)}; those of a table are corrected as p is."
        ],
        *([[note]] if (note := weak_validation(study)) else []),
        [f"- {line}" for line in notes(study, findings, reading)],
        *supplement_markdown(supplement(study.results, study.encodings)),
        *costs_markdown(study, reading.cost_device),
    ]
    return "\n".join(line for part in parts for line in (*part, ""))


def _primary(
    study: Study, findings: Findings, compared: Sequence[str], level: str
) -> list[Sequence[str]]:
    """Quantum against both opponents; without twins, how accurate each arm is."""
    if findings.answers:
        rows = [row for item in findings.answers.items() for row in _opponents(study, *item)]
        return [table(("learner", "quantum", "against", study.score, *compared), rows)]
    alone = [(row.learner, row.arm, _accuracy(row), _interval(row)) for row in study.learners]
    return [table(("learner", "arm", study.score, f"{level} interval"), alone)]


def _questions(findings: Findings, compared: Sequence[str]) -> list[Sequence[str]]:
    """Verdicts on the user's questions; empty if there are none."""
    rows = [
        (name, str(asked.this), str(asked.that), *_cells(asked.verdict))
        for name, asked in findings.questions.items()
    ]
    if not rows:
        return []
    return [
        ["Questions of your own, declared in `evaluation.questions`: this − that."],
        table(("question", "this", "that", *compared), rows),
    ]


def _baselines(study: Study, level: str) -> list[Sequence[str]]:
    """Accuracies of the baselines; empty if none was run."""
    rows = [(row.learner, _accuracy(row), _interval(row)) for row in study.baselines]
    return [table(("baseline", study.score, f"{level} interval"), rows)] if rows else []


def _other_arms(study: Study, findings: Findings, compared: Sequence[str]) -> list[Sequence[str]]:
    """Quantum against its other arms; empty if none was run."""
    against = findings.against_arms
    if not against:
        return []
    rows = [
        (learner, arm, _accuracy(study.find(learner, arm)), *_cells(verdict))
        for (learner, arm), verdict in against.items()
    ]
    legend = explain_arms(dict.fromkeys(arm for _, arm in against))
    return [
        [f"Quantum against its other arms, a family of tests of its own ({legend}):"],
        table(("learner", "against", study.score, *compared), rows),
    ]


def _opponents(study: Study, learner: str, answer: Answer) -> list[tuple[str, ...]]:
    """A row for each opponent; the first has the one verdict on all."""
    first = (learner, _accuracy(study.find(learner, QUANTUM)), signed(answer.verdict.word))
    rows: list[tuple[str, ...]] = []
    for arm, row in answer.alone.items():
        name, quantum, word = ("", "", "") if rows else first
        accuracy = _accuracy(study.find(learner, arm))
        rows.append((name, quantum, arm, accuracy, *_cells(row)[:-1], word))
    return rows


def _cells(verdict: Verdict | None) -> tuple[str, ...]:
    """Difference, interval, p and verdict; the same model has no interval."""
    if verdict is None:
        return points(0.0), "–", "–", signed(SAME)
    row = verdict.comparison
    if verdict.word == NONE:
        return points(row.difference), "–", "–", signed(NONE)
    interval = points_range(verdict.low, verdict.high)
    return points(row.difference), interval, p_value(verdict.p_difference), signed(verdict.word)


def _accuracy(row: Result | None) -> str:
    return percent(row.metrics["accuracy"]) if row else ""


def _interval(row: Result) -> str:
    """A dash for one trained seed, whose spread is unknown."""
    if row.card and len(row.accuracies.after) == 1:
        return "–"
    return percent_range(row.metrics["accuracy_low"], row.metrics["accuracy_high"])
