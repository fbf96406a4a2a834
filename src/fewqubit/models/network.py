"""A network: initial parameters, and a pure function of one example."""

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import AfterValidator, Field

from fewqubit.base.values import AS_LIST, Value, Width
from fewqubit.errors import SettingsError
from fewqubit.models.parts import FIXED
from fewqubit.tasks.inputs import FeatureShape, is_array, shape_text

Params = Any  # a pytree of arrays
Widths = Annotated[tuple[Width, ...], Field(max_length=16, strict=False), AS_LIST]


def _no_layers(widths: tuple[int, ...]) -> tuple[int, ...]:
    if widths:
        raise ValueError("expected none, for this encoder has no layers")
    return widths


NoWidths = Annotated[Widths, AfterValidator(_no_layers)]


class Keyed(NamedTuple):
    """Parameters, and the key for the shots that are drawn with them."""

    params: Params
    key: PRNGKeyArray


class Network(NamedTuple):
    """A pure function of (params, x) for one example; batching is ``vmap``'s.

    init:   key -> params
    apply:  (params, x) -> output
    """

    init: Callable[[PRNGKeyArray], Params]
    apply: Callable[[Params, Float[Array, "*feature"]], Array]


class Encoder(Value):
    """The classical network g_w from features to circuit angles, before it knows their number.

    ``kind`` names it: ``mlp``, ``conv``, ``strided_conv``, ``identity``, ``amplitude``, or your own
    as ``module:function``. ``widths`` are its hidden layers, or the channels of its blocks.
    """

    widths: Widths = ()
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def build(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        """The network from one example of ``feature_shape`` to ``n_outputs`` angles.

        ``feature_shape`` is the shape of an array, or a pytree of ``jax.ShapeDtypeStruct`` where
        examples are pytrees of arrays (``fewqubit.tasks.inputs``).

        Raises SettingsError: it does not fit such examples, or this number of angles.
        """
        raise NotImplementedError

    def check_maps(self, names: Iterable[str]) -> None:
        """Raise ValueError, in one line, if the angles are for other feature maps than these."""

    def build_classical(self, feature_shape: FeatureShape, n_outputs: int) -> Network:
        """What stands before a classical arm: the same, unless its angles serve circuits alone."""
        return self.build(feature_shape, n_outputs)


def array_shape(feature_shape: FeatureShape, kind: str) -> tuple[int, ...]:
    """The shape of an example that is one array. Raises SettingsError: it is something else."""
    if not is_array(feature_shape):
        raise SettingsError(
            f"encoder {kind}: expected examples of one array of numbers, got "
            f"{shape_text(feature_shape)}; take an encoder of your own, which reads such parts"
        )
    return tuple(feature_shape)


def dense(key: PRNGKeyArray, n_in: int, n_out: int, gain: float = 1.0) -> dict[str, Array]:
    """Weights of x ↦ x W + b: W_ij ~ N(0, gain²/n_in), b = 0 (LeCun et al. 1998)."""
    weights = jax.random.normal(key, (n_in, n_out)) * (gain / math.sqrt(n_in))
    return {"weights": weights, "bias": jnp.zeros(n_out)}


def affine(
    params: dict[str, Array], x: Float[Array, "*batch n_in"]
) -> Float[Array, "*batch n_out"]:
    """x W + b."""
    return x @ params["weights"] + params["bias"]


def n_parameters(params: Params) -> int:
    """The number of trained parameters."""
    trained = jax.tree.map(lambda leaf, yes: leaf.size * yes, params, is_trained(params))
    return sum(jax.tree.leaves(trained))


def is_trained(params: Params) -> Params:
    """For each leaf, whether it is trained: not what stands under a key "fixed"."""

    def ask(path: tuple[Any, ...], _: Array) -> bool:
        return all(getattr(step, "key", None) != FIXED for step in path)

    return jax.tree.map_with_path(ask, params)


def unit(x: Float[Array, "*n d"]) -> Float[Array, "*n d"]:
    """Rows of length 1; one of length 0 stays."""
    return x / jnp.sqrt(jnp.maximum((x**2).sum(-1, keepdims=True), 1e-12))
