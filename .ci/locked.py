"""Says whether dvc.lock is of this commit, without making anything: run it in a checkout.

Commands, settings, code and what settings name are compared with what dvc.lock has; results that
are not here are not looked for, but each must have been made from those before it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fewqubit.pipeline.environment import stage_environment
from fewqubit.pipeline.process import dvc
from fewqubit.pipeline.project import open_project
from fewqubit.pipeline.watched import write_watched
from fewqubit.tracking.results import broken_link, read_stages, results

MADE, WATCHED = ("artifacts/", "reports/"), "artifacts/watched/"


def main() -> None:
    """Print a line for each stage that dvc.lock has otherwise; exit code 1 if there is one."""
    project = open_project(Path.cwd())
    write_watched(project)
    asked = subprocess.run(
        dvc("status", "--json"),
        cwd=project,
        env=stage_environment(project),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [
        f"{stage}: {line}"
        for stage, reasons in json.loads(asked.stdout).items()
        for reason in reasons
        for line in _differences(reason)
    ]
    lines += [
        f"{result.chain[0].name}: made from another {link}"
        for result in results(read_stages(project))
        if (link := broken_link(result)) is not None
    ]
    for line in lines:
        sys.stderr.write(f"{line}\n")
    if lines:
        sys.exit("dvc.lock is not of this commit: run `fewqubit run` and commit it")


def _differences(reason: Any) -> Iterator[str]:
    if not isinstance(reason, dict):
        yield str(reason)
        return
    for path, state in reason.get("changed deps", {}).items():
        if path.startswith(WATCHED) or not path.startswith(MADE):
            yield f"{path} {state if isinstance(state, str) else ', '.join(state)}"


if __name__ == "__main__":
    main()
