
from fewqubit.extras import check

check("prefect", "pipeline", "nightly runs")
