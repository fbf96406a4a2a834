"""What a frozen encoder gave, kept in parts: by the content of the encoder and of the examples.

A part is two files, ``KEY.npz`` and its card ``KEY.json``. A run that was interrupted goes on at
the part where it stood; a data set that has grown at its end keeps the parts that it had.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.errors import ArtifactError
from fewqubit.io.cards import read_card, write_card
from fewqubit.io.files import read_npz, set_aside, write_npz

FORMAT = 1


class Part(NamedTuple):
    """What the encoder gave for some examples.

    vectors:  float32, one below the other
    lengths:  how many vectors each example has
    cut:      how many examples were longer than what the encoder reads
    """

    vectors: Float[np.ndarray, "n d"]
    lengths: Int[np.ndarray, " examples"]
    cut: int


def content(example: Any) -> bytes:
    """The bytes of a raw example: a text, an array, or a sequence of such."""
    if isinstance(example, str):
        return b"t" + example.encode("utf-8", "surrogatepass")
    if isinstance(example, np.ndarray):
        head = f"a{example.dtype.str}{list(example.shape)}".encode()
        return head + np.ascontiguousarray(example).tobytes()
    inner = [content(one) for one in example]
    return b"s" + b"".join(len(one).to_bytes(8, "big") + one for one in inner)


def key(asked: Any, contents: Sequence[bytes]) -> str:
    """The name of a part: of what is asked of which encoder, and of the examples in their order."""
    digest = hashlib.sha256(json.dumps([FORMAT, asked], sort_keys=True).encode())
    for one in contents:
        digest.update(hashlib.sha256(one).digest())
    return digest.hexdigest()[:40]


def read_part(folder: Path, name: str, n_examples: int) -> Part | None:
    """The part ``name``, if it is there; one that is damaged is set aside."""
    card_path = folder / f"{name}.json"
    if not card_path.exists():
        return None
    try:
        card = read_card(card_path, [f"{name}.npz"], format=FORMAT)
        arrays = read_npz(folder / f"{name}.npz")
        part = Part(arrays["vectors"], arrays["lengths"], card["cut"])
        if len(part.lengths) != n_examples:
            raise ArtifactError(f"{card_path}: of other examples")
        return part
    except ArtifactError as error:
        set_aside(card_path, error, "these examples are embedded again")
        return None


def write_part(folder: Path, name: str, part: Part) -> None:
    """Keep ``part``; its card comes last."""
    write_npz(folder / f"{name}.npz", {"vectors": part.vectors, "lengths": part.lengths})
    write_card(folder / f"{name}.json", {"format": FORMAT, "cut": part.cut}, [f"{name}.npz"])
