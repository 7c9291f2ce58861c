"""The commands of a chat, without a terminal: what each prints, and what a person reads where it cannot be done."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from agent.chat.chat import Chat, Services
from agent.chat.commands import COMMANDS, Command, command_named
from agent.chat.opening import Opening
from agent.chat.reading import PlainReader
from agent.chat.screen import Screen
from agent.chat.session import Session
from agent.cli.asking import sample
from agent.journal import journal_of
from catalog.errors import AlmanacError
from catalog.settings import load_settings

QUESTION = "Which models were fine-tuned on SQuAD 2.0?"


class Talk:
    """A chat that is told lines and whose output is text."""

    def __init__(self, *, interactive: bool = True, height: int = 2_000, paged: bool = False) -> None:
        self.stream = io.StringIO()
        console = Console(file=self.stream, width=100, height=height, highlight=False)
        self.ingested: list[Sequence[Path]] = []
        services = Services(ingest=self.ingested.append, sample=(Path("sample"),))
        self.session = Session(Opening(load_settings()))
        self.chat = Chat(self.session, Screen(console, paged=paged), services, interactive=interactive)

    def __call__(self, *lines: str) -> str:
        """What is printed after these lines were entered."""
        self.stream.seek(0)
        self.stream.truncate()
        self.chat.run(PlainReader(io.StringIO("\n".join(lines) + "\n"), io.StringIO(), ""))
        return self.stream.getvalue()


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_there_and_in_the_help(command: Command, talk: Talk) -> None:
    assert callable(command.run)
    assert f"/{command.name}" in talk("/help")
    assert command.help in talk(f"/help {command.name}")


@pytest.mark.parametrize(
    ("wrong", "meant"), [("surces", "/sources"), ("lineag", "/lineage"), ("HELP", ""), ("exi", "/exit"), ("", "")]
)
def test_a_wrong_command_names_the_nearest(wrong: str, meant: str) -> None:
    if wrong == "HELP":
        assert command_named(wrong).name == "help"
        return
    with pytest.raises(AlmanacError, match=f"Did you mean {meant}" if meant else "/help lists them"):
        command_named(wrong)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/sources", "nothing was answered in this conversation yet"),
        ("/good", "nothing was answered in this conversation yet"),
        ("/undo", "there is nothing to take back"),
        ("/save", "/save NAME"),
        ("/save x", "no conversation to save yet"),
        ("/load", "/load NAME"),
        ("/load nobody", "there is no conversation nobody"),
        ("/history", "there are no conversations yet"),
        ("/show", "/show ASSET"),
        ("/lineage nothing-like-it-at-all", "no model or dataset 'nothing-like-it-at-all'"),
        ("/compare gpt2", "name two or more"),
        ('/compare "gpt2', "No closing quotation"),
        ("/model nonsense", "no model 'nonsense'"),
        ("/more", "There is no more."),
    ],
)
def test_what_cannot_be_done_is_one_line_and_the_chat_goes_on(line: str, said: str, talk: Talk) -> None:
    told = talk(line, "/model")
    assert said in told.replace("\n", " ")
    assert "offline answers." in told


def test_feedback_with_a_comment_becomes_a_draft_case(talk: Talk, tmp_path: Path) -> None:
    assert "Noted: bad. What was wrong?" in talk(QUESTION, "/bad")
    talk("/bad tinyroberta was distilled, not fine-tuned")
    from agent.cli import run

    assert run(["feedback", "export", "--output", str(tmp_path / "cases.jsonl")]) == 0
    (line,) = (tmp_path / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    case = json.loads(line)
    assert (case["question"], case["type"], case["items"]) == (QUESTION, "draft", None)
    assert case["comment"] == "tinyroberta was distilled, not fine-tuned"
    assert case["answered"]["evidence"][0]["quote"]
    assert case["answered"]["query"][0]["name"] == "find_models"
    assert run(["feedback", "export", "--output", str(tmp_path / "good.jsonl"), "--verdict", "good"]) == 0
    assert not (tmp_path / "good.jsonl").read_text()


def test_what_was_right_is_expected_again(talk: Talk) -> None:
    from agent.feedback import draft

    talk(QUESTION, "And which of those are under cc-by-4.0?", "/good")
    (given,) = journal_of(load_settings()).feedback()
    case = draft(given)
    assert case["turns"] == [QUESTION, "And which of those are under cc-by-4.0?"]
    assert {item["id"] for item in case["items"]} >= {"deepset/roberta-base-squad2"}


def test_an_undone_question_is_no_longer_what_those_are(talk: Talk) -> None:
    talk(QUESTION, "What licence has gpt2?", "/undo")
    assert "fine-tuned on squad_v2 · licence cc-by-4.0" in talk("And which of those are under cc-by-4.0?")


def test_a_new_conversation_forgets_and_a_loaded_one_remembers(talk: Talk) -> None:
    talk(QUESTION, "/save squads", "/new")
    assert not talk.session.turns
    assert QUESTION in talk("/load squads")
    assert "licence cc-by-4.0" in talk("And which of those are under cc-by-4.0?")
    assert "squads: Which models" in talk("/history squad cc-by-4.0")


def test_an_answer_is_exported_in_three_forms(talk: Talk, tmp_path: Path) -> None:
    talk(QUESTION, *(f"/export {tmp_path}/a{suffix}" for suffix in (".md", ".csv", ".json")))
    answer = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    assert [row["model"] for row in rows] == [item["id"] for item in answer["items"]]
    assert rows[0]["sources"].startswith("models/deepset/")
    assert "| deepset/roberta-base-squad2 | [3] |" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "is there already" in talk(f"/export {tmp_path}/a.md")
    assert ".md, .csv, .json" in talk("/export a.pdf")
    assert "cannot be written" in talk(f"/export {tmp_path}/none/a.md").replace("\n", " ")


def test_a_source_that_is_not_there_is_told_with_those_that_are(talk: Talk) -> None:
    assert "has no source 7; it has only 1." in talk("What licence has gpt2?", "/sources 7")
    assert "has no source 99; it has 1 to " in talk("Which models were fine-tuned on SQuAD 2.0?", "/sources 99")
    assert "▸ 3 │ license: mit" in talk("What licence has gpt2?", "/sources [1]")
    assert "the last answer has no sources." in talk("Which models were trained on Zqxv?", "/sources")


def test_comparing_takes_names_with_spaces(talk: Talk) -> None:
    told = talk('/compare "SQuAD 2.0" glue')
    assert "squad_v2" in told
    assert "glue" in told


def test_ingesting_hands_folders_over(talk: Talk) -> None:
    talk("/ingest sample", "/ingest 'a folder' b")
    assert talk.ingested == [(Path("sample"),), (Path("a folder"), Path("b"))]


def test_the_sample_catalogue_comes_along() -> None:
    assert all(any(folder.rglob("README.md")) for folder in sample())


def test_pages_come_one_after_the_other(talk: Talk) -> None:
    paged = Talk(height=20, paged=True)
    first = paged("Which models are there?")
    assert "more lines: Enter shows the next" in first
    assert len(first.splitlines()) < 20
    second = paged("")
    assert not set(second.splitlines()[:5]) & set(first.splitlines()[:10])
    assert "Understood as" in paged("/more all")


def test_a_journal_that_cannot_be_written_stops_nobody(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_JOURNAL_URL", "sqlite:////proc/journal.db")
    unkept = Talk()
    told = unkept(QUESTION, "And which of those are under cc-by-4.0?").replace("\n", " ")
    assert told.count("This conversation is not kept: the journal") == 1
    assert "licence cc-by-4.0" in told, "it is remembered all the same"
    assert "is not kept" in unkept("/good")


def test_without_anybody_there_the_first_error_is_raised() -> None:
    with pytest.raises(AlmanacError, match="no command /nonsense"):
        Talk(interactive=False)("/nonsense", QUESTION)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_documented(command: Command) -> None:
    page = (Path(__file__).parents[3] / "docs" / "chat.md").read_text(encoding="utf-8")
    assert f"| `/{command.name} {command.arguments}".strip() in page
    assert f"| {command.help} |" in page
