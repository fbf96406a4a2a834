"""The twin has exactly the circuit's number of parameters, and all of them matter."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.config import Circuit
from fewqubit.models.model import build_model
from fewqubit.models.network import n_parameters
from fewqubit.models.settings import Mlp
from fewqubit.models.twin import twin_network

KEY = jax.random.key(3)
sizes = st.integers(1, 9)


@settings(max_examples=25, deadline=None)
@given(n_inputs=sizes, n_outputs=sizes, n_weights=st.integers(1, 80))
def test_any_number_of_weights_is_met_exactly(
    n_inputs: int, n_outputs: int, n_weights: int
) -> None:
    twin = twin_network(n_inputs, n_outputs, n_weights)
    theta = jax.eval_shape(twin.init, KEY)
    assert theta.shape == (n_weights,)
    assert jax.eval_shape(twin.apply, theta, jnp.ones(n_inputs)).shape == (n_outputs,)


def test_every_weight_moves_the_output() -> None:
    twin = twin_network(4, 3, 30)
    x = jax.random.normal(KEY, (20, 4))
    jacobian = jax.jacobian(lambda theta: jax.vmap(lambda row: twin.apply(theta, row))(x))
    moved = np.abs(jacobian(twin.init(KEY))).reshape(-1, 30).max(axis=0)
    assert (moved > 0).all()


def test_without_weights_the_twin_is_the_identity() -> None:
    twin = twin_network(4, 4, 0)
    np.testing.assert_array_equal(twin.apply(twin.init(KEY), jnp.arange(4.0)), jnp.arange(4.0))


def test_both_arms_have_the_same_parameters() -> None:
    encoder = Mlp((5,))
    circuit = Circuit(feature_map="reuploading", n_qubits=3, repetitions=2)
    arms = [build_model(encoder, circuit, (7,), arm) for arm in ("quantum", "twin")]
    shapes = [jax.tree.map(jnp.shape, arm.init(KEY)) for arm in arms]
    assert shapes[0] == shapes[1]
    assert n_parameters(arms[0].init(KEY)) == n_parameters(arms[1].init(KEY))


def test_both_arms_start_from_the_same_encoder() -> None:
    encoder = Mlp((5,))
    circuit = Circuit(feature_map="angle", n_qubits=2)
    starts = [build_model(encoder, circuit, (7,), arm).init(KEY) for arm in ("quantum", "twin")]
    jax.tree.map(np.testing.assert_array_equal, starts[0]["encoder"], starts[1]["encoder"])
