"""Stages that must follow one another, as one piece of work: one order for a DVC."""

from collections.abc import Collection, Mapping

Chain = tuple[str, ...]


def chains(upstream: Mapping[str, Collection[str]]) -> dict[Chain, set[Chain]]:
    """The chains of a graph, and for each chain the chains whose stages it reads.

    A stage joins its predecessor if it waits for no other stage and no other stage waits for that
    predecessor. Stopping between the two would free no work for another worker.
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
    """The edges that no longer path replaces: the transitive reduction."""
    above: dict[str, set[str]] = {}

    def ancestors(stage: str) -> set[str]:
        if stage not in above:
            above[stage] = set().union(*({s} | ancestors(s) for s in upstream[stage]))
        return above[stage]

    return {
        stage: {s for s in sources if not any(s in ancestors(other) for other in sources)}
        for stage, sources in upstream.items()
    }
