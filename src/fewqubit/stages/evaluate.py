"""The evaluate stage: one trained learner on its frozen test episodes, from files to files."""

from collections.abc import Mapping
from pathlib import Path

from jaxtyping import PRNGKeyArray

from fewqubit.base.io.files import write_json
from fewqubit.config import Evaluation
from fewqubit.data import load_examples
from fewqubit.data.prepared import CLASSES, kin, read_classes
from fewqubit.evaluate.entities.material import load_words
from fewqubit.evaluate.entities.measure import measure_entities
from fewqubit.evaluate.measure import measure
from fewqubit.evaluate.regression.measure import measure_numbers
from fewqubit.evaluate.result_files import save_results
from fewqubit.predict.foreign import met
from fewqubit.predict.trained import check_prepared
from fewqubit.stages.spread import EXAMPLES, load_subject, source_at, spread
from fewqubit.tasks import load_manifest


def evaluate_and_save(
    trained_folder: Path, prepared: Path, reading: Evaluation, key: PRNGKeyArray, folder: Path
) -> None:
    """Evaluate every seed on every test episode, check for leaks, and write the results.

    Raises HonestyError: accuracy on permuted support labels is above or below chance.
    """
    read = (EXAMPLES, "manifest_validation.npz", "manifest_test.npz")
    known = read_classes(prepared, read)
    manifest = load_manifest(prepared / "manifest_test.npz")
    source = source_at(trained_folder, prepared, reading, key)
    subject, members = load_subject(source), kin(known)
    check_prepared(subject.trained, prepared, CLASSES)
    foreign: Mapping[str, float] = {}
    with spread(source, subject) as ask:
        if "outside" in known:
            found = measure_entities(subject, load_words(prepared), manifest, members, ask)
        elif "targets" in known:
            found = measure_numbers(subject, manifest, members, ask)
        else:
            y = load_examples(prepared / EXAMPLES).y
            found = measure(subject, y, manifest, members, ask)
            away = known.get("out_of_scope", ())
            foreign = met(subject.trained, subject.x, y, manifest, away)
    figures = {**found.figures, **foreign}
    write_json(folder / "devices.json", found.devices)
    write_json(folder / "cost.json", found.cost)
    parts = found.accuracies, found.curve, found.confusion, known["names"], figures
    save_results(folder, *parts, ("devices.json", "cost.json"))
