"""Figures and verdicts in plain words; a null result and a loss are said as plainly as a win."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from fewqubit.config import OPPONENTS, Evaluation
from fewqubit.models.arm_names import ARM_MEANINGS
from fewqubit.tasks.scores import ENTITY_F1, EXPLAINED

if TYPE_CHECKING:  # imports JAX, and these words are printed after runs that computed nothing
    from fewqubit.evaluate.verdict import Verdict
    from fewqubit.report.answers import Answer

MINUS = "\N{MINUS SIGN}"
SMALLEST_P = 0.001
LONGEST_NAME = 12
SAME = "same model"  # in place of a verdict
NONE: Final = "no verdict"
SIGNS = {
    "better": "▲",
    "ahead": "△",
    "worse": "▼",
    "equivalent": "=",
    "undecided": "?",
    NONE: "·",
    SAME: "≡",
}
SECOND_LACKS = (
    "*Better* takes a second opponent, the best classical body of at most the circuit's trained "
    f"size, and none was run: add {', '.join(OPPONENTS[:-1])} or {OPPONENTS[-1]} to the arms "
    "(`run.arms`)."
)
MEANINGS = {
    "better": "the quantum arm scores higher, not by luck of seeds and episodes; of two "
    "opponents than both, where worse takes one",
    "ahead": "it scores higher than its twin, not by luck; no second opponent was run",
    "worse": "the quantum arm scores lower, not by luck of seeds and episodes",
    "equivalent": "any difference is smaller than the margin that was declared to matter",
    "undecided": "these seeds and episodes cannot tell the two apart, nor call them equivalent",
    NONE: "too few seeds that learned, or too few episodes, to conclude anything from",
    SAME: "this circuit has nothing that the arm takes away: all answers agree, nothing to test",
}


KNOWING_NOTHING = {  # what an answer without knowledge scores, where that is no chance
    ENTITY_F1.name: (0.0, "nothing found"),
    EXPLAINED.name: (0.0, "the mean of all numbers"),
}
SCORES = {  # where a data set is not scored by the share of right answers
    EXPLAINED.name: "Figures are R², the share of the variance of all numbers asked for in the "
    "test episodes that is explained; an episode's share, 1 − MSE/variance, may be negative, and a "
    "point is one hundredth. With the support's numbers permuted what all tasks have in common is "
    "still explained: there is no chance level to fall to.",
    ENTITY_F1.name: "Figures are entity F1 (micro): an entity is right if its first word, its last "
    "word and its type are; n_way counts O, the words of no type, and n_shot entities. With "
    "permuted labels it is the share of right words that stands there, a like number of each "
    "class, since its chance is known.",
}


def floor(score: str, chance: float) -> tuple[float, str]:
    """The score without any knowledge, and its words: ``chance 20.0 %``."""
    return KNOWING_NOTHING.get(score, (chance, f"chance {percent(chance)}"))


def percent(accuracy: float) -> str:
    """``84.2 %``, and ``−3.1 %`` of a score that can be negative."""
    return f"{100 * accuracy:.1f} %".replace("-", MINUS)


def percent_range(low: float, high: float) -> str:
    """``82.1 – 86.0 %``."""
    return f"{100 * low:.1f} – {100 * high:.1f} %".replace("-", MINUS)


def points(difference: float) -> str:
    """A difference of accuracies in percentage points, signed: ``+4.2``, ``−0.3``, ``0.0``."""
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", MINUS)


def points_range(low: float, high: float) -> str:
    """``−0.3 to +1.2``."""
    return f"{points(low)} to {points(high)}"


def p_value(p: float) -> str:
    """Three decimals, or ``< 0.001``."""
    return f"< {SMALLEST_P}" if p < SMALLEST_P else f"{p:.3f}"


def whole(count: float) -> str:
    """``70 400``: thousands apart by a narrow space."""
    return f"{count:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def short(name: str) -> str:
    """A class name, cut to fit next to a heat map."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def duration(seconds: float | None) -> str:
    """``41 s``, ``3 min 20 s``, ``2 h 5 min``; ``cached`` where no stage ran."""
    if seconds is None:
        return "cached"
    if seconds < 99.5:
        return f"{seconds:.0f} s" if seconds >= 9.95 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def signed(word: str) -> str:
    """``▲ better``, ``≡ same model``: a verdict, or what stands in its place, with its sign."""
    return f"{SIGNS[word]} {word}"


def explain_arms(arms: Iterable[str]) -> str:
    """What replaces the circuit: ``separable: the circuit without entanglers; …``."""
    return "; ".join(f"{arm}: {ARM_MEANINGS[arm]}" for arm in arms)


def sentence(learner: str, answer: "Answer", reading: Evaluation, family: int) -> str:
    """The answer on a learner for somebody who reads nothing else."""
    verdict, row = answer.verdict, answer.verdict.comparison
    size = f"{points(row.difference)} points"
    against = measured(answer, reading)
    if verdict.word == NONE:
        return (
            f"No verdict on {learner}: {size} against {rival(answer.nearest)}, from {row.too_few}."
        )
    if verdict.word == "equivalent":
        margin = f"±{100 * reading.margin:g} points"
        return (
            f"The circuit makes no difference that matters to {learner}: {against}; "
            f"within the margin of {margin}."
        )
    if verdict.word == "undecided":
        rivals = "the better of its opponents" if answer.second else "its twin"
        return (
            f"Quantum {learner} and {rivals} cannot be told apart: {against}. "
            f"{_what_would_decide(answer, reading, family)}"
        )
    if verdict.word == "ahead":
        return f"Quantum {learner} is ahead of its twin: {against}. {SECOND_LACKS}"
    return f"The circuit {'helped' if verdict.word == 'better' else 'hurt'} {learner}: {against}."


def measured(answer: "Answer", reading: Evaluation) -> str:
    """``+6.0 points against its twin (95 % interval +4.9 to +7.0), +2.1 against mlp (…)``."""
    level = f"{100 * reading.confidence:g} % interval "
    parts: list[str] = []
    for arm, row in answer.alone.items():
        unit, level_once = ("", "") if parts else (" points", level)
        interval = "" if row.word == NONE else f" ({level_once}{points_range(row.low, row.high)})"
        parts.append(f"{points(row.comparison.difference)}{unit} against {rival(arm)}{interval}")
    return ", ".join(parts)


def rival(arm: str) -> str:
    """``its twin``, or the name of another opponent."""
    return "its twin" if arm == "twin" else arm


def _what_would_decide(answer: "Answer", reading: Evaluation, family: int) -> str:
    row = answer.verdict.comparison
    if explained := explanation(answer.verdict, reading, family, "learners"):
        return explained
    need = "training seeds" if row.seed_share > 0.5 else "test episodes"
    return f"More {need} would narrow this."


def explanation(
    verdict: "Verdict", reading: Evaluation, family: int, members: str = "comparisons"
) -> str:
    """Why the word is not what the interval of the difference alone suggests; else nothing."""
    row, alpha = verdict.comparison, 1 - reading.confidence
    if verdict.word == NONE:
        return f"No verdict from {row.too_few}."
    if verdict.word != "undecided" or min(row.p_difference, row.p_equivalence) >= alpha:
        return ""
    alone = "equivalent" if row.p_equivalence < alpha else _side(row.difference)
    return (
        f"Alone it would count as {alone} ({points_range(row.low, row.high)}), but not as one of "
        f"{family} {members} tested at once ({points_range(verdict.low, verdict.high)})."
    )


def _side(difference: float) -> str:
    return "better" if difference > 0 else "worse"


def summary(verdicts: "Mapping[str, Verdict]") -> str:
    """A study in a sentence: how many learners the circuit helped, and what it did to the rest."""
    count = Counter(verdict.word for verdict in verdicts.values())
    if not count:
        return "No quantum learner was compared with its classical twin."
    parts = [f"helped {count['better'] or 'none'}"]
    if count["ahead"]:
        parts.append(f"was ahead of the twin alone in {count['ahead']}")
    if count["worse"]:
        parts.append(f"hurt {count['worse']}")
    if same := count["equivalent"]:
        parts.append(f"made no difference that matters to {same}")
    if count["undecided"]:
        parts.append(f"left {count['undecided']} undecided")
    if count[NONE]:
        parts.append(f"was tried too rarely for a verdict on {count[NONE]}")
    learners = "learner" if len(verdicts) == 1 else "learners"
    return f"Of {len(verdicts)} {learners}, the quantum circuit {_listed(parts)}."


def _listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
