"""What stands above the tables, the answer for all learners together, and below them, notes."""

from collections.abc import Iterator

from fewqubit.config import Evaluation
from fewqubit.evaluate.classes import MIN_CLASSES
from fewqubit.evaluate.failures import Failures
from fewqubit.evaluate.verdict import Verdict
from fewqubit.report.findings import Findings
from fewqubit.report.gather import Classes, Study
from fewqubit.report.words import NONE, explanation, percent, points, points_range, summary


def headline(study: Study, findings: Findings, reading: Evaluation) -> str:
    """The study in two or three sentences: scope, each learner, all learners together."""
    text = summary(findings.against_twin)
    if not findings.against_twin:
        return text
    parts = [f"{scope(study.classes)}: {text[0].lower()}{text[1:]}"]
    if findings.together:
        parts.append(together(findings.together, len(findings.against_twin), reading))
    return " ".join(parts)


def scope(classes: Classes) -> str:
    """``On these 3 classes``; from ten independent ones on, ``On new classes like these 195``."""
    n = classes.n_groups
    variants = f" ({classes.n} with their variants)" if classes.n > n else ""
    return f"On {'new classes like ' if n >= MIN_CLASSES else ''}these {n} classes{variants}"


def covers(classes: Classes) -> str:
    """What intervals and p-values speak of."""
    if classes.n_groups >= MIN_CLASSES:
        return "new training seeds, new episodes and new classes of the same kind"
    return (
        f"new training seeds and new episodes of these {classes.n_groups} classes; "
        f"new classes take at least {MIN_CLASSES} independent test classes"
    )


def together(verdict: Verdict, n: int, reading: Evaluation) -> str:
    """The one question about all learners, which was asked beforehand."""
    row = verdict.comparison
    size = f"On average over the {n} learners the circuit makes {points(row.difference)} points"
    if verdict.word == NONE:
        return f"{size}; no verdict from {row.too_few}."
    level = f"{100 * reading.confidence:g} % interval {points_range(row.low, row.high)}"
    return f"{size} ({level}): {verdict.word}."


def notes(study: Study, findings: Findings, reading: Evaluation) -> list[str]:
    """Lines below the tables: words that need an explanation, and seeds that failed."""
    return [*_explained(findings, reading), *_failed(study, findings, reading)]


def _explained(findings: Findings, reading: Evaluation) -> Iterator[str]:
    families = (
        {f"{name} against twin": row for name, row in findings.against_twin.items()},
        {f"{name} against {arm}": row for (name, arm), row in findings.against_arms.items()},
        {f"{name} against {arm}": row for (name, arm), row in findings.against_baselines.items()},
        {name: asked.verdict for name, asked in findings.questions.items()},
    )
    for family in families:
        tested = {name: row for name, row in family.items() if row}
        size = sum(row.word != NONE for row in tested.values())
        for name, row in tested.items():
            why = explanation(row, reading, size)
            if why:
                yield f"{name}: {row.word}. {why}"


def _failed(study: Study, findings: Findings, reading: Evaluation) -> Iterator[str]:
    """A line for each result with failures, or one for all that have none."""
    chance = study.results[0].metrics["chance"]
    bar = chance + reading.failed_below * (1 - chance)
    told = {place: row for place, row in findings.failures.items() if row.failed}
    for (learner, arm), row in told.items():
        rest = (
            "none learned, so all are compared"
            if row.everywhere
            else "verdicts are about seeds that learned"
        )
        rate = failure_rate(row, reading)
        yield f"{learner} {arm}: {rate} failed, below {percent(bar)} on validation; {rest}."
    if findings.failures and not told:
        row = min(findings.failures.values(), key=lambda row: row.of)
        rate = failure_rate(row, reading)
        below = f"below {percent(bar)} on validation"
        yield f"No training seed failed ({below}): {rate} of each result."


def failure_rate(row: Failures, reading: Evaluation) -> str:
    """``1 of 5 seeds (exact 95 % interval 0.5 – 71.6 %)``."""
    level = f"{100 * reading.confidence:g} %"
    ends = f"{100 * row.low:.1f} – {100 * row.high:.1f} %"
    return f"{row.failed} of {row.of} seeds (exact {level} interval {ends})"
