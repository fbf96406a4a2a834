"""The state of fine-tuning: a stopped run resumes from it, the result of a finished one is read.

The arrays are in ``KEY-STEP.npz``; their card, ``KEY.json``, says which step is valid. The card is
replaced atomically, so there is a complete state whenever the process ends.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import read_npz, set_aside, write_npz
from fewqubit.errors import ArtifactError

FORMAT = 1
Arrays = Mapping[str, np.ndarray]


class State(NamedTuple):
    """Fine-tuning after ``step`` steps.

    now, best:  the current adapter, and that of the best validation
    moments:    of AdamW, by number of the parameter and name
    scores:     accuracy at each validation; the first is that of the unchanged encoder
    best_step:  the step of ``best``
    done:       whether training is finished
    """

    step: int
    now: Arrays
    best: Arrays
    moments: Arrays
    scores: list[float]
    best_step: int
    done: bool = False


def read_state(folder: Path, key: str) -> State | None:
    """The state ``key``, or None if there is none; a damaged one is set aside."""
    path = folder / f"{key}.json"
    if not path.exists():
        return None
    try:
        name = _arrays(key, _step(path))
        card = read_card(path, [name], format=FORMAT)
        parts: dict[str, dict[str, np.ndarray]] = {"now": {}, "best": {}, "moments": {}}
        for place, array in read_npz(folder / name).items():
            part, _, inner = place.partition("/")
            parts[part][inner] = array
        return State(
            card["step"],
            **parts,
            scores=card["scores"],
            best_step=card["best_step"],
            done=card["done"],
        )
    except ArtifactError as error:
        set_aside(path, error, "the encoder is fine-tuned from its beginning")
        return None


def write_state(folder: Path, key: str, state: State) -> None:
    """Store ``state``; the card is written last, then the previous arrays are deleted."""
    name = _arrays(key, state.step)
    parts: dict[str, Arrays] = {"now": state.now, "best": state.best, "moments": state.moments}
    arrays = {f"{part}/{inner}": one for part in parts for inner, one in parts[part].items()}
    write_npz(folder / name, arrays)
    card: dict[str, Any] = {"format": FORMAT, "step": state.step, "scores": state.scores}
    card |= {"best_step": state.best_step, "done": state.done}
    write_card(folder / f"{key}.json", card, [name])
    for old in folder.glob(f"{key}-*.npz"):
        if old.name != name:
            old.unlink(missing_ok=True)


def _arrays(key: str, step: int) -> str:
    return f"{key}-{step}.npz"


def _step(path: Path) -> int:
    step = read_card(path, format=FORMAT).get("step")
    if not isinstance(step, int):
        raise ArtifactError(f"{path}: expected the step that it tells of, got {step!r}")
    return step
