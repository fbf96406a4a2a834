"""Several circuits as one: members in superposition on a control register."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float, PRNGKeyArray

from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import of_each_map
from fewqubit.circuits.superpose import control_angles
from fewqubit.errors import SettingsError
from fewqubit.models.body import Body
from fewqubit.models.network import Params


def members_of(circuit: Circuit) -> list[Circuit]:
    """The members in the order of |i⟩: ``members`` copies of the map, then of each bagged one."""
    return [one for one in of_each_map(circuit) for _ in range(circuit.members)]


def ensemble_weights(theta: Params) -> Float[Array, " weights"]:
    """θ as ``quantum.superpose.superposed`` expects it: the members' θ, then control angles."""
    of_members = [weights for body in theta["members"] for weights in body]
    shares = jax.nn.softmax(theta.get("logits", jnp.zeros(len(of_members))))
    return jnp.concatenate([*of_members, control_angles(shares)])


def superpose(bodies: Sequence[Body], members: int, combine: str) -> Body:
    """|Ψ(x)⟩ = Σ_i √p_i |i⟩ |ψ_i(x)⟩; each body has ``members`` copies with their own weights.

    Reading the second register of |Ψ⟩ gives the mean of the members' readings weighted by p, so one
    evaluation is the whole ensemble (Schuld, Petruccione 2018, arXiv 1704.02146). With ``mean``,
    p = softmax of learned numbers. With ``concat``, p is uniform; members are read separately.
    """
    n_inputs, *others = {body.n_inputs for body in bodies}
    if others:
        raise SettingsError(
            f"the feature maps of an ensemble take {sorted([n_inputs, *others])} inputs; expected "
            "the same number of each, as they share the encoder"
        )
    first, count = bodies[0], members * len(bodies)

    def init(key: PRNGKeyArray) -> Params:
        keys = jax.random.split(key, (len(bodies), members))
        thetas = [jax.vmap(body.init)(each) for body, each in zip(bodies, keys, strict=True)]
        return {"members": thetas} | ({"logits": jnp.zeros(count)} if combine == "mean" else {})

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Complex[Array, " count*D"]:
        states = [
            jax.vmap(body.apply, in_axes=(0, None))(thetas, angles)
            for body, thetas in zip(bodies, theta["members"], strict=True)
        ]
        share = jax.nn.softmax(theta.get("logits", jnp.zeros(count)))
        return (jnp.sqrt(share)[:, None] * jnp.concatenate(states)).reshape(-1)

    def read(state: Complex[Array, " count*D"]) -> Float[Array, " readings"]:
        parts = jax.vmap(first.read)(state.reshape(count, -1))
        return parts.sum(axis=0) if combine == "mean" else (count * parts).reshape(-1)

    n_readings = first.n_readings * (1 if combine == "mean" else count)
    return first._replace(init=init, apply=apply, read=read, n_readings=n_readings, halves=None)
