"""Models without pickle: parameters beside the code that reads them.

``few-shot`` adapts to the labelled rows of a request; ``first-task`` has adapted to the first test
task and classifies the rows of a request.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import mlflow.pyfunc
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelOutput, Run
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import AnyType

import fewqubit
from fewqubit.base.io.files import read_json
from fewqubit.base.usercode import OWN
from fewqubit.data import load_transform
from fewqubit.data.pictures.decode import PICTURE
from fewqubit.data.prepared import TRANSFORM, read_classes
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.predict.files import answers
from fewqubit.predict.trained import copy_trained
from fewqubit.tasks.first_task import FIRST_TASK, LABEL, TASK
from fewqubit.tracking import serving
from fewqubit.tracking.serving.requirements import requirements

IMPORT_PATH = re.compile(r"([A-Za-z_][\w.]*):\w+", re.ASCII)
TRANSFORM_FILES = ("transform.npz", "transform.json")


class TrackedLearner(NamedTuple):
    """A trained learner of a project, and the folder of its data."""

    project: Path
    trained: Path
    prepared: Path


def log_few_shot(client: MlflowClient, run: Run, learner: TrackedLearner) -> LoggedModel:
    """Log the model that learns from each request; it holds the seed that validated best."""
    task = _first_task(learner.prepared)
    # of any type: a number, or nothing but numbers, is as good a label as a text
    label, name = (ColSpec(AnyType(), column, required=False) for column in (LABEL, TASK))
    signature = ModelSignature(
        Schema([label, name, *_cells(learner.prepared, task.columns.drop(LABEL))]),
        Schema([ColSpec(DataType.string, LABEL)]),  # and a probability for each class of the task
    )
    with TemporaryDirectory() as folder:
        copy_trained(learner.trained, Path(folder))
        for file in TRANSFORM_FILES:
            shutil.copy(learner.prepared / file, folder)
        return _log(client, run, "few_shot", learner, Path(folder), signature, task)


def log_first_task(client: MlflowClient, run: Run, learner: TrackedLearner) -> LoggedModel:
    """Adapt to the first test task and log the adapted model."""
    task = _first_task(learner.prepared)
    known, rows = task[LABEL].notna(), task.drop(columns=LABEL)
    model = FewShotClassifier.load(learner.trained, learner.prepared)
    model.fit(rows[known], task.loc[known, LABEL])
    queries = rows[~known]
    answered = answers(model, queries).columns.drop(LABEL)
    signature = ModelSignature(
        Schema(_cells(learner.prepared, queries.columns)),
        Schema([ColSpec(DataType.string, LABEL), *_numbers(answered)]),
    )
    with TemporaryDirectory() as folder:
        model.save_adapted(folder)
        return _log(client, run, "first_task", learner, Path(folder), signature, queries)


def _log(
    client: MlflowClient,
    run: Run,
    name: str,
    learner: TrackedLearner,
    folder: Path,
    signature: ModelSignature,
    example: pd.DataFrame,
) -> LoggedModel:
    """Log the model that ``serving/<name>.py`` loads from ``folder``.

    Not by ``log_model``, which serves the example to itself, and so compiles every learner.
    """
    experiment, run_id = run.info.experiment_id, run.info.run_id
    package, user_modules = Path(fewqubit.__file__).parent, own_modules(learner.trained)
    code = [package, *([learner.project / OWN] if any(map(_is_own, user_modules)) else [])]
    modules = [f"{serving.__name__}.{name}", *user_modules]
    model = client.create_logged_model(experiment, name.replace("_", "-"), run_id)
    with TemporaryDirectory() as temporary:
        saved = Path(temporary, "model")
        mlflow.pyfunc.save_model(
            saved,
            mlflow_model=Model(run_id=run_id, model_id=model.model_id),
            python_model=str(Path(serving.__file__).with_name(f"{name}.py")),
            artifacts={"folder": str(folder)},
            code_paths=[str(path) for path in code],
            pip_requirements=requirements(modules, [path.parent for path in code]),
            signature=signature,
            input_example=example,
        )
        client.log_model_artifacts(model.model_id, str(saved))
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    return client.finalize_logged_model(model.model_id, "READY")


def own_modules(trained: Path) -> list[str]:
    """Modules that the settings of a learner name: of the user's own, or of a library."""
    return [found[1] for found in map(IMPORT_PATH.fullmatch, _texts(_settings(trained))) if found]


def _is_own(module: str) -> bool:
    return module.partition(".")[0] == OWN


def _settings(trained: Path) -> Any:
    return read_json(trained / "learner.json")["settings"]


def _texts(value: Any) -> Iterator[str]:
    """Every text in settings, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for below in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(below)


def _first_task(prepared: Path) -> pd.DataFrame:
    """Labels stay text: a class ``1`` is no number, and a class ``NA`` is no missing label."""
    read_classes(prepared, [FIRST_TASK, TRANSFORM])
    texts = {name: object for name, kind in _kinds(prepared).items() if kind != "number"}
    if (embedding := load_transform(prepared).embedding) is not None:
        texts[embedding.column] = object
    return pd.read_csv(
        prepared / FIRST_TASK, dtype={LABEL: object, **texts}, keep_default_na=False, na_values=[""]
    )


def _cells(prepared: Path, columns: pd.Index) -> list[ColSpec]:
    """Texts, or numbers; where a table is not all numbers, any cell may be empty or text."""
    if load_transform(prepared).embedding is not None:
        return [ColSpec(DataType.string, name) for name in columns]
    kinds = _kinds(prepared)
    if not kinds:
        return _numbers(columns)
    types = {True: DataType.double, False: DataType.string}
    return [ColSpec(types[kinds[name] == "number"], name, required=False) for name in columns]


def _kinds(prepared: Path) -> dict[str, str]:
    """What each column holds, of a table that is not all numbers."""
    encoding = load_transform(prepared).encoding
    return {one.name: one.kind for one in encoding.schema.columns} if encoding else {}


def _numbers(columns: pd.Index) -> list[ColSpec]:
    """A number each, but for a picture, whose file is a text in base64."""
    return [
        ColSpec(DataType.string if name == PICTURE else DataType.double, name) for name in columns
    ]
