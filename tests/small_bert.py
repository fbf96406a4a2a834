"""A transformer of two random layers in the format of real ones, for the tests of encoders."""

from pathlib import Path

from fewqubit.base.extras import there

WORDS = ["send", "money", "##y", "now", "x", *(f"w{number}" for number in range(10))]


def is_possible() -> bool:
    """Whether the libraries are there."""
    return there("transformers") and there("torch")


def write(folder: Path) -> Path:
    """Write a BERT of width 8, and its tokenizer, into ``folder``; nothing is downloaded."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(words))
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=16)
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 8}
    config = BertConfig(
        vocab_size=len(words), num_hidden_layers=2, max_position_embeddings=16, **sizes
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
