"""Reads circuit files in a separate process: no file can crash or block the one that asks.

    python reader.py

A request on stdin is a line of JSON, {"suffix", "size", "max_qubits"}, then the file's bytes; the
answer on stdout a line of JSON, {"reason", "size"}, then the circuit as QPY. Every file is read by
a fork, which is allowed ``SECONDS`` and ``MEMORY``; whatever ends it is the answer's reason. This
file imports nothing of Fewqubit, so that it starts quickly.
"""

import io
import json
import math
import os
import re
import resource
import signal
import struct
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import openqasm3.ast
from qiskit import QuantumCircuit, qasm2, qasm3, qpy
from qiskit.circuit import ParameterExpression, ParameterVectorElement
from qiskit_qasm3_import import expression, types

SECONDS = 20  # of the processor, and half as many more by the clock
MEMORY = 2**30  # above what Qiskit takes before it reads
MAX_OPERATIONS = 200_000  # after definitions of definitions are written out
MAX_ELEMENTS = 2**20  # of a vector of parameters: as many as amplitudes of 20 qubits
_FUNCTIONS = {
    **{name: name for name in ("sin", "cos", "tan", "exp", "log")},
    **{name: name for name in ("arcsin", "arccos", "arctan")},
}
_DECLARED = re.compile(r"\b(?:qubit|bit|qreg|creg)\b[^;\[]*\[\s*([\d_]+)\s*\]")


def serve() -> None:
    """Answer requests until there are no more."""
    while request := sys.stdin.buffer.readline():
        asked = json.loads(request)
        content = sys.stdin.buffer.read(asked["size"])
        there, here = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(there)
            _limit(here)
            os.write(here, b"+")
            _send(here, read(content, asked["suffix"], asked["max_qubits"]))
            os._exit(0)
        os.close(here)
        with os.fdopen(there, "rb") as pipe:
            reply = pipe.read()
        ended = os.waitpid(process, 0)[1]
        reason = "" if ended == 0 else reply[1:].decode() or _end(ended)
        circuit = b"" if reason else reply[1:]
        answer = json.dumps({"reason": reason, "size": len(circuit)}).encode()
        sys.stdout.buffer.write(answer + b"\n" + circuit)
        sys.stdout.buffer.flush()


def read(content: bytes, suffix: str, max_qubits: int) -> bytes:
    """The circuit of a file, within the limits, as QPY. Raises whatever Qiskit raises."""
    circuit = _from_qpy(content) if suffix == ".qpy" else _from_qasm(content, max_qubits)
    if circuit.num_qubits > max_qubits:
        raise ValueError(f"it has {circuit.num_qubits} qubits; at most {max_qubits} fit")
    for parameter in circuit.parameters:
        is_element = isinstance(parameter, ParameterVectorElement)
        if is_element and len(parameter.vector) > MAX_ELEMENTS:
            raise ValueError(
                f"vector '{parameter.vector.name}' has {len(parameter.vector)} elements"
            )
    _count(circuit, 0)
    written = io.BytesIO()
    qpy.dump(circuit, written)
    return written.getvalue()


def _from_qpy(content: bytes) -> QuantumCircuit:
    circuits = qpy.load(io.BytesIO(content))
    if len(circuits) != 1:
        raise ValueError(f"it holds {len(circuits)} circuits instead of one")
    return circuits[0]


def _from_qasm(content: bytes, max_qubits: int) -> QuantumCircuit:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is no UTF-8 text: {error.reason} at byte {error.start}") from None
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", _newlines, text, flags=re.DOTALL)
    version = re.match(r"\s*OPENQASM\s+([23])", bare)
    if version is None:
        raise ValueError("it does not begin with OPENQASM 3.0; or OPENQASM 2.0;")
    for number in _DECLARED.findall(bare):
        if len(number) > 9 or int(number) > max(max_qubits, 1024):
            raise ValueError(f"it declares {number} qubits or bits; at most {max_qubits} fit")
    for included in re.findall(r"\binclude\s*[\"']([^\"']*)[\"']", bare):
        if included not in ("stdgates.inc", "qelib1.inc"):
            raise ValueError(f"it includes '{included[:40]}', another file; write its gates out")
    if version[1] == "2":
        return qasm2.loads(
            bare, include_path=(), custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS
        )
    setattr(expression.ValueResolver, "visit_FunctionCall", _function_call)  # noqa: B010
    return qasm3.loads(text)


def _newlines(comment: re.Match[str]) -> str:
    """What keeps the lines of what follows."""
    return " " + "\n" * comment[0].count("\n")


def _function_call(resolver: Any, node: openqasm3.ast.FunctionCall) -> tuple[Any, types.Type]:
    """sin(x) and its like, which Qiskit writes into OpenQASM 3 and does not read back."""
    name = node.name.name
    if name not in _FUNCTIONS or len(node.arguments) != 1:
        return resolver.generic_visit(node)
    value, kind = resolver.visit(node.arguments[0])
    if isinstance(value, ParameterExpression):
        return getattr(value, name)(), types.Float(const=False)
    return getattr(math, name.replace("arc", "a"))(value), types.Float(const=kind.const)


def _count(circuit: QuantumCircuit, before: int) -> int:
    """How many operations definitions come to, without writing them out."""
    for instruction in circuit.data:
        before += 1
        if before > MAX_OPERATIONS:
            raise ValueError(f"it has more than {MAX_OPERATIONS} operations, written out")
        if instruction.is_standard_gate():
            continue
        operation = getattr(instruction.operation, "base_op", instruction.operation)
        definition = getattr(operation, "definition", None)
        if isinstance(definition, QuantumCircuit):
            before = _count(definition, before)
    return before


def _limit(answer: int) -> None:
    """Bounds for this process; what it raises is sent as its last word, whatever it is."""

    def last_word(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        _send(answer, _reason(kind, error, trace).encode())
        os._exit(1)

    sys.excepthook = last_word
    signal.alarm(SECONDS + SECONDS // 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    statm = Path("/proc/self/statm")
    if statm.exists():  # systems without it do not keep to RLIMIT_AS
        limit = int(statm.read_text().split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _reason(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    if issubclass(kind, MemoryError):
        return f"reading it takes more than {MEMORY >> 20} MB"
    if issubclass(kind, RecursionError):
        return "its expressions are nested too deeply"
    if issubclass(kind, struct.error):
        return "it ends too early"
    words = re.split(r"\n|\\n", str(error).strip())[0].strip("'\"")
    line = "".join(letter for letter in words if letter.isprintable()).strip()[:300]
    known = issubclass(kind, ValueError) or str(kind.__module__).startswith(("qiskit", "openqasm3"))
    return (line if known else f"{line} ({kind.__name__}{_place(trace)})") or "it ends too early"


def _place(trace: TracebackType | None) -> str:
    """``, line 5, column 2``: of the innermost part of the file that was looked at."""
    place = ""
    while trace is not None:
        node = trace.tb_frame.f_locals.get("node")
        if (span := getattr(node, "span", None)) is not None:
            place = f", line {span.start_line}, column {span.start_column}"
        trace = trace.tb_next
    return place


def _end(status: int) -> str:
    """What ended a process that said nothing."""
    number = os.waitstatus_to_exitcode(status)
    if -number in (signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL):
        return f"reading it takes more than {SECONDS} s"
    return f"reading it takes more than {MEMORY >> 20} MB, or stops Qiskit (exit {number})"


def _send(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


if __name__ == "__main__":
    serve()
