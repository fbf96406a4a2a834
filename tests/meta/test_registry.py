"""Learners and encoders by import path: the documented example, and what is wrong in one line."""

import inspect
import re
from pathlib import Path
from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from fewqubit.config import AnyLearner, validate
from fewqubit.errors import OwnCodeError, SettingsError
from fewqubit.meta import LEARNERS as KINDS
from fewqubit.meta import MetaLearner, MetaState, build_learner
from fewqubit.models import parts
from fewqubit.models.arm_names import ARM_MEANINGS, Arm
from fewqubit.models.arms import ARMS
from fewqubit.models.network import Network
from fewqubit.models.settings import Encoder, OwnEncoder
from meta.conftest import LEARNERS, clusters

TOP = Path(__file__).parents[2]
SOURCE = TOP / "src/fewqubit"


def documented(language: str, word: str) -> str:
    text = (TOP / "docs/learners.md").read_text("utf-8")
    every = re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
    return next(block for block in every if word in block)


def test_the_documented_learner_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/learners.py").write_text(documented("python", "def neighbours"), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    values = YAML(typ="safe").load(documented("yaml", "own.learners"))["learners"]["neighbours"]
    values["circuit"] |= {"n_qubits": 2, "repetitions": 1}
    settings = TypeAdapter(AnyLearner).validate_python(values)
    task = clusters(2, n_tasks=1)
    for arm in ("quantum", "twin"):
        learner = build_learner(settings, arm, (4,), 3)
        state = jax.jit(learner.init)(jax.random.key(0))
        state, info = jax.jit(learner.step)(jax.random.key(1), state, task)

        @jax.jit
        def answer(params: object, learner: object = learner) -> jax.Array:
            adapted = learner.adapt(params, task.support_x[0], task.support_y[0])
            return learner.predict(adapted, task.query_x[0])

        assert jnp.isfinite(info.loss)
        assert (answer(state.params).argmax(1) == task.query_y[0]).mean() > 0.5


def double(settings: Encoder, feature_shape: tuple[int, ...], n_outputs: int) -> Network:
    return Network(lambda key: {}, lambda params, x: settings.options["factor"] * x)


def test_an_encoder_is_found_by_import_path(allow) -> None:
    allow("meta.test_registry")
    settings = OwnEncoder(kind="meta.test_registry:double", options={"factor": 2.0})
    network = settings.build((3,), 3)
    np.testing.assert_array_equal(network.apply({}, np.ones(3)), 2 * np.ones(3))
    with pytest.raises(OwnCodeError, match=r"expected 2 angles \[2\] for one example, got \(3,\)"):
        settings.build((3,), 2)
    with pytest.raises(OwnCodeError, match=r"expected a Network .* returned NoneType"):
        settings.model_copy(update={"kind": "meta.test_registry:no"}).build((3,), 3)
    with pytest.raises(OwnCodeError, match=r"KeyError: 'factor' .*test_registry.py, line"):
        settings.model_copy(update={"options": {}}).build((3,), 3)


def no(settings: object, feature_shape: object, n_outputs: int) -> None: ...


def narrow(settings: object, arm: str, feature_shape: object, n_way: int) -> MetaLearner:
    one = Network(lambda key: MetaState({}, {}), lambda params, x: x[:, :1])
    return MetaLearner(one.init, lambda *_: None, lambda params, x, y: params, one.apply)


def nothing(settings: object, arm: str, feature_shape: object, n_way: int) -> None: ...


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("own.no_such_module:learner", "cannot import learner .* are files in own/"),
        ("no_such_module:learner", "learner 'no_such_module:learner': .* neither below own/"),
        ("meta.test_registry:absent", "learner 'meta.test_registry:absent': .* no such name"),
        ("meta.test_registry:narrow", r"expected logits .*here \[6, 3\], predict gave \(6, 1\)"),
        ("meta.test_registry:nothing", "expected a MetaLearner .* returned NoneType"),
    ],
)
def test_what_is_wrong_with_a_path_is_one_line(allow, name: str, message: str) -> None:
    allow("meta")
    settings = LEARNERS["protonet"].model_dump(exclude={"temperature", "cosine", "means"}) | {
        "kind": name,
        "options": {},
    }
    with pytest.raises((SettingsError, OwnCodeError), match=message) as raised:
        build_learner(TypeAdapter(AnyLearner).validate_python(settings), "quantum", (4,), 3)
    assert "\n" not in str(raised.value)


def test_an_unknown_encoder_is_refused_at_the_door() -> None:
    values = YAML(typ="safe").load((TOP / "params.yaml").read_text("utf-8"))
    values["learners"]["maml"]["encoder"]["kind"] = "mpl"
    with pytest.raises(SettingsError, match=r"encoder\.kind: expected one of .*mlp.*, got 'mpl'"):
        validate(values, "params.yaml")


@pytest.mark.parametrize("kind", KINDS)
def test_a_learner_is_two_files_and_one_row(kind: str) -> None:
    """Its value, the file of its algorithm, and the row: beside the public names, and the learner
    that the classifier takes where none is given.
    """
    learner = KINDS[kind]
    own = Path(inspect.getfile(learner)).relative_to(SOURCE).as_posix()
    told = {"__init__.py", "predict/start.py"}
    naming = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(rf"import .*\b{learner.__name__}\b", path.read_text("utf-8"))
    }
    assert own.startswith("meta/settings/")
    algorithm = naming - told - {own, "meta/registry.py"}
    assert len(algorithm) <= 1
    assert all(file.startswith("meta/") for file in algorithm)


@pytest.mark.parametrize("arm", sorted({*ARMS} - {"quantum"}))
def test_an_arm_is_at_most_two_files(arm: str) -> None:
    """It is built in one, and named in another for those who build none."""
    rows = re.compile(rf'^ +"{arm}": ', re.M)
    naming = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if rows.search(path.read_text("utf-8"))
    }
    # an encoder, and a way through a stream, have such a name too
    others = {"mlp": {"models/settings.py"}, "frozen": {"meta/streams/registry.py"}}
    assert naming - others.get(arm, set()) == {"models/arms.py", "models/arm_names.py"}
    assert set(get_args(Arm)) == set(ARMS) == set(ARM_MEANINGS)


def test_parts_of_parameters_are_named_in_one_place() -> None:
    named = "|".join(value for name, value in vars(parts).items() if name.isupper())
    keyed = re.compile(rf'(params|adapted|theta)\["({named})"\]|"({named})" in params')
    for path in SOURCE.rglob("*.py"):
        assert not keyed.search(path.read_text("utf-8")), path
