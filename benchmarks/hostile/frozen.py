"""The frozen test episodes of a finished run, and the interval of a difference on them."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy.stats import t as student

import fewqubit.stages.process  # noqa: F401 - how trainings compile, as in a stage
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings
from fewqubit.data import load_examples
from fewqubit.data.prepared import kin, read_classes
from fewqubit.data.raw import as_float
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.paired import spread
from fewqubit.evaluate.results import class_accuracy
from fewqubit.evaluate.verdict import Comparison, compare
from fewqubit.meta import MetaLearner
from fewqubit.models.network import Params
from fewqubit.tasks import Episode, gather, load_manifest

ARTIFACTS = Path("artifacts")
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


def compared(
    settings: Settings, dataset: str, one: np.ndarray, other: np.ndarray, tests: Tests
) -> Comparison:
    """The interval of the report, over seeds, episodes and classes; alone, not of a family."""
    reading, ids = settings.evaluation, np.asarray(tests.manifest.class_ids)
    key = stream(root_key(settings.seed), "evaluate", dataset, "resamples")
    resamples = episode_resamples(key, len(ids), reading.resamples)
    classes = spread(one - other, tests.kin[ids])
    ends = reading.margin, reading.confidence, 1, classes
    return compare(one.mean(-1), other.mean(-1), resamples, *ends)


def half_width(values: Float[np.ndarray, " n"]) -> float:
    """Half the width of the t interval of 95 % of a mean of few values."""
    n = len(values)
    return float(student.ppf(0.975, n - 1) * values.std(ddof=1) / n**0.5) if n > 1 else 1.0
