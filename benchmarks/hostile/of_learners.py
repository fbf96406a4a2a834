"""Other answers to the same test episodes: weights drawn anew, a network in the circuit's place."""

from itertools import product
from typing import Any

import jax
import numpy as np
from benchmarks.hostile.frozen import ARTIFACTS, Tests, compared, half_width
from jaxtyping import PRNGKeyArray

import fewqubit.stages.process  # noqa: F401 - how trainings compile, as in a stage
from fewqubit.base.keys import root_key, stream
from fewqubit.config import AnyLearner, Settings, of_arm, with_values
from fewqubit.evaluate.result_files import read_episodes
from fewqubit.meta import build_learner
from fewqubit.models.parts import CIRCUIT
from fewqubit.predict.trained import count_parameters, load_trained
from fewqubit.search.work import measure
from fewqubit.stages.meta_train import TrainingJob, load_training_data, train
from fewqubit.stages.searched import chosen, place

REDRAWS = 5
WIDTHS, RATES, GAMMAS = ([21], [10]), (0.01, 0.03), (0.016, 0.064)


def redrawn(dataset: str, learner: str, tests: Tests, key: PRNGKeyArray) -> dict[str, Any]:
    """Accuracy with the trained weights of the circuit, and with others in their place."""
    trained = load_trained(ARTIFACTS / "trained" / dataset / learner / "quantum")
    answered = tests.answering(trained.learner)
    whole = answered(trained.params).mean((1, 2))
    drawn = []
    for n in range(REDRAWS):
        keys = jax.random.split(stream(key, "redrawn", n), trained.n_seeds)
        fresh = jax.vmap(lambda own: trained.learner.init(own).params[CIRCUIT])(keys)
        drawn.append(answered({**trained.params, CIRCUIT: fresh}))
    lost = whole - np.mean(drawn, axis=0).mean((1, 2))
    return {
        "trained": float(whole.mean()),
        "redrawn": float(np.mean(drawn)),
        "lost": float(lost.mean()),
        "half": half_width(lost),
        "redraws": REDRAWS,
    }


def mlp(settings: Settings, dataset: str, learner: str, tests: Tests) -> dict[str, Any]:
    """A hidden layer in the encoder and no circuit, of at most the circuit's size in all."""
    work = _assignment(settings, dataset, learner, "quantum")
    size = _size(work.settings, "quantum", tests, work)
    base = _assignment(settings, dataset, learner, "bypass")
    trials = []
    for widths, rate, gamma in product(WIDTHS, RATES, GAMMAS):
        values = {"encoder.widths": widths, "training.learning_rate": rate}
        values |= {"circuit.classical.gamma": gamma, "seeds": settings.search.seeds}
        trial = base._replace(settings=with_values(base.settings, values))
        found = measure(trial, settings.seed, f"mlp {values}")
        trials.append((float(np.mean(found.accuracies)), values))
    validation, values = max(trials, key=lambda trial: trial[0])
    best = base._replace(
        settings=with_values(base.settings, {**values, "seeds": base.settings.seeds})
    )
    data = load_training_data(best.prepared)
    done = train(best, data, root_key(settings.seed), f"mlp {values}")
    built = build_learner(best.settings, "bypass", tests.x.shape[1:], best.episodes.n_way)
    cells = tests.answering(built)(done.seeds.best_params)
    quantum = read_episodes(
        ARTIFACTS / "evaluated" / dataset / learner / "quantum" / "episodes.parquet"
    )
    assert quantum.by_class is not None
    row = compared(settings, dataset, quantum.by_class, cells, tests)
    return {
        "size": _size(best.settings, "bypass", tests, best),
        "size of the quantum arm": size,
        "values": {k: v for k, v in values.items() if k != "seeds"},
        "validation": validation,
        "trials": len(trials),
        "accuracy": float(cells.mean()),
        "quantum": float(quantum.after.mean()),
        "difference": row.difference,
        "low": row.low,
        "high": row.high,
    }


def _assignment(settings: Settings, dataset: str, learner: str, arm: str) -> TrainingJob:
    """As ``meta_train`` has it, with what a search has chosen."""
    own, described = of_arm(settings.learners[learner], arm), settings.datasets[dataset]
    found = chosen(place(dataset, learner, arm), own, described)
    prepared = ARTIFACTS / "prepared" / dataset
    return TrainingJob(dataset, learner, arm, found.settings, described.episodes, prepared)


def _size(settings: AnyLearner, arm: str, tests: Tests, work: TrainingJob) -> int:
    built = build_learner(settings, arm, tests.x.shape[1:], work.episodes.n_way)
    return int(count_parameters(built.init(root_key(0)).params)["total"])
