"""A choice among kernels on validation episodes, once the parameters are trained.

    i* = argmax_i mean over episodes of A(K_i, Y Yᵀ),    K_i over the rows of support and query

A is the centred alignment (``states.alignment``). Kernel 0 is the one that was trained; the others
take its parameters. The labels are those of all rows of the validation episodes; none of meta-test
is seen. The mean alignments are parameters that nothing trains, so the choice travels with the
model and needs no function of its own wherever it answers.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fewqubit.meta.answers import EPISODES_AT_ONCE, Answering, answers_of, rows_in
from fewqubit.meta.kernels.machine import Kernel
from fewqubit.meta.learner import Compare, EmbeddedLearner, MetaLearner
from fewqubit.meta.settings.kernels import KernelLearner
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import CHOICE, FIXED
from fewqubit.states.alignment import known_alignment
from fewqubit.tasks import Episode, FeatureShape, Inputs, rows_of

Machine = Callable[[Kernel], EmbeddedLearner]


def undecided(learner: KernelLearner) -> Params:
    """The part of the parameters that tells which kernel is taken: at first the learner's own."""
    if not learner.candidates:
        return {}
    return {CHOICE: {FIXED: jnp.zeros(1 + len(learner.candidates), float)}}


def choosing(
    made: MetaLearner,
    learner: KernelLearner,
    arm: AnyArm,
    feature_shape: FeatureShape,
    machine: Machine,
) -> MetaLearner:
    """``made``, trained as it is; what adapts and answers is ``machine`` on the chosen kernel."""
    if not learner.candidates:
        return made
    geometries = [one.circuit.geometry for one in learner.kernels()]
    models = [
        build_model(one.encoder, one.circuit, feature_shape, arm) for one in learner.kernels()
    ]
    return made.answering_by(machine(_chosen(models, geometries)))


def _chosen(models: Sequence[Model], geometries: Sequence[str]) -> Kernel:
    """The kernel that the parameters choose. Only that one is computed.

    A row has a place for the features of each geometry, which are not all of one shape; those of
    geometries that were not chosen are 0.
    """

    def embed(params: Params, x: Inputs) -> dict[str, Array]:
        shapes = {
            geometry: jax.eval_shape(model.apply, params, x)
            for geometry, model in zip(geometries, models, strict=True)
        }
        empty = {name: jnp.zeros(one.shape, one.dtype) for name, one in shapes.items()}

        def by(model: Model, geometry: str) -> dict[str, Array]:
            return empty | {geometry: model.apply(params, x)}

        row: dict[str, Array] = _switch(params, by, models, geometries)
        return row

    def compare(params: Params, a: dict[str, Array], b: dict[str, Array]) -> Float[Array, "a b"]:
        def by(model: Model, geometry: str) -> Float[Array, "a b"]:
            return model.geometry.kernel(a[geometry], b[geometry])

        gram: Float[Array, "a b"] = _switch(params, by, models, geometries)
        return gram

    return Kernel(embed, compare)


def _switch(
    params: Params,
    by: Callable[[Model, str], Any],
    models: Sequence[Model],
    geometries: Sequence[str],
) -> Any:
    """``by`` of the chosen one; a branch of the program that is not taken costs nothing."""
    branches = [partial(by, *pair) for pair in zip(models, geometries, strict=True)]
    return jax.lax.switch(jnp.argmax(params[CHOICE][FIXED]), branches)


def choose(learner: MetaLearner, params: Params, x: Inputs, episodes: Episode) -> Params:
    """``params`` [S, ...] with the mean alignment of each kernel over ``episodes`` of ``x``.

    Unchanged if ``learner`` has one kernel.
    """
    if CHOICE not in params:
        return params
    assert learner.rows is not None
    assert learner.rows.compare is not None
    answering, aligned = Answering(learner), _aligned(learner.rows, learner.rows.compare)
    used, y = rows_in(episodes), np.concatenate(answers_of(episodes), axis=-1)
    rows = np.concatenate(list(map(np.asarray, episodes[1:])), axis=-1)
    n_seeds, n_kernels = params[CHOICE][FIXED].shape
    scores = np.empty((n_seeds, n_kernels), np.float32)
    of_seeds, one_hot = jax.tree.map(np.asarray, params), np.eye(n_kernels, dtype=np.float32)
    for seed, kernel in np.ndindex(scores.shape):
        taken = rows_of(of_seeds, seed) | {CHOICE: {FIXED: one_hot[kernel]}}
        known = answering.known(taken, x, used)
        scores[seed, kernel] = aligned(taken, known.examples, known.places[rows], y, known.embedded)
    return params | {CHOICE: {FIXED: jnp.asarray(scores)}}


def _aligned(
    rows: EmbeddedLearner, compare: Compare
) -> Callable[[Params, Inputs, np.ndarray, np.ndarray, bool], Array]:
    """(params, examples, places [E, n], labels [E, n], embedded) -> mean alignment."""

    @partial(jax.jit, static_argnames="embedded")
    def mean(
        params: Params, examples: Inputs, places: Array, labels: Array, embedded: bool
    ) -> Float[Array, ""]:
        def of_episode(episode: tuple[Array, Array]) -> Float[Array, ""]:
            own = rows_of(examples, episode[0])
            own = own if embedded else rows.embed(params, own)
            return known_alignment(compare(params, own, own), episode[1])

        return jax.lax.map(of_episode, (places, labels), batch_size=EPISODES_AT_ONCE).mean()

    return mean


def choices(params: Params) -> Int[np.ndarray, " S"]:
    """The number of the kernel that each seed of ``params`` takes."""
    return np.asarray(params[CHOICE][FIXED]).argmax(-1)
