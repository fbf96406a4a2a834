"""The stages of dvc.yaml, a thin script each; what ends one while it imports is one line.

What one of them compiles is kept for the others.
"""

import os
import sys
from types import TracebackType

from fewqubit.base.compiled_programs import keep_compiled
from fewqubit.errors import MissingExtraError

_before = sys.excepthook


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None, /) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("stopped\n")
    elif issubclass(kind, MissingExtraError):  # from the imports at a script's top
        sys.stderr.write(f"{error}\n")
    else:
        _before(kind, error, trace)


sys.excepthook = _tell
# Stages run side by side, and their matrices are small: threads of each would wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
keep_compiled()
