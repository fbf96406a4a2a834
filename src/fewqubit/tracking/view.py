"""The saved view "Comparison": what MLflow's page of runs shows first, in which order.

Left to itself the page hides all but ten runs, sorts charts by the alphabet and shows no accuracy
in its table. A saved view is a tag of the experiment in the page's own format; a page that does not
know the format shows its default.
"""

import json
import zlib
from typing import Any

TAG = "mlflow.sharedViewState.comparison"
PAGE = (
    "#/experiments/{}/runs?workflowType=machine_learning&compareRunsMode=CHART"
    "&viewStateShareKey=comparison"
)
SECTIONS = ("comparison", "eval", "adapt", "validation", "train", "cost")


def comparison(created: int, score: str) -> str:
    """The value of the tag; ``created`` in milliseconds since 1970, ``score`` a metric's name."""
    columns = [
        *(f"metrics.`eval/{score}{end}`" for end in ("", "_low", "_high")),
        "metrics.`cost/parameters`",
        "metrics.`cost/seconds`",
        "attributes.`Models`",
    ]
    state = {
        "orderByKey": columns[0],
        "orderByAsc": False,
        "selectedColumns": columns,
        "columnOrder": columns,
        "columnWidths": dict.fromkeys(columns, 150),
        "runsHiddenMode": "SHOWALL",
        "compareRunSections": [_section(name) for name in SECTIONS],
        "compareRunCharts": [
            _chart("BAR", metricKey=f"eval/{score}"),
            _curve(f"validation/{score}"),
            _curve(f"adapt/{score}_by_shots"),
            _chart("SCATTER", xaxis=_axis("cost/parameters"), yaxis=_axis(f"eval/{score}")),
            _chart("SCATTER", xaxis=_axis("cost/seconds"), yaxis=_axis(f"eval/{score}")),
            _chart(
                "PARALLEL",
                selectedParams=["learner", "arm"],
                selectedMetrics=["cost/parameters", f"eval/{score}"],
            ),
        ],
        "isAccordionReordered": True,  # else the page sorts the sections again
        "hideEmptyCharts": True,
    }
    view = {"name": "Comparison", "createdAt": created, "updatedAt": created}
    return json.dumps(view | {"state": json.dumps(state)})


def _section(name: str) -> dict[str, Any]:
    """Charts of further metrics join the section that has their prefix as its name."""
    return {
        "uuid": name,
        "name": name,
        "display": True,
        "isReordered": True,
        "deleted": False,
        "isGenerated": True,
    }


def _chart(kind: str, **settings: Any) -> dict[str, Any]:
    """A card of the first section; the page wants a name of its own for each."""
    return {
        "uuid": f"{kind}-{zlib.crc32(json.dumps(settings).encode())}",
        "type": kind,
        "metricSectionId": SECTIONS[0],
        "runsCountToCompare": 50,
        "deleted": False,
        "isGenerated": False,
        **settings,
    }


def _curve(metric: str) -> dict[str, Any]:
    return _chart(
        "LINE",
        metricKey=metric,
        selectedMetricKeys=[metric],
        xAxisKey="step",
        yAxisKey="metric",
        xAxisScaleType="linear",
        scaleType="linear",
        lineSmoothness=0,
        range={},
        yAxisExpressions=[],
    )


def _axis(metric: str) -> dict[str, str]:
    return {"key": metric, "type": "METRIC"}
