"""Models as a client meets them: loaded from the registry, with pickle forbidden."""

import os
import pickletools
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

import fewqubit
from fewqubit.base.io.files import read_json
from fewqubit.errors import DataError
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.tasks.first_task import FIRST_TASK
from fewqubit.tracking import serving
from fewqubit.tracking.serving.requirements import requirements
from locked_project import Project
from trained_project import ARMS

# Loads what few_shot.py loads and answers, where nothing but the closure of the list is installed.
ANSWER = """
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Missing())
import pandas as pd
from fewqubit.tracking.serving.few_shot import FewShotModel
from mlflow.pyfunc import PythonModelContext
model = FewShotModel()
model.load_context(PythonModelContext({"folder": sys.argv[1]}, None))
task = pd.read_csv(sys.argv[2], dtype={"label": object})
print(len(model.predict(task)), "answers")
"""


def plain(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def closure(names: set[str]) -> set[str]:
    """The distributions that installing ``names`` brings; extras of theirs are taken in too."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = plain(waiting.pop())
        if name not in found:
            found.add(name)
            try:
                lines = requires(name) or []
            except PackageNotFoundError:  # of another platform
                continue
            waiting += [re.split(r"[^\w.-]", line)[0] for line in lines if "extra ==" not in line]
    return found


SOURCE = Path(fewqubit.__file__).parents[1]
FEATURES = ["width", "length"]


@pytest.fixture
def client(served: Project, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    uri = f"sqlite:///{served.root}/mlflow.db"
    mlflow.set_tracking_uri(uri)
    return MlflowClient(uri)


@pytest.fixture
def few_shot(client: MlflowClient):
    return mlflow.pyfunc.load_model("models:/fewqubit-digits@champion")


@pytest.fixture
def task(served: Project) -> pd.DataFrame:
    return pd.read_csv(served.root / "artifacts/prepared/digits" / FIRST_TASK)


def champion_arm(client: MlflowClient) -> str:
    return client.get_model_version_by_alias("fewqubit-digits", "champion").tags["arm"]


def by_hand(served: Project, arm: str, task: pd.DataFrame) -> pd.DataFrame:
    """What the learner itself says of the task's queries."""
    folders = (f"trained/digits/protonet/{arm}", "prepared/digits")
    known = task["label"].notna()
    learner = FewShotClassifier.load(*(served.root / "artifacts" / part for part in folders))
    learner.fit(task.loc[known, FEATURES], task.loc[known, "label"])
    probabilities = learner.predict_proba(task.loc[~known, FEATURES])
    columns = [f"probability_{name}" for name in learner.classes_]
    return pd.DataFrame(probabilities, columns=columns)


def test_few_shot_model_answers_as_the_learner_does(served, client, few_shot, task):
    answered = few_shot.predict(task)
    expected = by_hand(served, champion_arm(client), task)
    np.testing.assert_allclose(answered[expected.columns], expected, atol=1e-6)
    likeliest = expected.idxmax(axis=1).str.removeprefix("probability_")
    assert answered["label"].tolist() == likeliest.tolist()


def test_adapted_model_answers_as_the_few_shot_model_adapted_to_the_same_task(
    client, few_shot, task
):
    adapted = mlflow.pyfunc.load_model("models:/fewqubit-digits-first-task@champion")
    queries = task.loc[task["label"].isna(), FEATURES].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        adapted.predict(queries), few_shot.predict(task), check_dtype=False, atol=1e-6
    )


def test_several_tasks_in_one_frame_do_not_touch_each_other(few_shot, task):
    other = task.assign(label=task["label"].replace({"a": "first"}), width=-task["width"])
    frame = pd.concat([task.assign(task="one"), other.assign(task="two")])
    shuffled = frame.sample(frac=1, random_state=0)
    asked = shuffled.loc[shuffled["label"].isna(), "task"].to_numpy()
    answered = few_shot.predict(shuffled)
    for name, alone in (("one", task), ("two", other)):
        part = answered[asked == name].dropna(axis="columns")
        key = part.columns[-1]
        expected = few_shot.predict(alone)
        np.testing.assert_allclose(np.sort(part[key]), np.sort(expected[key]), atol=1e-6)


@pytest.mark.parametrize("labels", [None, ["a"] * 6])
def test_request_without_support_or_without_queries_is_one_clear_line(few_shot, task, labels):
    with pytest.raises(DataError, match="expected, for each task, rows with a 'label'"):
        few_shot.predict(task.assign(label=labels))


def test_missing_feature_is_named(few_shot, task):
    with pytest.raises(MlflowException, match="width"):
        few_shot.predict(task.drop(columns="width"))


def test_champion_is_the_best_on_validation_whatever_the_test_accuracy(served, client):
    folder = served.root / "artifacts/trained/digits/protonet"
    validated = {
        arm: np.mean(read_json(folder / arm / "learner.json")["validation_accuracy"])
        for arm in ARMS
    }
    versions = client.search_model_versions("name = 'fewqubit-digits'")
    assert {version.tags["arm"] for version in versions} == set(ARMS)
    assert validated[champion_arm(client)] == max(validated.values())


def test_no_file_of_a_model_is_a_pickle(served, client):
    files = [path for path in (served.root / "mlartifacts").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if is_pickle(path)]


def is_pickle(path: Path) -> bool:
    content = path.read_bytes()
    if not content.startswith(b"\x80"):  # protocol 2 and later
        return False
    try:
        return bool(list(pickletools.genops(content)))
    except ValueError:
        return False


def test_models_have_signature_example_and_pinned_requirements(client, few_shot):
    metadata = few_shot.metadata
    assert metadata.signature.inputs.input_names() == ["label", "task", *FEATURES]
    assert metadata.signature.inputs.required_input_names() == FEATURES
    assert few_shot.input_example is not None
    requirements = Path(
        mlflow.artifacts.download_artifacts("models:/fewqubit-digits@champion/requirements.txt")
    ).read_text()
    assert all("==" in line for line in requirements.splitlines())


def test_a_model_answers_with_nothing_else_installed(served, tmp_path: Path) -> None:
    there = closure(
        {
            line.partition("==")[0]
            for line in requirements([serving.__name__ + ".few_shot"], [SOURCE])
        }
    )
    missing = {
        library
        for library, names in packages_distributions().items()
        if not there & {plain(name) for name in names} and library != "fewqubit"
    }
    assert {"dvc", "prefect", "qiskit_aer", "optuna", "typer"} & missing
    folder = tmp_path / "model"
    folder.mkdir()
    for place in ("trained/digits/protonet/quantum", "prepared/digits"):
        for path in (served.root / "artifacts" / place).iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
    code = f"MISSING = {missing!r}\n{ANSWER}"
    command = [sys.executable, "-c", code, str(folder), str(folder / "first_task.csv")]
    answer = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ""}
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.endswith("answers\n")


def test_registered_models_say_what_they_are_and_how_to_serve_them(client) -> None:
    for name, kind in (
        ("fewqubit-digits", "Learns"),
        ("fewqubit-digits-first-task", "Has adapted"),
    ):
        description = client.get_registered_model(name).description
        assert description.startswith(kind)
        assert f"mlflow models serve -m models:/{name}@champion" in description
