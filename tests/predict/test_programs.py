"""Programs are few, of few shapes, and answer as the function itself does."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.predict import programs
from fewqubit.predict.programs import SIZES, run, run_by_rows

TRACED: list[tuple[int, ...]] = []


def answer(known: jax.Array, rows: jax.Array) -> jax.Array:
    """A row's answer depends on that row alone."""
    TRACED.append(rows.shape)
    return jnp.sin(rows @ known) + jnp.log(rows.sum(axis=1, keepdims=True))


def exactly(known: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.sin(rows @ known) + np.log(rows.sum(axis=1, keepdims=True))


@pytest.fixture(autouse=True)
def nothing_compiled() -> None:
    programs._compiled.cache_clear()
    TRACED.clear()


@given(n_rows=st.integers(0, 2 * SIZES[-1] + 3))
@settings(max_examples=25, deadline=None)
def test_any_number_of_rows_is_answered(n_rows: int) -> None:
    random = np.random.default_rng(n_rows)
    known = random.normal(size=(3, 2)).astype(np.float32)
    rows = random.uniform(1, 2, size=(n_rows, 3)).astype(np.float32)
    given = run_by_rows(answer, known, rows)
    assert given.shape == (n_rows, 2)
    np.testing.assert_allclose(given, exactly(known, rows), rtol=1e-5, atol=1e-5)


def test_a_thousand_numbers_of_rows_are_a_few_programs() -> None:
    known = np.ones((3, 2), np.float32)
    for n_rows in range(1, 1000, 7):
        run_by_rows(answer, known, np.ones((n_rows, 3), np.float32))
    assert {shape[0] for shape in TRACED} == {SIZES[0]}
    assert len(TRACED) == programs._compiled.cache_info().currsize == len(SIZES)


def test_an_answer_has_the_same_bits_in_whatever_company() -> None:
    random = np.random.default_rng(0)
    known = random.normal(size=(3, 2)).astype(np.float32)
    rows = random.uniform(1, 2, size=(300, 3)).astype(np.float32)
    alone = [run_by_rows(answer, known, rows[n : n + 1]) for n in range(0, 300, 23)]
    np.testing.assert_array_equal(np.concatenate(alone), run_by_rows(answer, known, rows)[::23])


def test_the_oldest_program_makes_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def total(rows: jax.Array) -> jax.Array:
        return rows.sum()

    for n_rows in range(1, programs.PROGRAMS + 9):
        assert run(total, np.ones(n_rows, np.float32)) == n_rows
    assert programs._compiled.cache_info().currsize == programs.PROGRAMS
