"""The rank of what can act, against circuits of which the answer is known by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.config import Circuit, Classical
from fewqubit.models.arms import build_body
from fewqubit.models.rank import Acting, acting

RA = {"ansatz": "real_amplitudes", "layers": 1}
COSET = Circuit(feature_map="covariant", n_qubits=2, **RA)
BEFORE = COSET.model_copy(update={"ansatz_place": "before"})


def redrawn(circuit: Circuit) -> float:
    """The largest change of the Gram matrix when all weights are drawn anew."""
    body = build_body(circuit, "quantum", reads=False)
    x = jax.random.normal(jax.random.key(9), (5, body.n_inputs))

    @jax.jit
    def gram(key: jax.Array) -> jax.Array:
        features = jax.vmap(body.apply, (None, 0))(body.init(key), x)
        return body.geometry.kernel(features, features)

    first, second = (np.asarray(gram(jax.random.key(seed))) for seed in (0, 1))
    return float(abs(first - second).max())


@pytest.mark.parametrize(("members", "features", "seen"), [(1, 3, 3), (3, 11, 8)])
def test_an_ansatz_behind_the_map_cancels_in_a_fidelity_and_before_it_acts(
    members: int, features: int, seen: int
) -> None:
    """Real states of two qubits have 3 numbers, and three of them with their shares 3·3 + 2.

    Overlaps of the ensemble see only the mean of the members' projectors, which has fewer.
    """
    behind, before = (one.model_copy(update={"members": members}) for one in (COSET, BEFORE))
    assert redrawn(behind) < 1e-5
    assert acting(behind, "quantum", compares=True, reads=False).seen == 0
    assert redrawn(before) > 0.1
    count = 4 if members == 1 else 4 * members + members
    found = acting(before, "quantum", compares=True, reads=False)
    assert found == Acting(count, features, seen)


def test_of_rotations_that_follow_each_other_one_acts() -> None:
    circuit = Circuit(feature_map="angle", n_qubits=2, **RA)
    quantum, separable = (
        acting(circuit, arm, compares=False, reads=True) for arm in ("quantum", "separable")
    )
    # Inputs and two layers are RY; without CX they turn each qubit by one sum of angles.
    assert (quantum.trained, separable.trained, separable.seen) == (4, 4, 2)
    assert quantum.seen == 4


def test_a_small_bandwidth_weakens_weights_and_changes_no_rank() -> None:
    map_ = Circuit(feature_map="reuploading", n_qubits=2, repetitions=2)
    ranks = {
        acting(map_.model_copy(update={"bandwidth": c}), "quantum", compares=True, reads=False)
        for c in (1.0, 0.01)
    }
    assert len(ranks) == 1
    [found] = ranks
    assert found.seen is not None
    assert 0 < found.seen < found.trained  # the last RZ cancel, two biases are one with the map's


def test_of_a_twin_shifts_do_not_act_on_distances_and_scales_change_nothing() -> None:
    circuit = Circuit(feature_map="angle", n_qubits=2, ansatz="hardware_efficient", layers=2)
    found = acting(circuit, "affine", compares=True, reads=False)
    # 12 numbers buy the whole map W, b of two angles: W acts up to a turn of its outputs, b not.
    assert found == Acting(6, 6, 3)
    other = circuit.model_copy(update={"classical": Classical(gamma=50.0, input_scale=0.01)})
    assert acting(other, "affine", compares=True, reads=False) == found
    assert acting(circuit, "affine", compares=False, reads=True).seen == 6


def test_without_trained_numbers_there_is_nothing_to_act() -> None:
    plain = Circuit(feature_map="zz", n_qubits=2)
    assert acting(plain, "quantum", compares=True, reads=False) == Acting(0, 0, 0)
    assert acting(BEFORE, "frozen", compares=True, reads=False) == Acting(0, 0, 0)


def test_of_a_large_circuit_it_is_known_whether_anything_acts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fewqubit.models.rank.LARGEST", 31)
    assert acting(COSET, "quantum", compares=True, reads=False).seen == 0
    assert acting(BEFORE, "quantum", compares=True, reads=False) == Acting(4, None, None)


def test_ranks_leave_single_precision_as_it_was() -> None:
    acting(BEFORE, "quantum", compares=True, reads=False)
    assert jnp.zeros(1).dtype == jnp.float32
