"""One trained learner on its frozen test episodes: from files to files."""

from pathlib import Path

from jaxtyping import PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.data import load_examples
from fewqubit.data.examples import load_targets
from fewqubit.data.prepared import CLASSES, kin, read_classes
from fewqubit.entities.material import load_words
from fewqubit.entities.measure import measure_entities
from fewqubit.evaluate.measure import measure
from fewqubit.evaluate.result_files import save_results
from fewqubit.io.files import write_json
from fewqubit.predict.trained import check_prepared, load_trained
from fewqubit.regression.measure import measure_numbers
from fewqubit.tasks import load_manifest


def evaluate_and_save(
    trained_folder: Path, prepared: Path, reading: Evaluation, key: PRNGKeyArray, folder: Path
) -> None:
    """Evaluate every seed on every test episode; check its honesty; write the results.

    Raises HonestyError: the learner beats, or misses, chance on permuted support labels.
    """
    trained = load_trained(trained_folder)
    check_prepared(trained, prepared, CLASSES)
    read = ("examples.npz", "manifest_validation.npz", "manifest_test.npz")
    known = read_classes(prepared, read)
    manifest = load_manifest(prepared / "manifest_test.npz")
    if "outside" in known:
        words = load_words(prepared)
        found = measure_entities(trained, words, manifest, kin(known), reading, key)
    elif "targets" in known:
        x, _ = load_examples(prepared / "examples.npz")
        targets = load_targets(prepared / "examples.npz")
        assert targets is not None
        found = measure_numbers(trained, x, targets, manifest, kin(known), reading, key)
    else:
        examples = load_examples(prepared / "examples.npz")
        found = measure(trained, examples.x, examples.y, manifest, kin(known), reading, key)
    write_json(folder / "devices.json", found.devices)
    write_json(folder / "cost.json", found.cost)
    parts = found.accuracies, found.curve, found.confusion, known["names"], found.figures
    save_results(folder, *parts, ("devices.json", "cost.json"))
