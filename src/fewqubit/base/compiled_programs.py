"""Cache compiled JAX programs for the next process: stages compile for longer than they run.

A cached program equals the compiled one byte for byte. Its key is its text, JAX's version and the
flags of XLA, so results are the same with and without the cache. An incomplete entry, which another
stage is writing or left when it was killed, does not unpack; the program is then compiled again.
"""

import hashlib
import os
import platform
from pathlib import Path

COMPILED = Path("artifacts/compiled")
_CPU = Path("/proc/cpuinfo")


def keep_compiled(folder: Path = COMPILED) -> None:
    """Set JAX's environment to cache programs in ``folder``; call it before JAX is imported.

    The user's own settings take precedence. Each type of processor has its own folder.
    """
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder / _processor()))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")  # many small ones
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


def _processor() -> str:
    """Names the machine code that this processor runs."""
    lines = _CPU.read_text().splitlines() if _CPU.is_file() else [platform.processor()]
    able = sorted({line for line in lines if line.startswith(("flags", "Features", "model name"))})
    text = "\n".join([platform.machine(), *(able or lines[:1])])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
