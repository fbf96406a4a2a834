"""The stages of dvc.yaml, a thin script each; Ctrl-C while one imports is one word."""

import sys
from types import TracebackType

_before = sys.excepthook


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None, /) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("stopped\n")
    else:
        _before(kind, error, trace)


sys.excepthook = _tell
