"""What is decided before a result is seen: the budget, the grid, the question, the contestants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.config import Circuit
from fewqubit.meta.settings.gradient import Scratch
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.settings.training import Training
from fewqubit.models.arms import bypass
from fewqubit.models.body import AnyArm, Body
from fewqubit.models.geometry import vectors
from fewqubit.models.network import Network, Params, affine, dense
from fewqubit.models.settings import Encoder, Mlp

CIRCUIT = Circuit(feature_map="reuploading", n_qubits=6, repetitions=3, bandwidth=0.2)
AFFINE = Mlp()
Rate = float | Array
WIDTH = 40  # of the hidden layers of Finn et al.


@dataclass(frozen=True)
class Study:
    """The same for every contestant; ``at`` are numbers of inner steps.

    The question: the squared error after the last of ``at`` with the last of ``shots``; a
    difference below ``margin`` (about 1 % of the variance of y, 4.25) would not matter. An error
    above ``ceiling``, or none because adaptation diverges, counts as ``ceiling``. A seed failed if
    it explains less than ``failed_below`` of that variance in the validation tasks.
    """

    seeds: int = 5
    steps: int = 2000
    tasks_per_step: int = 10
    n_query: int = 10
    inner_steps: int = 5
    tuning_seeds: int = 2
    tuning_steps: int = 200
    inner_rates: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1, 0.3)
    outer_rates: tuple[float, ...] = (0.003, 0.01, 0.03)
    n_validation: int = 100
    n_test: int = 600
    n_test_query: int = 20
    shots: tuple[int, ...] = (5, 10)
    at: tuple[int, ...] = tuple(range(11))
    ceiling: float = 100.0
    margin: float = 0.05
    failed_below: float = 0.1
    confidence: float = 0.95
    resamples: int = 2000


TRY = Study(
    steps=20, tuning_steps=10, inner_rates=(0.01, 0.1), outer_rates=(0.01,), n_validation=10,
    n_test=20, resamples=100,
)  # fmt: skip


class Contestant(NamedTuple):
    """A model and how it is learned: by MAML, or not at all (``learns``)."""

    says: str
    arm: AnyArm
    encoder: Encoder = AFFINE
    learns: bool = True

    def settings(self, study: Study, inner: Rate, outer: Rate, steps: int) -> Maml | Scratch:
        """The learner at these rates; given unchecked, so that they may be traced by JAX."""
        shared = {"encoder": self.encoder, "circuit": CIRCUIT}
        if not self.learns:
            plain = Scratch(kind="scratch", inner_steps=max(study.at), **shared)
            return plain.model_copy(update={"inner_lr": inner})
        training = Training(
            steps=steps,
            tasks_per_step=study.tasks_per_step,
            clip=10.0,  # errors are squares of up to 5, and so are gradients
            validate_every=max(steps // 10, 1),
        ).model_copy(update={"learning_rate": outer})
        ends = {"inner_steps": study.inner_steps, "test_inner_steps": max(study.at)}
        return Maml(kind="maml", training=training, **ends, **shared).model_copy(
            update={"inner_lr": inner}
        )


def cosine(circuit: Circuit, reads: bool) -> Body:
    """``bypass`` read through cos in place of tanh: a classical Fourier series, without a qubit."""
    return bypass(circuit, reads)._replace(read=jnp.cos)


def second_layer(circuit: Circuit, reads: bool) -> Body:
    """ReLU of the encoder's outputs: what stands before the last layer of Finn et al."""
    del circuit, reads
    return Body(WIDTH, lambda key: jnp.zeros(0), _features, jax.nn.relu, WIDTH, vectors(1.0))


def _features(theta: Params, angles: Float[Array, " angles"]) -> Float[Array, " angles"]:
    del theta
    return angles


class FirstLayers(Encoder):
    """Affine, ReLU, affine; weights N(0, 1/n_in), with which inner steps on |x| ≤ 5 stay finite."""

    kind: Literal["first_layers"] = "first_layers"

    def build(self, feature_shape: tuple[int, ...], n_outputs: int) -> Network:
        """The network of Finn et al. but for its last layer."""

        def init(key: PRNGKeyArray) -> Params:
            key_in, key_out = jax.random.split(key)
            return [dense(key_in, feature_shape[0], WIDTH), dense(key_out, WIDTH, n_outputs)]

        def apply(params: Params, x: Float[Array, " feature"]) -> Float[Array, " angles"]:
            return affine(params[1], jax.nn.relu(affine(params[0], x)))

        return Network(init, apply)


LAYERS = FirstLayers()
CONTESTANTS: Mapping[str, Contestant] = {
    "quantum": Contestant("data re-uploading on 6 qubits", "quantum"),
    "twin": Contestant("tanh network of as many trained numbers", "twin"),
    "mlp": Contestant("Finn's 1-40-40-1, ReLU", second_layer, LAYERS),
    "separable": Contestant("the circuit without entanglers", "separable"),
    "bypass": Contestant("no circuit: tanh of the encoder", "bypass"),
    "cosine": Contestant("no circuit: cos of the encoder", cosine),
    "scratch": Contestant("the circuit, not meta-learned", "quantum", learns=False),
    "scratch-mlp": Contestant("Finn's network, not meta-learned", second_layer, LAYERS, False),
}
ASKED = ("twin", "mlp")  # the opponents: *better* takes both
VARIANCE = (5.0**3 - 0.1**3) / (5.0 - 0.1) / 6  # of y = A sin(x − φ): E[A²]/2
