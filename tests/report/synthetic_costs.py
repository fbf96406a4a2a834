"""What the made-up study costs on devices, and what it gives there."""

SEEDS = 5
SAME = ("protonet", "frozen")  # a circuit without weights


def cost(learner: str, arm: str) -> dict:
    """What cost.json says of an arm; maml's circuit is too large for the device."""
    circuit, fits = arm not in ("twin", "bypass"), learner != "maml"
    gates = 0 if arm == "separable" else 144
    return {
        "same_as_quantum": (learner, arm) == SAME,
        "device": "noisy:fake_torino",
        "shots_adapt": 10240 * circuit,
        "shots_per_query": 4096 * circuit,
        "depth": 412 if circuit and fits else None,
        "two_qubit_gates": gates if circuit and fits else None,
        "note": "the circuit has 140 qubits, fake_torino 133" if circuit and not fits else "",
    }


MEASURED = ("kernel", "quantum")
DEVICES = {
    "shots": {
        "accuracy": 0.8125,
        "accuracy_exact": 0.83,
        "lost": 0.0175,
        "lost_low": 0.004,
        "lost_high": 0.031,
        "too_few": "",
        "episodes": 50,
        "seeds": SEEDS,
        "all": [[0.8125 + 0.01 * seed] * 50 for seed in range(SEEDS)],
        "adapt": {"circuits": 10, "shots": 10240, "depth": None, "two_qubit_gates": None},
        "answer": {"circuits": 5, "shots": 5120, "depth": None, "two_qubit_gates": None},
    },
    "manila": {
        "accuracy": 0.725,
        "accuracy_exact": 0.83,
        "lost": 0.105,
        "lost_low": None,
        "lost_high": None,
        "too_few": "20 test episodes, where a verdict takes 30",
        "episodes": 20,
        "seeds": SEEDS,
        "all": [[0.725] * 20] * SEEDS,
        "adapt": None,
        "answer": {"circuits": 5, "shots": 5120, "depth": 143, "two_qubit_gates": 61},
    },
}
