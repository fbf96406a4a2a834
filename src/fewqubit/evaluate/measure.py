"""Evaluate one trained learner on frozen test episodes: all its figures, in memory."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import Evaluation
from fewqubit.evaluate.answering.devices import OnDevice, evaluate_on, figures
from fewqubit.evaluate.answering.episodes import Evaluated, evaluate
from fewqubit.evaluate.answering.subject import Ask, Subject
from fewqubit.evaluate.cost import cost_on
from fewqubit.evaluate.honesty import check_permuted
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.results import Accuracies, AdaptationPoint, metrics
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode, first_episodes


class Measured(NamedTuple):
    """Results of a trained learner on the test episodes.

    figures:  figures for metrics.json
    devices:  results of its circuit on devices, by the device's name
    cost:     its cost on a device
    """

    accuracies: Accuracies
    curve: Sequence[AdaptationPoint]
    confusion: Float[np.ndarray, "true predicted"]
    figures: Mapping[str, float]
    devices: Mapping[str, Any]
    cost: Mapping[str, Any]


def measure(
    subject: Subject,
    y: Int[np.ndarray, " N"],
    manifest: Episode,
    groups: Sequence[str],
    ask: Ask | None = None,
) -> Measured:
    """Evaluate every seed on every episode of ``manifest``; check its honesty.

    ``groups``: origin of each class. ``ask``: where it is computed; None: in this process.

    Raises HonestyError: the learner beats, or misses, chance on permuted support labels.
    """
    trained, _, reading, key, _ = subject
    name = "{dataset}/{learner}/{arm}".format_map(trained.card)
    results = evaluate(subject, y, manifest, ask)
    devices = _on_devices(subject, manifest, results.accuracies.after, ask)
    check_permuted(results.accuracies.permuted, 1 / manifest.class_ids.shape[1], name)
    told = _figures(results, trained, np.asarray(groups)[manifest.class_ids], reading, key)
    some = min(reading.device_episodes, len(manifest.class_ids))
    resamples = episode_resamples(stream(key, "resamples"), some, reading.resamples)
    return Measured(
        *results,
        told,
        figures(devices, resamples, reading.confidence),
        cost_on(reading.cost_device, trained)._asdict(),
    )


def _on_devices(
    subject: Subject, manifest: Episode, exact: np.ndarray, ask: Ask | None
) -> dict[str, OnDevice]:
    """The first test episodes on every device of the settings; only for the quantum arm."""
    trained, reading = subject.trained, subject.reading
    if trained.arm != "quantum":
        return {}
    some = first_episodes(manifest, reading.device_episodes)
    return {
        name: evaluate_on(name, subject, some, exact, ask)
        for name in reading.devices_of(trained.card["learner"])
    }


def _figures(
    results: Evaluated,
    trained: Trained,
    groups: np.ndarray,
    reading: Evaluation,
    key: PRNGKeyArray,
) -> dict[str, float]:
    """Figures for metrics.json."""
    card = trained.card
    n_episodes = results.accuracies.after.shape[1]
    resamples = episode_resamples(stream(key, "resamples"), n_episodes, reading.resamples)
    chance = 1 / card["episodes"]["n_way"]
    told = metrics(results.accuracies, chance, resamples, reading.confidence, groups=groups)
    return told | {
        "n_parameters": card["n_parameters"]["total"],
        "circuit_evaluations_adapt": card["circuit_evaluations"]["adapt"],
    }
