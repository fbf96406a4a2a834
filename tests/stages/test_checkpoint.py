"""The checkpoint of a training: what comes back, and what is set aside."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.meta import MetaState
from fewqubit.meta.train import Point, SeedState, TrainState
from fewqubit.stages.checkpoint import load_checkpoint, save_checkpoint


def test_a_checkpoint_of_nothing_is_the_beginning(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "none.npz", "begun") == "begun"


@pytest.fixture(scope="module")
def state() -> TrainState:
    numbers = jnp.arange(2.0)
    state = SeedState(MetaState({"a": numbers}, ()), {"a": numbers}, numbers, numbers, numbers)
    unknown = np.full(2, np.nan)
    return TrainState(0, state, [Point(0, unknown, unknown, np.ones(2))])


def test_a_checkpoint_comes_back(tmp_path: Path, state: TrainState) -> None:
    save_checkpoint(tmp_path / "x.npz", state._replace(step=4))
    back = load_checkpoint(tmp_path / "x.npz", state)
    assert back.step == 4
    jax.tree.map(np.testing.assert_array_equal, back.seeds, state.seeds)


@pytest.mark.parametrize("change", ["cut", "empty", "step", "leaf_0", "shape", "less", "folder"])
def test_a_damaged_checkpoint_is_set_aside_and_training_begins_again(
    change: str, tmp_path: Path, state: TrainState, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.npz"
    save_checkpoint(path, state._replace(step=4))
    content, arrays = path.read_bytes(), dict(np.load(path))
    if change == "folder":
        path.unlink()
        path.mkdir()
    elif change in ("cut", "empty"):
        path.write_bytes(content[: len(content) // 2] if change == "cut" else b"")
    elif change == "shape":
        np.savez(path, **arrays | {"leaf_1": np.zeros((7, 7))})
    elif change == "less":
        np.savez(path, **{name: array for name, array in arrays.items() if name != "leaf_0"})
    else:
        np.savez(path, **arrays | {change: arrays[change] + 1})
    assert load_checkpoint(path, state) is state
    said = capsys.readouterr().err
    assert said.endswith("set aside as x.npz.damaged; training begins again\n")
    assert said.count("\n") == 1
    assert not path.exists()
    assert (tmp_path / "x.npz.damaged").exists()


def test_a_checkpoint_of_another_learner_is_set_aside(tmp_path: Path, state: TrainState) -> None:
    path = tmp_path / "x.npz"
    save_checkpoint(path, state)
    other = state.seeds._replace(best_params={"a": jnp.zeros((2, 3))})
    assert load_checkpoint(path, state._replace(seeds=other)).seeds is other
    assert not path.exists()
