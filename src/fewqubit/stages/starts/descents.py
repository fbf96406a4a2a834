"""The stages ``train_start`` and ``evaluate_start``: learn a start, then run its descents."""

from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import pandas as pd
from jaxtyping import PRNGKeyArray
from pydantic import TypeAdapter

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import (
    read_json,
    read_npz,
    sha256,
    write_json,
    write_npz,
    write_text,
)
from fewqubit.base.io.tensors import filled, write_tensors
from fewqubit.base.keys import root_key
from fewqubit.config.starts import AnyStarter
from fewqubit.stages.starts.problems import PROBLEMS, load_problems
from fewqubit.starts.contest import Paths, Tuned
from fewqubit.starts.drawn import landscapes
from fewqubit.starts.enter import Entry, Trained, enter, trained
from fewqubit.starts.settings.contest import Contest, Descent
from fewqubit.starts.settings.starters import Starter

FORMAT = 1
PARAMS, CARD, CURVE = "params.safetensors", "start.json", "curve.csv"
PATHS, METRICS = "paths.npz", "metrics.json"


class TrainedStart(NamedTuple):
    """A stored start: its starter, what that has learned, and the seed with the lowest loss."""

    starter: Starter
    made: Trained
    seed: int


def train_and_save(
    name: str, starter: Starter, contest: Contest, problems: Path, key: PRNGKeyArray, folder: Path
) -> None:
    """Train every seed and write params.safetensors, curve.csv and the card start.json."""
    prepared = load_problems(problems)
    validation = landscapes(prepared.drawn.validation)
    made = trained(starter, prepared.world, validation, contest, key)
    write_tensors(folder / PARAMS, made.params)
    rows = [
        {"seed": seed, "round": number, "loss": float(loss)}
        for seed, losses in enumerate(made.losses)
        for number, loss in enumerate(losses)
    ]
    curve = pd.DataFrame(rows, columns=["seed", "round", "loss"])
    write_text(folder / CURVE, curve.to_csv(index=False, lineterminator="\n"))
    card = {
        "format": FORMAT,
        "start": name,
        "settings": starter.model_dump(mode="json"),
        "seeds": made.seeds,
        "seed": best_seed(made),
        "problems": sha256(problems / PROBLEMS),
    }
    write_card(folder / CARD, card, (PARAMS, CURVE))


def load_start(folder: Path, problems: Path) -> TrainedStart:
    """Read what ``train_and_save`` wrote. Raises ArtifactError: it is missing or damaged."""
    card = read_card(folder / CARD, (PARAMS,), format=FORMAT)
    adapter: TypeAdapter[Any] = TypeAdapter(AnyStarter)
    starter: Starter = adapter.validate_python(card["settings"], strict=False)
    learner = starter.build(load_problems(problems).world)
    template = jax.eval_shape(lambda key: learner.init(key).params, root_key(0))
    params = filled(template, folder / PARAMS, card["seeds"])
    made = Trained(params, np.zeros((card["seeds"], 0)), card["seeds"])
    return TrainedStart(starter, made, card["seed"])


def best_seed(made: Trained) -> int:
    """The seed with the lowest mean loss over the last tenth of training; else the first."""
    rounds = made.losses.shape[1]
    return int(made.losses[:, -max(1, rounds // 10) :].mean(1).argmin()) if rounds else 0


def evaluate_and_save(
    contest: Contest, problems: Path, start: Path, key: PRNGKeyArray, folder: Path
) -> None:
    """Tune the descent, run it on the test problems, and write paths.npz and metrics.json."""
    prepared, found = load_problems(problems), load_start(start, problems)
    parts = landscapes(prepared.drawn.validation), landscapes(prepared.drawn.test)
    entry = enter(found.starter, prepared.world, found.made, *parts, contest, key)
    arrays = {
        f"{part}_{k}": array
        for k, paths in enumerate(entry.paths)
        for part, array in paths._asdict().items()
        if not np.isnan(array).all()  # success is NaN for a non-diagonal H; files hold no NaN
    }
    write_npz(folder / PATHS, arrays)
    tuned = entry.tuned
    figures = {
        "rule": tuned.descent.rule,
        "rate": tuned.descent.rate,
        "tried": tuned.tried,
        "learned": found.starter.learned,
        "error_start": float(np.mean([paths.errors[..., 0].mean() for paths in entry.paths])),
        "error_end": float(np.mean([paths.errors[..., -1].mean() for paths in entry.paths])),
    }
    write_json(folder / METRICS, figures)


def load_entry(folder: Path) -> tuple[Entry, bool]:
    """What ``evaluate_and_save`` wrote, and whether the start was meta-learned."""
    card, arrays = read_json(folder / METRICS), read_npz(folder / PATHS)
    sizes = range(sum(name.startswith("errors_") for name in arrays))
    paths = [_paths(arrays, k) for k in sizes]
    tuned = Tuned(Descent(card["rate"], card["rule"]), card["tried"])
    return Entry(tuned, paths), card["learned"]


def _paths(arrays: dict[str, np.ndarray], size: int) -> Paths:
    errors = arrays[f"errors_{size}"]
    unknown = np.full((*errors.shape[:2], 2), np.nan)
    evaluations = arrays[f"evaluations_{size}"]
    return Paths(errors, evaluations, arrays.get(f"success_{size}", unknown))
