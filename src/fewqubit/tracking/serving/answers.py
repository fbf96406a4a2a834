"""The form of an answer: one row for each query."""

from typing import Protocol

import numpy as np
import pandas as pd

from fewqubit.tasks.first_task import LABEL

PROBABILITY = "probability_"


class Adapted(Protocol):
    """A classifier that has adapted to a support set."""

    classes_: np.ndarray

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray: ...


def answers(classifier: Adapted, rows: pd.DataFrame) -> pd.DataFrame:
    """``label`` and ``probability_<class>`` for each of ``rows``, indexed as they are."""
    probabilities = classifier.predict_proba(rows)
    columns = [f"{PROBABILITY}{name}" for name in classifier.classes_]
    table = pd.DataFrame(probabilities, columns=columns, index=rows.index)
    table.insert(0, LABEL, classifier.classes_[probabilities.argmax(axis=1)])
    return table
