"""A learner trained in simulation, on a device: the same episodes, answered from shots."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.backends import Bill, build_backend, total
from fewqubit.config import Device
from fewqubit.evaluate.results import tie_accuracy
from fewqubit.evaluate.verdict import compare
from fewqubit.io.finite import check_finite
from fewqubit.io.progress import Progress
from fewqubit.keys import stream
from fewqubit.meta import build_learner
from fewqubit.models.measured import measured
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode, gather


class OnDevice(NamedTuple):
    """What every training run did on a device, and on the same episodes in simulation.

    accuracy:  on the device; ``exact``: in simulation
    adapt:     mean bill of adapting to one episode; None where that was simulated
    answer:    bill of answering one query
    """

    accuracy: Float[np.ndarray, "seeds episodes"]
    exact: Float[np.ndarray, "seeds episodes"]
    adapt: Bill | None
    answer: Bill


def evaluate_on(
    name: str,
    device: Device,
    trained: Trained,
    x: Float[np.ndarray, "N *feature"],
    episodes: Episode,
    exact: Float[np.ndarray, "seeds episodes"],
    key: PRNGKeyArray,
    adaptation: Literal["simulated", "measured"] = "simulated",
) -> OnDevice:
    """Each seed adapts to and answers every one of ``episodes`` on ``device``.

    Shots are drawn from ``key``. ``adaptation`` by gradient takes thousands of circuits for a
    task: it goes by shifted circuits on the device where it is to be measured, else by the exact
    gradient.

    Raises SettingsError or DeviceError: the device is unknown, out of reach or too small.
    """
    bills: list[Bill] = []
    arm = measured(build_backend(device), stream(key, "device", name), bills)
    n_way, card = episodes.class_ids.shape[1], trained.card
    learner = build_learner(trained.settings, arm, card["feature_shape"], n_way)
    simulated = adaptation == "simulated" and trained.learner.path is not None
    adapt = jax.jit(trained.learner.adapt) if simulated else learner.adapt
    accuracy = np.empty((trained.n_seeds, len(episodes.class_ids)))
    progress = Progress(f"{card['learner']} on {name}", accuracy.size, unit="episode")
    of_adaptation, rows = [], jnp.asarray(x)
    for seed, number in np.ndindex(accuracy.shape):
        task = gather(Episode(*(part[number] for part in episodes)), rows)
        before = len(bills)
        adapted = adapt(trained.of_seed(seed), task.support_x, task.support_y)
        adapted = jax.block_until_ready(adapted)
        of_adaptation += bills[before:]
        del bills[before:]
        logits = np.asarray(learner.predict(adapted, task.query_x))
        check_finite(
            logits, f"{name}, episode {number}", ["query"], "the device gave no numbers, or few"
        )
        accuracy[seed, number] = tie_accuracy(logits, np.asarray(task.query_y))
        done = seed * accuracy.shape[1] + number + 1
        progress.update(done, accuracy=accuracy.ravel()[:done].mean())
    return OnDevice(
        accuracy,
        exact[:, : accuracy.shape[1]],
        None if simulated else _each(total(of_adaptation), accuracy.size),
        _each(total(bills), accuracy.size * episodes.query_rows.shape[1]),
    )


def _each(bill: Bill, n: int) -> Bill:
    return bill._replace(circuits=round(bill.circuits / n), shots=round(bill.shots / n))


def figures(
    results: Mapping[str, OnDevice],
    resamples: Float[np.ndarray, "resamples episodes"],
    confidence: float,
) -> dict[str, Any]:
    """What devices.json tells of every device; ``all`` is the accuracy of each seed's episodes.

    ``lost`` is what the device takes off the accuracy in simulation, on the same episodes.
    """
    told = {}
    for name, result in results.items():
        lost = compare(result.exact, result.accuracy, resamples, 0.5, confidence)
        told[name] = {
            "accuracy": result.accuracy.mean(),
            "accuracy_exact": result.exact.mean(),
            "lost": lost.difference,
            "lost_low": None if lost.too_few else lost.low,
            "lost_high": None if lost.too_few else lost.high,
            "too_few": lost.too_few,
            "episodes": result.accuracy.shape[1],
            "seeds": len(result.accuracy),
            "adapt": None if result.adapt is None else result.adapt._asdict(),
            "answer": result.answer._asdict(),
            "all": result.accuracy.tolist(),
        }
    return told
