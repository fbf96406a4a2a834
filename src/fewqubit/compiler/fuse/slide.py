"""Program -> few large groups: every item moves back past what it commutes with, and joins.

One-qubit gates wait on their qubit until something else needs it. A run that only changes phases
joins a monomial; so do the phases before and after a constant run (H, then P(x)), since a constant
layer is shared by all examples and a monomial is there anyway. Phases of θ alone leave a real run
(RY, then RZ) too, since real layers are half of the work. Any other run joins a layer.
"""

import numpy as np

from fewqubit.compiler.fuse.groups import Group, Layer, Monomial
from fewqubit.compiler.fuse.items import Dense, Item, Local, Phase, Shuffle, Turn, items, support
from fewqubit.compiler.fuse.runs import Run, is_constant, is_diagonal, is_real, simplified
from fewqubit.compiler.parse.angles import Columns
from fewqubit.compiler.parse.program import Program


def fuse(program: Program) -> list[Group]:
    """The groups that act like ``program``, in the order of time."""
    n, columns = program.n_qubits, Columns(program.n_inputs, program.n_weights)
    waiting: dict[int, Run] = {}
    groups: list[Group] = []
    for operation in program.operations:
        for item in items(operation):
            if isinstance(item, Local):
                waiting[item.qubit] = (*waiting.get(item.qubit, ()), item.gate)
                continue
            for qubit in [q for q in waiting if support(item) >> q & 1]:
                _place_run(groups, qubit, simplified(waiting.pop(qubit)), n, columns)
            _place(groups, item, n)
    for qubit in sorted(waiting):
        _place_run(groups, qubit, simplified(waiting.pop(qubit)), n, columns)
    return groups


def _place_run(groups: list[Group], qubit: int, run: Run, n: int, columns: Columns) -> None:
    """Append the gates of one qubit to the group where they cost least."""
    before, core, after = _split(run)
    shared = not any(isinstance(g, Turn) and columns.is_own(g.angle) for g in before + after)
    if core and not is_constant(core) and not (is_real(core) and shared):
        before, core, after = (), run, ()
    _place_phases(groups, qubit, before, n)
    if core:
        _place_core(groups, qubit, core)
    _place_phases(groups, qubit, after, n)


def _split(run: Run) -> tuple[Run, Run, Run]:
    """Leading gates that only change phases, the rest, trailing ones; constants stay inside."""
    moving = [k for k, gate in enumerate(run) if not is_diagonal(gate)]
    if not moving:
        return run, (), ()
    first, last = moving[0], moving[-1] + 1
    while first > 0 and isinstance(run[first - 1], np.ndarray):
        first -= 1
    while last < len(run) and isinstance(run[last], np.ndarray):
        last += 1
    return run[:first], run[first:last], run[last:]


def _place_core(groups: list[Group], qubit: int, run: Run) -> None:
    home = None
    for group in reversed(groups):
        if isinstance(group, Layer):
            home = group
        if _touches(group, 1 << qubit):
            break
    if home is None:
        home = Layer()
        groups.append(home)
    home.append(qubit, run)


def _place_phases(groups: list[Group], qubit: int, run: Run, n: int) -> None:
    """Gates of one qubit that only change phases, as items of a monomial."""
    for gate in run:
        if isinstance(gate, Turn):
            _place(groups, Phase((gate.pauli == "Z") << qubit, gate.angle), n)
        else:
            _place(groups, Shuffle((qubit,), np.arange(2), np.diag(gate), ()), n)


def _place(groups: list[Group], item: Item, n: int) -> None:
    """Join the earliest monomial that the item can slide back to, or open a group at the end."""
    if isinstance(item, Dense):
        groups.append(item)
        return
    homes = []
    for group in reversed(groups):
        if isinstance(group, Monomial):
            homes.append(group)
        if _touches(group, support(item)):
            break
    if not support(item):  # a global phase fits anywhere: nearest, so that alike layers stay alike
        homes = homes[:1]
    for home in reversed(homes):
        if _join(home, item):
            return
    last = Monomial.identity(n)
    _join(last, item)
    groups.append(last)


def _join(monomial: Monomial, item: Item) -> bool:
    if isinstance(item, Shuffle):
        return monomial.append_shuffle(item)
    assert isinstance(item, Phase)
    monomial.append_phase(item)
    return True


def _touches(group: Group, mask: int) -> bool:
    occupied = support(group) if isinstance(group, Dense) else group.support
    return bool(occupied & mask)
