"""Contests of starts: ``python -m benchmarks.starts RECIPE [PROBLEM …]`` runs those of a recipe.

Each start leaves its result below artifacts/studies, and a run that was stopped goes on from there.
Writes docs/results/starts_<problem>: tables, figures, the picture.
"""

import sys
from pathlib import Path

from benchmarks.kept import commit, kept
from benchmarks.starts.contests import FORMAT, describe, run

from fewqubit.base.io.files import write_json, write_text
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.report.starts.page import figures, markdown, picture

RESULTS = Path("docs/results")


def main() -> None:
    """Run every contest of one recipe, or some of them, with the starts that it names."""
    recipe, *some = sys.argv[1:]
    settings = layered_settings(Path(), recipe=recipe)
    for name in some or settings.run.problems:
        folder, made = RESULTS / f"starts_{name}", describe(settings, name, recipe)
        study = run(settings, name, kept(f"starts/{name}", {"format": FORMAT, **made}))
        write_text(folder / f"{name}.md", markdown(study))
        write_text(folder / f"{name}.svg", picture(study))
        write_json(folder / f"{name}.json", figures(study))
        write_json(folder / "made.json", made | {"commit": commit()})


if __name__ == "__main__":
    main()
