"""The learner at the end of a stream, written as a model that can be adapted and served."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from fewqubit.base.io.files import sha256, write_bytes
from fewqubit.circuits.drawn import circuit_text, draw_up
from fewqubit.config import AnyLearner
from fewqubit.data.dataset import Episodes
from fewqubit.data.prepared import TRANSFORM
from fewqubit.meta.cost import count_circuits
from fewqubit.meta.streams.answered import Answered
from fewqubit.models.network import Params
from fewqubit.predict.trained import count_parameters, save_trained, write_curve
from fewqubit.stages.streams.arrived import TRANSFORMS
from fewqubit.tasks import Shape

MODEL = "model"


def write_model(
    folder: Path,
    features: Path,
    about: Mapping[str, Any],
    settings: AnyLearner,
    params: Params,
    answered: Answered,
) -> None:
    """Write the model after the last group, together with the transform in ``features``.

    about: ``dataset``, ``learner``, ``arm``, ``shape`` of episodes and ``feature_shape``. A stream
    has no validation part, so all seeds count as equal and the first is served.
    """
    for name in TRANSFORMS:
        write_bytes(folder / name, (features / name).read_bytes())
    write_curve(folder, _curve(answered))
    shape, feature_shape = Shape(*about["shape"]), about["feature_shape"]
    circuits = count_circuits(settings, about["arm"], shape, 0, feature_shape)
    at_the_end = answered.after[-1]
    episodes = Episodes(**shape._asdict(), n_validation=1, n_test=at_the_end.shape[-1])
    card = {
        **{name: about[name] for name in ("dataset", "learner", "arm")},
        "settings": settings.model_dump(),
        "episodes": episodes.model_dump(),
        "prepared": {TRANSFORM: sha256(folder / TRANSFORM)},
        "feature_shape": feature_shape,
        "n_parameters": count_parameters(jax.tree.map(lambda leaf: leaf[0], params)),
        "validation_accuracy": [float(at_the_end.mean())] * at_the_end.shape[1],
        "circuit_evaluations": circuits._asdict(),
        "circuit": circuit_text(draw_up(settings.circuit)),
    }
    save_trained(folder, jax.tree.map(np.asarray, params), card)


def _curve(answered: Answered) -> list[dict[str, float]]:
    """For each step and seed: accuracy on the newest group, and over all groups so far."""
    return [
        {"step": step, "seed": seed, "newest": _mean(own[step]), "all": _mean(own[: step + 1])}
        for step, after in enumerate(answered.after)
        for seed, own in enumerate(np.moveaxis(after, 1, 0))
    ]


def _mean(accuracies: Float[np.ndarray, "..."]) -> float:
    return float(np.mean(accuracies))
