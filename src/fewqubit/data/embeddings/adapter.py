"""What fine-tuning adds to an encoder: small arrays, saved with the model, and a checksum."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Adapter:
    """A low-rank update of some layers: W + (alpha / rank) B A replaces W.

    weights:  A and B of each layer, by the layer's name in the transformer
    rank:     rows of A, columns of B
    alpha:    rank times the scale of the update
    targets:  last parts of the names of the layers

    An adapter equals only itself, so that a cache finds the model that was loaded with it.
    """

    weights: Mapping[str, np.ndarray]
    rank: int
    alpha: float
    targets: tuple[str, ...]

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the update: of its arrays, their names, and its scale."""
        scale = self.alpha / self.rank
        digest = hashlib.sha256(f"lora\0{scale!r}\0".encode())
        for name in sorted(self.weights):
            array = np.ascontiguousarray(self.weights[name], np.float32)
            digest.update(f"{name}\0{list(array.shape)}\0".encode() + array.tobytes())
        return digest.hexdigest()


def tuned_checksum(encoder: str, adapter: Adapter) -> str:
    """The checksum of an encoder with ``adapter``; ``encoder`` is its checksum without one."""
    return hashlib.sha256(f"{encoder}\0{adapter.checksum}".encode()).hexdigest()
