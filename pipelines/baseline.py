"""baseline: a plain classifier, tuned on validation episodes -> accuracies of every episode."""

from pathlib import Path

from fewqubit.base.registry import look_up
from fewqubit.config import Settings, load_settings
from fewqubit.data import load_examples
from fewqubit.data.prepared import kin, read_classes
from fewqubit.entities.found import accuracies
from fewqubit.entities.material import load_words
from fewqubit.entities.tuned import baseline_figures, measure_baseline
from fewqubit.evaluate.candidates import BASELINES, Baseline
from fewqubit.evaluate.result_files import save_results
from fewqubit.evaluate.tuned import evaluate_baseline, tuned_figures
from fewqubit.keys import root_key, stream
from fewqubit.stages.process import asked, stage
from fewqubit.tasks import load_manifest

PREPARED, EVALUATED = Path("artifacts/prepared"), Path("artifacts/evaluated")


def main() -> None:
    """Evaluate one baseline of params.yaml on one data set."""
    dataset, name = asked(__doc__, "dataset", "baseline")
    with stage(f"baseline@{dataset}-{name}"):
        run(load_settings(), dataset, name, look_up(name, BASELINES, "baseline"))


def run(settings: Settings, dataset: str, name: str, baseline: Baseline) -> None:
    """Tune, test, check that nothing leaks, and write the results."""
    folder, reading = PREPARED / dataset, settings.evaluation
    read = ("examples.npz", "manifest_validation.npz", "manifest_test.npz")
    classes = read_classes(folder, read)
    validation = load_manifest(folder / "manifest_validation.npz")
    test = load_manifest(folder / "manifest_test.npz")
    key = stream(root_key(settings.seed), "evaluate", dataset)  # as of the trained learners
    known = classes["split"]["meta_train"]
    grid = settings.baselines.with_map(settings.feature_maps)
    told, place = (kin(classes), reading, key, f"{dataset}/{name}"), EVALUATED / dataset / name
    if "outside" in classes:
        words = load_words(folder)
        best = measure_baseline(baseline, grid, words, test, known, reading, key)
        scores = accuracies(best.found, best.of_words.accuracies.permuted)
        counts, figures = best.found.confusion, baseline_figures(best, baseline, words, test, *told)
        save_results(place / "baseline", scores, [], counts, classes["names"], figures)
        return
    x, y = load_examples(folder / "examples.npz")
    tuned = evaluate_baseline(baseline, grid, x, y, known, validation, test, reading, key)
    figures = tuned_figures(tuned, baseline, test, *told)
    results = tuned.accuracies, tuned.curve, tuned.confusion
    save_results(place / "baseline", *results, classes["names"], figures)


if __name__ == "__main__":
    main()
