"""The arms: what each has in the circuit's place, and how many parameters."""

from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

from fewqubit.config import Arm, Circuit, Encoder, Training
from fewqubit.errors import SettingsError
from fewqubit.models.arms import ARMS
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import n_parameters
from fewqubit.models.noise import with_noise

KEY = jax.random.key(3)
X = jnp.linspace(-1.0, 1.0, 7)
ENCODER = Encoder(kind="mlp", widths=[5])
CIRCUIT = Circuit(
    feature_map="reuploading", n_qubits=3, repetitions=2, ansatz="hardware_efficient", layers=1
)
ENSEMBLE = CIRCUIT.model_copy(update={"members": 2})
PLAIN = Circuit(feature_map="hardware_efficient", n_qubits=2)


def model_of(arm: str, circuit: Circuit = CIRCUIT, reads: bool = False) -> Model:
    return build_model(ENCODER, circuit, X.shape, arm, reads)


def test_settings_name_the_arms_that_there_are() -> None:
    assert set(get_args(Arm)) == set(ARMS)


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
        params = with_noise(key, model.init(KEY), Training(steps=1, **training))
        begun = model.begin(params, model.encode(params, X))
        return model.apply(params, X), model.finish(params, begun)

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
    assert weights == {"quantum": own, "separable": own, "twin": own, "frozen": 0, "bypass": 0}


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
    narrow = build_model(Encoder(kind="identity"), PLAIN, (4,), "bypass")
    np.testing.assert_array_equal(narrow.apply(narrow.init(KEY), X[:4]), X[:4])
    assert model.apply(model.init(KEY), X).shape == (3,)
