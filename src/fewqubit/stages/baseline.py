"""The stage of one plain baseline on one prepared data set: reads files, writes its results."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import root_key, stream
from fewqubit.base.registry import look_up
from fewqubit.config import Settings
from fewqubit.data import load_examples
from fewqubit.data.examples import load_targets
from fewqubit.data.prepared import kin, read_classes
from fewqubit.evaluate.baselines.candidates import BASELINES, Baseline
from fewqubit.evaluate.baselines.foreign import baseline_met
from fewqubit.evaluate.baselines.tuned import evaluate_baseline, tuned_figures
from fewqubit.evaluate.entities.found import accuracies
from fewqubit.evaluate.entities.material import load_words
from fewqubit.evaluate.entities.tuned import baseline_figures, measure_baseline
from fewqubit.evaluate.regression.baselines import OF_NUMBERS
from fewqubit.evaluate.regression.score import nothing_confused
from fewqubit.evaluate.regression.tuned import Numbers, tuned_numbers
from fewqubit.evaluate.result_files import save_results
from fewqubit.evaluate.results import Accuracies, AdaptationPoint
from fewqubit.tasks import Episode, load_manifest

READ = ("examples.npz", "manifest_validation.npz", "manifest_test.npz")


class Place(NamedTuple):
    """A baseline on a prepared data set; ``known`` is the content of classes.json."""

    dataset: str
    name: str
    folder: Path
    known: Mapping[str, Any]

    def manifests(self) -> tuple[Episode, Episode]:
        """The frozen episodes of validation and of test."""
        validation, test = (load_manifest(self.folder / file) for file in READ[1:])
        return validation, test


Results = tuple[Accuracies, Sequence[AdaptationPoint], np.ndarray, Sequence[str], Mapping[str, Any]]


def baseline_and_save(settings: Settings, prepared: Path, name: str, folder: Path) -> None:
    """Tune and test the baseline, check for leaks, and write the results into ``folder``.

    Raises HonestyError: accuracy on permuted support labels is above or below chance.
    """
    known, dataset = read_classes(prepared, READ), prepared.name
    answer = on_words if "outside" in known else on_numbers if "targets" in known else on_classes
    key = stream(root_key(settings.seed), "evaluate", dataset)  # same as for learners
    results = answer(settings, Place(dataset, name, prepared, known), key)
    save_results(folder, *results)


def on_classes(settings: Settings, of: Place, key: PRNGKeyArray) -> Results:
    """Results on tasks that ask for the class of a row."""
    baseline, known, reading = _of_classes(of), of.known, settings.evaluation
    (validation, test), (x, y) = of.manifests(), load_examples(of.folder / READ[0])
    grid, taught = settings.baselines.with_map(settings.feature_maps), known["split"]["meta_train"]
    tuned = evaluate_baseline(baseline, grid, x, y, taught, validation, test, reading, key)
    where = f"{of.dataset}/{of.name}"
    figures = tuned_figures(tuned, baseline, test, kin(known), reading, key, where)
    if (recall := known.get("recall")) is not None:
        flat, away = x.reshape(len(x), -1), known.get("out_of_scope", ())
        figures |= baseline_met(tuned.chosen, flat, y, (validation, test), recall, away)
    return tuned.accuracies, tuned.curve, tuned.confusion, known["names"], figures


def on_words(settings: Settings, of: Place, key: PRNGKeyArray) -> Results:
    """Results on tasks of sentences, scored by the entities found in them."""
    baseline, known, reading = _of_classes(of), of.known, settings.evaluation
    (_, test), words = of.manifests(), load_words(of.folder)
    grid, taught = settings.baselines.with_map(settings.feature_maps), known["split"]["meta_train"]
    tuned = measure_baseline(baseline, grid, words, test, taught, reading, key)
    arguments = words, test, kin(known), reading, key, f"{of.dataset}/{of.name}"
    figures = baseline_figures(tuned, baseline, *arguments)
    scores = accuracies(tuned.found, tuned.of_words.accuracies.permuted)
    return scores, [], tuned.found.confusion, known["names"], figures


def on_numbers(settings: Settings, of: Place, key: PRNGKeyArray) -> Results:
    """Results on tasks that ask for a number (regression)."""
    make = look_up(of.name, OF_NUMBERS, "baseline of numbers")
    known, (x, y) = of.known, load_examples(of.folder / READ[0])
    targets = load_targets(of.folder / READ[0])
    assert targets is not None
    rows = Numbers(x, targets, y, known["split"]["meta_train"])
    asked = of.manifests(), kin(known), settings.evaluation, key
    tuned = tuned_numbers(make, settings.baselines, rows, *asked)
    names = known["names"]
    return tuned.accuracies, [], nothing_confused(len(names)), names, tuned.figures


def _of_classes(of: Place) -> Baseline:
    return look_up(of.name, BASELINES, "baseline")
