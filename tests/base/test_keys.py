"""Named streams: the same name the same stream, another name an independent one."""

import jax
import numpy as np
import pytest

from fewqubit.base.keys import root_key, stream


def bits(key: jax.Array) -> list[int]:
    return np.asarray(jax.random.key_data(key)).tolist()


@pytest.mark.parametrize("seed", [0, 1, 2026, 2**31, 2**32 - 1])
def test_seeds_of_32_bits_are_those_of_jax(seed: int) -> None:
    assert bits(root_key(seed)) == [0, seed]


def test_every_seed_has_streams_of_its_own() -> None:
    seeds = [7, 7 + 2**32, 7 + 2**33, 7 + 2**40, 7 + 2**32 * 7, 2**63 - 1, 2**31 - 1, 2**70 + 7]
    assert len({tuple(bits(root_key(seed))) for seed in seeds}) == len(seeds)
    with pytest.raises(ValueError, match="0 or more, got -1"):
        root_key(-1)


def test_names_decide_the_stream() -> None:
    root = root_key(1)
    assert bits(stream(root, "a", 2)) == bits(stream(root, "a", 2))
    others = [stream(root, "a", 3), stream(root, "b", 2), stream(root, 2, "a"), root]
    streams = {tuple(bits(key)) for key in [stream(root, "a", 2), *others]}
    assert len(streams) == 5


def test_a_name_means_the_same_in_every_process() -> None:
    assert bits(stream(root_key(0), "init")) == bits(
        jax.random.fold_in(jax.random.key(0), 3329549428)
    )


def test_traced_numbers_give_the_streams_of_plain_ones() -> None:
    root = root_key(5)
    batch = jax.vmap(lambda number: jax.random.key_data(stream(root, "step", number)))(np.arange(3))
    assert batch.tolist() == [bits(stream(root, "step", number)) for number in range(3)]
