"""What surrounds the work of every stage: its journal, and errors as one line."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fewqubit.base.usercode import OwnCode, wants_traceback
from fewqubit.config.names import check_name
from fewqubit.errors import FewqubitError, fault_of
from fewqubit.io.journal import stage_journal

# A stage compiles for longer than it runs. Level 1 compiles the MAML step in half the time of XLA's
# default and runs as fast. Without fusion emitters that takes another half off, and a training of
# 300 steps 13 of 67 seconds of the processor, but each step takes a third longer: long training has
# them. XLA reads this when JAX first computes.
LONG = "--xla_backend_optimization_level=1"
SHORT = f"{LONG} --xla_cpu_use_fusion_emitters=false"
ENOUGH = 1000  # steps of training after which the time to compile hardly counts
os.environ.setdefault("XLA_FLAGS", SHORT)


def compile_for(steps: int) -> None:
    """Before anything is computed: programs for so many steps; the user's own flags stay."""
    if steps > ENOUGH and os.environ["XLA_FLAGS"] == SHORT:
        os.environ["XLA_FLAGS"] = LONG


def asked(about: str | None, *axes: str) -> list[str]:
    """The names that the command line gives for ``axes``, as ``--dataset digits``.

    Ends the process with one line if one is no name: it would be part of a path.
    """
    parser = argparse.ArgumentParser(description=about)
    for axis in axes:
        parser.add_argument(f"--{axis}", required=True, help="its name in params.yaml")
    given = vars(parser.parse_args())
    for axis, name in given.items():
        try:
            check_name(name)
        except ValueError as error:
            raise SystemExit(f"--{axis}: {error}, got {name!r}") from None
    return [given[axis] for axis in axes]


@contextmanager
def stage(name: str, computes: bool = True) -> Iterator[None]:
    """Keep the journal of stage ``name``; a FewqubitError ends the process with its one line.

    So do code of the user's own, wherever in the stage it raises, a full disk and full memory.
    One that ``computes`` nothing itself is spared the second in which JAX is imported.
    """
    try:
        if computes:
            _fix_arithmetic(name)
        with OwnCode(), stage_journal(name):
            yield
    except (FewqubitError, OSError, MemoryError) as error:
        if wants_traceback():
            raise
        told = error if isinstance(error, FewqubitError) else fault_of(error)
        raise SystemExit(f"{name}: {told}") from None
    except RuntimeError as error:
        if "RESOURCE_EXHAUSTED" not in str(error) or wants_traceback():  # how XLA says it
            raise
        raise SystemExit(f"{name}: {fault_of(MemoryError())}") from None
    except KeyboardInterrupt:
        raise SystemExit(f"{name}: stopped") from None


def _fix_arithmetic(name: str) -> None:
    from fewqubit.base.arithmetic import fix

    for switch in fix():
        sys.stderr.write(f"{name}: {switch.upper()} is set; stages compute without it\n")
