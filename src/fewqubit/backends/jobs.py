"""Jobs: many circuits at once, sent again if they fail, kept until the whole evaluation is done."""

import time
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.primitives import BitArray, SamplerPubResult

from fewqubit.backends.device import Device
from fewqubit.backends.machine import Machine
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import stream
from fewqubit.errors import DeviceError

FAILURES = (QiskitError, OSError)  # of a job, and of the way to the device


class Bound(NamedTuple):
    """A circuit and the rows of values to run it with, in the order of ``circuit.parameters``."""

    circuit: QuantumCircuit
    rows: Float[np.ndarray, "rows parameters"]


class Jobs:
    """Sends the circuits of one evaluator to a machine."""

    def __init__(self, machine: Machine, settings: Device) -> None:
        self.machine, self.settings = machine, settings
        self._kept: dict[tuple[int | bytes, ...], list[BitArray]] = {}

    def measure(self, wanted: Sequence[Bound], key: PRNGKeyArray) -> list[BitArray]:
        """The outcomes of every circuit at every row, in as few jobs as the settings allow.

        Raises ``DeviceError`` for a job that failed as often as the settings allow. What other jobs
        measured is kept then: the same call with the same key sends only what is missing.
        """
        jobs = _split(wanted, self.settings.job_size)
        progress = Progress(self.machine.name, len(jobs), "job")
        outcomes: list[list[BitArray]] = [[] for _ in wanted]
        for number, job in enumerate(jobs):
            parts = [Bound(wanted[k].circuit, wanted[k].rows[rows]) for k, rows in job]
            bits = self._once(parts, _seed(stream(key, number)))
            for (k, _), read in zip(job, bits, strict=True):
                outcomes[k].append(read)
            if len(jobs) > 1:
                progress.update(number + 1)
        self._kept.clear()
        return [BitArray.concatenate(parts) for parts in outcomes]

    def _once(self, parts: Sequence[Bound], seed: int) -> list[BitArray]:
        """The outcomes of one job, from memory if it was done before."""
        # circuits live as long as the evaluator that made them, so their ids are theirs alone
        what = [name for part in parts for name in (id(part.circuit), part.rows.tobytes())]
        name = (seed, *what)
        if name not in self._kept:
            self._kept[name] = self._retried(parts, seed)
        return self._kept[name]

    def _retried(self, parts: Sequence[Bound], seed: int) -> list[BitArray]:
        wait, tries = self.settings.retry_wait, self.settings.retries + 1
        for attempt in range(tries):
            try:
                return self._send(parts, seed)
            except FAILURES as error:
                failure = error
            if attempt + 1 < tries:
                time.sleep(wait * 2**attempt)
        count = sum(len(part.rows) for part in parts)
        raise DeviceError(
            f"a job of {count} circuits failed {tries} times on {self.machine.name}: "
            f"{' '.join(str(failure).split())}; {len(self._kept)} finished jobs are kept, the same "
            "evaluation with the same key goes on from there"
        ) from failure

    def _send(self, parts: Sequence[Bound], seed: int) -> list[BitArray]:
        # without parameters a pub is one circuit, however many rows it is bound to
        pubs: list[list[Any]] = [
            [(circuit, rows)] if circuit.parameters else [(circuit,)] * len(rows)
            for circuit, rows in parts
        ]
        sampler, shots = self.machine.sampler(seed), self.settings.shots
        results = iter(sampler.run([*chain.from_iterable(pubs)], shots=shots).result())
        return [_rows(islice(results, len(pub))) for pub in pubs]


def _rows(results: Iterable[SamplerPubResult]) -> BitArray:
    """The outcomes of one circuit, whether its rows are one pub or several."""
    read = [result.data.meas for result in results]
    return BitArray.concatenate([bits.reshape(bits.size) for bits in read])


def _split(wanted: Sequence[Bound], size: int) -> list[list[tuple[int, slice]]]:
    """Jobs of at most ``size`` circuits each, as (which of ``wanted``, its rows)."""
    jobs: list[list[tuple[int, slice]]] = []
    room = 0
    for k, (_, rows) in enumerate(wanted):
        start = 0
        while start < len(rows):
            if not room:
                jobs.append([])
                room = size
            stop = min(start + room, len(rows))
            jobs[-1].append((k, slice(start, stop)))
            start, room = stop, room - (stop - start)
    return jobs


def _seed(key: PRNGKeyArray) -> int:
    return int(jax.random.randint(key, (), 0, np.iinfo(np.int32).max))
