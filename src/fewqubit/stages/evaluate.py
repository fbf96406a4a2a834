"""One trained learner on its frozen test episodes: from files to files."""

from pathlib import Path

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.data import load_examples
from fewqubit.data.prepared import CLASSES, read_classes
from fewqubit.evaluate.cost import cost_on
from fewqubit.evaluate.devices import OnDevice, evaluate_on, figures
from fewqubit.evaluate.episodes import Evaluated, evaluate
from fewqubit.evaluate.honesty import check_permuted
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.result_files import save_results
from fewqubit.evaluate.results import metrics
from fewqubit.io.files import write_json
from fewqubit.keys import stream
from fewqubit.predict.trained import Trained, check_prepared, load_trained
from fewqubit.tasks import Episode, first_episodes, load_manifest


def evaluate_and_save(
    trained_folder: Path, prepared: Path, reading: Evaluation, key: PRNGKeyArray, folder: Path
) -> None:
    """Evaluate every seed on every test episode; check its honesty; write the results.

    Raises HonestyError: the learner beats, or misses, chance on permuted support labels.
    """
    trained = load_trained(trained_folder)
    check_prepared(trained, prepared, CLASSES)
    known = read_classes(prepared, ("examples.npz", "manifest_test.npz"))
    examples = load_examples(prepared / "examples.npz")
    manifest = load_manifest(prepared / "manifest_test.npz")
    name = "{dataset}/{learner}/{arm}".format_map(trained.card)
    # The same stream for every learner of a data set: permutations and extra shots are paired.
    key = stream(key, "evaluate", trained.card["dataset"])
    results = evaluate(trained, examples.x, examples.y, manifest, reading, key)
    devices = _on_devices(trained, examples.x, manifest, results.accuracies.after, reading, key)
    check_permuted(results.accuracies.permuted, 1 / manifest.class_ids.shape[1], name)
    groups = np.asarray(known["groups"])[manifest.class_ids]
    told = _figures(results, trained, groups, reading, key)
    some = min(reading.device_episodes, len(manifest.class_ids))
    resamples = episode_resamples(stream(key, "resamples"), some, reading.resamples)
    write_json(folder / "devices.json", figures(devices, resamples, reading.confidence))
    write_json(folder / "cost.json", cost_on(reading.cost_device, trained)._asdict())
    parts = results.accuracies, results.curve, results.confusion, known["names"], told
    save_results(folder, *parts, ("devices.json", "cost.json"))


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
        for name, device in reading.devices.items()
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
