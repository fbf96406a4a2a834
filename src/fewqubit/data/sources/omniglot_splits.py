"""Published splits of Omniglot by name: which characters are in which part."""

from importlib.resources import files


def named_split(name: str) -> dict[str, list[str]]:
    """Characters "alphabet/character07" of each part of the split ``name``.

    ``vinyals``: 1028 / 172 / 423 characters (Vinyals et al. 2016, arXiv:1606.04080).
    ``background_evaluation``: the two sets of Lake et al. (2015); no alphabet is in two parts.
    """
    text = (
        files("fewqubit.data.sources").joinpath(f"omniglot_{name}.txt").read_text(encoding="utf-8")
    )
    lists: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            part, alphabet, first, last = line.split()
            numbers = range(int(first), int(last) + 1)
            lists.setdefault(part, []).extend(character(alphabet, number) for number in numbers)
    return lists


def character(alphabet: str, number: int) -> str:
    """The name of a character, as in Omniglot's own folders."""
    return f"{alphabet}/character{number:02d}"
