"""A port that is taken is said before a server starts."""

import socket

import pytest

from fewqubit.errors import PipelineError
from fewqubit.pipeline.ports import check_free, free_port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_one_line_that_names_a_free_one(host: str):
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PipelineError, match=rf"port {port} of .*: run --port \d+$") as caught:
            check_free(port, "run --port {}")
        other = int(str(caught.value).rpartition(" ")[2])
        assert other != port
        check_free(other, "run --port {}")
    check_free(port, "run --port {}")


def test_beyond_the_last_port_any_free_one_will_do():
    assert 0 < free_port(65536) < 65536
