"""Whether a port of this machine is free, checked before a server starts."""

import socket

from fewqubit.errors import PipelineError

HOST = "127.0.0.1"


def check_free(port: int, remedy: str) -> None:
    """Return if a server may listen on ``port``.

    Raises PipelineError otherwise; ``remedy`` is the command to try, with ``{}`` for another port.
    """
    try:
        with socket.create_server((HOST, port)):
            return
    except OSError as error:
        reason = error.strerror or str(error)
        raise PipelineError(
            f"expected port {port} of {HOST} to be free, but: {reason}; end what listens there, "
            f"or choose another: {remedy.format(free_port(port + 1))}"
        ) from None


def free_port(first: int) -> int:
    """The first free port from ``first`` on, or any."""
    for port in (*range(first, first + 20), 0):
        try:
            with socket.create_server((HOST, port)) as server:
                return int(server.getsockname()[1])
        except (OSError, OverflowError):
            continue
    raise PipelineError(f"expected a free port of {HOST}, found none")
