"""What JAX compiles is kept for the next process: stages compile for longer than they run.

A kept program is the compiled one, byte for byte, found by its text, JAX's version and the flags of
XLA; so results are the same with and without. An entry that is half written, since another
stage is at it or was killed, does not unpack, and the program is compiled again.
"""

import hashlib
import os
import platform
from pathlib import Path

COMPILED = Path("artifacts/compiled")
_CPU = Path("/proc/cpuinfo")


def keep_compiled(folder: Path = COMPILED) -> None:
    """Tell JAX, by its environment, to keep programs in ``folder``; before it is imported.

    What the user has set there stays. Machines with other processors have folders of their own.
    """
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder / _processor()))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")  # many small ones
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


def _processor() -> str:
    """Names the machine code that this processor runs."""
    lines = _CPU.read_text().splitlines() if _CPU.is_file() else [platform.processor()]
    able = sorted({line for line in lines if line.startswith(("flags", "Features", "model name"))})
    told = "\n".join([platform.machine(), *(able or lines[:1])])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
