"""An inspection as a person reads it."""

import io

from rich.console import Console

from fewqubit.diagnostics.scans import KernelPoint, PlateauPoint
from fewqubit.report.terminal.inspected import print_inspection
from fewqubit.stages.inspect import Inspection
from fewqubit.stages.look import Look

NARROW = KernelPoint(8, 0.25, 0.31, 0.01, 302.4, 0.4, 20.0)
OWN = KernelPoint(8, 1.0, 0.004, 1.6e-5, float("inf"), 0.2, 390.0)


def test_figures_stand_beside_their_reading_and_scans_below():
    inspection = Inspection(
        title="digits · zz: 392 meta-train rows",
        figures={"alignment": 0.2, "classical_kernel": "linear", "shots_per_entry": float("inf")},
        readings={"alignment": "knows little"},
        scans=Look(OWN, [NARROW, OWN], [OWN], {}),
        gradients=[PlateauPoint(2, 1, 0.125), PlateauPoint(8, 1, 0.002)],
    )
    text = io.StringIO()
    print_inspection(inspection, Console(file=text, width=120))
    lines = [line.replace("│", " ").split() for line in text.getvalue().splitlines()]
    assert ["alignment", "0.2", "knows", "little"] in lines
    assert ["classical", "kernel", "linear"] in lines
    assert ["shots", "per", "entry", "∞"] in lines
    assert ["8", "0.25", "0.3100", "0.1000", "302", "0.400", "20.0"] in lines
    assert ["8", "1", "0.002"] in lines
