"""One trained learner on frozen test episodes, in memory: everything that is told of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.evaluate.cost import cost_on
from fewqubit.evaluate.devices import OnDevice, evaluate_on, figures
from fewqubit.evaluate.episodes import Evaluated, evaluate
from fewqubit.evaluate.honesty import check_permuted
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.results import Accuracies, AdaptationPoint, metrics
from fewqubit.keys import stream
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode, first_episodes


class Measured(NamedTuple):
    """What a trained learner did on the test episodes.

    figures:  what metrics.json tells
    devices:  what the circuit did where it was measured, by the device's name
    cost:     what it asks of a device
    """

    accuracies: Accuracies
    curve: Sequence[AdaptationPoint]
    confusion: Float[np.ndarray, "true predicted"]
    figures: Mapping[str, float]
    devices: Mapping[str, Any]
    cost: Mapping[str, Any]


def measure(
    trained: Trained,
    x: Float[np.ndarray, "N *feature"],
    y: Int[np.ndarray, " N"],
    manifest: Episode,
    groups: Sequence[str],
    reading: Evaluation,
    key: PRNGKeyArray,
) -> Measured:
    """Evaluate every seed on every episode of ``manifest``; check its honesty.

    ``groups``: for each class, what it was made from. Raises HonestyError: the learner beats, or
    misses, chance on permuted support labels.
    """
    name = "{dataset}/{learner}/{arm}".format_map(trained.card)
    # The same stream for every learner of a data set: permutations and extra shots are paired.
    key = stream(key, "evaluate", trained.card["dataset"])
    results = evaluate(trained, x, y, manifest, reading, key)
    devices = _on_devices(trained, x, manifest, results.accuracies.after, reading, key)
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
    trained: Trained,
    x: np.ndarray,
    manifest: Episode,
    exact: np.ndarray,
    reading: Evaluation,
    key: PRNGKeyArray,
) -> dict[str, OnDevice]:
    """The first test episodes on every device of the settings; only the circuit itself has any."""
    if trained.arm != "quantum":
        return {}
    some = first_episodes(manifest, reading.device_episodes)
    return {
        name: evaluate_on(name, device, trained, x, some, exact, key, reading.device_adaptation)
        for name, device in reading.devices_of(trained.card["learner"]).items()
    }


def _figures(
    results: Evaluated,
    trained: Trained,
    groups: np.ndarray,
    reading: Evaluation,
    key: PRNGKeyArray,
) -> dict[str, float]:
    """What metrics.json tells."""
    card = trained.card
    n_episodes = results.accuracies.after.shape[1]
    resamples = episode_resamples(stream(key, "resamples"), n_episodes, reading.resamples)
    chance = 1 / card["episodes"]["n_way"]
    told = metrics(results.accuracies, chance, resamples, reading.confidence, groups=groups)
    return told | {
        "n_parameters": card["n_parameters"]["total"],
        "circuit_evaluations_adapt": card["circuit_evaluations"]["adapt"],
    }
