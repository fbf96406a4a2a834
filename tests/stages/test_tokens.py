"""Sentences with entities, from a file to F1: prepare, meta_train, evaluate, baseline."""

import sys
import types
from functools import partial
from pathlib import Path

import jax
import numpy as np
import pytest

from fewqubit.base.io.files import read_json
from fewqubit.base.keys import root_key
from fewqubit.config import Baselines, Circuit, Episodes, Evaluation, Tokens, section_of
from fewqubit.data.examples import load_sentences
from fewqubit.data.prepared import kin, read_classes
from fewqubit.data.sources.sentences.sentence import Sentence, Span
from fewqubit.data.sources.sentences.spans import parse_spans
from fewqubit.errors import ArtifactError, DataError
from fewqubit.evaluate.baselines.candidates import BASELINES
from fewqubit.evaluate.entities.finder import EntityFinder, as_json_lines, f1
from fewqubit.evaluate.entities.kept import load_finder, save_finder
from fewqubit.evaluate.entities.material import load_words
from fewqubit.evaluate.entities.measure import answers
from fewqubit.evaluate.entities.reading import COARSE, tags_of, word_log_p
from fewqubit.evaluate.entities.tuned import baseline_figures, measure_baseline
from fewqubit.evaluate.result_files import read_episodes
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.predict.trained import load_trained
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.meta_train import TrainingJob, load_training_data, train_and_save
from fewqubit.stages.prepare import prepare
from fewqubit.tasks import load_manifest, sample_task
from fewqubit.tasks.sentences import load_sentence_episodes

TYPES = ("LOC", "MISC", "ORG", "PER")
SPLIT = {"meta_train": ["LOC", "ORG"], "validation": ["MISC"], "meta_test": ["PER"]}
EPISODES = {"n_way": 2, "n_shot": 2, "n_query": 2, "n_validation": 16, "n_test": 40}
READING = Evaluation(resamples=100, curve_episodes=8)
PROTONET = section_of(
    ProtoNet(
        encoder=Mlp(()),
        circuit=Circuit("angle", n_qubits=3),
        training=Training(steps=20, validate_every=10, tasks_per_step=2, learning_rate=0.03),
    ),
    seeds=2,
)


def made_up(path: Path) -> Path:
    """Sentences of nine words with an entity of two words; each third has one of another type."""
    random, lines = np.random.default_rng(0), []
    for number in range(160):
        tags = ["O"] * 9
        tags[1:3] = [f"B-{TYPES[number % 4]}", f"I-{TYPES[number % 4]}"]
        if number % 3 == 0:
            tags[5] = f"B-{random.choice(TYPES)}"
        lines += [f"{tag[-4:].strip('-')}{number}.{n}\t{tag}" for n, tag in enumerate(tags)] + [""]
    path.write_text("\n".join(lines))
    return path


def places(sentences: list[list[str]]) -> list[np.ndarray]:
    """A word lies where its kind does, and a little off, as its own text says."""
    centres = 3 * np.eye(5, 6)
    kinds = [name[0] for name in (*TYPES, "O")]
    return [
        np.stack(
            [
                centres[kinds.index(word.lstrip("-")[0])]
                + 0.3 * np.random.default_rng([*word.encode()]).normal(size=6)
                for word in words
            ]
        )
        for words in sentences
    ]


@pytest.fixture
def settings(tmp_path: Path, allow, monkeypatch) -> Tokens:
    module = types.ModuleType("lying")
    module.places = places
    monkeypatch.setitem(sys.modules, "lying", module)
    allow("lying")
    said = {
        "source": "tokens",
        "path": str(made_up(tmp_path / "made.conll")),
        "embed": {"model": "lying:places"},
        "split": SPLIT,
        "episodes": EPISODES,
    }
    return Tokens.model_validate(said)


@pytest.fixture
def prepared(settings: Tokens, tmp_path: Path, capsys: pytest.CaptureFixture) -> Path:
    prepare("made", settings, root_key(0), tmp_path / "prepared")
    said = capsys.readouterr().err
    assert "columns by tabs, tags BIO; 160 sentences" in said
    assert "entities by type: LOC" in said
    return tmp_path / "prepared"


def test_no_sentence_is_learned_from_for_another_part(prepared: Path) -> None:
    known = read_classes(prepared, ("examples.npz", "first_task.csv"))
    assert known["embedding"]["embed"]["model"] == "lying:places"
    header, first, *_ = (prepared / "first_task.csv").read_text().splitlines()
    assert header == "label,word"
    assert first.split(",")[0] in ("PER", "O (meta_test)")
    sentences, y = load_sentences(prepared / "examples.npz"), load_words(prepared).y
    part = np.repeat(sentences.parts, np.diff(sentences.starts, append=len(y)))
    for number, classes in enumerate(known["split"].values()):
        assert set(y[part == number].tolist()) == set(classes)
    first, _, kind = sentences.spans.T
    of_test = known["names"].index("PER")
    assert (part[first[kind == of_test]] == 2).all(), "a PER makes its sentence one of meta-test"
    for name in ("validation", "test"):
        drawn = load_sentence_episodes(prepared / f"manifest_{name}.npz")
        for shown, asked in zip(drawn.of_support(), drawn.of_query(), strict=True):
            assert not set(shown.tolist()) & set(asked.tolist())
    manifest = load_manifest(prepared / "manifest_test.npz")
    assert (np.sort(manifest.class_ids, axis=1) == [of_test, known["outside"][2]]).all()
    assert len(np.unique(manifest.class_ids[:, 0])) == 2, "O is under any label"


def test_every_training_task_has_o(prepared: Path) -> None:
    material, known = load_training_data(prepared), read_classes(prepared, ())
    first_o, keys = known["outside"][0], jax.random.split(root_key(1), 40)
    for index in (material.classes, material.every):
        drawn = jax.vmap(partial(sample_task, index=index, n_way=2, n_shot=2, n_query=2))(keys)
        assert (drawn.class_ids == first_o).any(axis=1).all()
        assert 5 < (drawn.class_ids[:, 0] == first_o).sum() < 35
    assert known["outside"][1] not in material.every.class_ids.tolist()


def test_entities_are_learned_and_found(prepared: Path, tmp_path: Path) -> None:
    names = ("made", "protonet", "quantum")
    work = TrainingJob(*names, PROTONET, Episodes(**EPISODES), prepared)
    trained, place = tmp_path / "trained", tmp_path.joinpath("evaluated", *names)
    train_and_save(work, root_key(0), trained)
    evaluate_and_save(trained, prepared, READING, root_key(0), place)
    found, figures = read_episodes(place / "episodes.parquet"), read_json(place / "metrics.json")
    assert found.after.shape == (2, 40)
    assert found.after.mean() > 0.6
    assert found.before.mean() < 0.3
    assert abs(found.permuted.mean() - 0.5) < 0.2
    assert np.allclose(found.by_class[..., 0], found.after), "of one type"
    assert figures["accuracy"] == found.after.mean()
    rows = (place / "confusion.csv").read_text().splitlines()
    assert any(row.startswith("PER,PER,") for row in rows)
    _check_stopped_by_entities(trained, prepared)
    _check_found(EntityFinder.load(trained, prepared, place), tmp_path / "kept")


def _check_stopped_by_entities(trained: Path, prepared: Path) -> None:
    """What validated is F1 of the parameters that were kept, counted here word by word."""
    card, words = read_json(trained / "learner.json"), load_words(prepared)
    assert card["score"] == "entity F1"
    given = answers(load_trained(trained), words.x, words.validation)
    for logits, said in zip(given, card["validation_accuracy"], strict=True):
        log_p = word_log_p(words.validation, logits[None])
        found = []
        for one in COARSE:
            tags = tags_of(words.validation, log_p, words.transitions, one)
            found.append(_f1_by_hand(words.validation.tags, tags[0], words.validation.episode))
        assert said == pytest.approx(max(found), abs=1e-6)


def _f1_by_hand(truth: np.ndarray, given: np.ndarray, episode: np.ndarray) -> float:
    """Mean F1 over episodes of one type: B is 1, I is 2."""

    def entities(rows: np.ndarray) -> set[tuple[int, int, int]]:
        found = set()
        for row, tags in enumerate(rows.tolist()):
            for start in (n for n, tag in enumerate(tags) if tag == 1):
                stop = start + 1
                while stop < len(tags) and tags[stop] == 2:
                    stop += 1
                found.add((row, start, stop))
        return found

    scores = []
    for number in np.unique(episode):
        there, predicted = (entities(part[episode == number]) for part in (truth, given))
        scores.append(2 * len(there & predicted) / max(len(there) + len(predicted), 1))
    return float(np.mean(scores))


def _check_kept(finder: EntityFinder, words: list, found: list, place: Path) -> None:
    """A finder that was kept answers alike, alone; one that was edited does not."""
    with pytest.raises(DataError, match="expected a finder that was shown entities"):
        save_finder(place, finder._replace(types=()))
    save_finder(place, finder._replace(types=("who",)))
    kept = load_finder(place)
    assert kept.predict(words) == found
    with pytest.raises(DataError, match="got one that was kept"):
        kept.fit([])
    card = place / "entities.json"
    card.write_text(card.read_text().replace('"each": 4', '"each": 5'))
    with pytest.raises(ArtifactError, match="edited or damaged"):
        load_finder(place)


def _check_found(finder: EntityFinder, place: Path) -> None:
    """Types are known by what is shown, whatever they are called."""

    def sentence(number: int, letter: str, kind: str) -> Sentence:
        words = ["O", f"B{letter}", f"I{letter}", "O", "O", "O"]
        named = tuple(f"{word[-1]}{number}.{place}" for place, word in enumerate(words))
        return Sentence(named, (Span(1, 3, kind),))

    shown = [sentence(n, letter, kind) for n in range(4) for letter, kind in (("P", "who"),)]
    asked = [sentence(n, "P", "who") for n in range(10, 20)]
    found = finder.fit(shown).predict([one.words for one in asked])
    assert f1([one.spans for one in asked], found) > 0.6
    _check_kept(finder, [one.words for one in asked], found, place)
    lines = as_json_lines([one.words for one in asked], found).splitlines()
    assert parse_spans(lines, Path("x")) == [
        one._replace(spans=tuple(spans)) for one, spans in zip(asked, found, strict=True)
    ]
    with pytest.raises(DataError, match="expected sentences that show entities"):
        finder.fit([Sentence(("O1", "O2"), ())])
    with pytest.raises(DataError, match="one word or more"):
        finder.fit(shown).predict([[]])


@pytest.mark.parametrize("name", ["nearest", "prototype", "logistic", "svm"])
def test_baselines_find_what_is_plain_to_see(name: str, prepared: Path) -> None:
    known, words = read_classes(prepared, ()), load_words(prepared)
    manifest, key = load_manifest(prepared / "manifest_test.npz"), root_key(0)
    grid = Baselines(logistic_cost=[1.0, 10.0], svm_cost=[1.0], svm_gamma=[0.1])
    asked = words, manifest, known["split"]["meta_train"], READING, key
    tuned = measure_baseline(BASELINES[name], grid, *asked)
    assert tuned.found.f1.mean() > 0.9
    figures = baseline_figures(
        tuned, BASELINES[name], words, manifest, kin(known), READING, key, name
    )
    assert figures["accuracy_low"] <= figures["accuracy"] <= figures["accuracy_high"]


def test_a_part_without_sentences_is_one_line(settings: Tokens, tmp_path: Path) -> None:
    lines = ["O1\tB-X", "O2\tB-Y", "O3\tB-Z", "O4\tO", ""] * 20
    path = tmp_path / "all.conll"
    path.write_text("\n".join(lines))
    split = {"meta_train": ["X"], "validation": ["Y"], "meta_test": ["Z"]}
    changed = {**settings.model_dump(), "path": str(path), "split": split}
    with pytest.raises(DataError, match="no sentence is left for meta_train"):
        prepare("all", Tokens.model_validate(changed), root_key(0), tmp_path / "all")
