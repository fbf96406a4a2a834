"""report: all results -> verdicts, tables and one HTML page."""

from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.journal import stage_journal
from fewqubit.report.build import build_report


def main() -> None:
    """Report what params.yaml's ``run`` names."""
    settings = load_settings()
    with stage_journal("report"):
        build_report(Path("artifacts"), Path("reports"), settings)


if __name__ == "__main__":
    main()
