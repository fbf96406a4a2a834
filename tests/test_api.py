"""The package as one meets it: ``import fewqubit as fq``."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map
from sklearn.svm import SVC

import fewqubit as fq

HEAVY = "jax numpy pandas pydantic qiskit sklearn mlflow prefect dvc matplotlib rich"
SOURCE = Path(fq.__file__)
IMPORTED = f"""
import sys, time
start = time.perf_counter()
import fewqubit
seconds = time.perf_counter() - start
print(seconds, *[name for name in {HEAVY.split()!r} if name in sys.modules])
"""


def test_importing_costs_nothing() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )
    seconds, *heavy = answer.stdout.split()
    assert heavy == []
    assert float(seconds) < 0.1


@pytest.mark.parametrize("name", fq.__all__)
def test_every_public_name_is_there_and_no_module(name: str) -> None:
    value = getattr(fq, name)
    if name == "__version__":
        assert value[0].isdigit()
        return
    assert callable(value)
    assert value.__doc__
    assert not (SOURCE.parent / f"{name}.py").exists()
    assert not (SOURCE.parent / name).exists()


def test_dir_shows_public_names_alone() -> None:
    assert dir(fq) == sorted(fq.__all__)
    assert SOURCE.with_name("py.typed").exists()
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        fq.nonsense  # noqa: B018


def test_type_checkers_see_the_same_names() -> None:
    (block,) = (node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If))
    imported = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == fq._HOMES


def test_a_kernel_goes_into_scikit_learn_as_it_is() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 2)), np.arange(20) % 2
    kernel = fq.FidelityKernel(feature_map=zz_feature_map(2))
    np.testing.assert_array_equal(kernel(x), kernel.evaluate(x))
    np.testing.assert_array_equal(kernel(x, x[:3]), kernel.evaluate(x, x[:3]))
    given = SVC(kernel=kernel).fit(x, y).decision_function(x)
    computed = SVC(kernel="precomputed").fit(kernel.evaluate(x), y)
    np.testing.assert_allclose(given, computed.decision_function(kernel.evaluate(x)))
