import re
import shutil
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from fewqubit.base.io.files import read_json, write_json
from fewqubit.config import validate
from fewqubit.report.build import build_report
from report.synthetic import journal_entry, write_study

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Outline(HTMLParser):
    """Every element closed in its turn, every address and id."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.addresses, self.text = [], [], [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.addresses += [attributes[key] for key in ("src", "href") if key in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def page(project, settings):
    build_report(project / "artifacts", project / "reports", settings)
    return (project / "reports/report.html").read_text()


@pytest.fixture(scope="module")
def outline(page):
    outline = Outline()
    outline.feed(page)
    return outline


def test_every_element_is_closed_and_every_id_is_unique(outline):
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))


def test_the_page_needs_no_other_file(page, outline):
    inside = {f"#{name}" for name in outline.ids}
    assert all(a in inside or a.startswith("data:image/png") for a in outline.addresses)
    assert not re.search(r"https?://|url\(|@import|<script", page)


def test_both_colour_schemes_and_paper(page):
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_nothing_is_undefined_or_not_a_number(outline):
    text = " ".join(outline.text)
    assert not re.search(r"\b(nan|None|inf|Undefined)\b", text)


def test_what_the_kernel_says_before_training_stands_in_words(page):
    assert "<li>8 qubits at bandwidth 0.05: entries concentrate at 0.061</li>" in page


def test_every_learner_has_a_card_with_its_word(page, settings):
    for learner in settings.run.learners:
        assert re.search(rf"<h3>{learner}</h3><span class=\"word\">. \w+</span>", page)


def test_the_same_results_give_the_same_bytes_and_times_stand_beside(project, settings, tmp_path):
    shutil.copytree(project / "artifacts", tmp_path / "artifacts")
    build_report(tmp_path / "artifacts", tmp_path / "first", settings)
    for file in (tmp_path / "artifacts/journal").iterdir():
        write_json(file, journal_entry(777.0))
    build_report(tmp_path / "artifacts", tmp_path / "again", settings)
    first = {path.name: path.read_bytes() for path in (tmp_path / "first").rglob("*.*")}
    again = {path.name: path.read_bytes() for path in (tmp_path / "again").rglob("*.*")}
    differ = {name for name in first | again if first.get(name) != again.get(name)}
    assert differ == {"times.md"}
    assert b"| digits | maml | quantum | 12 min 57 s | 12 min 57 s |" in again["times.md"]


def test_few_figures_are_compared_between_runs(project, settings, tmp_path):
    build_report(project / "artifacts", tmp_path, settings)
    summary = read_json(tmp_path / "summary.json")["digits"]
    assert summary["maml"].keys() == {"quantum", "twin", "difference", "verdict"}
    assert summary[settings.run.baselines[0]].keys() == {"baseline"}


def test_curves_are_pictures_that_need_no_other_file(project, settings, tmp_path):
    build_report(project / "artifacts", tmp_path, settings)
    pictures = [*(tmp_path / "plots").iterdir()]
    assert {path.name for path in pictures} >= {"digits-learning-maml.svg", "digits-shots-maml.svg"}
    for path in pictures:
        assert ElementTree.fromstring(path.read_text()).tag == "{http://www.w3.org/2000/svg}svg"
        assert not re.search(r"(?<!xmlns=.)https?://|url\(|@import|<script", path.read_text())


def test_every_arm_has_its_place(whole_project, every_arm):
    build_report(whole_project / "artifacts", whole_project / "reports", every_arm)
    page = (whole_project / "reports/report.html").read_text()
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    text = " ".join(" ".join(outline.text).split())
    assert "Which part of the circuit does it?" in text
    for words in ("without entanglers (separable)", "a second family: quantum against its other"):
        assert words in text, words
    assert text.count("≡ same model") == 2  # its row, and what it means
    assert text.count("maml does not fit noisy:fake_torino") == 1
    assert not re.search(r"\b(nan|None|inf|Undefined)\b", text)


def test_without_other_arms_nothing_is_said_of_them(page):
    assert "Which part of the circuit" not in page
    assert "same model" not in page
    assert "a second family" not in page


def test_two_data_sets_on_one_page(settings, tmp_path):
    values = settings.model_dump()
    values["run"]["datasets"] = ["digits", "other"]
    values["datasets"]["other"] = values["datasets"]["digits"]
    for name in values["run"]["datasets"]:
        write_study(tmp_path / "artifacts", name, episodes=20)
    build_report(tmp_path / "artifacts", tmp_path, validate(values, "test"))
    outline = Outline()
    outline.feed((tmp_path / "report.html").read_text())
    assert outline.open == []
    assert {"digits", "other", "digits-referee", "other-referee"} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


def test_an_arm_alone_makes_a_page_without_verdicts(project, settings, tmp_path):
    values = settings.model_dump()
    values["run"]["arms"] = ["twin"]
    values["run"]["baselines"] = []
    build_report(project / "artifacts", tmp_path, validate(values, "test"))
    assert "No quantum learner was compared" in (tmp_path / "report.html").read_text()
    assert "No quantum learner was compared" in (tmp_path / "verdicts.md").read_text()


def test_devices_stand_beside_simulation(page, outline):
    section = page[page.index('id="digits-devices"') :]
    row = section[section.index(">manila<") :][:600]
    for cell in ("72.5 %", "83.0 %", "in simulation", "143", "61"):
        assert cell in row, cell
