"""What sampling does to a Gram matrix, and what mends it."""

import numpy as np

from fewqubit.qiskit_ml.sampled import definite, sampled_gram

RANDOM = np.random.default_rng(0)
STATES = RANDOM.normal(size=(11, 4)) + 1j * RANDOM.normal(size=(11, 4))
STATES /= np.linalg.norm(STATES, axis=1, keepdims=True)
KERNEL = np.abs(STATES.conj() @ STATES.T) ** 2


def test_sampled_gram_is_symmetric_unbiased_and_errs_as_one_over_root_shots():
    rms = []
    for shots in (100, 1600):
        draws = [sampled_gram(KERNEL, shots, np.random.default_rng(s)) for s in range(200)]
        for sampled in draws[:3]:
            np.testing.assert_array_equal(sampled, sampled.T)
            np.testing.assert_array_equal(np.diag(sampled), 1.0)
        deviation = np.sqrt(KERNEL * np.abs(1 - KERNEL) / shots / len(draws))
        assert np.all(np.abs(np.mean(draws, 0) - KERNEL) <= 5 * deviation + 1e-12)
        rms.append(np.sqrt(np.mean((np.array(draws) - KERNEL) ** 2)))
    assert np.isclose(rms[0] / rms[1], 4, rtol=0.1)


def test_definite_is_psd_with_unit_diagonal_and_leaves_psd_alone():
    sampled = sampled_gram(KERNEL, 20, np.random.default_rng(1))
    assert np.linalg.eigvalsh(sampled).min() < -1e-3
    mended = definite(sampled)
    assert np.linalg.eigvalsh(mended).min() > -1e-12
    np.testing.assert_array_equal(mended, mended.T)
    np.testing.assert_array_equal(np.diag(mended), 1.0)
    np.testing.assert_allclose(definite(KERNEL), KERNEL, atol=1e-12)
