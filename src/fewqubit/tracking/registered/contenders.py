"""What a version's run tells of it: answers to the test episodes, and what they cost."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from fewqubit.errors import ArtifactError
from fewqubit.evaluate.gate import Contender
from fewqubit.evaluate.paired import Sample
from fewqubit.evaluate.result_files import read_episodes
from fewqubit.evaluate.seal import CARD


def contender(client: MlflowClient, version: ModelVersion) -> Contender:
    """What its run tells. Raises ArtifactError: the run or its episodes are not there."""
    if not version.run_id:
        raise ArtifactError(f"version {version.version} has no run")
    try:
        run = client.get_run(version.run_id)
    except MlflowException as error:
        raise ArtifactError(f"version {version.version}: {one_line(error)}") from None
    return contender_of_run(
        client, run, f"{run_name(run)} (version {version.version})", random=True
    )


def contender_of_run(client: MlflowClient, run: Run, name: str, random: bool) -> Contender:
    """What ``run`` tells, called ``name``. Raises ArtifactError: its episodes are not there."""
    with TemporaryDirectory() as folder:
        try:
            path = client.download_artifacts(run.info.run_id, f"evaluated/{CARD}", folder)
        except (MlflowException, OSError) as error:
            raise ArtifactError(f"{name}: no evaluated/{CARD}: {one_line(error)}") from None
        found = read_episodes(Path(path))
    learned = np.ones(len(found.after), bool)
    return Contender(name, Sample(found.after, found.by_class, learned, random), *costs_of(run))


def one_line(error: Exception) -> str:
    """The message of an error, on one line."""
    return " ".join(str(error).split())


def run_name(run: Run) -> str:
    """Its name, or else its number."""
    return str(run.info.run_name or run.info.run_id)


def costs_of(run: Run) -> tuple[float, float]:
    """Circuits to adapt to a task, and trained parameters, as a run tells them."""
    figures = run.data.metrics
    return figures.get("cost/circuits_adapt", 0.0), figures.get("cost/parameters", 0.0)
