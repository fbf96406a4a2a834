"""Families of problems as settings; ``draw`` imports the module that builds the Hamiltonian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, NonNegativeFloat

from fewqubit.base.values import AS_LIST, ImportPath, Value

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import PRNGKeyArray

    from fewqubit.starts.problem import Problem


def _rises(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError(f"expected [low, high], got {list(pair)}")
    return pair


Range = Annotated[tuple[float, float], Field(strict=False), AfterValidator(_rises), AS_LIST]


class Family(Value):
    """Problems with a common structure.

    names:  names of the descriptors of every problem of the family
    """

    names: ClassVar[tuple[str, ...]] = ()
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        """One problem of ``n_qubits``. Raises DataError: unsupported size."""
        raise NotImplementedError

    def problems(self, key: PRNGKeyArray, n_qubits: int, count: int) -> list[Problem]:
        """``count`` problems; a larger count from the same key begins with the same problems."""
        from fewqubit.starts.families.contract import problems

        return problems(self, key, n_qubits, count)


class MaxCut(Family):
    """H = Σ_{ij} w_ij (Z_i Z_j − 1)/2, so E = −(weight of the cut).

    ``graph``: ``regular`` of ``degree``, drawn by pairing half-edges until the graph is simple, or
    ``random``, each edge with ``probability`` (Erdős–Rényi); always connected. ``weights`` are
    uniform in a range, [1, 1] by default. The ``stretch`` of a graph is the root mean square of its
    weights times √(mean degree/3), so that angles of unweighted 3-regular graphs transfer to it.
    """

    names: ClassVar[tuple[str, ...]] = (
        *("degree", "degree_spread", "weight_spread", "triangles", "squares", "nodes/10"),
    )
    kind: Literal["maxcut"] = "maxcut"
    graph: Literal["regular", "random"] = "regular"
    degree: Annotated[int, Field(ge=1, le=32)] = 3
    probability: Annotated[float, Field(gt=0, le=1)] = 0.5
    weights: Range = (1.0, 1.0)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        from fewqubit.starts.families.maxcut import draw

        return draw(self, random, n_qubits)


class Ising(Family):
    """H = −Σ Z_q Z_{q+1} − h Σ X_q on a ring or an open chain, h uniform in ``field``."""

    names: ClassVar[tuple[str, ...]] = ("field", "1/sites")
    kind: Literal["ising"] = "ising"
    field: Range = (0.5, 1.5)
    ring: bool = True

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        from fewqubit.starts.families.spins import draw_ising

        return draw_ising(self, random, n_qubits)


class Xxz(Family):
    """H = Σ X_qX_{q+1} + Y_qY_{q+1} + Δ Z_qZ_{q+1} on an open chain, Δ uniform in a range."""

    names: ClassVar[tuple[str, ...]] = ("anisotropy", "1/sites")
    kind: Literal["xxz"] = "xxz"
    anisotropy: Range = (0.2, 1.8)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        from fewqubit.starts.families.spins import draw_xxz

        return draw_xxz(self, random, n_qubits)


class Hubbard(Family):
    """H = −Σ (a†_{is} a_{i+1,s} + h.c.) + U Σ (n_{i↑} − ½)(n_{i↓} − ½), U uniform in a range.

    An open chain of 2 to 4 sites, two qubits each. The ½ put the ground state at half filling.
    Orbitals are eigenstates of the hopping term. The reference fills the lowest of them, so it is
    the ground state without repulsion. Jordan–Wigner with alternating spins.
    """

    names: ClassVar[tuple[str, ...]] = ("repulsion",)
    kind: Literal["hubbard"] = "hubbard"
    repulsion: Range = (1.0, 4.0)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        from fewqubit.starts.families.hubbard import draw

        return draw(self, random, n_qubits)


class Molecule(Family):
    """The electronic Hamiltonian of H2 or LiH in STO-3G, Jordan–Wigner; ``bond``: range of lengths.

    ``h2``: both electrons in both orbitals, 4 qubits, 0.4 to 2.5 Å. ``lih``: the two outer
    electrons in the three lowest σ orbitals above the core of Li, 6 qubits, 1.0 to 3.1 Å.
    Coefficients are cubic splines through 43 stored lengths, computed by PySCF
    (``benchmarks/molecules.py``). Energies include nuclei and core. Energies and errors are in
    hartree; chemical accuracy is 0.0016.
    """

    names: ClassVar[tuple[str, ...]] = ("bond",)
    kind: Literal["molecule"] = "molecule"
    name: Literal["h2", "lih"] = "h2"
    bond: Range = (0.4, 2.5)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        from fewqubit.starts.families.molecules import draw

        return draw(self, random, n_qubits)


class Portfolio(Family):
    """min over x in {0, 1}^n of q xᵀΣx − μᵀx + A (Σ x_i − n/2)², x_i = (1 − Z_i)/2.

    Half of the n assets are to be held. Daily returns are drawn from a market with one factor,
    r_i = m_i + b_i f + e_i. With ``returns``, a CSV file with a column for each asset and a row
    for each day, n assets and 120 consecutive days of it are drawn instead. μ and Σ are the sample
    means and covariances, scaled to a mean variance of 1. ``risk``: q; ``penalty``: A. Errors are
    relative to E_max − E_0.
    """

    names: ClassVar[tuple[str, ...]] = ("risk", "correlation", "spread", "1/assets")
    kind: Literal["portfolio"] = "portfolio"
    risk: Range = (0.3, 1.0)
    penalty: Annotated[NonNegativeFloat, Field(le=1000)] = 1.0
    returns: str | None = None

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        from fewqubit.starts.families.portfolio import draw

        return draw(self, random, n_qubits)


class OwnFamily(Family):
    """A user-defined family: ``kind`` is ``module:function``; ``options`` are for the function.

    The function is (these settings, NumPy random generator, n_qubits) -> Problem, always with the
    same number of descriptors.
    """

    options: dict[str, Any] = Field(default={})
    kind: ImportPath = Field(kw_only=True)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        """One problem. Raises SettingsError: the function is missing; OwnCodeError: it raises, or
        does not return a Problem of ``n_qubits`` qubits.
        """
        from fewqubit.starts.families.own import draw

        return draw(self, random, n_qubits)
