"""Load a frozen encoder from a folder: a function for each library, imported where it is used."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.base.extras import needs
from fewqubit.data.embeddings.hidden import check_layers, mean_state, with_layers
from fewqubit.data.embeddings.settings import Embed
from fewqubit.errors import DataError

# raw examples -> an array [n, d], or for tokens a list of arrays [length, d]
Encode = Callable[[Sequence[Any]], Any]
FAULTS = (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError)


class Loaded(NamedTuple):
    """A frozen encoder in memory.

    encode:   raw examples -> their vectors
    cut:      raw examples -> how many are longer than the encoder's input
    network:  the torch module whose layers an adapter may change, if any
    forward:  a batch of raw examples -> vectors, differentiable with respect to ``network``
    """

    encode: Encode
    cut: Callable[[Sequence[Any]], int] = lambda examples: 0
    network: Any = None
    forward: Encode | None = None


def sentence_transformers(folder: Path, embed: Embed) -> Loaded:
    """Encode a text as the sentence embedding of its model."""
    with needs("text", "a frozen encoder of texts"):
        from sentence_transformers import SentenceTransformer
        from transformers import PreTrainedModel
    model = _read(folder, lambda: SentenceTransformer(str(folder), local_files_only=True))
    if embed.length is not None:
        model.max_seq_length = embed.length
    network = next((one for one in model.modules() if isinstance(one, PreTrainedModel)), None)
    check_layers(embed, network)
    if network is not None and embed.layers:
        network.config.output_hidden_states = True

    def passed(texts: Sequence[str]) -> Any:
        read = model.preprocess if hasattr(model, "preprocess") else model.tokenize  # version 5
        asked = read(list(texts))
        on_device = {
            name: part.to(model.device) for name, part in asked.items() if hasattr(part, "to")
        }
        with precision(embed, model.device.type):
            return model(on_device)

    def forward(texts: Sequence[str]) -> Any:
        return passed(texts)["sentence_embedding"]

    def parts(texts: Sequence[str]) -> tuple[Any, Sequence[Any], Any]:
        found = passed(texts)
        return (
            found["sentence_embedding"],
            found["all_layer_embeddings"],
            found["attention_mask"],
        )

    def encode(texts: Sequence[str]) -> Float[np.ndarray, "n d"]:
        if embed.layers:
            return with_layers(texts, parts, embed)
        with precision(embed, model.device.type):
            found: np.ndarray = model.encode(
                list(texts), batch_size=embed.batch, show_progress_bar=False, convert_to_numpy=True
            )
        return found

    def cut(texts: Sequence[str]) -> int:
        return _n_longer(model.tokenizer, texts, model.max_seq_length)

    return Loaded(encode, cut, network, forward)


def transformers(folder: Path, embed: Embed) -> Loaded:
    """Encode a text as the mean of its tokens' last hidden states, or as the first of them."""
    tokenizer, model, device = transformer(folder)
    most = _most_tokens(tokenizer, model, embed)
    check_layers(embed, model)

    def parts(texts: Sequence[str]) -> tuple[Any, Sequence[Any], Any]:
        asked = tokenizer(
            list(texts), padding=True, truncation=True, max_length=most, return_tensors="pt"
        ).to(device)
        with precision(embed, device):
            found = model(**asked, output_hidden_states=bool(embed.layers))
        states, mask = found.last_hidden_state, asked["attention_mask"]
        pooled = states[:, 0] if embed.pooling == "first" else mean_state(states, mask)
        return pooled, found.hidden_states, mask

    def forward(texts: Sequence[str]) -> Any:
        return parts(texts)[0]

    def encode(texts: Sequence[str]) -> Float[np.ndarray, "n d"]:
        import torch

        if embed.layers:
            return with_layers(texts, parts, embed)
        rows = []
        for start in range(0, len(texts), embed.batch):
            with torch.inference_mode():
                pooled = forward(texts[start : start + embed.batch])
            rows.append(pooled.float().cpu().numpy())
        return np.concatenate(rows)

    return Loaded(encode, lambda texts: _n_longer(tokenizer, texts, most), model, forward)


def transformer_tokens(folder: Path, embed: Embed) -> Loaded:
    """Encode each word as the mean of its pieces' last hidden states, or as the first of them.

    Words beyond the model's maximum length get the vector 0.
    """
    tokenizer, model, device = transformer(folder)
    most = _most_tokens(tokenizer, model, embed)

    def asked_of(sentences: Sequence[Sequence[str]]) -> Any:
        words = [list(sentence) for sentence in sentences]
        return tokenizer(
            words,
            is_split_into_words=True,
            padding=True,
            truncation=True,
            max_length=most,
            return_tensors="pt",
        )

    def encode(sentences: Sequence[Sequence[str]]) -> list[Float[np.ndarray, "words d"]]:
        import torch

        rows = []
        for start in range(0, len(sentences), embed.batch):
            batch = sentences[start : start + embed.batch]
            asked = asked_of(batch)
            with torch.inference_mode(), precision(embed, device):
                states = model(**asked.to(device)).last_hidden_state.float().cpu().numpy()
            for place, sentence in enumerate(batch):
                word_of = asked.word_ids(place)
                rows.append(_of_words(states[place], word_of, len(sentence), embed.pooling))
        return rows

    def cut(sentences: Sequence[Sequence[str]]) -> int:
        texts = [" ".join(sentence) for sentence in sentences]
        return _n_longer(tokenizer, texts, most)

    return Loaded(encode, cut)


def transformer(folder: Path) -> tuple[Any, Any, str]:
    """Tokenizer, model and device: a GPU if there is one."""
    with needs("text", "a frozen encoder of texts"):
        import torch
        from transformers import AutoModel, AutoTokenizer
    device = "cuda" if torch.cuda.is_available() else "cpu"
    where = {"local_files_only": True}
    tokenizer = _read(folder, lambda: AutoTokenizer.from_pretrained(str(folder), **where))
    model = _read(folder, lambda: AutoModel.from_pretrained(str(folder), **where))
    return tokenizer, model.eval().to(device), device


def precision(embed: Embed, device: str) -> Any:
    """A context in which the network's matrix products have the precision of the settings."""
    import torch

    return torch.autocast(device, torch.bfloat16, enabled=embed.precision == "bfloat16")


def _of_words(
    states: np.ndarray, word_of: Sequence[int | None], n_words: int, pooling: str
) -> np.ndarray:
    """The vector of each word, from the hidden states of its pieces."""
    found = np.zeros((n_words, states.shape[1]), np.float32)
    pieces: dict[int, list[int]] = {}
    for piece, word in enumerate(word_of):
        if word is not None:
            pieces.setdefault(word, []).append(piece)
    for word, places in pieces.items():
        found[word] = states[places].mean(0) if pooling == "mean" else states[places[0]]
    return found


def _most_tokens(tokenizer: Any, model: Any, embed: Embed) -> int:
    """The length in the settings, but at most the number of the model's positions."""
    known = [tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", 512)]
    return int(min(known if embed.length is None else [*known, embed.length]))


def _n_longer(tokenizer: Any, texts: Sequence[str], most: int | None) -> int:
    if most is None:
        return 0
    ids = tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
    return sum(len(one) > most for one in ids)


def _read(folder: Path, load: Callable[[], Any]) -> Any:
    """``read_model`` without the bar that ``transformers`` shows."""
    from transformers.utils import logging

    logging.disable_progress_bar()  # it would show one second of reading weights
    return read_model(folder, load)


def read_model(folder: Path, load: Callable[[], Any]) -> Any:
    """``load()``; a library's error about a folder without such a model becomes one line."""
    try:
        return load()
    except FAULTS as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise DataError(
            f"embed.model: {folder} cannot be read as a model: {reason}; check folder and library"
        ) from error


LIBRARIES: dict[str, tuple[str, Callable[[Path, Embed], Loaded]]] = {  # the extra that brings it
    "sentence-transformers": ("text", sentence_transformers),
    "transformers": ("text", transformers),
}
TOKENS: dict[str, tuple[str, Callable[[Path, Embed], Loaded]]] = {
    "sentence-transformers": ("text", transformer_tokens),  # the transformer in its folder
    "transformers": ("text", transformer_tokens),
}
