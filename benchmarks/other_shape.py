"""Trained learners on episodes of another shape: the same parameters, more classes to tell apart.

Run as ``python -m benchmarks.other_shape --n-way 20`` after ``fewqubit run --recipe omniglot``;
writes what it finds as Markdown and JSON below docs/results.
"""

import argparse
import os
import platform
import time
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Evaluation, load_settings
from fewqubit.data import load_examples
from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.evaluate.verdict import compare, verdicts
from fewqubit.meta import build_learner
from fewqubit.meta.answers import Answering, episode_accuracies
from fewqubit.predict.trained import load_trained
from fewqubit.tasks import Episode, class_index, draw_manifest, manifest_hash

ARTIFACTS, RESULTS = Path("artifacts"), Path("docs/results")
ARMS = ("quantum", "twin")
AT_ONCE = 5  # episodes in memory together


class Shape(NamedTuple):
    """What is asked of the learners here."""

    n_way: int
    n_shot: int
    n_query: int
    n_episodes: int


def main() -> None:
    """Draw episodes of test classes, answer them with every seed of both arms, compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.other_shape", description=__doc__)
    parser.add_argument("--dataset", default="omniglot")
    parser.add_argument("--learner", default="protonet")
    for option, default in zip(Shape._fields, (20, 1, 15, 1000), strict=True):
        parser.add_argument(f"--{option.replace('_', '-')}", type=int, default=default)
    asked = parser.parse_args()
    shape = Shape(*(getattr(asked, name) for name in Shape._fields))
    settings, began = load_settings(), time.monotonic()
    key = stream(root_key(settings.seed), "other_shape", asked.dataset, *shape)
    prepared = ARTIFACTS / "prepared" / asked.dataset
    examples = load_examples(prepared / "examples.npz")
    classes = read_json(prepared / "classes.json")
    test, equal_rows = classes["split"]["meta_test"], classes.get("equal_rows", ())
    index = class_index(examples.y, test, equal_rows=equal_rows)
    manifest = draw_manifest(stream(key, "episodes"), index, *shape)
    x = jnp.asarray(examples.x)
    found = {
        arm: _answered(ARTIFACTS / "trained" / asked.dataset / asked.learner / arm, x, manifest)
        for arm in ARMS
    }
    resamples = episode_resamples(
        stream(key, "resamples"), shape.n_episodes, settings.evaluation.resamples
    )
    record = {
        "dataset": asked.dataset,
        "learner": asked.learner,
        **shape._asdict(),
        "manifest": manifest_hash(manifest),
        **_figures(found, resamples, settings.evaluation),
        "seconds": round(time.monotonic() - began),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }
    shots = "" if shape.n_shot == 1 else f"-{shape.n_shot}-shot"
    path = RESULTS / asked.dataset / f"{shape.n_way}-way{shots}"
    write_json(path.with_suffix(".json"), record)
    write_text(path.with_suffix(".md"), _page(record))
    print(_page(record))


def _answered(folder: Path, x: Array, manifest: Episode) -> Float[np.ndarray, "seeds episodes"]:
    """Accuracy of every seed in every episode, each query answered alone."""
    trained, n_way = load_trained(folder), manifest.class_ids.shape[1]
    learner = build_learner(trained.settings, trained.arm, trained.card["feature_shape"], n_way)

    return episode_accuracies(Answering(learner, AT_ONCE), trained.params, x, manifest)


def _figures(
    found: dict[str, np.ndarray], resamples: np.ndarray, reading: Evaluation
) -> dict[str, Any]:
    quantum, twin = (found[arm] for arm in ARMS)
    row = compare(quantum, twin, resamples, reading.margin, reading.confidence)
    word = verdicts({"twin": row}, reading.confidence)["twin"].word
    figures: dict[str, Any] = {"seeds": len(quantum), "margin": reading.margin, "verdict": word}
    for arm, accuracies in found.items():
        low, high = interval(distribution(accuracies, resamples), reading.confidence)
        figures[arm] = {"accuracy": accuracies.mean(), "low": low, "high": high}
        figures[arm]["by_seed"] = accuracies.mean(axis=1).tolist()
    return {**figures, "against_twin": row._asdict()}


def _page(record: dict[str, Any]) -> str:
    """The record as a short page."""
    rows = [_row(arm, record[arm]) for arm in ARMS]
    row = record["against_twin"]
    return "\n".join(
        [
            f"# {record['dataset']}/{record['learner']}: {record['n_way']}-way "
            f"{record['n_shot']}-shot, {record['n_episodes']} test episodes\n",
            f"Made by `python -m benchmarks.other_shape --n-way {record['n_way']} --n-shot "
            f"{record['n_shot']}` in "
            f"{record['seconds']} s on {record['machine']}: the learners of the recipe, as they "
            f"are, {record['seeds']} training seeds. Manifest `{record['manifest'][:16]}…`.\n",
            "| arm | accuracy | 95 % interval |",
            "|---|---:|---:|",
            *rows,
            "",
            f"Quantum − twin: {100 * row['difference']:+.2f} points, {100 * row['low']:+.2f} to "
            f"{100 * row['high']:+.2f}; within ±{100 * record['margin']:g} points "
            f"counts as equivalent: **{record['verdict']}**.",
            "",
        ]
    )


def _row(arm: str, found: dict[str, float]) -> str:
    mean, low, high = (100 * found[name] for name in ("accuracy", "low", "high"))
    return f"| {arm} | {mean:.1f} % | {low:.1f} – {high:.1f} % |"


if __name__ == "__main__":
    main()
