"""Reads a finished walk through a stream from its files."""

from pathlib import Path
from typing import Any

from fewqubit.base.io.cards import read_card
from fewqubit.base.io.files import read_npz
from fewqubit.meta.streams.answered import Answered

ANSWERS, WALK = "answers.npz", "walk.json"


def load_walk(folder: Path) -> tuple[dict[str, Any], Answered]:
    """What ``walk_and_save`` wrote. Raises ArtifactError: it is not there, or damaged."""
    card = read_card(folder / WALK, [ANSWERS])
    return card, Answered(**read_npz(folder / ANSWERS, finite=False))
