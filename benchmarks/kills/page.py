"""The page that says what is left of a run that is killed again and again."""

import os
import re
import textwrap
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.copies import checksums
from benchmarks.kills.registry_state import registry_state

from fewqubit.base.io.files import read_json, write_json, write_text

HEADER = """# What is left of {title} that is killed

Made by `python -m benchmarks.kills{options}`. {command} was killed {n} times (SIGKILL, which no
program can catch), each time started again, and after the last one left to finish. Kills come in
stages that are drawn along the way, at any second of them{gate}.
*All*: every process of the run at once, as when power fails. *First*: the first process alone; its
children have to notice and end by themselves. *Found*: how many files the kill left, and how many
of them had the bytes of a run that nobody disturbed; the others are made anew by a later group or
stage. *Mended*: what the next run said that the kill had
damaged. {cores} cores, load average before it began: {load:.1f}.

| kill | after | killed | under way | found | mended |
| ---: | ---: | --- | --- | --- | --- |
"""
GATE = ", and then while the gate writes to MLflow: as soon as there is a new {}"
MENDED = re.compile(r"cut short|set aside|damaged|kept as", re.IGNORECASE)


class What(NamedTuple):
    """What is killed: its command in a copy of the project, and how it is told of.

    first:  a command that is left alone, before; ``gates``: what new thing in MLflow is waited for
    """

    command: list[str]
    title: str
    shown: str
    report: Path
    first: list[str] | None = None
    gates: tuple[str, ...] = ()


class Work(NamedTuple):
    """A folder in which two projects live: one that is left alone, and one that is killed."""

    place: Path
    what: What

    def known(self) -> dict[str, Any]:
        """What was found before this call."""
        path = self.place / "known.json"
        return read_json(path) if path.exists() else {}

    def keep(self, **found: Any) -> dict[str, Any]:
        """Add to it, and return all."""
        known = self.known() | found
        write_json(self.place / "known.json", known)
        return known


def tell(work: Work, name: str, n_kills: int, known: dict[str, Any]) -> None:
    """Write the page; raises SystemExit where the two projects differ."""
    what, options = work.what, f" --what {name}" if name != "run" else ""
    ours, theirs = (checksums(work.place / one) for one in ("whole", "killed"))
    fields = {"title": what.title, "command": what.shown, "options": options, "n": n_kills}
    fields |= {
        "gate": GATE.format(", a new ".join(dict.fromkeys(what.gates))) if what.gates else ""
    }
    head = HEADER.format(**fields, cores=os.cpu_count(), load=known["load"])
    page = "\n".join(textwrap.fill(part, 110) for part in head.split("\n\n")[:2]) + "\n\n"
    page = page.replace("\n", "\n\n", 1) + head.split("\n\n")[2]
    for number, row in enumerate(known["rows"], 1):
        page += f"{row} {_mended(work, number)} |\n"
    page += f"\nThe undisturbed run took {known['seconds']:.0f} s. {_verdict(ours, theirs)}\n"
    same = True
    if what.gates:
        one, other = (registry_state(work.place / name) for name in ("whole", "killed"))
        same = one == other
        page += f"\n{_registry(one, other)}\n"
    write_text(what.report, page)
    if ours != theirs or not same:
        raise SystemExit(page)


def _registry(one: dict[str, Any], other: dict[str, Any]) -> str:
    differ = [
        f"{kind}: {there} for {here}"
        for kind in one
        for here, there in zip_longest(one[kind], other[kind])
        if here != there
    ]
    if differ:
        return f"**In MLflow {len(differ)} things differ: {'; '.join(differ)}.**"
    return (
        f"MLflow says the same: {len(one['runs'])} runs with all figures, {len(one['versions'])} "
        f"versions with their tags, {len(one['aliases'])} aliases. Numbers of versions are not "
        "compared: one that was deleted leaves a gap."
    )


def _verdict(ours: dict[str, str], theirs: dict[str, str]) -> str:
    differ = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
    if differ:
        return f"**Of {len(ours)} files these differ: {', '.join(differ)}.**"
    return (
        f"All {len(ours)} files have the same bytes, the wall times that the report quotes apart."
    )


def _mended(work: Work, number: int) -> str:
    """What the run after this kill said of damage, without the folder it lay in."""
    said = (work.place / f"after-{number}.log").read_text()
    lines = [line for line in said.splitlines() if MENDED.search(line)]
    return "; ".join(dict.fromkeys(lines)).replace(f"{work.place / 'killed'}/", "") or "nothing"
