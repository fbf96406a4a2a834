"""What every stage shares: its compiler flags, its journal, and errors as one line."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fewqubit.base.io.journal import stage_journal
from fewqubit.base.usercode import OwnCode, wants_traceback
from fewqubit.config.names import check_name
from fewqubit.errors import FewqubitError, fault_of

# A stage compiles for longer than it runs. Level 1 compiles the MAML step in half the time of XLA's
# default, and the step runs as fast. Without fusion emitters compilation takes half of that again,
# and a training of 300 steps takes 13 instead of 67 s of CPU time; but each step takes a third
# longer, so long trainings keep them. LLVM's expensive passes take an eighth of what is left to
# compile; without them the code gives the same bytes, as fast. XLA reads this when JAX first
# computes.
LONG = "--xla_backend_optimization_level=1"
_QUICK = "--xla_cpu_use_fusion_emitters=false", "--xla_llvm_disable_expensive_passes=true"
SHORT = " ".join((LONG, *_QUICK))
ENOUGH = 1000  # steps of training after which the time to compile hardly counts
THREADS = "PJRT_NPROC"  # XLA reads this, too, when JAX first computes
os.environ.setdefault("XLA_FLAGS", SHORT)


def compile_for(steps: int) -> None:
    """Set XLA's flags and threads for a training of ``steps`` steps, unless the user has set them.

    Call this before JAX computes anything.
    """
    if steps > ENOUGH and os.environ["XLA_FLAGS"] == SHORT:
        os.environ["XLA_FLAGS"] = LONG
    share_work_of(steps)


def share_work_of(steps: int) -> None:
    """Let all cores compute what took a long training; one thread does the rest by itself.

    Operations of a small learner are small: to share them takes a sixth of the processor's time
    and is no faster. Sums that are shared also depend, in their last digits, on how many share.
    Call this before JAX computes anything.
    """
    if steps <= ENOUGH:
        os.environ.setdefault(THREADS, "1")


def asked(about: str | None, *axes: str) -> list[str]:
    """The names that the command line gives for ``axes``, as ``--dataset digits``.

    Ends the process with one line if one is not a valid name, since names become parts of paths.
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

    The same holds for errors in the user's code, a full disk and full memory. A stage that
    computes nothing itself (``computes=False``) saves the second that importing JAX takes.
    """
    try:
        if computes:
            _fix_arithmetic(name)
        with OwnCode(), stage_journal(name):
            yield
    except (FewqubitError, OSError, MemoryError) as error:
        if wants_traceback():
            raise
        cause = error if isinstance(error, FewqubitError) else fault_of(error)
        raise SystemExit(f"{name}: {cause}") from None
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
