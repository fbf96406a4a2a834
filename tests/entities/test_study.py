"""Left-out types on made-up sentences, where the truth is known; F1 against seqeval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import fewqubit as fq
from fewqubit.entities.answers import Reading, answer, chosen_reading, counts, read
from fewqubit.entities.decode import count_transitions
from fewqubit.entities.sampler import EpisodeShape, draw_episodes
from fewqubit.entities.score import Counts, confused, count_right
from fewqubit.entities.sentence import OUTSIDE, Sentence, Span, bio_tags, kinds_of, spans_of
from fewqubit.entities.study import Plan, leave_one_out
from fewqubit.entities.taggers import OPPONENTS
from fewqubit.entities.tasks import evened, token_task
from fewqubit.keys import root_key

KINDS = ("O", "A", "B", "C")
PLACES = 3 * np.eye(4, 6)[[3, 0, 1, 2]]  # where the words of each kind lie


def made_up(n: int = 90) -> tuple[list[Sentence], list[np.ndarray]]:
    """Sentences of ten words with two entities, one of two words; and their words' vectors."""
    rng = np.random.default_rng(0)
    sentences, vectors = [], []
    for number in range(n):
        first, second = rng.choice(["A", "B", "C"], 2).tolist()
        spans = (Span(1, 3, first), Span(6, 7, second))
        sentence = Sentence(tuple(f"{number} {place}" for place in range(10)), spans)
        centres = PLACES[[KINDS.index(kind) for kind in kinds_of(sentence)]]
        sentences.append(sentence)
        vectors.append((centres + 0.3 * rng.normal(size=(10, 6))).astype(np.float32))
    return sentences, vectors


@pytest.mark.parametrize("name", OPPONENTS)
def test_every_opponent_finds_what_is_plain_to_see(name: str) -> None:
    sentences, vectors = made_up()
    transitions = count_transitions(sentences)
    episodes = draw_episodes(root_key(0), sentences, "ABC", EpisodeShape(2, 3, 3), 6)
    tasks = [token_task(one, sentences, vectors) for one in episodes]
    known = [answer(OPPONENTS[name](), task) for task in tasks[:3]]
    reading = chosen_reading(known, transitions)
    f1 = [counts(answer(OPPONENTS[name](), task), transitions, reading).f1 for task in tasks[3:]]
    assert np.mean(f1) > 0.95


def test_probabilities_are_in_the_order_of_the_types() -> None:
    sentences, vectors = made_up()
    (episode,) = draw_episodes(root_key(0), sentences, "ABC", EpisodeShape(2, 3, 3), 1)
    task = token_task(episode, sentences, vectors)
    answered = answer(OPPONENTS["nnshot"](), task)
    likeliest = np.concatenate(answered.log_p).argmax(1)
    kinds = [*task.types, OUTSIDE]
    truth = [kinds.index(kind) for one in task.query for kind in kinds_of(one)]
    assert np.mean(likeliest == truth) > 0.95


def test_an_evened_support_has_one_size_and_the_same_tokens() -> None:
    sentences, vectors = made_up()
    for episode in draw_episodes(root_key(0), sentences, "ABC", EpisodeShape(2, 3, 3), 5):
        task = token_task(episode, sentences, vectors)
        even = evened(task, 6)
        assert np.unique(even.y, return_counts=True)[1].tolist() == [6, 6, 24]
        for kind in task.types:
            shown, all_of_it = (set(map(bytes, t.x[t.y == kind])) for t in (even, task))
            assert shown <= all_of_it


def test_a_type_is_left_out_and_found_again() -> None:
    sentences, vectors = made_up()
    circuit = fq.Circuit("angle", n_qubits=3)
    learner = fq.ProtoNet(fq.Mlp(()), circuit, training=fq.Training(steps=30, learning_rate=0.03))
    model = fq.FewShotClassifier(
        learner, n_way=3, n_shot=2, n_query=2, seeds=2, validation=0, n_validation=5, verbose=False
    )
    plan = Plan(EpisodeShape(1, 3, 3), n_known=3, n_episodes=4)
    asked = sentences, vectors, {"quantum": model}, plan, root_key(0)
    found = {one.tagger: one for one in leave_one_out(*asked, types=["B"])}
    assert {one.left_out for one in found.values()} == {"B"}
    assert [*found] == [*OPPONENTS, "quantum"]
    assert found["quantum"].f1.shape == (2, 4)
    assert found["nnshot"].f1.mean() > 0.8
    assert found["quantum"].f1.mean() > 0.5
    assert not hasattr(model, "meta_"), "clones learn"


TAGS = some.lists(
    some.lists(some.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), min_size=4, max_size=4),
    min_size=2,
    max_size=2,
)


@given(TAGS, TAGS)
def test_f1_is_that_of_seqeval(truth: list[list[str]], answers: list[list[str]]) -> None:
    metrics = pytest.importorskip("seqeval.metrics", reason="no seqeval")
    spans = [[spans_of(tags, lettered=True) for tags in side] for side in (truth, answers)]
    written = [[bio_tags(one, 4) for one in side] for side in spans]
    if any(spans[0]) or any(spans[1]):
        assert np.isclose(count_right(*spans).f1, metrics.f1_score(*written, zero_division=0))


def test_f1_of_a_worked_example() -> None:
    truth = [(Span(0, 2, "A"), Span(3, 4, "B")), ()]
    answers = [[Span(0, 2, "A"), Span(3, 5, "B")], [Span(1, 2, "A")]]
    assert count_right(truth, answers) == Counts(1, 3, 2)
    assert count_right(truth, answers).f1 == 2 / 5
    assert count_right([()], [[]]).f1 == 0


def test_confusion_counts_words_of_entities() -> None:
    sentence = Sentence(tuple("abcd"), (Span(0, 2, "A"),))
    pairs = confused([sentence], [[Span(1, 3, "B")]])
    assert pairs == {("A", "O"): 1, ("A", "B"): 1, ("O", "B"): 1}


def test_a_reading_that_favours_o_finds_less() -> None:
    sentences, vectors = made_up()
    (episode,) = draw_episodes(root_key(0), sentences, "ABC", EpisodeShape(2, 3, 3), 1)
    answered = answer(OPPONENTS["prototypes"](), token_task(episode, sentences, vectors))
    transitions = count_transitions(sentences)
    found = [
        sum(map(len, read(answered, transitions, Reading(outside=shift)))) for shift in (-9, 0, 99)
    ]
    assert found[0] >= found[1] >= found[2] == 0
