"""How right the logits of a task are."""

import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int


def cross_entropy(logits: Float[Array, "q n_way"], y: Int[Array, " q"]) -> Float[Array, ""]:
    """Mean of −log softmax(logits)_y, in nats; zero over no examples."""
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, y)
    return losses.sum() / max(len(y), 1)


def accuracy(logits: Float[Array, "q n_way"], y: Int[Array, " q"]) -> Float[Array, ""]:
    """Mean accuracy of the largest logit; t tied largest logits count 1/t each.

    Ties happen: before adaptation every class looks the same, and taking the first of them would
    report the frequency of label 0.
    """
    largest = logits == logits.max(axis=-1, keepdims=True)
    right = jnp.take_along_axis(largest, y[:, None], axis=-1)[:, 0]
    return (right / largest.sum(axis=-1)).mean()
