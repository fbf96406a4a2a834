"""Optional libraries: if one is missing, a one-line error says which extra installs it.

The core has the engine, the learners and the notebook API; ``pip install 'fewqubit[all]'``
installs everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from fewqubit.errors import MissingExtraError


@contextmanager
def needs(extra: str, what: str) -> Iterator[None]:
    """A context for imports that ``extra`` installs; ``what`` is what they are for.

    Raises MissingExtraError, which is an ImportError too.
    """
    try:
        yield
    except MissingExtraError:
        raise
    except ImportError as error:
        library = (error.name or "").partition(".")[0] or "a library"
        raise MissingExtraError(
            f"{what}: expected {library} of the extra '{extra}', but {_reason(error)}; "
            f"pip install 'fewqubit[{extra}]'"
        ) from error


def check(library: str, extra: str, what: str) -> None:
    """Raise like ``needs`` if ``library`` is not installed; it is not imported."""
    with needs(extra, what):
        if not there(library):
            raise ModuleNotFoundError(f"No module named '{library}'", name=library)


def there(library: str) -> bool:
    """Whether ``library`` is installed, checked without importing it."""
    try:
        return find_spec(library) is not None
    except ImportError:
        return False
    except ValueError:  # imported already, by other ways
        return True


def _reason(error: ImportError) -> str:
    """Not installed, or installed and broken: one line."""
    reason = " ".join(str(error).split())
    return "it is not installed" if isinstance(error, ModuleNotFoundError) or not reason else reason
