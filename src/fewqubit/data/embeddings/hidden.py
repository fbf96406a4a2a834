"""Hidden states of a transformer's layers, beside the vector of a text."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fewqubit.data.embeddings.settings import Embed
from fewqubit.errors import DataError

# a batch of texts -> vectors [n, d], states [n, length, width] before and after each layer, mask
Passed = Callable[[Sequence[str]], tuple[Any, Sequence[Any], Any]]


def check_layers(embed: Embed, network: Any) -> None:
    """Raise DataError: the model has no such layer, or no layers that one could read."""
    if not embed.layers:
        return
    n_layers = getattr(getattr(network, "config", None), "num_hidden_layers", None)
    if n_layers is None:
        raise DataError(
            f"embed.layers: {embed.model} has no layers of a transformer to read; leave it out"
        )
    if (last := max(embed.layers)) > n_layers:
        raise DataError(
            f"embed.layers: expected layers of {embed.model}, from 0 (what enters the first) to "
            f"{n_layers}, got {last}"
        )


def with_layers(
    texts: Sequence[str], passed: Passed, embed: Embed
) -> Float[np.ndarray, "n parts*d"]:
    """The vector of each text, followed by the mean of its tokens' states after each layer.

    If ``embed.normalize``, the vector has length 1, and so have the means together, each of them
    as long as the others. Texts of like length share a batch, which is padded to its longest.
    """
    import torch

    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    rows: dict[int, np.ndarray] = {}
    for start in range(0, len(order), embed.batch):
        places = order[start : start + embed.batch]
        with torch.inference_mode():
            vectors, states, mask = passed([texts[place] for place in places])
            means = [mean_state(states[layer], mask) for layer in embed.layers]
            parts = [part.float() for part in (vectors, *means)]
            if embed.normalize:
                weights = [1.0] + [len(means) ** -0.5] * len(means)
                units = (torch.nn.functional.normalize(part, dim=1) for part in parts)
                parts = [weight * unit for weight, unit in zip(weights, units, strict=True)]
        rows |= zip(places, torch.cat(parts, dim=1).cpu().numpy(), strict=True)
    return np.stack([rows[place] for place in range(len(texts))])


def mean_state(states: Any, mask: Any) -> Any:
    """The mean of each text's token states [n, length, width]; ``mask`` is 0 at the padding."""
    there = mask[:, :, None]
    return (states * there).sum(1) / there.sum(1)
