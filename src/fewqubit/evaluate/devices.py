"""A learner trained in simulation, on a device: the same episodes, answered from shots."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.config import Device
from fewqubit.evaluate.results import tie_accuracy
from fewqubit.finite import check_finite
from fewqubit.keys import stream
from fewqubit.meta import build_learner
from fewqubit.models.measured import measured
from fewqubit.progress import Progress
from fewqubit.quantum.backends import Bill, build_backend, total
from fewqubit.tasks import Episode, gather
from fewqubit.trained import Trained


class OnDevice(NamedTuple):
    """What one training run did on a device, and on the same episodes in simulation.

    seed:      the run: the best on validation
    accuracy:  on the device; ``exact``: in simulation
    adapt:     mean bill of adapting to one episode; None where that was simulated
    answer:    bill of answering one query
    """

    seed: int
    accuracy: Float[np.ndarray, " episodes"]
    exact: Float[np.ndarray, " episodes"]
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
    """Adapt and answer every one of ``episodes`` on ``device``; its shots are drawn from ``key``.

    ``adaptation`` by gradient takes thousands of circuits for a task: it goes by shifted circuits
    on the device where it is to be measured, else by the exact gradient.

    Raises SettingsError or DeviceError: the device is unknown, out of reach or too small.
    """
    bills: list[Bill] = []
    arm = measured(build_backend(device), stream(key, "device", name), bills)
    n_way, card = episodes.class_ids.shape[1], trained.card
    learner = build_learner(trained.settings, arm, card["feature_shape"], n_way)
    simulated = adaptation == "simulated" and trained.learner.path is not None
    adapt = jax.jit(trained.learner.adapt) if simulated else learner.adapt
    seed = int(np.argmax(card["validation_accuracy"]))
    params, n_episodes = trained.of_seed(seed), len(episodes.class_ids)
    progress = Progress(f"{card['learner']} on {name}", n_episodes, unit="episode")
    accuracy, of_adaptation, rows = np.empty(n_episodes), [], jnp.asarray(x)
    for number in range(n_episodes):
        task = gather(Episode(*(part[number] for part in episodes)), rows)
        before = len(bills)
        adapted = jax.block_until_ready(adapt(params, task.support_x, task.support_y))
        of_adaptation += bills[before:]
        del bills[before:]
        logits = np.asarray(learner.predict(adapted, task.query_x))
        check_finite(
            logits, f"{name}, episode {number}", ["query"], "the device gave no numbers, or few"
        )
        accuracy[number] = tie_accuracy(logits, np.asarray(task.query_y))
        progress.update(number + 1, accuracy=accuracy[: number + 1].mean())
    n_queries = n_episodes * episodes.query_rows.shape[1]
    return OnDevice(
        seed,
        accuracy,
        exact[seed, :n_episodes],
        None if simulated else _each(total(of_adaptation), n_episodes),
        _each(total(bills), n_queries),
    )


def _each(bill: Bill, n: int) -> Bill:
    return bill._replace(circuits=round(bill.circuits / n), shots=round(bill.shots / n))


def figures(results: Mapping[str, OnDevice]) -> dict[str, Any]:
    """What devices.json tells of every device."""
    return {
        name: {
            "accuracy": result.accuracy.mean(),
            "accuracy_exact": result.exact.mean(),
            "episodes": len(result.accuracy),
            "seed": result.seed,
            "adapt": None if result.adapt is None else result.adapt._asdict(),
            "answer": result.answer._asdict(),
        }
        for name, result in results.items()
    }
