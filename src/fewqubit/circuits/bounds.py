"""How large a circuit may be."""

MAX_QUBITS = 20  # 2**20 amplitudes, 8 MB a state
