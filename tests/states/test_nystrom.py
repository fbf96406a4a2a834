"""The bounds hold, and all rows as landmarks leave nothing out."""

import numpy as np
import pytest

from fewqubit.errors import DataError
from fewqubit.states.kernels import fidelity_cross
from fewqubit.states.nystrom import nystrom

RANDOM = np.random.default_rng(0)


def states(count: int) -> np.ndarray:
    """Nearly alike, so that few stand for many."""
    psi = RANDOM.normal(size=(count, 8)) + 1j * RANDOM.normal(size=(count, 8)) + 3
    return (psi / np.linalg.norm(psi, axis=1, keepdims=True)).astype(np.complex64)


ROWS = states(60)


@pytest.mark.parametrize("count", [1, 5, 20, 60])
def test_no_entry_and_no_eigenvalue_is_further_off_than_the_bounds(count: int) -> None:
    found = nystrom(fidelity_cross, ROWS, ROWS[:count])
    off = np.asarray(fidelity_cross(ROWS, ROWS)) - found.features @ found.features.T
    r = found.residuals
    assert (np.abs(off) <= np.sqrt(np.outer(r, r)) + 2e-3).all()
    assert np.abs(off).max() <= found.entry_bound + 2e-3
    assert np.linalg.eigvalsh(off).max() <= found.norm_bound + 2e-3


def test_landmarks_themselves_are_exact_and_more_of_them_leave_out_less() -> None:
    few, many = (nystrom(fidelity_cross, ROWS, ROWS[:count]) for count in (5, 30))
    np.testing.assert_allclose(few.residuals[:5], 0, atol=2e-3)
    assert many.norm_bound < few.norm_bound
    assert nystrom(fidelity_cross, ROWS, ROWS).entry_bound < 2e-3


def test_no_landmarks_is_one_line() -> None:
    with pytest.raises(DataError, match="expected one row at least"):
        nystrom(fidelity_cross, ROWS, ROWS[:0])
