"""The diagonal of the Fisher information: how much predictions depend on each parameter."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.meta.learner import MetaLearner
from fewqubit.models.network import Params
from fewqubit.tasks import Task


def fisher_diagonal(learner: MetaLearner, params: Params, task: Task) -> Params:
    """F_k = mean over the task's queries of E_c (∂ log p_c / ∂θ_k)², c ~ p = softmax(logits).

        F_k = mean_q [ Σ_c p_c J_ck² − (Σ_c p_c J_ck)² ],  J = ∂ logits / ∂θ

    params:   the meta-learned θ of encoder, circuit and head
    returns:  F, shaped like ``params``; in nats² per square of a parameter's unit

    The derivative goes through the adaptation to the support. The expectation over predicted
    classes c is exact; labels are not used.
    Source: Kirkpatrick et al. 2017, PNAS 114, 3521; F is taken at the parameters after a task.
    """

    def logits(theta: Params) -> Float[Array, "q n_way"]:
        adapted = learner.adapt(theta, task.support_x, task.support_y)
        return learner.predict(adapted, task.query_x)

    share = jax.nn.softmax(logits(params))

    def of_leaf(jacobian: Array) -> Array:
        weighted = jnp.einsum("qc,qc...->qc...", share, jacobian)
        second = (weighted * jacobian).sum(1)
        found: Array = (second - weighted.sum(1) ** 2).mean(0)
        return found

    return jax.tree.map(of_leaf, jax.jacrev(logits)(params))
