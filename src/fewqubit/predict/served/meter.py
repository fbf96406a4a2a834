"""What a server counts of itself, as text that Prometheus reads."""

import re
import resource
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import numpy as np

KEPT = 1000  # latest durations of each route, of which quantiles are told
QUANTILES = (0.5, 0.95, 0.99)


class Meter:
    """Requests by route and status, and how long the latest of each route took."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self._lock = Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, deque[float]] = {}

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        with self._lock:
            self._requests[route, status] += 1
            self._seconds.setdefault(route, deque(maxlen=KEPT)).append(seconds)

    @property
    def uptime(self) -> float:
        """Seconds since the server began."""
        return time.monotonic() - self.began

    def text(self, gauges: dict[str, float]) -> str:
        """All counts, and ``gauges`` that the caller knows, in Prometheus' format."""
        gauges = {**gauges, "uptime_seconds": self.uptime, "memory_peak_bytes": memory_peak()}
        return "\n".join([*self._lines(), *(_gauge(*one) for one in gauges.items())]) + "\n"

    def _lines(self) -> Iterator[str]:
        with self._lock:
            requests, seconds = dict(self._requests), {k: [*v] for k, v in self._seconds.items()}
        yield "# TYPE fewqubit_requests_total counter"
        for (route, status), number in sorted(requests.items()):
            yield f'fewqubit_requests_total{{route="{route}",status="{status}"}} {number}'
        yield "# TYPE fewqubit_request_seconds summary"
        for route, taken in sorted(seconds.items()):
            for q, value in zip(QUANTILES, np.quantile(taken, QUANTILES), strict=True):
                yield f'fewqubit_request_seconds{{route="{route}",quantile="{q}"}} {value:.6f}'


def memory_peak() -> float:
    """The most memory that this process has had, in bytes.

    Of Linux's own count where there is one: getrusage begins with that of the parent.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found is not None:
            return int(found[1]) * 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def _gauge(name: str, value: float) -> str:
    return f"# TYPE fewqubit_{name} gauge\nfewqubit_{name} {value:g}"
