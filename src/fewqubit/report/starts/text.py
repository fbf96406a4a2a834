"""Words and numbers of the findings. It imports nothing, so the report depends on no start."""

NOTE = (
    "error: E − E0 as a share of |E0|, of portfolios as a share of Emax − E0, of molecules in "
    "hartree; steps and circuits: medians to the target, where it was not reached those of the "
    "whole budget, which is too few."
)


def references_of(classical: float | None) -> list[str]:
    """What classical computers reach on the same problems; ``classical`` as of a ``StartStudy``."""
    exact = "The ground energies are exact: read off the diagonal, or by Lanczos' method."
    if classical is None:
        return [exact]
    return [
        f"{exact} Goemans and Williamson's algorithm, classical and of polynomial time, expects a "
        f"mean error of {number(classical)} for one random hyperplane."
    ]


def number(value: float) -> str:
    """A number with three significant digits, or all digits before the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
