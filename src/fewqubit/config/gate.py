"""What a challenger must show to become champion."""

from typing import Annotated

from pydantic import Field

from fewqubit.base.values import Fraction, Section


class Gate(Section):
    """On the champion's test episodes a challenger must be *better*, or *equivalent* and cheaper.

    ``margin``: a difference below it does not matter; ``confidence``: of either word. Cheaper is
    who needs at most as many circuits to adapt and as many trained parameters, and of one of them
    fewer by the share ``cheaper_by``.
    """

    margin: Fraction = 0.02
    confidence: Fraction = 0.95
    cheaper_by: Fraction = 0.1
    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = 2000
