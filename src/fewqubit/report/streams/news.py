"""What is new in a stream since the last update, in a line or two."""

from collections.abc import Sequence
from pathlib import Path

from fewqubit.base.io.cards import read_card
from fewqubit.errors import ArtifactError
from fewqubit.stages.streams.arrived import CARD


def known_groups(arrived: Path) -> list[str]:
    """Names of the groups that ``arrive`` wrote; none if it has not, or its card is damaged."""
    try:
        return [*read_card(arrived / CARD)["groups"]]
    except ArtifactError:  # the stage makes it anew
        return []


def news(stream: str, before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Lines on what came, and on what the order of ``now`` costs.

    If a new group sorts before known ones, their steps become stale and no earlier champion can be
    compared.
    """
    new = [group for group in now if group not in before]
    lines = [f"`{stream}`: " + (f"new: {', '.join(new)}" if new else "data or settings changed")]
    same = [*map(str.__eq__, before, now)]
    if len(same) < len(before) or not all(same):
        step = [*same, False].index(False) + 1
        was, is_now = ", ".join(before), ", ".join(now)
        lines.append(
            f"`{stream}` was {was} and is {is_now} now: all steps from number {step} on were taken "
            "anew, and the champion of before is not compared. Let the names of later groups sort "
            "last, as dates do"
        )
    return lines
