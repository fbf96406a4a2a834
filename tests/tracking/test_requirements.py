"""What a served model needs is read from its code; test_models tests that it is enough."""

from importlib.metadata import version
from pathlib import Path

import pytest

import fewqubit
from fewqubit.tracking import serving
from fewqubit.tracking.registered.models import own_modules
from fewqubit.tracking.serving.requirements import requirements

SOURCE = Path(fewqubit.__file__).parents[1]
SERVED = [f"{serving.__name__}.{name}" for name in ("few_shot", "first_task")]


def test_the_list_is_pinned_and_leaves_out_what_only_the_pipeline_needs() -> None:
    listed = dict(line.split("==") for line in requirements(SERVED, [SOURCE]))
    assert all(version(name) == number for name, number in listed.items())
    assert {"jax", "qiskit", "mlflow", "pandas", "scikit-learn", "ruamel-yaml"} <= {*listed}
    assert not {"dvc", "prefect", "qiskit-aer", "optuna", "fewqubit"} & {*listed}


@pytest.mark.parametrize(
    ("code", "libraries"),
    [
        ("import scipy.stats as s", {"scipy"}),
        ("from . import other", {"numpy"}),
        ("from .other import sum", {"numpy"}),
        ("import json\nfrom own.deep import leaf", {"optax"}),
        ("try:\n    import jax\nexcept ImportError: pass", {"jax"}),
        ("class A:\n    import jax", {"jax"}),
        ("def later():\n    import jax", set()),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import jax", set()),
        ("import nobody_has_this", set()),
        ("from ruamel.yaml import YAML", {"ruamel-yaml"}),
        ("import mlflow", {"mlflow"}),
    ],
)
def test_imports_are_followed_as_python_follows_them(
    tmp_path: Path, code: str, libraries: set[str]
) -> None:
    (tmp_path / "own/deep").mkdir(parents=True)
    (tmp_path / "own/maps.py").write_text(code)
    (tmp_path / "own/other.py").write_text("import numpy")
    (tmp_path / "own/deep/__init__.py").write_text("import optax")
    (tmp_path / "own/deep/leaf.py").write_text("from own.maps import nothing")
    found = requirements(["own.maps"], [tmp_path])
    assert {line.partition("==")[0] for line in found} == libraries


def test_modules_of_the_users_own_are_found_wherever_settings_name_them(tmp_path: Path) -> None:
    (tmp_path / "learner.json").write_text(
        '{"settings": {"kind": "own.match:learner", "circuit": {"parts": ["lib.maps:a", "zz"]}}}'
    )
    assert own_modules(tmp_path) == ["own.match", "lib.maps"]
