"""Prefect's flows: the experiment, and its nightly schedule."""

from fewqubit.base.extras import check

check("prefect", "pipeline", "nightly runs")
