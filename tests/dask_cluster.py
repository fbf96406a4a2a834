"""A Dask cluster of this machine: a scheduler on loopback, workers with folders of their own."""

import os
import subprocess
import sys
from pathlib import Path

from distributed import Client

TESTS = Path(__file__).parent
FEW = ["--no-dashboard", "--host", "127.0.0.1"]


class DaskCluster:
    """A scheduler, and workers as they are added; ``end`` kills them all."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, []
        self.scheduler = self._start("dask_scheduler", "--port", "0", cwd=folder)
        line = next(line for line in self.scheduler.stderr if "Scheduler at:" in line)
        self.address = line.split()[-1]

    def add(self, folder: Path) -> None:
        """A worker without a nanny, which would bring a killed one back."""
        words = [self.address, "--no-nanny", "--nthreads", "1", "--local-directory", "dask"]
        self.workers.append(self._start("dask_worker", *words, cwd=folder))

    def _start(self, what: str, *words: str, cwd: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"distributed.cli.{what}", *words, *FEW]
        paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": paths},
            stderr=subprocess.PIPE,
            text=True,
        )

    def joined(self, n: int) -> None:
        """Wait until there are ``n`` workers."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(n, timeout=240)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
