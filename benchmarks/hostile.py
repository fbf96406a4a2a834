"""``python -m benchmarks.hostile``: what a referee tries against a *better* of a finished run.

In the project whose artefacts are there, for one learner of one data set:

0. Every arm that was evaluated, declared as an opponent or not.
1. The circuit's trained weights are drawn anew: if accuracy stays, training them was for nothing.
2. The difference to the best opponent, class by class and group by group (script by script).
3. An MLP of at most the same trained size in the opponent's place; its width, rate and scale are
   chosen on validation episodes.

Writes docs/results/hostile/<dataset>-<learner>.{md,json}.
"""

import argparse
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.hostile_page import page
from jaxtyping import Array, Float, PRNGKeyArray
from scipy.stats import t as student

import fewqubit.stages.process  # noqa: F401 - how trainings compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import AnyLearner, Settings, load_settings, of_arm, with_values
from fewqubit.data import load_examples
from fewqubit.data.prepared import kin, read_classes
from fewqubit.data.raw import as_float
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.paired import spread
from fewqubit.evaluate.result_files import read_episodes
from fewqubit.evaluate.results import class_accuracy
from fewqubit.evaluate.verdict import Comparison, compare
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.models.network import Params
from fewqubit.models.parts import CIRCUIT
from fewqubit.predict.trained import count_parameters, load_trained
from fewqubit.search.work import measure
from fewqubit.stages.meta_train import TrainingJob, load_training_data, train
from fewqubit.stages.searched import chosen, place
from fewqubit.tasks import Episode, gather, load_manifest

ARTIFACTS = Path("artifacts")
REDRAWS = 5
WIDTHS, RATES, GAMMAS = ([21], [10]), (0.01, 0.03), (0.016, 0.064)
AT_ONCE = 20  # episodes in memory together

Cells = Float[np.ndarray, "seeds episodes n_way"]


class Tests(NamedTuple):
    """The frozen test episodes of a data set, and what their classes are variants of."""

    x: Float[np.ndarray, "N *feature"]
    y: np.ndarray
    manifest: Episode
    names: list[str]
    groups: list[str]
    kin: np.ndarray

    def answering(self, learner: MetaLearner) -> Callable[[Params], Cells]:
        """From parameters of all seeds to their accuracy on each class of each episode."""

        @jax.jit
        def logits(params: Params, x: Array) -> Array:
            def one(episode: Episode) -> Array:
                task = gather(episode, x)
                of_seed = lambda own: learner.predict(  # noqa: E731
                    learner.adapt(own, task.support_x, task.support_y), task.query_x
                )
                return jax.vmap(of_seed)(params)

            return jax.lax.map(one, self.manifest, batch_size=AT_ONCE)

        def cells(params: Params) -> Cells:
            given = np.moveaxis(np.asarray(logits(params, jnp.asarray(self.x))), 1, 0)
            return class_accuracy(given, gather(self.manifest, self.y).query_y[None])

        return cells


def tests_of(dataset: str) -> Tests:
    """What ``prepare`` froze."""
    prepared = ARTIFACTS / "prepared" / dataset
    known = read_classes(prepared, ("examples.npz", "manifest_test.npz"))
    examples = load_examples(prepared / "examples.npz")
    manifest = load_manifest(prepared / "manifest_test.npz")
    alike = np.unique(kin(known), return_inverse=True)[1]
    return Tests(as_float(examples.x), examples.y, manifest, known["names"], known["groups"], alike)


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
        "half": _half(lost),
        "redraws": REDRAWS,
    }


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
                "half": _half(means[groups == group]),
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
    rows = {arm: _compared(settings, dataset, cells["quantum"], cells[arm], tests) for arm in arms}
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
    row = _compared(settings, dataset, quantum.by_class, cells, tests)
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


def _compared(
    settings: Settings, dataset: str, one: np.ndarray, other: np.ndarray, tests: Tests
) -> Comparison:
    """The interval of the report, over seeds, episodes and classes; alone, not of a family."""
    reading, ids = settings.evaluation, np.asarray(tests.manifest.class_ids)
    key = stream(root_key(settings.seed), "evaluate", dataset, "resamples")
    resamples = episode_resamples(key, len(ids), reading.resamples)
    classes = spread(one - other, tests.kin[ids])
    ends = reading.margin, reading.confidence, 1, classes
    return compare(one.mean(-1), other.mean(-1), resamples, *ends)


def _half(values: Float[np.ndarray, " n"]) -> float:
    """Half the width of the t interval of 95 % of a mean of few values."""
    n = len(values)
    return float(student.ppf(0.975, n - 1) * values.std(ddof=1) / n**0.5) if n > 1 else 1.0


def main() -> None:
    """Attack, and write what is left."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--dataset", default="glyphs")
    parser.add_argument("--learner", default="protonet")
    parser.add_argument("--opponent", default="bypass")
    parser.add_argument("--out", type=Path, default=Path("docs/results/hostile"))
    asked = parser.parse_args()
    settings, dataset, learner = load_settings(), asked.dataset, asked.learner
    with fixed():
        tests, key = tests_of(dataset), root_key(settings.seed)
        found = {
            "redrawn": redrawn(dataset, learner, tests, key),
            "arms": against_arms(settings, dataset, learner, tests),
            "classes": by_class(dataset, learner, asked.opponent, tests),
            "mlp": mlp(settings, dataset, learner, tests),
        }
    write_json(asked.out / f"{dataset}-{learner}.json", found)
    write_text(asked.out / f"{dataset}-{learner}.md", page(dataset, learner, asked.opponent, found))


if __name__ == "__main__":
    main()
