"""Jobs: many bindings of one circuit at once, sent again if they fail, kept until all are done."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
from jaxtyping import Bool, Float, PRNGKeyArray
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError

from fewqubit.config import Device
from fewqubit.errors import DeviceError
from fewqubit.keys import stream
from fewqubit.progress import Progress
from fewqubit.quantum.backends.machine import Machine
from fewqubit.quantum.backends.outcomes import product_means

FAILURES = (QiskitError, OSError)  # of a job, and of the way to the device


class Jobs:
    """Sends circuits to a machine; remembers what was measured until an evaluation is complete."""

    def __init__(self, machine: Machine, settings: Device) -> None:
        self.machine, self.settings = machine, settings
        self._kept: dict[tuple[int, bytes, bytes], Float[np.ndarray, "rows values"]] = {}

    @contextmanager
    def evaluation(self) -> Iterator[None]:
        """What is measured inside is forgotten at the end, but kept if it ends with an error.

        The same evaluation with the same key then measures only what is missing.
        """
        yield
        self._kept.clear()

    def measure(
        self,
        circuit: QuantumCircuit,
        rows: Float[np.ndarray, "rows parameters"],
        factors: Float[np.ndarray, "values q 2"],
        key: PRNGKeyArray,
    ) -> Float[np.ndarray, "rows values"]:
        """The means that ``factors`` ask for at every row of parameter values.

        Raises ``DeviceError`` for a job that failed as often as the settings allow.
        """
        size = self.settings.job_size
        parts = [rows[start : start + size] for start in range(0, len(rows), size)]
        progress = Progress(self.machine.name, len(parts), "job")
        means = []
        for number, part in enumerate(parts):
            name = (_seed(stream(key, number)), part.tobytes(), factors.tobytes())
            if name not in self._kept:
                self._kept[name] = product_means(self._retried(circuit, part, name[0]), factors)
            means.append(self._kept[name])
            if len(parts) > 1:
                progress.update(number + 1)
        return np.concatenate(means)

    def _retried(
        self, circuit: QuantumCircuit, rows: Float[np.ndarray, "rows parameters"], seed: int
    ) -> Bool[np.ndarray, "rows shots q"]:
        wait, tries = self.settings.retry_wait, self.settings.retries + 1
        for attempt in range(tries):
            try:
                return self._send(circuit, rows, seed)
            except FAILURES as error:
                failure = error
            if attempt + 1 < tries:
                time.sleep(wait * 2**attempt)
        raise DeviceError(
            f"a job of {len(rows)} circuits failed {tries} times on {self.machine.name}: "
            f"{' '.join(str(failure).split())}; {len(self._kept)} finished jobs are kept, the same "
            "evaluation with the same key goes on from there"
        ) from failure

    def _send(
        self, circuit: QuantumCircuit, rows: Float[np.ndarray, "rows parameters"], seed: int
    ) -> Bool[np.ndarray, "rows shots q"]:
        # without parameters a pub is one circuit, however many rows it is bound to
        pubs: Sequence[Any] = [(circuit, rows)] if circuit.parameters else [(circuit,)] * len(rows)
        job = self.machine.sampler(seed).run(pubs, shots=self.settings.shots)
        read = [pub.data.meas.to_bool_array(order="little") for pub in job.result()]
        return np.concatenate([np.reshape(bits, (-1, *bits.shape[-2:])) for bits in read])


def _seed(key: PRNGKeyArray) -> int:
    return int(jax.random.randint(key, (), 0, np.iinfo(np.int32).max))
