"""MLflow runs this file to load a model that has adapted to a task: rows in, answers out."""

from pathlib import Path

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext

from fewqubit.predict.adapted import AdaptedClassifier
from fewqubit.predict.files import answers
from fewqubit.tracking.serving.requests import read_as_written, refusing


class AdaptedModel(PythonModel):
    """Classifies rows among the classes that it adapted to."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the adapted parameters once."""
        self.classifier = AdaptedClassifier.load(Path(context.artifacts["folder"]))
        read_as_written()

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:
        """One row for each row. Raises RequestError, in one line."""
        with refusing():
            return answers(self.classifier, model_input)


mlflow.models.set_model(AdaptedModel())
