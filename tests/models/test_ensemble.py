"""An ensemble's state is the superposed circuit's, its reading the members' mean."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.superpose import superposed
from fewqubit.config import Circuit
from fewqubit.errors import SettingsError
from fewqubit.models.arms import build_body
from fewqubit.models.ensemble import ensemble_weights, members_of
from fewqubit.models.network import n_parameters

ONE = Circuit(feature_map="angle", n_qubits=2, ansatz="real_amplitudes", layers=1)
OTHER = ONE.model_copy(update={"feature_map": "iqp"})
ENSEMBLE = ONE.model_copy(update={"members": 2, "bagged": ["iqp"]})
ANGLES = jnp.array([0.4, -1.3])


def started(circuit: Circuit) -> tuple:
    body = build_body(circuit, "quantum", reads=True)
    theta = jax.jit(body.init)(jax.random.key(0))
    return body, theta


def test_reading_is_the_weighted_mean_of_the_members() -> None:
    body, theta = started(ENSEMBLE)
    theta = {**theta, "logits": jnp.array([0.3, -0.5, 1.0, 0.0])}
    members = [(ONE, 0, 0), (ONE, 0, 1), (OTHER, 1, 0), (OTHER, 1, 1)]

    @jax.jit
    def both(theta: dict) -> tuple[jax.Array, list[jax.Array]]:
        each = []
        for circuit, kind, number in members:
            own = build_body(circuit, "quantum", reads=True)
            each.append(own.read(own.apply(theta["members"][kind][number], ANGLES)))
        return body.read(body.apply(theta, ANGLES)), each

    found, each = both(theta)
    shares = np.asarray(jax.nn.softmax(theta["logits"]))
    np.testing.assert_allclose(found, shares @ np.stack(each), atol=1e-5)


def test_the_state_is_that_of_the_one_circuit_with_a_control_register() -> None:
    body, theta = started(ENSEMBLE)
    theta = {**theta, "logits": jnp.array([0.3, -0.5, 1.0, 0.0])}
    whole = superposed([draw_up(one) for one in members_of(ENSEMBLE)])
    values = [*map(float, ANGLES), *map(float, ensemble_weights(theta))]
    expected = Statevector(whole.assign_parameters(values)).data
    np.testing.assert_allclose(jax.jit(body.apply)(theta, ANGLES), expected, atol=1e-5)


def test_side_by_side_every_member_is_read_by_itself() -> None:
    body, theta = started(ONE.model_copy(update={"members": 3, "combine": "concat"}))
    one = build_body(ONE, "quantum", reads=True)
    found = jax.jit(lambda theta: body.read(body.apply(theta, ANGLES)))(theta)
    each = jax.jit(jax.vmap(lambda own: one.read(one.apply(own, ANGLES))))(theta["members"][0])
    np.testing.assert_allclose(found, each.reshape(-1), atol=1e-5)
    assert body.n_readings == 6
    assert "logits" not in theta


def test_the_twin_has_as_many_parameters() -> None:
    weights = {
        arm: n_parameters(jax.eval_shape(build_body(ENSEMBLE, arm, True).init, jax.random.key(0)))
        for arm in ("quantum", "twin")
    }
    assert weights == {"quantum": 4 * 4 + 4, "twin": 4 * 4 + 4}


def test_members_share_their_inputs() -> None:
    with pytest.raises(SettingsError, match=r"take \[2, 4\] inputs"):
        build_body(ONE.model_copy(update={"bagged": ["hardware_efficient"]}), "quantum", True)
