"""MLflow runs this file to load the few-shot model: support and queries in, answers out."""

from pathlib import Path

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext

from fewqubit.data.labels import quoted
from fewqubit.data.rows import labels_in
from fewqubit.errors import DataError
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.predict.files import answers
from fewqubit.tasks.first_task import LABEL, TASK
from fewqubit.tracking.serving.requests import read_as_written, refusing


class FewShotModel(PythonModel):
    """Adapts to the rows that have a label and answers those that have none.

    Rows with the same ``task`` (a column that may be left out) make one task; an answer has a
    probability for each class of its own task.
    """

    def load_context(self, context: PythonModelContext) -> None:
        """Remember where the learner is; ``fit`` changes it, so each task loads its own."""
        self.folder = Path(context.artifacts["folder"])
        read_as_written()

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:
        """One row for each unlabelled row, in their order.

        Raises RequestError, in one line: rows without support, one class spelled in two ways.
        """
        with refusing():
            rows = model_input.reset_index(drop=True)
            tasks = labels_in(rows, TASK, "the request").fillna("")
            parts = [self._answer(group, task) for task, group in rows.groupby(tasks, sort=False)]
            if not parts:
                raise DataError("expected rows, got none")
            return pd.concat(parts).sort_index().reset_index(drop=True)

    def _answer(self, rows: pd.DataFrame, task: str) -> pd.DataFrame:
        where = f"task {quoted(task)}" if task else "the request"
        labels = labels_in(rows, LABEL, where)
        known = labels.notna()
        if known.all() or not known.any():
            raise DataError(
                f"expected, for each task, rows with a '{LABEL}' to learn from and rows without "
                f"one to answer; got {known.sum()} with and {(~known).sum()} without in {where}"
            )
        features = rows.drop(columns=[LABEL, TASK], errors="ignore")
        learner = FewShotClassifier.load(self.folder, self.folder)
        learner.fit(features[known], labels[known])
        return answers(learner, features[~known])


mlflow.models.set_model(FewShotModel())
