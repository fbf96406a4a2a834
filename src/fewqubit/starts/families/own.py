"""A user-defined family: settings name a function that draws one problem."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.errors import OwnCodeError
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.families import OwnFamily


def draw(family: OwnFamily, random: np.random.Generator, n_qubits: int) -> Problem:
    """One problem. Raises SettingsError: the function is missing; OwnCodeError: it raises, or
    does not return a Problem of ``n_qubits`` qubits.
    """
    make: Callable[..., Any] = resolve(family.kind, {}, "family of problems")
    with OwnCode(f"family '{family.kind}'"):
        problem = make(family, random, n_qubits)
    found = problem.n_qubits if isinstance(problem, Problem) else type(problem).__name__
    if not isinstance(problem, Problem) or found != n_qubits:
        raise OwnCodeError(
            f"family '{family.kind}': expected a Problem (fewqubit.starts.problem) of {n_qubits} "
            f"qubits, the function returned {found}"
        )
    return problem
