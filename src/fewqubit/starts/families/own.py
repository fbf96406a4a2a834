"""A family of the user's own: settings name a function that draws one problem."""

from collections.abc import Callable
from typing import Any

import numpy as np
from pydantic import Field

from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.base.values import ImportPath
from fewqubit.errors import OwnCodeError
from fewqubit.starts.families.contract import Family
from fewqubit.starts.problem import Problem


class OwnFamily(Family):
    """``kind`` is ``module:function``; the function reads ``options`` as it likes.

    It is (this value, numpy's random generator, n_qubits) -> Problem, with as many descriptors each
    time.
    """

    options: dict[str, Any] = Field(default={})
    kind: ImportPath = Field(kw_only=True)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        """Raises SettingsError: the function is not there; OwnCodeError: it raises, or gives
        something else than a problem of ``n_qubits``.
        """
        make: Callable[..., Any] = resolve(self.kind, {}, "family of problems")
        with OwnCode(f"family '{self.kind}'"):
            problem = make(self, random, n_qubits)
        found = problem.n_qubits if isinstance(problem, Problem) else type(problem).__name__
        if not isinstance(problem, Problem) or found != n_qubits:
            raise OwnCodeError(
                f"family '{self.kind}': expected a Problem (fewqubit.starts.problem) of {n_qubits} "
                f"qubits, the function returned {found}"
            )
        return problem
