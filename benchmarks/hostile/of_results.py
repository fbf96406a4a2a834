"""What the answers of a finished run say, arm by arm and class by class."""

from typing import Any

import numpy as np
from benchmarks.hostile.frozen import ARTIFACTS, Tests, compared, half_width

import fewqubit.stages.process  # noqa: F401 - how trainings compile, as in a stage
from fewqubit.config import Settings
from fewqubit.evaluate.result_files import read_episodes


def by_class(dataset: str, learner: str, opponent: str, tests: Tests) -> dict[str, Any]:
    """Quantum − opponent on each class; means of groups, with intervals over their classes."""
    quantum, other = (
        read_episodes(ARTIFACTS / "evaluated" / dataset / learner / arm / "episodes.parquet")
        for arm in ("quantum", opponent)
    )
    assert quantum.by_class is not None
    assert other.by_class is not None
    cells = (quantum.by_class - other.by_class).mean(0)
    ids = np.asarray(tests.manifest.class_ids)
    classes = np.unique(ids)
    means = np.array([cells[ids == number].mean() for number in classes])
    groups = np.array([tests.groups[number] for number in classes])
    order = np.argsort(means)
    return {
        "groups": {
            str(group): {
                "classes": int((groups == group).sum()),
                "difference": float(means[groups == group].mean()),
                "half": half_width(means[groups == group]),
                "above": int((means[groups == group] > 0).sum()),
            }
            for group in np.unique(groups)
        },
        "lowest": {tests.names[classes[n]]: float(means[n]) for n in order[:3]},
        "highest": {tests.names[classes[n]]: float(means[n]) for n in order[-3:][::-1]},
    }


def against_arms(settings: Settings, dataset: str, learner: str, tests: Tests) -> dict[str, Any]:
    """Quantum − every other arm that was evaluated, each alone."""
    place = ARTIFACTS / "evaluated" / dataset / learner
    arms = sorted(folder.name for folder in place.iterdir() if folder.name != "quantum")
    cells = {
        arm: read_episodes(place / arm / "episodes.parquet").by_class for arm in ("quantum", *arms)
    }
    rows = {arm: compared(settings, dataset, cells["quantum"], cells[arm], tests) for arm in arms}
    return {
        arm: {
            "accuracy": float(np.mean(cells[arm])),
            "difference": row.difference,
            "low": row.low,
            "high": row.high,
            "p": row.p_difference,
        }
        for arm, row in rows.items()
    }
