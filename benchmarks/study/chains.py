"""``python -m benchmarks.study.chains``: what is behind the circuits' lead on spin chains?

The rows are amplitudes of ground states, whose sign is drawn at random. Fidelities of encoded rows
can be made even in them, distances of affine features cannot. So the classical arms are asked
again, in the same way, about rows that know no sign: |x_i|, and the pairs x_i x_j. And every phase
is looked at by itself.

Reads what ``python -m benchmarks.study`` has kept. Writes docs/results/study/chains.{md,json}.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.study.cells import PIECES, Asker, tasks_of
from jaxtyping import Float

import fewqubit.stages.process  # noqa: F401 - how jobs compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_json, write_text
from fewqubit.config import Settings
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.report.gather import Result
from fewqubit.report.markdown import table
from fewqubit.report.words import percent
from fewqubit.study.jobs import Tasks

CHAINS, CLASSICAL = ("ising", "xxz", "cluster"), ("twin", "bypass")
HEAD = """# Spin chains, looked at

Made by `python -m benchmarks.study.chains`. Test accuracies of the study's arms, and of classical
ones that see no sign: they get the rows |x|, or the pairs x_i x_j, and are searched and trained in
the same way. Pairs give the encoder more numbers to train than the circuit has. Then accuracies in
queries of each phase.

"""


def pairs(x: Float[np.ndarray, "N d"]) -> Float[np.ndarray, "N pairs"]:
    """x_i x_j for i ≤ j, so that inner products are (x·x′)², times a scale: entries are as x's."""
    i, j = np.triu_indices(x.shape[1])
    scale = np.where(i == j, 1.0, 2**0.5) * (len(i) / x.shape[1]) ** 0.5
    return (x[:, i] * x[:, j] * scale).astype(x.dtype)


UNSIGNED = {"of abs(x)": np.abs, "of pairs": pairs}  # a bar would end a cell of the table


def look(settings: Settings, dataset: str) -> dict[str, Any]:
    """Every arm of every learner on ``dataset``: accuracy, and that of each phase."""
    tasks = tasks_of(settings, dataset)
    askers = {"": Asker(settings, tasks, tasks.data, {}, PIECES)}
    for name, change in UNSIGNED.items():
        other = tasks._replace(made=tasks.made._replace(features=change(tasks.made.features)))
        askers[name] = Asker(settings, other, other.data, {}, PIECES)
    asked = [(arm, "") for arm in settings.run.arms]
    asked += [(arm, name) for name in UNSIGNED for arm in CLASSICAL]
    return {
        learner: {
            f"{arm} {rows}".strip(): _told(askers[rows].cell(learner, arm).result, tasks)
            for arm, rows in asked
        }
        for learner in settings.run.learners
    }


def _told(result: Result, tasks: Tasks) -> dict[str, float]:
    assert result.accuracies.by_class is not None
    ids = np.asarray(tasks.made.manifests["manifest_test"].class_ids)
    phases = np.array([name.partition("/")[2] for name in tasks.made.planned.raw.names])[ids]
    by_class: Float[np.ndarray, "episodes n_way"] = result.accuracies.by_class.mean(0)
    each = {phase: float(by_class[phases == phase].mean()) for phase in np.unique(phases)}
    return {"all": float(result.accuracies.after.mean()), **each}


def page(found: dict[str, Any]) -> str:
    """Two tables for each chain."""
    parts = [HEAD]
    for dataset, learners in found.items():
        first = next(iter(learners.values()))
        head = ("learner", *first)
        rows = [
            (name, *(percent(one["all"]) for one in of.values())) for name, of in learners.items()
        ]
        phases = [name for name in first["quantum"] if name != "all"]
        each = [
            (name, arm, *(percent(of[arm][phase]) for phase in phases))
            for name, of in learners.items()
            for arm in ("quantum", *(arm for arm in of if arm.endswith(tuple(UNSIGNED))))
        ]
        parts += [f"## {dataset}\n\n", "\n".join(table(head, rows)), "\n\n"]
        parts += ["\n".join(table(("learner", "arm", *phases), each)), "\n\n"]
    return "".join(parts).rstrip() + "\n"


def main() -> None:
    """Look at every chain."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study.chains", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/results/study"))
    out = parser.parse_args().out
    settings = layered_settings(Path(), recipe="study")
    with fixed():
        found = {dataset: look(settings, dataset) for dataset in CHAINS}
    write_json(out / "chains.json", found)
    write_text(out / "chains.md", page(found))


if __name__ == "__main__":
    main()
