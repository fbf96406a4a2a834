"""Requests to a served model, read as they were written and refused in one line.

MLflow reads CSV by rules of pandas, for which a class named ``NA`` is nothing, and answers with a
stack trace that names files of the server.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from types import ModuleType
from typing import Any

import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import BAD_REQUEST
from mlflow.types import DataType, Schema

from fewqubit.errors import DataError, FewqubitError
from fewqubit.tasks.first_task import LABEL, TASK

SERVER = "mlflow.pyfunc.scoring_server"
TEXTS = (LABEL, TASK)
# what libraries raise below us; the reason is the server's business
FAULTS = (ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, OSError, MemoryError)

log = logging.getLogger(__name__)


class RequestError(MlflowException, DataError):
    """A request that cannot be answered: MLflow's server answers with its line, as 400."""

    def __init__(self, line: str) -> None:
        super().__init__(line, BAD_REQUEST)


@contextmanager
def refusing() -> Iterator[None]:
    """Turn an error into an answer: our own line, or the word that the server's log has one."""
    try:
        yield
    except DataError as error:
        raise RequestError(str(error)) from None
    except FewqubitError as error:
        raise MlflowException(str(error)) from None
    except FAULTS:
        log.exception("a request failed")
        raise MlflowException("the model failed; the log of its server says why") from None


def read_as_written() -> None:
    """Have MLflow's server, if this process is one, read CSV by ``parse_csv`` and keep its traces.

    It offers no setting for either.
    """
    server = sys.modules.get(SERVER)
    if server is not None and not isinstance(server.__dict__["_handle_serving_error"], partial):
        _replace(server, "parse_csv_input", parse_csv)
        keep = partial(server.__dict__["_handle_serving_error"], include_traceback=False)
        _replace(server, "_handle_serving_error", keep)


def parse_csv(csv_input: StringIO, schema: Schema | None = None) -> pd.DataFrame:
    """Labels, tasks and texts as they are; every other column numbers, empty cells missing.

    Raises RequestError: not a table, or text in place of a number.
    """
    text = csv_input.read().removeprefix("\ufeff")
    inputs = schema.inputs if schema else []
    texts = {*TEXTS, *(one.name for one in inputs if one.type == DataType.string)}
    names = [one.name for one in inputs if one.name not in texts]
    try:
        return pd.read_csv(
            StringIO(text),
            dtype=dict.fromkeys(texts, str) | dict.fromkeys(names, float),
            keep_default_na=False,
            na_values={name: [""] for name in names},
        )
    except ValueError as error:  # of the table's form, or of a number's
        reason = " ".join(str(error).split())
        raise RequestError(
            f"expected CSV with a header, numbers in {', '.join(map(str, names[:5]))} …; {reason}"
        ) from None


def _replace(module: ModuleType, name: str, function: Callable[..., Any]) -> None:
    setattr(module, name, function)
