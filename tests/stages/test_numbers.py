"""A table with a number as target, from a file to R²: prepare, meta_train, evaluate, baseline."""

from pathlib import Path

import numpy as np
import pytest
from benchmarks.waves import waves

from fewqubit.base.io.files import read_json
from fewqubit.base.keys import root_key
from fewqubit.base.reading import read_yaml
from fewqubit.config import Circuit, Episodes, Evaluation, Table, load_settings, section_of
from fewqubit.config.settings import validate
from fewqubit.data import load_examples
from fewqubit.data.examples import load_targets
from fewqubit.data.prepared import read_classes
from fewqubit.errors import DataError, SettingsError
from fewqubit.evaluate.regression.score import explained
from fewqubit.evaluate.result_files import read_episodes
from fewqubit.evaluate.results import Accuracies
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.predict.files import read_task
from fewqubit.stages.baseline import baseline_and_save
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.prepare import prepare
from fewqubit.tasks import load_manifest

TOP = Path(__file__).parents[2]
EPISODES = {"n_way": 1, "n_shot": 8, "n_query": 8, "n_validation": 6, "n_test": 10}
CIRCUIT = Circuit("angle", n_qubits=2, ansatz="real_amplitudes", layers=1)
TRAINING = Training(steps=30, validate_every=15, tasks_per_step=4, learning_rate=0.03)
MAML = section_of(Maml(encoder=Mlp((8,)), circuit=CIRCUIT, training=TRAINING), seeds=2)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("waves") / "waves.csv"
    path.write_text(waves(24, 20))
    return path


def settings(path: Path, **changes: object) -> Table:
    said = {"source": "table", "path": str(path), "label": "level", "group": "place"}
    return Table.model_validate({**said, "tasks": "numbers", "episodes": EPISODES, **changes})


@pytest.fixture(scope="module")
def prepared(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared") / "waves"
    prepare("waves", settings(table), root_key(0), folder)
    return folder


def read_results(place: Path) -> Accuracies:
    """An episode may be answered worse than by the mean of all."""
    return read_episodes(place / "episodes.parquet", -np.inf)


def test_a_task_has_rows_of_one_group(prepared: Path, table: Path) -> None:
    known = read_classes(prepared, ("examples.npz",))
    targets, (x, y) = (
        load_targets(prepared / "examples.npz"),
        load_examples(prepared / "examples.npz"),
    )
    assert x.shape == (480, 1)
    taught = np.isin(y, known["split"]["meta_train"])
    assert np.isclose(targets[taught].mean(), 0, atol=1e-6)
    assert np.isclose(targets[taught].std(), 1)
    written = np.loadtxt(table, delimiter=",", skiprows=1, usecols=2)
    measured = known["targets"]
    assert np.allclose(targets[:, 0] * measured["spread"] + measured["mean"], written, atol=1e-4)
    manifest = load_manifest(prepared / "manifest_test.npz")
    assert (y[manifest.support_rows] == manifest.class_ids).all()
    assert read_json(prepared / "summary.json")["score"] == "R²"


def test_r2_is_that_of_all_queries_together() -> None:
    """1 − Σ errors² / Σ (y − mean)², as scikit-learn has it."""
    from sklearn.metrics import r2_score

    random = np.random.default_rng(0)
    truth, answers = random.normal(size=(2, 6, 5))
    found = explained(answers, truth)
    assert np.isclose(found.mean(), r2_score(truth.ravel(), answers.ravel()))


def test_numbers_are_learned(prepared: Path, tmp_path: Path) -> None:
    names = ("waves", "maml", "quantum")
    trained, place = tmp_path / "trained", tmp_path.joinpath("evaluated", *names)
    train_and_save(TrainingJob(*names, MAML, Episodes(**EPISODES), prepared), root_key(0), trained)
    evaluate_and_save(trained, prepared, Evaluation(resamples=50), root_key(0), place)
    found, figures = (
        read_episodes(place / "episodes.parquet", -np.inf),
        read_json(place / "metrics.json"),
    )
    assert found.after.shape == (2, 10)
    assert found.after.mean() > found.permuted.mean()
    assert figures["accuracy"] == pytest.approx(found.after.mean())
    assert figures["chance"] == 0
    with pytest.raises(SettingsError, match="expected a learner of classes, got one of numbers"):
        FewShotClassifier.load(trained, prepared)
    with pytest.raises(SettingsError, match="expected a learner of classes, got one of numbers"):
        read_task(prepared, prepared / "first_task.csv", None, "label")


@pytest.mark.parametrize(
    ("name", "least"), [("mean", -0.5), ("kernel_ridge", 0.3), ("pooled", -0.6)]
)
def test_regressions_on_the_support(
    name: str, least: float, prepared: Path, tmp_path: Path
) -> None:
    place = tmp_path / "waves" / name / "baseline"
    baseline_and_save(load_settings(TOP / "params.yaml"), prepared, name, place)
    found = read_results(place)
    assert least < found.after.mean() < 1
    assert found.after.mean() > found.permuted.mean() or name == "mean"


def test_a_learner_that_compares_classes_says_so(prepared: Path, tmp_path: Path) -> None:
    circuit = Circuit("angle", n_qubits=2)
    learner = section_of(ProtoNet(encoder=Mlp(), circuit=circuit, training=TRAINING), seeds=1)
    work = TrainingJob("waves", "protonet", "quantum", learner, Episodes(**EPISODES), prepared)
    with pytest.raises(SettingsError, match="for numbers take a learner that adapts by gradient"):
        train_and_save(work, root_key(0), tmp_path)


@pytest.mark.parametrize(
    ("cell", "said"),
    [("", "row 3 has no number in column 'level'"), ("high", "level"), ("inf", "level")],
)
def test_a_cell_that_is_no_number_is_one_line(cell: str, said: str, tmp_path: Path) -> None:
    lines = waves(6, 20).splitlines()
    lines[3] = ",".join([*lines[3].split(",")[:2], cell])
    path = tmp_path / "broken.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match=said) as raised:
        prepare("broken", settings(path), root_key(0), tmp_path / "broken")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"episodes": {**EPISODES, "n_way": 2}}, "n_way: 1 where numbers are asked for"),
        ({"tasks": "classes"}, "n_way: 1 where numbers are asked for"),
        ({"group": None}, "needs the column of the groups"),
    ],
)
def test_settings_that_cannot_be(changes: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        settings(Path("x.csv"), **changes)


def test_a_baseline_of_classes_is_refused() -> None:
    values = read_yaml(TOP / "params.yaml")
    values["datasets"]["waves"] = settings(Path("data/tables/waves.csv")).model_dump(mode="json")
    values["run"] |= {"datasets": ["waves"], "baselines": ["svm", "ridge"]}
    with pytest.raises(SettingsError, match="svm cannot answer waves, which asks for numbers"):
        validate(values, "params.yaml")
