"""A job that fails is sent again; what others measured is kept, also when all tries fail."""

import jax
import numpy as np
import pytest
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import SparsePauliOp

from backends.machines import line
from fewqubit.backends.circuits import on_machine
from fewqubit.circuits.feature_maps import angle
from fewqubit.config import Device
from fewqubit.errors import DeviceError

ROWS = np.random.default_rng(2).normal(size=(4, 2))
KEY, NOTHING = jax.random.key(3), np.zeros(0)
SETTINGS = Device(backend="shots:aer", shots=100, job_size=2, retries=1, retry_wait=0.0)


CLOSED = QiskitError("the queue is closed")


class Failing:
    """A machine's sampler that fails at the sendings in ``bad``, counted from 0."""

    def __init__(self, bad, error=CLOSED):
        self.sent, self.bad, self.error, self.machine = 0, bad, error, line()

    def sampler(self, seed):
        self.sent += 1
        if self.sent - 1 in self.bad:
            raise self.error
        return self.machine.sampler(seed)


def evaluator(failing):
    return on_machine(failing.machine._replace(sampler=failing.sampler), SETTINGS)(angle(2, 1, 1.0))


@pytest.mark.parametrize("error", [QiskitError("refused"), ConnectionError("no route")])
def test_a_failed_job_is_sent_again(error):
    smooth, rough = Failing([]), Failing([1], error)
    expected = evaluator(smooth).gram(ROWS, NOTHING, KEY)
    values, bill = evaluator(rough).gram(ROWS, NOTHING, KEY)
    np.testing.assert_array_equal(values, expected.values)
    assert (smooth.sent, rough.sent) == (3, 4)
    assert bill == expected.bill


def test_what_was_measured_before_the_last_failure_is_not_measured_again():
    failing = Failing([1, 2])
    measured = evaluator(failing)
    with pytest.raises(
        DeviceError, match=r"2 circuits failed 2 times on line: .*closed.*; 1 finish"
    ):
        measured.gram(ROWS, NOTHING, KEY)
    again, _ = measured.gram(ROWS, NOTHING, KEY)
    assert failing.sent == 3 + 2
    np.testing.assert_array_equal(again, evaluator(Failing([])).gram(ROWS, NOTHING, KEY).values)


def test_nothing_is_kept_of_a_finished_evaluation():
    failing = Failing([])
    measured = evaluator(failing)
    for _ in range(2):
        measured.gram(ROWS, NOTHING, KEY)
    assert failing.sent == 6


def test_an_evaluation_is_one_job_where_it_fits():
    """Three bases at three noise scales with their calibrations."""
    failing = Failing([])
    settings = Device(shots=100, mitigation="readout", zero_noise={}, backend="shots:aer")
    machine = failing.machine._replace(sampler=failing.sampler)
    operators = [SparsePauliOp("XX"), SparsePauliOp("YI"), SparsePauliOp("ZZ")]
    measured = on_machine(machine, settings)(angle(2, 1, 1.0))
    _, bill = measured.expectations(ROWS, NOTHING, operators, KEY)
    assert (failing.sent, bill.circuits) == (1, 3 * (2 + 3 * 4))


def test_what_is_no_failure_of_a_job_is_not_hidden():
    failing = Failing([0], TypeError("a bug"))
    with pytest.raises(TypeError):
        evaluator(failing).gram(ROWS, NOTHING, KEY)


def test_jobs_show_their_progress(capsys):
    evaluator(Failing([])).gram(ROWS, NOTHING, KEY)
    assert "line  100%  job 3/3" in capsys.readouterr().err
