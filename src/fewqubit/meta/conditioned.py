"""A circuit that a task's own embedding tunes, without a gradient."""

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.config import Conditioned
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner
from fewqubit.meta.protonet import Classes, class_logits
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params, affine, dense


def conditioned(
    settings: Conditioned, arm: AnyArm, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """φ_k(x) = γ(z_k) ∘ g_w(x) + β(z_k), then class states as in ``protonet``.

    z_k is the mean reading of the support under γ = 1, β = 0: names of classes play no part in it.
    A network of one hidden layer, which starts from γ = 1, β = 0, gives log γ and β (task
    conditioning as in TADAM: Oreshkin et al. 2018, arXiv 1805.10123, §2.2, on angles in place of
    channels). θ is shared; a task adapts by two passes over its support.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm)
    embed = jax.vmap(model.apply, in_axes=(None, 0))
    n_summary = settings.circuit.n_qubits

    def init_params(key: PRNGKeyArray) -> Params:
        key_model, key_task = jax.random.split(key)
        out = {
            "weights": jnp.zeros((settings.hidden, 2 * model.n_inputs)),
            "bias": jnp.zeros(2 * model.n_inputs),
        }
        task = {"in": dense(key_task, n_summary, settings.hidden), "out": out}
        head = {"log_temperature": jnp.asarray(math.log(settings.temperature), float), "task": task}
        return {**model.init(key_model), "head": head}

    def summary(params: Params, x: Float[Array, "s *feature"]) -> Float[Array, " n"]:
        readings = jax.vmap(model.read)(embed(params, x))
        return _folded(readings.sum(axis=0) / max(len(x), 1), n_summary)

    def tuned(params: Params, x: Float[Array, "s *feature"]) -> Params:
        task = params["head"]["task"]
        hidden = jnp.tanh(affine(task["in"], summary(params, x)))
        log_scale, shift = jnp.split(affine(task["out"], hidden), 2)
        return {**params, "film": {"scale": jnp.exp(log_scale), "shift": shift}}

    def adapt(params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]) -> Classes:
        own = tuned(params, x)
        return Classes(own, embed(own, x), jax.nn.one_hot(y, n_way))

    def predict(classes: Classes, x: Float[Array, "q *feature"]) -> Float[Array, "q n_way"]:
        return class_logits(model, classes, embed(classes.params, x))

    return episodic_learner(init_params, adapt, predict, settings.training)


def _folded(readings: Float[Array, " r"], n: int) -> Float[Array, " n"]:
    """As many numbers in every arm: reading r is added to number r mod n."""
    missing = -len(readings) % n
    return jnp.pad(readings, (0, missing)).reshape(-1, n).sum(axis=0)
