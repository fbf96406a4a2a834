"""Named entities of a type that was never learned, from K to 2K of them: wikigold, type by type.

    python -m benchmarks.entities SENTENCES MODEL_FOLDER OUT

SENTENCES is a file or folder that ``fewqubit.entities.read`` reads; MODEL_FOLDER a transformer,
whose word vectors are used as they are. OUT gets results.json and README.md.
"""

import argparse
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import fewqubit as fq
from fewqubit.data.embeddings import Embed, token_vectors
from fewqubit.entities.read import count_types, read_sentences
from fewqubit.entities.sampler import EpisodeShape
from fewqubit.entities.study import Found, Plan, leave_one_out
from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.evaluate.verdict import Verdict, compare, verdicts
from fewqubit.io.files import write_json, write_text
from fewqubit.keys import root_key, stream

QUANTUM, MARGIN, CONFIDENCE, RESAMPLES = "quantum", 0.02, 0.95, 2000
ARMS = (QUANTUM, "twin")
LEARNER = fq.ProtoNet(
    fq.Mlp(()),
    fq.Circuit("hardware_efficient", n_qubits=6, repetitions=4, bandwidth=0.1),
    training=fq.Training(steps=200, tasks_per_step=4, learning_rate=0.01, weight_decay=0.1),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study and write what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name in ("sentences", "model", "out"):
        parser.add_argument(name, type=Path)
    for name, usual in (("shots", 5), ("episodes", 100), ("seeds", 3)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args(arguments)
    sentences = read_sentences(asked.sentences)
    embed = Embed(str(asked.model), library="transformers")
    vectors = token_vectors([one.words for one in sentences], embed)
    plan = Plan(EpisodeShape(1, asked.shots, asked.shots), 20, asked.episodes)
    found = [
        *leave_one_out(
            sentences,
            vectors,
            _classifiers(asked.seeds),
            plan,
            root_key(0),
            tell=lambda line: print(line, file=sys.stderr),
        )
    ]
    values, words = _read(found)
    rows = _rows(values, words, found)
    write_json(asked.out / "results.json", {"rows": rows, "found": [_plain(one) for one in found]})
    about = f"{len(sentences)} sentences, {count_types(sentences)}; " + (
        f"K = {asked.shots}, {asked.episodes} episodes for each type, {asked.seeds} training seeds"
    )
    write_text(asked.out / "README.md", _page(rows, found, about))


def _classifiers(seeds: int) -> dict[str, fq.FewShotClassifier]:
    return {
        arm: fq.FewShotClassifier(
            LEARNER, arm=arm, seeds=seeds, n_way=4, n_shot=5, n_query=5, validation=0, verbose=False
        )
        for arm in ARMS
    }


def _read(found: Sequence[Found]) -> tuple[dict[str, np.ndarray], dict[str, Verdict]]:
    """F1 [seeds, all episodes] of each tagger, and quantum − tagger as verdicts of one family."""
    parts = defaultdict(list)
    for one in found:
        parts[one.tagger].append(one.f1)
    values = {name: np.concatenate(rows, axis=1) for name, rows in parts.items()}
    resamples = _resamples(values[QUANTUM].shape[1])
    others = {name: rows for name, rows in values.items() if name != QUANTUM}
    family = {
        name: compare(values[QUANTUM], rows, resamples, MARGIN, CONFIDENCE, len(others))
        for name, rows in others.items()
    }
    return values, verdicts(family, CONFIDENCE)


def _resamples(n_episodes: int) -> np.ndarray:
    return episode_resamples(stream(root_key(0), "resamples"), n_episodes, RESAMPLES)


def _rows(
    values: dict[str, np.ndarray], words: dict[str, Verdict], found: Sequence[Found]
) -> list[dict[str, object]]:
    rows = []
    for name, f1 in values.items():
        low, high = interval(distribution(f1, _resamples(f1.shape[1])), CONFIDENCE)
        by_type = {one.left_out: float(one.f1.mean()) for one in found if one.tagger == name}
        row: dict[str, object] = {
            "tagger": name,
            "f1": float(f1.mean()),
            "low": float(low),
            "high": float(high),
        }
        if name in words:
            verdict = words[name]
            row |= {
                "difference": verdict.comparison.difference,
                "low_difference": verdict.comparison.low_all,
                "high_difference": verdict.comparison.high_all,
                "p": verdict.p_difference,
                "word": verdict.word,
            }
        rows.append(row | {"types": by_type})
    return rows


def _plain(one: Found) -> dict[str, object]:
    return {**one._asdict(), "f1": one.f1.round(6).tolist(), "reading": one.reading._asdict()}


def _page(rows: Sequence[dict], found: Sequence[Found], about: str) -> str:
    types = sorted({one.left_out for one in found})
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    head = ["tagger", "F1", "95 %", *types, "quantum − it", "95 %, all at once", "verdict"]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for row in rows:
        cells = [
            row["tagger"],
            f"{row['f1']:.1%}",
            f"{row['low']:.1%} … {row['high']:.1%}",
            *(f"{row['types'][kind]:.1%}" for kind in types),
        ]
        if "word" in row:
            ends = f"{row['low_difference']:+.1%} … {row['high_difference']:+.1%}"
            cells += [f"{row['difference']:+.1%}", ends, row["word"]]
        else:
            cells += ["", "", ""]
        lines.append(f"| {' | '.join(cells)} |")
    table = "\n".join(lines)
    return f"""# Entities of a type that was never learned

{about}.

{table}

Micro-F1 of entities in each episode, mean over episodes, types and seeds. Written by
`python -m benchmarks.entities` at commit {commit}.
"""


if __name__ == "__main__":
    main()
