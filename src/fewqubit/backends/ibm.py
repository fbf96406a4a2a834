"""``ibm:<name>``: a device of IBM Quantum through Qiskit Runtime's sampler."""

from qiskit.providers import BackendV2, QiskitBackendNotFoundError

from fewqubit.backends.machine import Machine
from fewqubit.base.extras import needs
from fewqubit.errors import DeviceError

with needs("ibm", "IBM's devices"):
    from qiskit_ibm_runtime import QiskitRuntimeService
    from qiskit_ibm_runtime.accounts.exceptions import AccountNotFoundError
    from qiskit_ibm_runtime.exceptions import IBMError
    from qiskit_ibm_runtime.executor_sampler import Sampler


def ibm(name: str) -> Machine:
    """The device ``name`` of the saved account; "fake_…" names run in Runtime's local testing mode.

    Raises ``DeviceError`` without an account, without the device, or without a connection.
    """
    device = _device(name)
    # the seed is heard in local testing mode alone
    return Machine(
        name, device, lambda seed: Sampler(device, {"simulator": {"seed_simulator": seed}})
    )


def _device(name: str) -> BackendV2:
    try:
        local = name.startswith("fake_")
        service = QiskitRuntimeService(channel="local") if local else QiskitRuntimeService()
        return service.backend(name)
    except AccountNotFoundError:
        raise DeviceError(
            f"backend 'ibm:{name}' needs an account of IBM Quantum, and none is saved; save one "
            "with QiskitRuntimeService.save_account, or choose noisy:<fake device>"
        ) from None
    except QiskitBackendNotFoundError:
        raise DeviceError(f"backend 'ibm:{name}': the account has no device '{name}'") from None
    except (IBMError, OSError) as error:
        raise DeviceError(f"backend 'ibm:{name}': {' '.join(str(error).split())}") from error
