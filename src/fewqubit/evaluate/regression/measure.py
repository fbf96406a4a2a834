"""Evaluate a trained learner on frozen test episodes of regression."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from jaxtyping import Float

from fewqubit.base.keys import stream
from fewqubit.evaluate.answering.episodes import (
    answered,
    looked_at,
    points,
    without_support,
)
from fewqubit.evaluate.answering.subject import Ask, Subject, here
from fewqubit.evaluate.cost import cost_on
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.measure import Measured
from fewqubit.evaluate.regression.score import NO_LEAST, explained, nothing_confused
from fewqubit.evaluate.results import Accuracies, metrics
from fewqubit.tasks import Episode


def measure_numbers(
    subject: Subject, manifest: Episode, groups: Sequence[str], ask: Ask | None = None
) -> Measured:
    """Adapt every seed to every episode's support and answer each query independently.

    ``permuted`` is the score with the support's numbers permuted. It has no known chance level,
    because what tasks have in common remains. Raises NumbersError.
    """
    trained, _, reading, key, targets = subject
    assert targets is not None
    card, at = trained.card, looked_at(trained.learner)
    answer = partial(answered, ask or here(subject))
    truth = targets[manifest.query_rows][None, ..., 0]
    along, permuted = answer(manifest, at)[..., 0], answer(manifest, at[-1:], permute=True)[..., 0]
    before = along[:, :, :1] if trained.learner.path else answer(without_support(manifest), at)
    scores = [_by_step(part, truth[0]) for part in (before, along, permuted)]
    first, last, fallen = (score[..., -1] for score in scores)
    accuracies = Accuracies(first, last, fallen, last[..., None])
    resamples = episode_resamples(stream(key, "resamples"), last.shape[1], reading.resamples)
    members = np.asarray(groups)[manifest.class_ids]
    common = metrics(accuracies, 0.0, resamples, reading.confidence, groups=members, least=NO_LEAST)
    figures = common | {
        "n_parameters": card["n_parameters"]["total"],
        "circuit_evaluations_adapt": card["circuit_evaluations"]["adapt"],
    }
    by_step = dict(zip(at, np.moveaxis(scores[1], -1, 0), strict=True))
    curve = points("steps", by_step) if trained.learner.path else []
    cost = cost_on(reading.cost_device, trained)._asdict()
    return Measured(accuracies, curve, nothing_confused(len(groups)), figures, {}, cost)


def _by_step(
    answers: Float[np.ndarray, "seeds E steps q"], truth: Float[np.ndarray, "E q"]
) -> Float[np.ndarray, "seeds E steps"]:
    return np.moveaxis(explained(np.moveaxis(answers, 2, 0), truth), 0, 2)
