"""Requirements that reproduce a project elsewhere: Fewqubit and its installed dependencies."""

from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement

NAME, EXTRA = "fewqubit", "all"


def pinned() -> list[str]:
    """Lines of requirements.txt: ``fewqubit[all]==…``, then all that it needs, as installed here.

    A requirement that is not installed here has no line.
    """
    found: dict[str, str] = {}
    waiting, met = [(NAME, EXTRA)], set()
    while waiting:
        name, extra = place = waiting.pop()
        if place in met:
            continue
        met.add(place)
        try:
            known = distribution(name)
        except PackageNotFoundError:
            continue
        found[known.name.lower()] = known.version
        for needed in _needed(known, extra):
            waiting += [(needed.name, one) for one in ("", *sorted(needed.extras))]
    version = found.pop(NAME)
    lines = [f"{name}=={version}" for name, version in sorted(found.items())]
    return [f"{NAME}[{EXTRA}]=={version}", *lines]


def _needed(known: Distribution, extra: str) -> list[Requirement]:
    """What ``known`` requires here, with its ``extra``."""
    all_of_it = map(Requirement, known.requires or ())
    return [one for one in all_of_it if one.marker is None or one.marker.evaluate({"extra": extra})]
