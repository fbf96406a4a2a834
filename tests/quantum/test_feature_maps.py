"""Feature maps are what their docstrings say."""

import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Statevector, state_fidelity

from fewqubit.quantum import FEATURE_MAPS
from fewqubit.quantum.compile import vector


def test_zz_is_qiskits_up_to_a_phase():
    numbers = np.array([0.3, -1.2, 2.0])
    ours = Statevector(FEATURE_MAPS["zz"](3, 2, 1.0).assign_parameters(numbers))
    theirs = Statevector(zz_feature_map(3, 2).assign_parameters(numbers))
    assert np.isclose(state_fidelity(ours, theirs), 1.0)


@pytest.mark.parametrize("name", ["angle", "zz", "iqp", "hardware_efficient"])
def test_bandwidth_scales_every_input(name):
    wide, narrow = FEATURE_MAPS[name](3, 2, 1.0), FEATURE_MAPS[name](3, 2, 0.25)
    numbers = np.linspace(-1, 1, len(vector(wide, "x")))
    scaled = Statevector(wide.assign_parameters(0.25 * numbers))
    assert np.isclose(state_fidelity(Statevector(narrow.assign_parameters(numbers)), scaled), 1.0)


def test_number_of_inputs_and_weights():
    sizes = {
        name: (len(vector(make(4, 3, 1.0), "x")), len(vector(make(4, 3, 1.0), "θ")))
        for name, make in FEATURE_MAPS.items()
    }
    assert sizes == {
        "angle": (4, 0),
        "zz": (4, 0),
        "iqp": (4, 0),
        "reuploading": (4, 36),
        "hardware_efficient": (24, 0),
    }
