"""Findings on a machine that lacks something."""

import socket
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from fewqubit.cli.doctor import machine


def test_a_machine_as_it_should_be_has_no_fault(tmp_path: Path) -> None:
    found = {one.what: one for one in machine.look_at_machine(tmp_path)}
    assert not any(one.fault for one in found.values())
    assert {"Python", "Fewqubit", "cores", "GPU", "disk", "port 5000"} <= {*found}


def test_libraries_that_do_not_fit_are_faults_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ["numpy<1", "no-such-library>=2", 'other-one>1; extra == "aer"', "scipy>=1"]
    asked += ['fewqubit[aer]; extra == "all"', 'last-one; extra == "dask"']
    monkeypatch.setattr(machine, "_asked", lambda: [Requirement(line) for line in asked])
    unfit = [*machine._unfit()]
    assert [one.remedy for one in unfit] == [
        "pip install 'numpy<1'",
        "pip install 'no-such-library>=2'",
    ]
    assert all(one.fault for one in unfit)
    extras = {one.what: one.remedy for one in machine._extras()}
    assert extras == {"extra aer": "pip install 'fewqubit[aer]'", "extra dask": ""}


def test_a_port_in_use_has_another_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(machine, "PORTS", {"MLflow": (port, "fewqubit mlflow --port {}")})
        (found,) = machine._ports()
    assert found.what == f"port {port}"
    assert "fewqubit mlflow --port" in found.remedy
    assert not found.fault
