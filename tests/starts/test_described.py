"""Problems that a person describes."""

import pytest

from fewqubit.errors import DataError
from fewqubit.starts.described import described
from fewqubit.starts.settings.families import Ising


def test_sites_may_be_left_out_where_one_number_is_meant() -> None:
    ring = {"field": 0.5}
    assert described({**ring, "sites": 4}, Ising()) == described(ring, Ising(), 4)
    with pytest.raises(DataError, match=r'expected {"sites": 8, "field": 1.0}'):
        described(ring, Ising())
