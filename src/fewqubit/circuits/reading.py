"""Asks a process of its own to read a circuit file (``reader``), and remembers the answer."""

import io
import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import Lock

from qiskit import QuantumCircuit, qpy

from fewqubit.errors import CircuitError

_READER = Path(__file__).with_name("reader.py")
_ASKING = Lock()
_readers: dict[int, subprocess.Popen[bytes]] = {}  # by the process that asks: forks have their own


def read_apart(content: bytes, suffix: str, max_qubits: int) -> QuantumCircuit:
    """The circuit of a file of this content, in bounded time and memory.

    Raises ``CircuitError`` with the reason why it is none.
    """
    reason, written = _answer(content, suffix, max_qubits)
    if reason:
        raise CircuitError(reason)
    return qpy.load(io.BytesIO(written))[0]


@lru_cache(maxsize=64)
def _answer(content: bytes, suffix: str, max_qubits: int) -> tuple[str, bytes]:
    """Why there is no circuit, and the circuit as QPY, which Qiskit itself wrote."""
    request = {"suffix": suffix, "size": len(content), "max_qubits": max_qubits}
    with _ASKING:
        for _ in range(2):  # a Ctrl-C or a kill may have reached the reader too
            reader = _reader()
            assert reader.stdin is not None
            assert reader.stdout is not None
            try:
                reader.stdin.write(json.dumps(request).encode() + b"\n" + content)
                reader.stdin.flush()
                answer = json.loads(reader.stdout.readline())
                return answer["reason"], reader.stdout.read(answer["size"])
            except (OSError, ValueError):
                reader.kill()
                reader.wait()
    raise CircuitError("the process that reads circuit files ended twice; is there memory left?")


def _reader() -> subprocess.Popen[bytes]:
    """The process that reads, started when the first file comes; it ends with this one."""
    reader = _readers.get(os.getpid())
    if reader is None or reader.poll() is not None:
        reader = subprocess.Popen(
            [sys.executable, "-P", str(_READER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"},
        )
        _readers[os.getpid()] = reader
    return reader
