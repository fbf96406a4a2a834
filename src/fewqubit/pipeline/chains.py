"""Stages that can only follow one another, as one piece of work: DVC then starts once for all."""

from collections.abc import Collection, Mapping

Chain = tuple[str, ...]


def chains(upstream: Mapping[str, Collection[str]]) -> dict[Chain, set[Chain]]:
    """The chains of a graph, and for each those whose stages it reads.

    A stage joins the one before it if nothing else has to end before it starts, and nothing else
    can start when the one before it has ended: a worker that stops between them gains nothing.
    """
    direct = _direct(upstream)
    followers = {stage: {s for s in direct if stage in direct[s]} for stage in upstream}
    before = {
        stage: next(iter(sources))
        for stage, sources in direct.items()
        if len(sources) == 1 and all(len(followers[source]) == 1 for source in sources)
    }
    after = {source: stage for stage, source in before.items()}
    found = [_along(after, stage) for stage in upstream if stage not in before]
    home = {stage: chain for chain in found for stage in chain}
    return {chain: {home[source] for source in upstream[chain[0]]} for chain in found}


def _along(after: Mapping[str, str], stage: str) -> Chain:
    chain = [stage]
    while chain[-1] in after:
        chain.append(after[chain[-1]])
    return tuple(chain)


def _direct(upstream: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The edges that no longer way stands for (the transitive reduction)."""
    above: dict[str, set[str]] = {}

    def ancestors(stage: str) -> set[str]:
        if stage not in above:
            above[stage] = set().union(*({s} | ancestors(s) for s in upstream[stage]))
        return above[stage]

    return {
        stage: {s for s in sources if not any(s in ancestors(other) for other in sources)}
        for stage, sources in upstream.items()
    }
