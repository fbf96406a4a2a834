"""The files of a project are this repository's own: of the checkout, or as the wheel carries them.

A wheel has them in ``pipeline/projects/made`` (pyproject.toml, force-include). There is no second
copy that could drift; what a project needs otherwise is changed on the way (``CHANGES``).
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from string import Template

from fewqubit.base.io.files import write_text
from fewqubit.errors import ArtifactError
from fewqubit.pipeline.projects.pinned import pinned

HERE = Path(__file__).parent
CARRIED = HERE / "made"
FILES = (  # all of them, with what is in folders
    *("params.yaml", "dvc.yaml", "project.mk", "prefect.yaml", "prefect.toml"),
    *(".gitignore", ".dvcignore", ".dvc/config", ".dvc/.gitignore"),
    *("pipelines", "flows", "recipes"),
    *("own/README.md", "searched/README.md"),
    *("data/tables/README.md", "data/images/README.md"),
)
SCRIPTS = ("pipelines", "flows")  # which call what the installed version has
README, MAKEFILE = "README.md", "Makefile"
_CODE = "      - src/fewqubit\n"
_WATCH = "    cmd: python -m pipelines.watch\n"


def write_files(place: Path, name: str) -> None:
    """Write the files of a project that is called ``name`` into the folder ``place``."""
    source = CARRIED if CARRIED.is_dir() else HERE.parents[3]
    for file in FILES:
        if not (source / file).exists():
            raise ArtifactError(
                f"{source / file}: expected a file that comes with Fewqubit, found none; install "
                "it again"
            )
        _copy(source / file, place / file)
    (place / "project.mk").rename(place / MAKEFILE)
    for file, change in CHANGES.items():
        path = place / file
        write_text(path, change(path.read_text(encoding="utf-8"), name))
    about = Template((HERE / "README.md.in").read_text(encoding="utf-8"))
    write_text(place / README, about.substitute(name=name))
    write_text(place / "requirements.txt", "".join(f"{line}\n" for line in pinned()))


def differing(project: Path) -> list[str]:
    """Stages and flows of ``project`` that differ from those of the installed version."""
    source = CARRIED if CARRIED.is_dir() else HERE.parents[3]
    found = []
    for folder in SCRIPTS:
        for path in sorted((source / folder).rglob("*.py")):
            copy = project / path.relative_to(source)
            if not copy.is_file() or copy.read_bytes() != path.read_bytes():
                found.append(copy.relative_to(project).as_posix())
    return found


def of_the_installed(text: str) -> str:
    """dvc.yaml of a project whose code is the installed Fewqubit: no file that DVC can watch.

    So ``watch``, which writes the checksums of that code, runs each time.
    """
    always = "    always_changed: true # the installed Fewqubit is no file of the project\n"
    return text.replace(_WATCH, _WATCH + always).replace(_CODE, "")


def _named(text: str, name: str) -> str:
    return re.sub(r"^name: .*$", lambda _: f"name: {json.dumps(name)}", text, flags=re.MULTILINE)


CHANGES: dict[str, Callable[[str, str], str]] = {
    "dvc.yaml": lambda text, name: of_the_installed(text),
    "prefect.yaml": _named,
}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    else:
        shutil.copyfile(source, target)
