"""Few-shot learning with quantum models.

The public names, each imported when it is first used: ``import fewqubit as fq`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewqubit.compiler import compile as compile
    from fewqubit.errors import FewqubitError as FewqubitError
    from fewqubit.predict.adapted import AdaptedClassifier as AdaptedClassifier
    from fewqubit.predict.estimator import FewShotClassifier as FewShotClassifier
    from fewqubit.qiskit_ml import FidelityKernel as FidelityKernel
    from fewqubit.qiskit_ml import ProjectedKernel as ProjectedKernel
    from fewqubit.study.run import compare as compare

    __version__: str

# name -> the module that has it; no module of this package may have such a name itself
_HOMES = {
    "compile": "fewqubit.compiler",
    "FidelityKernel": "fewqubit.qiskit_ml",
    "ProjectedKernel": "fewqubit.qiskit_ml",
    "FewShotClassifier": "fewqubit.predict.estimator",
    "AdaptedClassifier": "fewqubit.predict.adapted",
    "compare": "fewqubit.study.run",
    "FewqubitError": "fewqubit.errors",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("fewqubit")
    if name not in _HOMES:
        raise AttributeError(f"module 'fewqubit' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
