"""The few figures to compare between runs, as `dvc metrics` and `dvc exp show` list them."""

from collections.abc import Mapping
from typing import Any

ARMS = ("quantum", "twin", "baseline")


def summary_figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Accuracies, difference to the twin, verdict on both opponents, by data set and learner.

    ``figures`` is what ``verdict_figures`` gives: all of them, several hundred in a large run.
    """
    return {
        dataset: {learner: _few(arms) for learner, arms in learners.items()}
        for dataset, learners in figures["results"].items()
    }


def _few(arms: Mapping[str, Any]) -> dict[str, Any]:
    few = {arm: round(arms[arm]["accuracy"], 4) for arm in ARMS if arm in arms}
    if (answer := arms.get("answer")) is not None:
        few["difference"] = round(arms["against_twin"]["difference"], 4)
        few["verdict"] = answer["verdict"]
    return few
