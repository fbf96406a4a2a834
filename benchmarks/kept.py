"""Where a study keeps what it has computed, so that it goes on from there; of which code it is."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fewqubit.base.io.fingerprint import fingerprint

WORK = Path("artifacts/studies")


def kept(study: str, made_of: Mapping[str, Any]) -> Path:
    """The folder of ``study`` for these settings, which are all that its numbers depend on.

    With other settings, or another format of the files, it is another folder: nothing that an older
    version left there is read.
    """
    return WORK / study / fingerprint(json.dumps(made_of, sort_keys=True, default=str))[:12]


def commit() -> str:
    """The commit of the working tree."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
