"""report: all results -> verdicts, tables and one HTML page."""

from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.report.build import build_report
from fewqubit.stages.process import stage


def main() -> None:
    """Report what params.yaml's ``run`` names."""
    with stage("report"):
        build_report(Path("artifacts"), Path("reports"), load_settings())


if __name__ == "__main__":
    main()
