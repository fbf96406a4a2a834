"""What can go wrong, as one tree; every message says what was expected, what came, and what to do.

FewqubitError
├── SettingsError    params.yaml, a recipe or an override is not what it should be
├── DataError        a data set cannot be read, or cannot be made into tasks
├── CircuitError     a circuit cannot become a differentiable function
├── DeviceError      a device cannot be reached, cannot take a circuit, or failed a job
├── ArtifactError    a stored result is missing, damaged, of another version, or cannot be written
├── NumbersError     NaN or infinity where numbers were expected: training diverged, for example
├── OwnCodeError     code of the user's own raised, or gave something else than it should
├── PipelineError    a stage failed, is locked, or was stopped
├── MissingExtraError  a library is needed that only an extra installs
└── HonestyError     a result that must not be believed: a learner beats chance on permuted labels
"""


class FewqubitError(Exception):
    """Root of every error that Fewqubit raises on purpose."""


class SettingsError(FewqubitError):
    """A setting is unknown, missing or out of range."""


class DataError(FewqubitError):
    """A data set cannot be read, or cannot be made into tasks."""


class CircuitError(FewqubitError):
    """A circuit cannot become a differentiable function."""


class DeviceError(FewqubitError):
    """A device cannot be reached, cannot take a circuit, or failed a job."""


class ArtifactError(FewqubitError):
    """A stored result is missing, damaged, of another version, or cannot be written."""


class NumbersError(FewqubitError):
    """NaN or infinity where numbers were expected: training diverged, for example."""


class OwnCodeError(FewqubitError):
    """Code of the user's own, named in settings, raised or gave something else than it should."""


class PipelineError(FewqubitError):
    """A pipeline stage failed, is locked, or was stopped."""


class MissingExtraError(FewqubitError, ImportError):
    """A library is needed that only an extra installs (``fewqubit.base.extras``)."""


class HonestyError(FewqubitError):
    """A check that guards the honesty of a result failed."""


def fault_of(error: FewqubitError | OSError | MemoryError) -> str:
    """One line on ``error``: its kind and words, or those of the system, with the file if any."""
    if isinstance(error, FewqubitError):
        return f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError):
        return "MemoryError: not enough memory; lower the numbers that are worked on side by side"
    place = f": {error.filename}" if error.filename else ""
    return f"{type(error).__name__}: {error.strerror or error}{place}"
