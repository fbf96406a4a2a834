"""Test a learner, trained in simulation, on a device: the same episodes, answered from shots."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Float

from fewqubit.backends import Bill, build_backend, total
from fewqubit.base.io.finite import check_finite
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import stream
from fewqubit.evaluate.answering.subject import Ask, Episodes, Subject, here, pieces_of
from fewqubit.evaluate.results import tie_accuracy
from fewqubit.evaluate.verdict import compare
from fewqubit.meta import build_learner
from fewqubit.models.measured import measured
from fewqubit.models.network import Params
from fewqubit.tasks import Episode, gather
from fewqubit.tasks.inputs import shape_from

PIECE = 5  # episodes of one training run per job


class OnDevice(NamedTuple):
    """Results of every training run on a device, and on the same episodes in simulation.

    accuracy:  on the device; ``exact``: in simulation
    adapt:     mean bill of adapting to one episode; None if adaptation was simulated
    answer:    bill of answering one query
    """

    accuracy: Float[np.ndarray, "seeds episodes"]
    exact: Float[np.ndarray, "seeds episodes"]
    adapt: Bill | None
    answer: Bill


class Piece(NamedTuple):
    """Some episodes, and the training run that answers them."""

    seed: int
    some: Episodes


class OfPiece(NamedTuple):
    """Accuracies on a piece's episodes, and bills of adapting (None: simulated) and answering."""

    accuracy: Float[np.ndarray, " E"]
    adapt: Bill | None
    answer: Bill


def evaluate_on(
    name: str,
    subject: Subject,
    episodes: Episode,
    exact: Float[np.ndarray, "seeds episodes"],
    ask: Ask | None = None,
) -> OnDevice:
    """Each seed adapts to and answers every one of ``episodes`` on the device ``name``.

    Only this process calls an IBM device; ``ask`` decides where simulated devices run.

    Raises SettingsError or DeviceError: the device is unknown, out of reach or too small.
    """
    trained = subject.trained
    if ask is None or subject.reading.devices[name].backend.startswith("ibm:"):
        ask = here(subject)
    few = [*map(_without_filling, pieces_of(episodes, PIECE))]
    pieces = [Piece(seed, some) for seed in range(trained.n_seeds) for some in few]
    n_episodes, n_query = episodes.query_rows.shape
    progress = Progress(
        f"{trained.card['learner']} on {name}", trained.n_seeds * n_episodes, unit="episode"
    )
    found, done = list[OfPiece](), np.empty(0)
    for one in ask(on_device, (name,), pieces):
        found.append(one)
        done = np.append(done, one.accuracy)
        progress.update(len(done), accuracy=done.mean())
    adapting = [one.adapt for one in found if one.adapt is not None]
    return OnDevice(
        done.reshape(trained.n_seeds, n_episodes),
        exact[:, :n_episodes],
        _each(total(adapting), len(done)) if adapting else None,
        _each(total([one.answer for one in found]), len(done) * n_query),
    )


def _without_filling(some: Episodes) -> Episodes:
    """Remove padding: no program here is compiled for the length of a piece."""
    numbers, once = np.unique(some.numbers, return_index=True)
    return Episodes(Episode(*(part[once] for part in some.rows)), numbers)


def on_device(subject: Subject, name: str) -> Callable[[Piece], OfPiece]:
    """Answering by the training runs of ``subject``, from shots of the device ``name``.

    Adaptation by gradient takes thousands of circuits for a task. It uses parameter-shift circuits
    on the device if the settings say so, else the exact gradient.
    """
    trained, x, reading, key, _ = subject
    bills: list[Bill] = []
    backend, own = build_backend(reading.devices[name]), stream(key, "device", name)
    arm = measured(backend, own, bills, trained.settings.slopes())
    n_way = trained.card["episodes"]["n_way"]
    shape = shape_from(trained.card["feature_shape"])
    learner = build_learner(trained.settings, arm, shape, n_way)
    simulated = reading.device_adaptation == "simulated" and trained.learner.path is not None
    adapt = jax.jit(trained.learner.adapt) if simulated else learner.adapt

    def one(params: Params, episode: Episode, number: int) -> tuple[float, Bill, Bill]:
        task = jax.device_put(gather(episode, x))
        adapted = jax.block_until_ready(adapt(params, task.support_x, task.support_y))
        of_adaptation = _paid(bills)
        logits = np.asarray(learner.predict(adapted, task.query_x))
        check_finite(
            logits, f"{name}, episode {number}", ["query"], "the device gave no numbers, or few"
        )
        accuracy = tie_accuracy(logits, np.asarray(task.query_y))
        return float(accuracy), of_adaptation, _paid(bills)

    def answer(piece: Piece) -> OfPiece:
        params, some = trained.of_seed(piece.seed), piece.some
        found = [
            one(params, Episode(*(part[place] for part in some.rows)), int(number))
            for place, number in enumerate(some.numbers)
        ]
        accuracies, adapting, answering = zip(*found, strict=True)
        adapted = None if simulated else total(adapting)
        return OfPiece(np.array(accuracies), adapted, total(answering))

    return answer


def _paid(bills: list[Bill]) -> Bill:
    """Sum the open bills into one, and clear them."""
    whole = total(bills)
    bills.clear()
    return whole


def _each(bill: Bill, n: int) -> Bill:
    return bill._replace(circuits=round(bill.circuits / n), shots=round(bill.shots / n))


def figures(
    results: Mapping[str, OnDevice],
    resamples: Float[np.ndarray, "resamples episodes"],
    confidence: float,
) -> dict[str, Any]:
    """Entries of devices.json for every device; ``all``: accuracies by seed and episode.

    ``lost`` is the accuracy in simulation minus that on the device, on the same episodes.
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
