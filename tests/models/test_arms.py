"""The arms: what each has in the circuit's place, and how many parameters."""

from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Array

from fewqubit.config import CLASSICAL_ARMS, Arm, Circuit, Classical
from fewqubit.errors import SettingsError
from fewqubit.models.arms import ARMS, build_body
from fewqubit.models.classical import affine_network, mlp_network, rbf_network, trained_size
from fewqubit.models.geometry import rbf_gram
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import n_parameters
from fewqubit.models.noise import with_noise
from fewqubit.models.settings import Identity, Mlp

KEY = jax.random.key(3)
X = jnp.linspace(-1.0, 1.0, 7)
ENCODER = Mlp((5,))
CIRCUIT = Circuit(
    feature_map="reuploading", n_qubits=3, repetitions=2, ansatz="hardware_efficient", layers=1
)
ENSEMBLE = CIRCUIT.model_copy(update={"members": 2})
PLAIN = Circuit(feature_map="hardware_efficient", n_qubits=2)


def model_of(arm: str, circuit: Circuit = CIRCUIT, reads: bool = False) -> Model:
    return build_model(ENCODER, circuit, X.shape, arm, reads)


def test_settings_name_the_arms_that_there_are() -> None:
    assert set(get_args(Arm)) == set(ARMS)
    assert set(CLASSICAL_ARMS) < set(ARMS)


def test_an_unknown_arm_is_named() -> None:
    with pytest.raises(SettingsError, match="unknown arm 'third'"):
        model_of("third")


@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize("circuit", [CIRCUIT, PLAIN])
@pytest.mark.parametrize("arm", ARMS)
def test_readings_are_bounded_and_as_many_as_is_said(
    arm: str, circuit: Circuit, reads: bool
) -> None:
    model = model_of(arm, circuit, reads)
    readings = jax.jit(lambda x: model.read(model.apply(model.init(KEY), x)))(X)
    assert readings.shape == (model.n_readings,)
    assert (jnp.abs(readings) <= 1 + 1e-6).all()


@pytest.mark.parametrize("circuit", [CIRCUIT, ENSEMBLE])
@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("training", [{}, {"angle_noise": 0.1}, {"entangler_dropout": 0.5}])
def test_what_is_begun_and_finished_is_the_whole(
    arm: str, circuit: Circuit, training: dict[str, float]
) -> None:
    model = model_of(arm, circuit, reads=True)

    def twice(key: Array) -> tuple[Array, Array]:
        params = with_noise(key, model.init(KEY), **training)
        prefix = model.begin(params, model.encode(params, X))
        return model.apply(params, X), model.finish(params, prefix)

    whole, halved = jax.jit(twice)(jax.random.key(1))
    np.testing.assert_allclose(halved, whole, atol=1e-5)


@pytest.mark.parametrize("reads", [True, False])
def test_every_arm_starts_from_the_same_encoder_and_has_the_weights_that_are_its_own(
    reads: bool,
) -> None:
    starts = jax.jit(lambda: {arm: model_of(arm, reads=reads).init(KEY) for arm in ARMS})()
    for start in starts.values():
        jax.tree.map(np.testing.assert_array_equal, start["encoder"], starts["quantum"]["encoder"])
    weights = {arm: n_parameters(start["circuit"]) for arm, start in starts.items()}
    own = 3 * 3 * 2 + 2 * 3 * 2
    exact = {"quantum": own, "separable": own, "twin": own, "frozen": 0, "bypass": 0}
    assert {arm: weights[arm] for arm in exact} == exact
    assert all(0 < weights[arm] <= own for arm in ("affine", "mlp", "rbf"))


def test_a_frozen_circuit_is_the_circuit_before_training() -> None:
    models = model_of("quantum"), model_of("frozen")
    states = jax.jit(lambda: [model.apply(model.init(KEY), X) for model in models])()
    np.testing.assert_array_equal(*states)


def test_a_frozen_circuit_has_no_gradient() -> None:
    model = model_of("frozen", reads=True)
    params = jax.jit(model.init)(KEY)
    gradient = jax.jit(jax.grad(lambda p: model.read(model.apply(p, X)).sum()))(params)
    assert not gradient["circuit"]["fixed"].any()
    assert any(leaf.any() for leaf in jax.tree.leaves(gradient["encoder"]))


def test_bypass_is_the_encoder() -> None:
    model = model_of("bypass")
    narrow = build_model(Identity(), PLAIN, (4,), "bypass")
    np.testing.assert_array_equal(narrow.apply(narrow.init(KEY), X[:4]), X[:4])
    assert model.apply(model.init(KEY), X).shape == (3,)


SIZES = st.tuples(st.integers(1, 7), st.integers(0, 80), st.integers(1, 9))


@settings(deadline=None, max_examples=6)
@given(SIZES)
def test_opponents_are_no_larger_than_the_circuit_and_start_as_what_is_there_without_them(
    sizes: tuple[int, int, int],
) -> None:
    n, size, outputs = sizes
    angles = jnp.linspace(-2.0, 1.0, n)
    for network in (affine_network(n, size), mlp_network(n, size)):
        assert trained_size(network.init) <= size
        found = network.apply(network.init(KEY), angles)
        np.testing.assert_allclose(found, angles, rtol=1e-6)
    waves = rbf_network(n, size, outputs, gamma=0.5)
    assert trained_size(waves.init) == min(size, n)
    assert waves.apply(waves.init(KEY), angles).shape == (outputs,)


def test_rbf_features_have_the_kernel_they_are_named_after() -> None:
    network = rbf_network(3, 2, 4000, gamma=0.3)
    rows = jax.random.normal(KEY, (5, 3))
    z = jax.vmap(network.apply, (None, 0))(jnp.array([-0.5, 1.0]), rows)
    scaled = rows * jnp.array([0.5, 2.0, 1.0])
    np.testing.assert_allclose(z @ z.T, rbf_gram(scaled, scaled, 0.3), atol=0.06)
    np.testing.assert_allclose(jnp.diag(z @ z.T), 1, atol=1e-5)


@pytest.mark.parametrize("arm", ["twin", "bypass", "affine", "mlp", "rbf"])
def test_every_classical_arm_has_a_scale_of_its_own(arm: str) -> None:
    """γ of its kernel, and what multiplies its inputs; of readers the latter."""
    rows = jnp.stack([X, -X, 0.3 * X])

    def seen(reads: bool, **scale: float) -> np.ndarray:
        own = CIRCUIT.model_copy(update={"classical": Classical(**scale)})
        model = model_of(arm, own, reads)
        features = jax.vmap(model.apply, (None, 0))(model.init(KEY), rows)
        if reads:
            return np.asarray(jax.vmap(model.read)(features))
        return np.asarray(model.geometry.kernel(features, features))

    assert abs(seen(False) - seen(False, gamma=0.1)).max() > 0.01
    for reads in (True, False):
        assert abs(seen(reads) - seen(reads, input_scale=0.3)).max() > 0.01


def test_the_twin_s_kernel_is_gaussian_of_its_gamma() -> None:
    wide = CIRCUIT.model_copy(update={"classical": Classical(gamma=0.2)})
    grams = []
    for circuit in (CIRCUIT, wide):
        model = model_of("twin", circuit)
        rows = jax.vmap(model.apply, (None, 0))(model.init(KEY), jnp.stack([X, -X]))
        grams.append(model.geometry.kernel(rows, rows))
    np.testing.assert_allclose(grams[1], grams[0] ** 0.2, rtol=1e-4)


@pytest.mark.parametrize("arm", ["quantum", "separable", "frozen"])
def test_the_classical_scale_leaves_circuits_alone(arm: str) -> None:
    other = CIRCUIT.model_copy(update={"classical": Classical(gamma=0.2, input_scale=3.0)})
    models = model_of(arm), model_of(arm, other)
    states = jax.jit(lambda: [model.apply(model.init(KEY), X) for model in models])()
    np.testing.assert_array_equal(*states)


@pytest.mark.parametrize("arm", ["affine", "mlp", "rbf"])
def test_weight_decay_pulls_an_opponent_back_to_where_it_starts(arm: str) -> None:
    """Of all numbers that are zero at the start the decayed ones are what training has moved."""
    theta = build_body(CIRCUIT, arm, reads=False).init(KEY)
    moved = {"in"}  # what a hidden unit looks at: behind W₂ = 0 it changes nothing
    leaves = theta.items() if isinstance(theta, dict) else [("scale", theta)]
    assert all(not leaf.any() for name, leaf in leaves if name not in moved)
