"""Zero-noise extrapolation: longer circuits of the same meaning, and the curve back to none.

    U -> U (U†U)^k, as long as (2k + 1) U           value(0) = Σ_k c_k value(scale_k)

For circuits whose noise grows with their length: gates, not readout. The bias left is that of the
curve; the variance grows by Σ_k c_k². Giurgica-Tiron et al., 2005.10921.
"""

from typing import Literal

import numpy as np
from jaxtyping import Float
from qiskit.transpiler import StagedPassManager

from fewqubit.backends.template import Template


def folded(template: Template, scale: int, passes: StagedPassManager) -> Template:
    """The template ``scale`` times as long, ``scale`` odd.

    Folded after transpiling, so that nothing is optimised away: inverse gates are only translated
    to the machine's.
    """
    if scale == 1:
        return template
    body, inverse = template.body, passes.translation.run(template.body.inverse())
    result = body.copy()
    for _ in range(scale // 2):
        result.compose(inverse, inplace=True)
        result.compose(body, inplace=True)
    return template._replace(body=result)


def extrapolation_weights(
    scales: list[int], extrapolation: Literal["linear", "richardson"]
) -> Float[np.ndarray, " scales"]:
    """c_k: value at 0 of the straight line, or of the polynomial through all points."""
    degree = 1 if extrapolation == "linear" else len(scales) - 1
    powers = np.vander(np.array(scales, float), degree + 1, increasing=True)
    return np.linalg.pinv(powers)[0]
