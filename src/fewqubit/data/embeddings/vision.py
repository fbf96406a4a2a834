"""Frozen encoders of images, from a folder with ``config.json`` and ``model.safetensors``."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from fewqubit.base.extras import needs
from fewqubit.base.io.files import read_json
from fewqubit.data.embeddings.libraries import Loaded, precision, read_model
from fewqubit.data.embeddings.settings import Embed
from fewqubit.errors import DataError

WHAT = "a frozen encoder of images"


class Levels(NamedTuple):
    """The input of a network: side of its images (None: any); levels become (x − mean) / std."""

    side: int | None
    mean: Sequence[float]
    std: Sequence[float]


def timm(folder: Path, embed: Embed) -> Loaded:
    """Encode an image as the features before timm's classifier."""
    with needs("vision", WHAT):
        import timm as library
    model = read_model(
        folder, lambda: library.create_model(f"local-dir:{folder}", pretrained=True, num_classes=0)
    )
    known = library.data.resolve_model_data_config(model)
    side = known["input_size"][-1] if known.get("fixed_input_size") else None
    return _loaded(model, lambda x: model(x), Levels(side, known["mean"], known["std"]), embed)


def transformers(folder: Path, embed: Embed) -> Loaded:
    """Encode an image as the mean of its patches' last hidden states, or as the first of them."""
    with needs("text", WHAT):
        from transformers import AutoModel
    model = read_model(
        folder, lambda: AutoModel.from_pretrained(str(folder), local_files_only=True)
    )
    place = folder / "preprocessor_config.json"
    known = read_json(place) if place.is_file() else {}
    levels = Levels(
        getattr(model.config, "image_size", None),
        known.get("image_mean", [0.5] * 3),
        known.get("image_std", [0.5] * 3),
    )

    def pooled(x: Any) -> Any:
        states = model(pixel_values=x).last_hidden_state
        if states.ndim == 4:  # a convolutional network: channels, rows, columns
            states = states.flatten(2).transpose(1, 2)
        return states.mean(1) if embed.pooling == "mean" else states[:, 0]

    return _loaded(model, pooled, levels, embed)


def _loaded(model: Any, forward: Callable[[Any], Any], levels: Levels, embed: Embed) -> Loaded:
    """The encoder on a GPU if there is one; it encodes a batch at a time."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.eval().to(device)

    def encode(images: Sequence[np.ndarray]) -> Float[np.ndarray, "n d"]:
        rows = []
        for start in range(0, len(images), embed.batch):
            batch = np.stack(
                [_as_asked(one, levels) for one in images[start : start + embed.batch]]
            )
            with torch.inference_mode(), precision(embed, device):
                rows.append(forward(torch.from_numpy(batch).to(device)).float().cpu().numpy())
        return np.concatenate(rows)

    return Loaded(encode)


def _as_asked(image: UInt8[np.ndarray, "..."], levels: Levels) -> Float[np.ndarray, "3 side side"]:
    """The image with levels as in the network's training. Raises DataError: its size is wrong."""
    if levels.side not in (None, image.shape[0]):
        raise DataError(
            f"embed.model: expected images of {levels.side} × {levels.side}, got "
            f"{image.shape[0]} × {image.shape[1]}; set pictures.size to {levels.side}"
        )
    colours = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=-1)
    scaled = (colours / 255 - np.asarray(levels.mean)) / np.asarray(levels.std)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), np.float32)


IMAGES: dict[str, tuple[str, Callable[[Path, Embed], Loaded]]] = {  # the extra that brings it
    "timm": ("vision", timm),
    "transformers": ("text", transformers),
}
