"""The trials of a search in Optuna's storage; a single process starts, resumes and records them."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fewqubit.base.extras import needs
from fewqubit.base.io.files import read_json, set_aside, write_bytes, write_json
from fewqubit.errors import ArtifactError, PipelineError
from fewqubit.search.results import Row
from fewqubit.search.space import Values, grid_size, sampler, suggest
from fewqubit.search.work import TrialResult, Work

with needs("search", "the search for settings"):
    import optuna
    from optuna import Study, Trial
    from optuna.exceptions import OptunaError
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend
    from optuna.trial import FrozenTrial, TrialState

optuna.logging.set_verbosity(optuna.logging.WARNING)  # progress tells what there is to tell
JOURNAL, PREFIX = "journal.log", "journal.json"
DAMAGE = (  # what Optuna raises, without a kind of its own, at a damaged journal
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    OptunaError,
)


@dataclass
class Ledger:
    """Hands out the trials of one search, until its budget is spent, and keeps their results.

    ``left_over`` are trials that were running when a process before this one was killed.
    """

    work: Work
    study: Study
    left_over: list[FrozenTrial]

    def next(self) -> tuple[Trial, Values] | None:
        """A left-over trial with its values, or else a new one; None if the budget is spent."""
        if self.left_over:
            killed = self.left_over.pop(0)
            self._set_sampler(killed.number)
            trial = Trial(self.study, killed._trial_id)  # Optuna has no public way back to it
        elif self._may_begin():
            self._set_sampler(len(self.study.trials))
            trial = self.study.ask()
        else:
            return None
        return trial, suggest(trial, self.work.axes)

    def tell(self, trial: Trial, values: Values, measured: TrialResult) -> None:
        """Keep the result of ``trial``; only now does it count."""
        trial.set_user_attr("values", values)
        trial.set_user_attr("accuracies", measured.accuracies)
        trial.set_user_attr("seconds", measured.seconds)
        trial.set_user_attr("started", measured.started)
        accuracy = sum(measured.accuracies) / len(measured.accuracies)
        self.study.tell(trial, accuracy)
        _vouch(self.work.folder / JOURNAL)

    @property
    def size(self) -> int:
        """How many trials the budget allows."""
        plan = self.work.plan
        return (
            min(plan.trials, grid_size(self.work.axes)) if plan.sampler == "grid" else plan.trials
        )

    @property
    def rows(self) -> list[Row]:
        """The finished trials, in the order of their numbers."""
        finished = self.study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
        return [Row(trial=trial.number, **trial.user_attrs) for trial in finished]

    def _may_begin(self) -> bool:
        limit, spent = self.work.plan.seconds, sum(row.seconds for row in self.rows)
        in_time = limit is None or spent < limit
        return in_time and len(self.study.trials) < self.size

    def _set_sampler(self, number: int) -> None:
        work = self.work
        self.study.sampler = sampler(work.plan.sampler, work.axes, work.draw, number)


@contextmanager
def open_ledger(work: Work) -> Iterator[Ledger]:
    """The ledger of ``work``, with the trials it has, for this process alone.

    A damaged journal is set aside with a message, and the search begins again.

    Raises ArtifactError: the data set is not prepared; PipelineError: another process is at this
    search.
    """
    work.check_prepared()  # or a journal whose data are away would be taken for a damaged one
    work.folder.mkdir(parents=True, exist_ok=True)
    with (work.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel frees it after a kill
        except BlockingIOError:
            raise PipelineError(
                f"another process searches {work.job}; wait for it, or stop it"
            ) from None
        study = _study(work.folder / JOURNAL, work)
        running = study.get_trials(deepcopy=False, states=[TrialState.RUNNING])
        yield Ledger(work, study, running)


def _study(path: Path, work: Work) -> Study:
    try:
        _check(path, _mend(path))
        return _read_study(path, work)
    except ArtifactError as error:
        set_aside(path, error, "the search begins again")
        path.with_name(PREFIX).unlink(missing_ok=True)
        return _read_study(path, work)


def _read_study(path: Path, work: Work) -> Study:
    """The study in the journal at ``path``. Raises ArtifactError: it is damaged."""
    try:
        study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(path))),
            study_name=work.study,
            direction="maximize",
            load_if_exists=True,
        )
        rows = Ledger(work, study, []).rows
        if not all(0 <= row.accuracy <= 1 and row.values and row.started for row in rows):
            raise ValueError("an accuracy outside 0 … 1")
    except DAMAGE as error:
        raise ArtifactError(
            f"{path}: expected Optuna's journal, but {type(error).__name__}: {error}"
        ) from error
    return study


def _vouch(path: Path) -> None:
    """Remember the journal's content: Optuna silently skips lines that are lost or edited."""
    content = path.read_bytes()
    write_json(path.with_name(PREFIX), {"bytes": len(content), "sha256": _sha256(content)})


def _check(path: Path, content: bytes) -> None:
    """Raise ArtifactError unless the journal begins with what was last vouched for."""
    vouched = path.with_name(PREFIX)
    if not vouched.exists():
        return
    known = read_json(vouched)
    prefix = content[: known["bytes"]] if isinstance(known, dict) and "bytes" in known else b""
    if known != {"bytes": len(prefix), "sha256": _sha256(prefix)}:
        raise ArtifactError(f"{path}: expected the journal as it was written, but it was edited")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _mend(path: Path) -> bytes:
    """Remove what a kill may have left: Optuna's own lock, half a line."""
    path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read: {error.strerror}") from error
    complete = content[: content.rfind(b"\n") + 1]
    if complete != content:
        write_bytes(path, complete)
    return complete
