"""Artefacts of a made-up study in the layout that the stages leave, for tests of the report."""

import csv
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from fewqubit.base.io.cards import write_card
from fewqubit.base.io.files import write_json
from fewqubit.base.keys import root_key, stream
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.result_files import read_episodes, save_results, write_episodes
from fewqubit.evaluate.results import Accuracies, AdaptationPoint, metrics
from fewqubit.tasks import Episode, save_manifest
from report.synthetic_costs import DEVICES, MEASURED, SAME, SEEDS, cost

N_WAY, N_SHOT, N_QUERY = 4, 1, 10
NAMES = [f"{digit}/rot{turn:03d}" for digit in (4, 7) for turn in (0, 90, 180, 270)]

# Mean accuracy of the quantum arm and of its twin: worse, better, alike, and too noisy to tell.
LEARNERS = {
    "protonet": (0.902, 0.944, 0.004),
    "kernel": (0.921, 0.861, 0.006),
    "maml": (0.846, 0.844, 0.002),
    "scratch": (0.612, 0.633, 0.035),
}
BASELINES = {"prototype": 0.840, "lda": 0.841, "svm": 0.839, "qsvm": 0.792}
BASELINES |= {"free_protonet": 0.838, "pretrained": 0.836}


ARMS = {"separable": -0.035, "frozen": -0.004, "bypass": -0.062}  # beside quantum


def write_study(
    artifacts: Path, dataset: str = "digits", episodes: int = 60, every_arm: bool = False
) -> None:
    """A whole study: prepared, encoded, trained, evaluated, journal."""
    random = np.random.default_rng(1)
    difficulty = 0.06 * random.standard_normal(episodes)
    _write_prepared(artifacts / "prepared" / dataset, episodes)
    _write_classes(artifacts / "prepared" / dataset, episodes)
    _write_encoded(artifacts / "encoded" / dataset / "zz")
    for learner, (quantum, twin, spread) in LEARNERS.items():
        for arm, mean in (("quantum", quantum), ("twin", twin)):
            place = Path(dataset) / learner / arm
            seeds = mean + spread * random.standard_normal((SEEDS, 1))
            _write_evaluated(artifacts / "evaluated" / place, random, seeds, difficulty)
            _write_trained(artifacts / "trained" / place, random, seeds.ravel())
            _write_journal(artifacts / "journal", f"{dataset}-{learner}-{arm}")
    if every_arm:
        _write_other_arms(artifacts, dataset, difficulty)
    for name, mean in BASELINES.items():
        folder = artifacts / "evaluated" / dataset / name / "baseline"
        _write_evaluated(folder, random, np.array([[mean]]), difficulty)


def _write_other_arms(artifacts: Path, dataset: str, difficulty: np.ndarray) -> None:
    random = np.random.default_rng(2)
    for learner, (quantum, _, spread) in LEARNERS.items():
        for arm, lost in ARMS.items():
            evaluated, trained = (
                artifacts / part / dataset / learner / arm for part in ("evaluated", "trained")
            )
            seeds = quantum + lost + spread * random.standard_normal((SEEDS, 1))
            if (learner, arm) == SAME:
                shutil.copytree(evaluated.parent / "quantum", evaluated)
                write_json(evaluated / "cost.json", cost(*SAME))
                table = evaluated / "episodes.parquet"
                write_episodes(table, *evaluated.parts[-3:], read_episodes(table))
            else:
                _write_evaluated(evaluated, random, seeds, difficulty)
            _write_trained(trained, random, seeds.ravel())
            _write_journal(artifacts / "journal", f"{dataset}-{learner}-{arm}")


def journal_entry(seconds: float) -> dict[str, str | float]:
    """A run of a stage that took so long by its clock."""
    return {"start": "2026-01-01T00:00+00:00", "end": "2026-01-01T00:00+00:00", "seconds": seconds}


def _write_journal(journal: Path, result: str) -> None:
    for stage, seconds in (("meta_train", 41.2), ("evaluate", 6.3)):
        if (stage, result[-9:]) != ("meta_train", "maml-twin"):  # as if restored from the cache
            write_json(journal / f"{stage}@{result}.json", journal_entry(seconds))


def _write_prepared(folder: Path, episodes: int) -> None:
    write_json(
        folder / "summary.json",
        {
            "source": "digits",
            "n_examples": {"meta_train": 3228, "validation": 732, "meta_test": 1440},
            "n_classes": {"meta_train": 18, "validation": 4, "meta_test": 8},
            "n_classes_left_out": 0,
            "feature_shape": [64],
            "class_sets": {
                "validation": {"n_way": 4, "classes": 4, "possible": 1, "drawn": 1, "disjoint": 1}
            },
            "episodes": {
                "n_way": N_WAY,
                "n_shot": N_SHOT,
                "n_query": N_QUERY,
                "n_validation": 100,
                "n_test": episodes,
            },
            "manifest_validation": "8f39b2a8" * 8,
            "manifest_test": "e65f028d" * 8,
        },
    )


def _write_classes(folder: Path, episodes: int) -> None:
    """Eight classes, made from two digits."""
    random = np.random.default_rng(7)
    ids = np.stack([random.permutation(len(NAMES))[:N_WAY] for _ in range(episodes)])
    rows = np.zeros((episodes, N_WAY * N_QUERY), np.int32)
    support = rows[:, : N_WAY * N_SHOT]
    save_manifest(folder / "manifest_test.npz", Episode(ids.astype(np.int32), support, rows))
    known = {"names": NAMES, "groups": [name[0] for name in NAMES]}
    known["split"] = {"meta_test": [*range(len(NAMES))]}
    write_card(folder / "classes.json", known, ["manifest_test.npz"])


def _write_encoded(folder: Path) -> None:
    figures = {
        "alignment": 0.183,
        "concentration_mean": 0.061,
        "concentration_variance": 0.0042,
        "effective_rank": 81.4,
        "rows": 396,
        "readings": ["8 qubits at bandwidth 0.05: entries concentrate at 0.061"],
    }
    folder.mkdir(parents=True)
    for name, size in (
        ("gram", (300, 300)),
        ("circuit", (900, 240)),
        ("concentration", (900, 380)),
    ):
        Image.new("RGB", size, "white").save(folder / f"{name}.png")
    files = [f"{name}.png" for name in ("gram", "circuit", "concentration")]
    write_card(folder / "diagnostics.json", figures, files)


def _write_evaluated(folder: Path, random, seeds, difficulty) -> None:
    shape = (len(seeds), len(difficulty))
    right = np.clip(seeds + difficulty + 0.02 * random.standard_normal(shape), 0, 1)
    n_queries = N_WAY * N_QUERY
    after = random.binomial(n_queries, right) / n_queries
    permuted = random.binomial(n_queries, 1 / N_WAY, shape) / n_queries
    by_class = np.clip(after[..., None] + 0.1 * random.standard_normal((*shape, N_WAY)), 0, 1)
    accuracies = Accuracies(np.full(shape, 1 / N_WAY), after, permuted, by_class)
    key = stream(root_key(2026), "evaluate", folder.parts[-3])
    resamples = episode_resamples(stream(key, "resamples"), len(difficulty), 200)
    figures = metrics(accuracies, 1 / N_WAY, resamples, 0.95, random=folder.name != "baseline")
    states = folder.parts[-2] == "qsvm"
    figures |= {"n_parameters": 0, "circuit_evaluations_adapt": 6 * states}
    figures |= {"circuit_evaluations_per_query": 4 * states} if folder.name == "baseline" else {}
    curve = [AdaptationPoint("shots", 0, seed, 1 / N_WAY) for seed in range(len(seeds))]
    for n in (1, 2, 3, 5, 10):
        error = (1 - seeds.ravel()) / n**0.6
        curve += [AdaptationPoint("shots", n, s, float(1 - e)) for s, e in enumerate(error)]
    if folder.parts[-2] in ("maml", "scratch"):
        for n in (0, 1, 2, 5, 10, 20, 50):
            rise = 1 / N_WAY + (seeds.ravel() - 1 / N_WAY) * (1 - np.exp(-n / 3))
            curve += [AdaptationPoint("steps", n, s, float(a)) for s, a in enumerate(rise)]
    save_results(folder, accuracies, curve, _confusion(after, random), NAMES, figures)
    write_json(folder / "devices.json", DEVICES if folder.parts[-2:] == MEASURED else {})

    if folder.name != "baseline":
        write_json(folder / "cost.json", cost(*folder.parts[-2:]))


def _confusion(after: np.ndarray, random) -> np.ndarray:
    total = after.size * N_WAY * N_QUERY / len(NAMES)
    wrong = random.dirichlet(np.full(len(NAMES), 0.4), len(NAMES)) * (1 - after.mean())
    return np.round(total * (wrong + after.mean() * np.eye(len(NAMES))))


def _write_trained(folder: Path, random, seeds: np.ndarray) -> None:
    learner, arm = folder.parts[-2:]
    steps = [] if learner == "scratch" else range(0, 401, 50)
    folder.mkdir(parents=True)
    with (folder / "curve.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        columns = ("step", "seed", "train_loss", "train_accuracy", "validation_accuracy")
        writer.writerow(columns)
        for step in steps:
            for seed, best in enumerate(seeds):
                reached = best - (best - 0.4) * np.exp(-step / 80)
                value = reached + 0.006 * random.standard_normal()
                first = ("", "") if step == 0 else (f"{1.4 - value:.4f}", f"{value + 0.02:.4f}")
                writer.writerow((step, seed, *first, f"{value:.4f}"))
    circuit = {"quantum": 24, "separable": 24, "twin": 25}.get(arm, 0)
    runs = arm not in ("twin", "bypass")
    write_card(
        folder / "learner.json",
        {
            "format": 1,
            "dataset": folder.parts[-3],
            "learner": learner,
            "arm": arm,
            "settings": {
                "kind": learner,
                "encoder": {"kind": "mlp", "widths": [64]},
                "circuit": {"feature_map": "hardware_efficient", "n_qubits": 6, "repetitions": 2},
                "training": {"steps": 400, "tasks_per_step": 4, "learning_rate": 0.003},
                "seeds": SEEDS,
            },
            "episodes": {"n_way": N_WAY, "n_shot": N_SHOT, "n_query": N_QUERY},
            "feature_shape": [64],
            "n_parameters": {
                "encoder": 5720,
                "circuit": circuit,
                "head": 1,
                "total": 5721 + circuit,
            },
            "acting": {"trained": circuit, "features": circuit, "seen": max(circuit - 1, 0)},
            "validation_accuracy": seeds.tolist(),
            "best_step": [400, 350, 400, 300, 400],
            "circuit_evaluations": {
                "train": 70400 * runs,
                "adapt": 10 * runs,
                "predict_per_query": 4 * runs,
            },
        },
        ["curve.csv"],
    )
