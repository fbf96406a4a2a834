"""What a task asks for, classes or numbers: loss, score, and the initial readout."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.models.network import Params, dense
from fewqubit.tasks.answers import shares


def cross_entropy(logits: Float[Array, "q n_way"], y: Int[Array, " q"]) -> Float[Array, ""]:
    """Mean of −log softmax(logits)_y, in nats; zero over no examples."""
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, y)
    return losses.sum() / max(len(y), 1)


def support_entropy(logits: Float[Array, "s n_way"], y: Int[Array, " s"]) -> Float[Array, ""]:
    """``cross_entropy`` without rows of the label −1 and without classes that have no row.

    Only a support that is padded to a size has such rows and classes.
    """
    one_hot = jax.nn.one_hot(y, logits.shape[-1])
    known = jnp.where(one_hot.any(axis=0), logits, jnp.finfo(logits.dtype).min)
    losses = jax.nn.logsumexp(known, axis=-1) - (one_hot * logits).sum(axis=-1)
    return (losses * is_labelled(y)).sum() / jnp.maximum(is_labelled(y).sum(), 1)


def is_labelled(y: Array) -> Bool[Array, " s"]:
    """Which rows of a support have a label: those with −1 have none; numbers always are labels."""
    if jnp.issubdtype(y.dtype, jnp.integer):
        return y >= 0
    return jnp.ones(len(y), bool)


def accuracy(logits: Float[Array, "q n_way"], y: Int[Array, " q"]) -> Float[Array, ""]:
    """Share of right answers; if t largest logits are tied, each counts as 1/t of an answer."""
    return jnp.take_along_axis(shares(logits), y[:, None], axis=-1).mean()


def explained(outputs: Float[Array, "q n"], y: Float[Array, "q n"]) -> Float[Array, ""]:
    """1 − mean squared error: R² of numbers whose variance is 1."""
    return 1 - squared_error(outputs, y)


class Target(NamedTuple):
    """What the readout W, b is trained for.

    n_outputs:  columns of W
    loss:       (outputs [q, n_outputs], y) -> what meta-training minimises
    of_support: (outputs [s, n_outputs], y) -> what adaptation minimises: ``loss`` of the rows for
                which ``is_labelled`` is true
    score:      (outputs, y) -> what validation maximises
    learned:    (key, n_readings) -> the meta-learned part of the readout
    begin:      (learned, n_readings) -> the readout that a task starts from
    """

    n_outputs: int
    loss: Callable[[Array, Array], Float[Array, ""]]
    of_support: Callable[[Array, Array], Float[Array, ""]]
    score: Callable[[Array, Array], Float[Array, ""]]
    learned: Callable[[PRNGKeyArray, int], Params]
    begin: Callable[[Params, int], Params]


AnyTarget = int | Target  # a number of classes, or the target itself


def as_target(target: AnyTarget) -> Target:
    """n > 1 means n classes; 1 means regression, since a single class leaves nothing to choose."""
    if isinstance(target, Target):
        return target
    return regression(1) if target == 1 else classification(target)


def n_classes(target: AnyTarget, learner: str) -> int:
    """The number of classes. Raises SettingsError: numbers are asked for, not classes."""
    if isinstance(target, Target) or target == 1:
        raise SettingsError(
            f"learner '{learner}' compares classes and takes how many there are, not a Target; "
            "for numbers take a learner that adapts by gradient, such as maml"
        )
    return target


def classification(n_way: int) -> Target:
    """A logit for each class; cross entropy in nats; accuracy.

    W and b start from zero and are not meta-learned. Labels are arbitrary names: a start that
    prefers none makes adaptation equivariant to relabelling, and the score before adaptation is
    chance. A meta-learned column shared by all classes (UnicornMAML, Ye & Chao 2022, §5) would be
    the same model: it adds one number to all logits of a query.
    """

    def zeros(n_readings: int) -> Params:
        return {"weights": jnp.zeros((n_readings, n_way)), "bias": jnp.zeros(n_way)}

    return Target(
        n_way,
        cross_entropy,
        support_entropy,
        accuracy,
        lambda key, n_readings: {},
        lambda learned, n_readings: zeros(n_readings),
    )


def regression(n_outputs: int) -> Target:
    """Numbers y [q, n_outputs]; the loss is their mean squared error, the score its negative.

    W and b are meta-learned like everything else (Finn et al. 2017, eq. 2): unlike class labels,
    outputs are not arbitrary names.
    """
    return Target(
        n_outputs,
        squared_error,
        squared_error,
        lambda outputs, y: -squared_error(outputs, y),
        lambda key, n_readings: dense(key, n_readings, n_outputs),
        lambda learned, n_readings: learned,
    )


def squared_error(
    outputs: Float[Array, "q n_outputs"], y: Float[Array, "q n_outputs"]
) -> Float[Array, ""]:
    """Mean of (f(x) − y)² over examples and outputs; zero over no examples."""
    return jnp.square(outputs - y).sum() / max(y.size, 1)
