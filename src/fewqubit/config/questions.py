"""Comparisons that the user asks for: pairs of results, declared before the run."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """A result by its name: ``kernel``, ``kernel/twin``, ``svm`` or ``kernel@shots``.

    device: None for exact simulation
    """

    learner: str
    arm: str
    device: str | None

    def __str__(self) -> str:
        arm = "" if self.arm in ("quantum", "baseline") else f"/{self.arm}"
        return f"{self.learner}{arm}" + (f"@{self.device}" if self.device else "")


def place(text: str, learners: Iterable[str]) -> Place:
    """The place that ``text`` names; a name that is not in ``learners`` is a baseline."""
    result, _, device = text.partition("@")
    learner, _, arm = result.partition("/")
    default_arm = "quantum" if learner in learners else "baseline"
    return Place(learner, arm or default_arm, device or None)


def check_questions(
    questions: Mapping[str, Sequence[str]],
    learners: Sequence[str],
    arms: Sequence[str],
    baselines: Sequence[str],
    devices: Mapping[str, Iterable[str]],
) -> None:
    """Raise ValueError if a question names a result that this run does not give.

    ``devices``: for each learner, the devices on which it also answers.
    """
    exact = [
        *(str(Place(learner, arm, None)) for learner in learners for arm in arms),
        *baselines,
    ]
    measured = [f"{learner}@{device}" for learner in learners for device in devices[learner]]
    known = [*exact, *(measured if "quantum" in arms else [])]
    for name, (this, that) in questions.items():
        first, second = (str(place(text, learners)) for text in (this, that))
        for text, found in ((this, first), (that, second)):
            if found not in known:
                raise ValueError(
                    f"evaluation.questions.{name}: expected two results of this run, got {text!r}; "
                    f"it gives {', '.join(known)}"
                )
        if first == second:
            raise ValueError(
                f"evaluation.questions.{name}: expected two different results, got {this} twice"
            )
