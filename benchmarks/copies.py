"""Copies of this project to be worked in, and what their runs leave behind."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]
MADE = ("prepared", "encoded", "trained", "evaluated", "arrived", "walked")
OWN = {Path("reports/run.log"), Path("reports/times.md")}  # of each run: what it said, how long
WALL_TIMES = re.compile(rb'<td class="wall">.*?</td>', re.DOTALL)


def copy_to(place: Path) -> Path:
    """The tracked files as they are, with this environment."""
    place.mkdir()
    names = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True)
    for name in names.stdout.decode().split("\0")[:-1]:
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, target)
    (place / ".venv").symlink_to(Path(sys.prefix))
    return place


def environment_of(project: Path) -> dict[str, str]:
    """In which processes import the copy's own sources."""
    return os.environ | {"PYTHONPATH": f"{project / 'src'}{os.pathsep}{project}"}


def checksums(project: Path) -> dict[str, str]:
    """Of everything that a run leaves behind for others, the report's wall times blanked."""
    folders = [*(project / "artifacts" / name for name in MADE), project / "reports"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    names = {path: path.relative_to(project) for path in files}
    return {name.as_posix(): _sha256(path) for path, name in names.items() if name not in OWN}


def _sha256(path: Path) -> str:
    return hashlib.sha256(WALL_TIMES.sub(b"", path.read_bytes())).hexdigest()
