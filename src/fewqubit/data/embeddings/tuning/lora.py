"""Low-rank adapters in a network of torch, by the library peft."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from fewqubit.base.extras import needs
from fewqubit.data.embeddings.adapter import Adapter
from fewqubit.data.embeddings.libraries import Loaded
from fewqubit.errors import DataError

WHAT = "an encoder that is fine-tuned (embed.tune)"
PREFIX = "base_model.model."  # peft's name for the network that it wraps


def adapted(loaded: Loaded, adapter: Adapter) -> Loaded:
    """``loaded`` with its layers changed in place by the adapter; nobody else may use it."""
    wrapped = wrap(loaded.network, adapter.rank, adapter.alpha, adapter.targets)
    put(wrapped, adapter.weights)
    wrapped.eval()
    return loaded


def wrap(network: Any, rank: int, alpha: float, targets: tuple[str, ...]) -> Any:
    """peft's model around ``network``; it changes the target layers in place.

    A is random, from torch's generator, and B is 0, so that outputs do not change yet (Hu et al.
    2021, arXiv 2106.09685, section 4.1). Raises DataError: no layer has such a name;
    MissingExtraError.
    """
    with needs("text", WHAT):
        from peft import LoraConfig, get_peft_model
    names = {name.rpartition(".")[2] for name, layer in network.named_modules() if _plain(layer)}
    if missing := sorted(set(targets) - names):
        raise DataError(
            f"embed.tune.targets: no layer of the encoder is called {missing[0]}; its linear "
            f"layers are called {', '.join(sorted(names))}"
        )
    asked = LoraConfig(r=rank, lora_alpha=alpha, target_modules=[*targets])
    return get_peft_model(network, asked)


def taken(wrapped: Any) -> dict[str, np.ndarray]:
    """A and B of every adapted layer, by its name."""
    from peft import get_peft_model_state_dict

    found = get_peft_model_state_dict(wrapped)
    return {
        name.removeprefix(PREFIX): part.detach().float().cpu().numpy().copy()
        for name, part in found.items()
    }


def put(wrapped: Any, weights: Mapping[str, np.ndarray]) -> None:
    """Set A and B. Raises DataError: they do not fit the network."""
    import torch
    from peft import set_peft_model_state_dict

    expected = {name: part.shape for name, part in taken(wrapped).items()}
    if expected != {name: part.shape for name, part in weights.items()}:
        raise DataError(
            "embed.tune: the adapter belongs to another encoder: names or shapes of its arrays are "
            "not those of this one's layers"
        )
    tensors = {PREFIX + name: torch.from_numpy(np.array(one)) for name, one in weights.items()}
    set_peft_model_state_dict(wrapped, tensors)


def _plain(layer: Any) -> bool:
    """Whether the layer can have a low-rank update: it multiplies by a weight matrix."""
    import torch

    return isinstance(layer, torch.nn.Linear)
