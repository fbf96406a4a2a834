"""A copy of dvc.lock, for when a kill cuts the file short: DVC writes it in place.

For the full pipeline that takes DVC seconds. Without the file DVC knows no result any more, and it
refuses to work with one that is cut short. So a complete copy is kept whenever a run begins or
ends. Results of stages since then come back from DVC's run cache and are not computed again.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from fewqubit.base.io.files import write_bytes

LOCK_FILE, KEPT = Path("dvc.lock"), Path(".dvc/tmp/fewqubit.dvc.lock")


def keep_lock_file(project: Path, say: Callable[[str], None]) -> None:
    """Keep a copy of dvc.lock, or put the copy in the place of one that was cut short.

    Call it while holding the lock of the project (``sole_run``).
    """
    path, kept = project / LOCK_FILE, project / KEPT
    if not path.exists():
        return
    content, copy = path.read_bytes(), kept.read_bytes() if kept.exists() else None
    if content == copy:
        return
    if is_whole(content):
        write_bytes(kept, content)
        return
    aside = path.with_name(f"{path.name}.damaged")
    path.replace(aside)
    if copy is not None:
        write_bytes(path, copy)
    outcome = "as it was before that run" if copy is not None else "begun anew"
    say(
        f"{path.name} was cut short by a kill: set aside as {aside.name}, {outcome}; what stages "
        "have made since comes from DVC's cache"
    )


def is_whole(content: bytes) -> bool:
    """Whether DVC can read it: full lines, stages with commands, files with paths."""
    if not content.endswith(b"\n"):
        return False
    try:
        found = YAML(typ="safe").load(content)
    except (YAMLError, UnicodeDecodeError):
        return False
    if not isinstance(found, dict) or "schema" not in found:
        return False
    stages = found.get("stages")
    return isinstance(stages, dict) and all(map(_is_stage, stages.values()))


def _is_stage(stage: Any) -> bool:
    if not isinstance(stage, dict) or not isinstance(stage.get("cmd"), str | list):
        return False
    files, params = (stage.get("deps", []), stage.get("outs", [])), stage.get("params", {})
    return (
        all(isinstance(some, list) and all(map(_is_file, some)) for some in files)
        and isinstance(params, dict)
        and all(isinstance(values, dict) for values in params.values())
    )


def _is_file(file: Any) -> bool:
    return isinstance(file, dict) and isinstance(file.get("path"), str)
