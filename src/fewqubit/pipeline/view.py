"""The project with other settings: a folder of links in which params.yaml alone is its own file.

DVC, and every stage, reads settings from the params.yaml of the folder it works in. A run with
settings of its own (``--set``, ``--recipe``) therefore works in ``.run/run``: everything there is a
link to the project, so results, dvc.lock and the cache are the project's, and the user's
params.yaml is never written, not even for the length of the run. So does one whose params.yaml
leaves settings to their defaults: DVC knows no defaults, and the view spells them out.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fewqubit.base.io.files import write_text
from fewqubit.base.reading import read_yaml
from fewqubit.config import PARAMS_FILE
from fewqubit.pipeline.environment import VIEW_CONFIG
from fewqubit.pipeline.overrides import as_yaml, kept_by_arms, lacking, layered, started_over

VIEWS = Path(".run")
_NOT_LINKED = {PARAMS_FILE.name, VIEWS.name, ".gitignore", VIEW_CONFIG}
_MADE_LATER = ("mlflow.db", "mlartifacts")  # made through the link where they are missing


@contextmanager
def with_settings(
    project: Path,
    overrides: Sequence[str],
    recipe: str | None,
    purpose: str = "run",
    say: Callable[[str], None] | None = None,
) -> Iterator[Path]:
    """The folder to work in: ``project``, or a view of it if there are other settings.

    ``purpose`` names the view; a run and a question may each have one. ``say`` gets a line on each
    setting that starts over and on each that an arm keeps as its own. Raises SettingsError as
    ``layered`` does, before anything is made.
    """
    view = project / VIEWS / purpose
    _remove(view, project)
    if not (overrides or recipe or lacking(read_yaml(project / PARAMS_FILE))):
        yield project
        return
    settings = layered(project, overrides, recipe)
    if say is not None:
        for line in started_over(project, overrides, recipe):
            say(line)
        for line in kept_by_arms(project, settings, overrides, recipe):
            say(line)
    _make(view, project, as_yaml(settings))
    try:
        yield view
    finally:
        _remove(view, project)


def _make(view: Path, project: Path, settings: str) -> None:
    view.mkdir(parents=True)
    for name in {*_MADE_LATER, *(path.name for path in project.iterdir())} - _NOT_LINKED:
        (view / name).symlink_to(Path("../..", name))
    # DVC refuses a dvc.yaml that git ignores; in a view it does without git, as in an archive
    write_text(view / VIEW_CONFIG / "config", "[core]\n    no_scm = true\n")
    write_text(view / PARAMS_FILE, settings)


def _remove(view: Path, project: Path) -> None:
    """Remove a view, also of a killed run; files that a stage wrote at its top are moved home."""
    if not view.is_dir():
        return
    for path in view.iterdir():
        if not path.is_symlink() and path.name not in _NOT_LINKED:
            _bring(path, project / path.name)
    shutil.rmtree(view)


def _bring(path: Path, home: Path) -> None:
    """Move a file or folder home; what has come to be in that folder meanwhile stays there."""
    both = [one.is_dir() and not one.is_symlink() for one in (path, home)]
    if all(both):
        for below in path.iterdir():
            _bring(below, home / below.name)
        return
    if both[1]:
        shutil.rmtree(home)
    path.replace(home)
