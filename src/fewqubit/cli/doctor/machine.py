"""Checks of the machine: libraries, extras, cores, GPU, disk, ports, programs."""

import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement

from fewqubit.cli.doctor.finding import Finding
from fewqubit.errors import PipelineError
from fewqubit.pipeline.ports import HOST, check_free, free_port

SHOWN = ("jax", "qiskit", "dvc", "mlflow", "prefect")
ROOM_GIB = 2  # on the disk, for results and DVC's cache
PORTS = {
    "MLflow": (5000, "fewqubit mlflow --port {}"),
    "Prefect": (4200, "PREFECT_SERVER_API_PORT={} make serve"),
}
GPU_DEVICES = ("/dev/nvidia0", "/dev/kfd")


def look_at_machine(folder: Path) -> Iterator[Finding]:
    """Findings on this machine, whatever the project; results would lie in ``folder``."""
    yield Finding("Python", f"{platform.python_version()} on {platform.system()}")
    yield _versions()
    yield from _unfit()
    yield from _extras()
    yield _cores()
    yield _gpu()
    free = shutil.disk_usage(folder).free / 2**30
    remedy = "" if free > ROOM_GIB else "make room, e.g. `dvc gc --workspace`"
    yield Finding("disk", f"{free:.0f} GiB free", remedy)
    yield from _ports()
    for program, use in {"git": "DVC's experiments", "make": "make repro, make serve"}.items():
        if shutil.which(program) is None:
            yield Finding(program, "not installed", f"install it for {use}")


def _versions() -> Finding:
    known = [f"{name} {found}" for name in SHOWN if (found := _version(name))]
    return Finding("Fewqubit", f"{version('fewqubit')}; {', '.join(known)}")


def _unfit() -> Iterator[Finding]:
    """Libraries of another version than the package metadata require, or missing in core."""
    for needed in _requirements():
        extra = _extra_of(needed)
        found = _version(needed.name)
        if found is None and extra:
            continue  # said of the extra
        if found is None or not needed.specifier.contains(found, prereleases=True):
            message = f"{found or 'not installed'}; expected {needed.specifier or 'any version'}"
            plain = f"{needed.name}{needed.specifier}"
            yield Finding(needed.name, message, f"pip install '{plain}'", fault=True)


def _extras() -> Iterator[Finding]:
    """Extras that lack a library, with a remedy for those that ``all`` includes."""
    missing: dict[str, list[str]] = {}
    for needed in _requirements():
        extra = _extra_of(needed)
        if extra and _version(needed.name) is None:
            missing.setdefault(extra, []).append(needed.name)
    usual = {part for one in _asked() if _extra_of(one) == "all" for part in one.extras}
    for extra, names in missing.items():
        remedy = f"pip install 'fewqubit[{extra}]'" if extra in usual else ""
        yield Finding(f"extra {extra}", f"without {', '.join(names)}", remedy)


def _requirements() -> list[Requirement]:
    """The libraries that core and extras require on this machine."""
    fit = [one for one in _asked() if one.name != "fewqubit"]
    return [one for one in fit if not one.marker or one.marker.evaluate({"extra": _extra_of(one)})]


def _asked() -> list[Requirement]:
    return [Requirement(line) for line in distribution("fewqubit").requires or ()]


def _extra_of(needed: Requirement) -> str:
    """The extra that brings ``needed``; empty for what core needs."""
    text = str(needed.marker or "")
    return text.partition('extra == "')[2].partition('"')[0]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cores() -> Finding:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return Finding("cores", f"{usable}, with {memory:.0f} GiB; `--workers {usable}` uses them all")


def _gpu() -> Finding:
    import jax

    try:
        devices = jax.devices()
    except RuntimeError as error:  # a platform that the environment names and is not there
        message = " ".join(str(error).split())[:200]
        return Finding("GPU", f"JAX: {message}", "unset JAX_PLATFORMS", fault=True)
    used = sorted({device.device_kind for device in devices})
    found = f"JAX computes on {', '.join(used)}"
    idle = [place for place in GPU_DEVICES if Path(place).exists()]
    remedy = "pip install 'jax[cuda12]'" if idle and jax.default_backend() == "cpu" else ""
    return Finding("GPU", found + (f"; {idle[0]} is not used" if remedy else ""), remedy)


def _ports() -> Iterator[Finding]:
    for server, (port, command) in PORTS.items():
        try:
            check_free(port, command)
        except PipelineError:
            remedy = f"end what listens there, or {command.format(free_port(port + 1))}"
            yield Finding(f"port {port}", f"in use on {HOST}; {server}'s, unless told", remedy)
        else:
            yield Finding(f"port {port}", f"free, for {server}")
