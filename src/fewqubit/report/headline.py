"""The headline above the tables, on all learners together, and the notes below them."""

from collections.abc import Iterator

from fewqubit.config import Evaluation
from fewqubit.config.edges import edges_text
from fewqubit.evaluate.classes import MIN_CLASSES
from fewqubit.evaluate.failures import Failures
from fewqubit.report.answers import Answer
from fewqubit.report.findings import Findings
from fewqubit.report.foreign import foreign_lines
from fewqubit.report.gather import Classes, Study
from fewqubit.report.words import (
    NONE,
    SECOND_LACKS,
    explanation,
    floor,
    measured,
    percent,
    summary,
)


def headline(study: Study, findings: Findings, reading: Evaluation) -> str:
    """The study in a few sentences: scope, each learner, all together, what was not run."""
    text = summary({name: answer.verdict for name, answer in findings.answers.items()})
    if not findings.answers:
        return text
    parts = [f"{scope(study.classes)}: {text[0].lower()}{text[1:]}"]
    if findings.together:
        parts.append(together(findings.together, len(findings.answers), reading))
    parts += [*without_second(findings), *not_searched(study), *searched_short(study)]
    return " ".join(parts)


def scope(classes: Classes) -> str:
    """``On these 3 classes``; from ten independent ones on, ``On new classes like these 195``."""
    n = classes.n_groups
    variants = f" ({classes.n} with their variants)" if classes.n > n else ""
    return f"On {'new classes like ' if n >= MIN_CLASSES else ''}{classes_text(n)}{variants}"


def classes_text(n: int) -> str:
    """``this 1 class``, ``these 3 classes``."""
    return f"these {n} classes" if n != 1 else "this 1 class"


def covers(classes: Classes) -> str:
    """The population that intervals and p-values are about."""
    if classes.n_groups >= MIN_CLASSES:
        return "new training seeds, new episodes and new classes of the same kind"
    return (
        f"new training seeds and new episodes of {classes_text(classes.n_groups)}; "
        f"new classes take at least {MIN_CLASSES} independent test classes"
    )


def together(answer: Answer, n: int, reading: Evaluation) -> str:
    """The result on all learners together, a question that was asked beforehand."""
    word = answer.verdict.word
    end = f"no verdict from {answer.verdict.comparison.too_few}" if word == NONE else word
    against = measured(answer, reading).replace("its twin", "the twins")
    return f"On average over the {n} learners the circuit makes {against}: {end}."


def without_second(findings: Findings) -> list[str]:
    """A note if *better* was impossible because a second opponent is missing; otherwise empty."""
    lacking = [name for name, answer in findings.answers.items() if answer.second is None]
    if not lacking:
        return []
    where = "" if len(lacking) == len(findings.answers) else f"Of {', '.join(lacking)}: "
    return [f"{where}{SECOND_LACKS}"]


def not_searched(study: Study) -> list[str]:
    """A note on trained learners whose settings no search has chosen; otherwise empty."""
    cards = [row for row in study.learners if row.card]
    lacking = [row.name for row in cards if "searched" not in (row.card or {})]
    if not lacking:
        return []
    if len(lacking) == len(cards):
        in_memory = all((row.card or {}).get("prepared") == {} for row in cards)  # of no files
        return [f"No settings were searched{'' if in_memory else ' (`fewqubit search --all`)'}."]
    return [f"Settings that were not searched: those of {', '.join(lacking)}."]


def searched_short(study: Study) -> list[str]:
    """A note on how many arms have values at an edge of their space; ``notes`` say which."""
    n = len(_at_edges(study))
    if not n:
        return []
    searched = sum("searched" in (row.card or {}) for row in study.learners)
    return [f"In {n} of {searched} arms the search chose at an edge of its space."]


def _at_edges(study: Study) -> dict[str, str]:
    """Values that a search chose at an edge of its space, as text, by the name of the result."""
    searched = {row.name: (row.card or {}).get("searched") or {} for row in study.learners}
    return {
        name: edges_text(one["values"], one["at_edge"])
        for name, one in searched.items()
        if one.get("at_edge")
    }


def notes(study: Study, findings: Findings, reading: Evaluation) -> list[str]:
    """Lines below the tables: words to explain, seeds that failed, searches that ended early."""
    edges = [
        f"{name}: the search chose at an edge of its space ({values}); beyond it may be better."
        for name, values in _at_edges(study).items()
    ]
    below = *_explained(findings, reading), *_failed(study, findings, reading)
    return [*below, *edges, *foreign_lines(study)]


def _explained(findings: Findings, reading: Evaluation) -> Iterator[str]:
    answers = findings.answers.items()
    families = (
        {f"{name} against {' and '.join(row.alone)}": row.verdict for name, row in answers},
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
    chance, _ = floor(study.score, study.results[0].metrics["chance"])
    bar = chance + reading.failed_below * (1 - chance)
    failed = {place: row for place, row in findings.failures.items() if row.failed}
    for (learner, arm), row in failed.items():
        rest = (
            "none learned, so all are compared"
            if row.everywhere
            else "verdicts are about seeds that learned"
        )
        rate = failure_rate(row, reading)
        yield f"{learner} {arm}: {rate} failed, below {percent(bar)} on validation; {rest}."
    if findings.failures and not failed:
        row = min(findings.failures.values(), key=lambda row: row.of)
        rate = failure_rate(row, reading)
        below = f"below {percent(bar)} on validation"
        yield f"No training seed failed ({below}): {rate} of each result."


def failure_rate(row: Failures, reading: Evaluation) -> str:
    """``1 of 5 seeds (exact 95 % interval 0.5 – 71.6 %)``."""
    level = f"{100 * reading.confidence:g} %"
    ends = f"{100 * row.low:.1f} – {100 * row.high:.1f} %"
    return f"{row.failed} of {row.of} seeds (exact {level} interval {ends})"
