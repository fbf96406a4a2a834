"""What a challenger must show to become champion."""

from typing import Annotated

from pydantic import Field

from fewqubit.base.values import Fraction, Section


class Gate(Section):
    """On the champion's test episodes a challenger must be *better*, or *equivalent* and cheaper.

    ``margin``: a difference below it does not matter; ``confidence``: of both verdicts. A
    challenger is cheaper if it needs no more circuits to adapt and no more trained parameters, and
    fewer of one of them by the share ``cheaper_by``.
    """

    margin: Fraction = 0.02
    confidence: Fraction = 0.95
    cheaper_by: Fraction = 0.1
    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = 2000
