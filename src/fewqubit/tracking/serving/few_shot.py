"""MLflow runs this file to load the few-shot model: support and queries in, answers out."""

from pathlib import Path

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext

from fewqubit.adaptation import answers
from fewqubit.errors import DataError
from fewqubit.estimator import FewShotClassifier
from fewqubit.tasks.first_task import LABEL, TASK


class FewShotModel(PythonModel):
    """Adapts to the rows that have a label and answers those that have none.

    Rows with the same ``task`` (a column that may be left out) make one task; an answer has a
    probability for each class of its own task.
    """

    def load_context(self, context: PythonModelContext) -> None:
        """Remember where the learner is; ``fit`` changes it, so each task loads its own."""
        self.folder = Path(context.artifacts["folder"])

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:
        """One row for each unlabelled row, in their order. Raises DataError without support."""
        rows = model_input.reset_index(drop=True)
        tasks = rows.get(TASK, pd.Series("", rows.index)).fillna("")
        parts = [self._answer(group) for _, group in rows.groupby(tasks, sort=False)]
        return pd.concat(parts).sort_index().reset_index(drop=True)

    def _answer(self, rows: pd.DataFrame) -> pd.DataFrame:
        labels = rows.get(LABEL, pd.Series(None, rows.index, dtype=object))
        known = labels.notna()
        if known.all() or not known.any():
            raise DataError(
                f"expected, for each task, rows with a '{LABEL}' to learn from and rows without "
                f"one to answer; got {known.sum()} with and {(~known).sum()} without"
            )
        features = rows.drop(columns=[LABEL, TASK], errors="ignore")
        learner = FewShotClassifier.load(self.folder, self.folder)
        learner.fit(features[known], labels[known])
        return answers(learner, features[~known])


mlflow.models.set_model(FewShotModel())
