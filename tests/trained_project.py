"""Real learners for a project: two arms of a small one, one step old, on a table."""

from contextlib import chdir
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from fewqubit.base.keys import root_key
from fewqubit.config import AnyLearner, Table
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.prepare import prepare
from locked_project import TRAINED, Project

CLASSES = "abcdefghij"
ARMS = ("quantum", "twin")
EPISODES = {"n_way": 2, "n_shot": 2, "n_query": 3, "n_validation": 20, "n_test": 5}
LEARNER = {
    "kind": "protonet",
    "encoder": {"kind": "mlp", "widths": [4]},
    "circuit": {"feature_map": "angle", "n_qubits": 2},
    "seeds": 2,
    "training": {"steps": 1, "n_query": 2},
}


def train(project: Project) -> None:
    """Prepare, train and lock; what evaluation would write is made up."""
    prepared = Path("artifacts/prepared/digits")
    settings = Table(source="table", path="table.csv", label="kind", episodes=EPISODES)
    learner = TypeAdapter(AnyLearner).validate_python(LEARNER)
    with chdir(project.root):  # checkpoints are kept in the current folder
        Path("table.csv").write_text(table())
        prepare("digits", settings, root_key(0), prepared)
        files = sorted(path.as_posix() for path in prepared.iterdir())
        project.lock("prepare@digits", [], files, {"seed": 0})
        for arm in ARMS:
            folder = Path("artifacts/trained/digits/protonet", arm)
            plan = TrainingJob("digits", "protonet", arm, learner, settings.episodes, prepared)
            train_and_save(plan, root_key(0), folder)
            outs = [(folder / file).as_posix() for file in TRAINED]
            stage = f"digits-protonet-{arm}"
            project.lock(f"meta_train@{stage}", files, outs, {"seed": 0})
            project.evaluated(f"evaluate@{stage}", "protonet", arm, 0.5, outs)


def table() -> str:
    """Ten classes, eight rows each; both features tell them apart."""
    rng = np.random.default_rng(0)
    lines = ["width,length,kind"]
    for number, kind in enumerate(CLASSES):
        rows = rng.normal([np.cos(number), np.sin(number)], 0.05, (8, 2))
        lines += [f"{width:.4f},{length:.4f},{kind}" for width, length in rows]
    return "\n".join(lines) + "\n"
