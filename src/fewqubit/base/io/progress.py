"""Progress of a stage: a line on stderr at most every two seconds."""

import sys
import time
from dataclasses import dataclass, field

INTERVAL_S = 2.0


@dataclass
class Progress:
    """Reports how far a stage is, its latest figures and the time left.

    One line per report, so that people, logs, pipes and flows can read it:
    ``meta_train digits/protonet   42 %  step 420/1000  loss 0.812  left 12 s``.
    """

    stage: str
    total: int
    unit: str = "step"
    first: int = 0
    _start: float = field(default_factory=time.monotonic)
    _last: float = float("-inf")

    def update(self, done: int, **figures: float) -> None:
        """Report ``done`` of ``total`` units, unless the last line is younger than two seconds."""
        now = time.monotonic()
        if now - self._last < INTERVAL_S and done < self.total:
            return
        self._last = now
        numbers = "".join(f"  {name} {value:.3f}" for name, value in figures.items())
        line = f"{self.stage}  {done / self.total:4.0%}  {self.unit} {done}/{self.total}{numbers}"
        sys.stderr.write(line + self._left(done, now) + "\n")
        sys.stderr.flush()

    def _left(self, done: int, now: float) -> str:
        worked = done - self.first
        if worked <= 0 or done >= self.total:
            return ""
        return f"  left {(now - self._start) / worked * (self.total - done):.0f} s"
