"""Examples of several arrays, such as tokens and their mask, from many classes to saved answers."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import fewqubit as fq
from fewqubit.errors import DataError, SettingsError
from fewqubit.meta import build_learner
from fewqubit.models.network import Network, dense
from fewqubit.models.settings import Encoder, OwnEncoder
from fewqubit.predict.inputs import examples_of, parts_of
from fewqubit.tasks import Task, feature_shape_of
from meta.conftest import COMPARING, LEARNERS

VOCABULARY, LENGTH, N_CLASSES = 12, 6, 9


def bag(settings: Encoder, feature_shape: Any, n_outputs: int) -> Network:
    """The mean of learned vectors of the tokens that are real, through one affine map."""
    assert feature_shape["tokens"].dtype == np.int32
    assert feature_shape["mask"].shape == (LENGTH,)

    def init(key: jax.Array) -> dict[str, jax.Array]:
        return dense(key, VOCABULARY, n_outputs, gain=3.0)

    def apply(params: dict[str, jax.Array], x: dict[str, jax.Array]) -> jax.Array:
        real = x["mask"].astype(jnp.float32)
        vectors = params["weights"][x["tokens"]] * real[:, None]
        return vectors.sum(axis=0) / jnp.maximum(real.sum(), 1) + params["bias"]

    return Network(init, apply)


@pytest.fixture
def encoder(allow) -> OwnEncoder:
    allow("predict.test_inputs")
    return OwnEncoder(kind="predict.test_inputs:bag")


@cache
def sentences(seed: int = 0, n_each: int = 12) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Class c says token c often; lengths differ, what follows the end is noise."""
    random = np.random.default_rng(seed)
    y = np.repeat(np.arange(N_CLASSES), n_each)
    own = random.random((len(y), LENGTH)) < 0.8
    tokens = np.where(own, y[:, None], random.integers(0, VOCABULARY, (len(y), LENGTH)))
    mask = np.arange(LENGTH) < random.integers(3, LENGTH + 1, len(y))[:, None]
    noise = random.integers(0, VOCABULARY, tokens.shape)
    return {"tokens": np.where(mask, tokens, noise).astype(np.int32), "mask": mask}, y


def at(x: dict[str, np.ndarray], rows: Any) -> dict[str, np.ndarray]:
    return {name: part[rows] for name, part in x.items()}


def names(y: Sequence[int]) -> list[str]:
    return [f"class {number}" for number in y]


def test_from_many_classes_to_saved_answers(encoder: OwnEncoder, tmp_path: Path) -> None:
    x, y = sentences()
    learner = fq.ProtoNet(**COMPARING | {"encoder": encoder})
    model = fq.FewShotClassifier(
        learner, n_way=3, n_query=4, n_validation=20, validation=0.34, verbose=False
    )
    model.meta_fit(at(x, y < 6), names(y[y < 6]))
    new, labels = at(x, y >= 6), np.array(names(y[y >= 6]))
    support = np.flatnonzero(np.arange(len(labels)) % 12 < 3)
    answers = model.fit(at(new, support), labels[support]).predict(new)
    assert (answers == labels).mean() > 0.7
    changed = {**new, "tokens": np.where(new["mask"], new["tokens"], 0)}
    np.testing.assert_array_equal(model.predict_proba(changed), model.predict_proba(new))
    # an answer is the same in whatever company, and after a way through a folder
    np.testing.assert_array_equal(model.predict_proba(new)[4:5], model.predict_proba(at(new, [4])))
    model.save(tmp_path / "whole")
    model.save_adapted(tmp_path / "adapted")
    again = fq.FewShotClassifier.load(tmp_path / "whole")
    adapted = fq.AdaptedClassifier.load(tmp_path / "adapted")
    for loaded in (again, adapted):
        np.testing.assert_array_equal(loaded.predict_proba(new), model.predict_proba(new))
    again.fit(at(new, support), labels[support])
    np.testing.assert_array_equal(again.predict_proba(new), model.predict_proba(new))
    assert list(adapted.feature_names_in_) == ["mask", "tokens"]


@pytest.mark.parametrize(
    "kind", ["protonet", "conditioned", "kernel", "maml", "natural", "scratch"]
)
@pytest.mark.parametrize("arm", ["quantum", "twin"])
def test_every_way_of_learning_takes_parts(encoder: OwnEncoder, kind: str, arm: str) -> None:
    learner = LEARNERS[kind].model_copy(update={"encoder": encoder})
    x, y = sentences()
    rows = np.stack([np.flatnonzero(y == c)[:6] for c in range(3)])
    parts = at(x, rows[:, :2].ravel()), at(x, rows[:, 2:].ravel())
    labels = [jnp.repeat(jnp.arange(3), n) for n in (2, 4)]
    task = Task(parts[0], labels[0], parts[1], labels[1])
    made = build_learner(learner, arm, feature_shape_of(x), 3)
    state = jax.jit(made.init)(jax.random.key(0))
    several = jax.tree.map(lambda leaf: jnp.stack([leaf, leaf]), task)
    state, _ = jax.jit(made.step)(jax.random.key(1), state, several)
    logits = jax.jit(lambda p: made.predict(made.adapt(p, *task[:2]), task.query_x))(state.params)
    assert logits.shape == (12, 3)
    assert jnp.isfinite(logits).all()


WRONG: list[tuple[dict[str, np.ndarray], str]] = [
    ({"tokens": np.zeros((3, 5), np.int32)}, r"tokens: int32\[6\].* as in training, got .*\[5\]"),
    ({"tokens": np.zeros((2, LENGTH), np.int32)}, "equally many examples, got .*'tokens': 2"),
    ({"tokens": np.array(["a", "b", "c"])}, "part 'tokens': .* numbers or booleans, got <U1"),
    ({"tokens": np.full((3, LENGTH), np.nan)}, "part 'tokens', row 1: .* got NaN"),
    ({"more": np.zeros(3)}, r"expected \{mask: bool\[6\], tokens: int32\[6\]\} .* got"),
    ({"tokens": np.full((3, LENGTH), 2**40)}, "whole numbers of 32 bits"),
]


def test_what_is_no_such_example_is_one_line() -> None:
    x, _ = sentences()
    parts = parts_of(x)
    for change, message in WRONG:
        with pytest.raises(DataError, match=message) as raised:
            examples_of(at(x, [0, 1, 2]) | change, parts)
        assert "\n" not in str(raised.value)
    with pytest.raises(DataError, match="expected arrays by name"):
        examples_of(x["tokens"], parts)


def test_an_encoder_of_arrays_says_what_it_takes() -> None:
    model = fq.FewShotClassifier(fq.ProtoNet(encoder=fq.Mlp((8,))), n_way=3, verbose=False)
    with pytest.raises(SettingsError, match=r"encoder mlp: expected .* one array .* tokens: int32"):
        model.meta_fit(*sentences())


def test_noise_of_numbers_leaves_tokens_alone(encoder: OwnEncoder) -> None:
    training = fq.Training(steps=2, tasks_per_step=2, jitter=0.1)
    learner = fq.ProtoNet(**COMPARING | {"encoder": encoder, "training": training})
    with pytest.raises(SettingsError, match="have none: bool, int32; set them to 0"):
        fq.FewShotClassifier(learner, n_way=3, verbose=False).meta_fit(*sentences())
