"""The journal: what people asked and thought is kept, found again, and touched by no rebuild."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stores import Almanac, Cards

from agent.answer import Answer, AnswerItem, Citation, Row, ToolCall
from agent.journal import Journal, journal_of
from catalog.errors import StoreError
from catalog.settings import Settings

ANSWER = Answer(
    headline="1 model:",
    rows=(Row(label="den/Owl", markers=(1,)),),
    items=(AnswerItem(kind="model", id="den/owl"),),
    total=1,
    understood="models · trained on squad",
    citations=(Citation(marker=1, asset="den/owl", path="m/README.md", line_start=3, line_end=3, quote="squad"),),
    tools=(ToolCall(name="find_models", arguments={"trained_on": ["squad"]}, seconds=0.1, total=1),),
)


class Clock:
    """Each look at it is a minute later."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'journal.db'}"


@pytest.fixture
def journal(url: str) -> Journal:
    return Journal(url, Clock())


def test_a_conversation_comes_back_as_it_was_in_another_process(journal: Journal, url: str) -> None:
    journal.record("C1:17.5", "Which models were trained on SQuAD?", ANSWER, front="slack")
    journal.record("C1:17.5", "And under mit?", Answer(headline="None."), front="slack")
    turns = Journal(url).turns("C1:17.5")
    assert [(turn.number, turn.question) for turn in turns] == [
        (1, "Which models were trained on SQuAD?"),
        (2, "And under mit?"),
    ]
    assert turns[0].answer == ANSWER
    assert turns[0].asked == "2026-01-02T03:05:00.000+00:00"


def test_reading_makes_no_file(journal: Journal, tmp_path: Path) -> None:
    assert journal.turns("nobody") == ()
    assert journal.latest() is None
    assert journal.search("x") == []
    assert journal.feedback() == []
    assert not (tmp_path / "new").exists()


def test_the_last_conversation_is_that_of_the_same_front_end(journal: Journal) -> None:
    for key, front in (("one", "terminal"), ("two", "terminal"), ("thread", "slack")):
        journal.record(key, f"about {key}", ANSWER, front=front)
    journal.record("one", "again", ANSWER)
    latest = journal.latest()
    assert latest
    assert (latest.key, latest.title, latest.length) == ("one", "about one", 2)


def test_a_conversation_is_found_by_key_name_or_an_unambiguous_beginning(journal: Journal) -> None:
    journal.record("ab12", "first", ANSWER)
    journal.record("ab34", "second", ANSWER)
    journal.name("ab34", "licences")
    for named, found in (
        ("ab12", "ab12"),
        ("licences", "ab34"),
        ("ab3", "ab34"),
        ("ab", None),
        ("", None),
        ("%", None),
    ):
        conversation = journal.find(named)
        assert (conversation.key if conversation else None) == found


def test_a_name_moves_to_the_conversation_that_takes_it(journal: Journal) -> None:
    for key in ("one", "two"):
        journal.record(key, key, ANSWER)
        journal.name(key, "mine")
    found = journal.find("mine")
    assert found
    assert found.key == "two"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ["b", "a"]),
        ("OWL squad", ["a"]),
        ("owl", ["b", "a"]),
        ("grüße", ["b"]),
        ("50%", ["b"]),
        ("5_%", []),
        ("nothing", []),
    ],
)
def test_every_word_is_searched_in_questions_and_answers(text: str, keys: list[str], journal: Journal) -> None:
    journal.record("a", "Who was trained on SQuAD?", ANSWER)
    journal.record("b", "GRÜSSE, is 50% much?", ANSWER)
    assert [found.key for found in journal.search(text)] == keys


def test_an_undone_turn_is_gone_but_for_its_number(journal: Journal) -> None:
    journal.record("a", "first", ANSWER)
    journal.record("a", "secret", ANSWER)
    undone = journal.undo("a")
    assert undone
    assert undone.question == "secret"
    assert journal.search("secret") == []
    assert [turn.question for turn in journal.turns("a")] == ["first"]
    assert journal.record("a", "third", ANSWER).number == 3
    assert journal.undo("nobody") is None


def test_feedback_keeps_question_answer_query_and_evidence(journal: Journal) -> None:
    journal.record("a", "Who was trained on SQuAD?", ANSWER)
    journal.record("a", "And those?", Answer(headline="None."))
    journal.judge("a", "bad", "den/crow is missing", turn=1, by="U7")
    (kept,) = journal.feedback("bad")
    assert (kept.question, kept.comment, kept.given_by) == ("Who was trained on SQuAD?", "den/crow is missing", "U7")
    assert (kept.query, kept.evidence, kept.items) == (ANSWER.tools, ANSWER.citations, ANSWER.items)
    assert kept.understood == "models · trained on squad"
    assert journal.feedback("good") == []


def test_feedback_without_a_turn_is_about_the_last_and_knows_the_questions_before(journal: Journal) -> None:
    assert journal.judge("a", "good") is None
    for question in ("one", "two"):
        journal.record("a", question, ANSWER)
    judged = journal.judge("a", "good")
    assert judged
    assert judged.turns == ("one", "two")
    assert journal.judge("a", "good", turn=9) is None


def test_who_changes_their_mind_counts_once_and_keeps_the_comment(journal: Journal) -> None:
    journal.record("a", "one", ANSWER)
    journal.judge("a", "bad", "why", by="ann")
    journal.judge("a", "good", by="ann")
    journal.judge("a", "bad", by="bob")
    assert [(given.given_by, given.verdict, given.comment) for given in journal.feedback()] == [
        ("ann", "good", "why"),
        ("bob", "bad", ""),
    ]


def test_feedback_on_an_undone_turn_stays(journal: Journal) -> None:
    journal.record("a", "one", ANSWER)
    journal.judge("a", "bad")
    journal.undo("a")
    journal.record("a", "two", ANSWER)
    journal.judge("a", "good")
    assert [(given.question, given.verdict) for given in journal.feedback()] == [("one", "bad"), ("two", "good")]


def test_an_answer_of_another_version_is_still_read(journal: Journal, tmp_path: Path) -> None:
    journal.record("a", "one", ANSWER)
    with sqlite3.connect(tmp_path / "new" / "journal.db") as connection:
        connection.execute("""UPDATE turns SET answer = '{"invented_later": 1}'""")
    (turn,) = journal.turns("a")
    assert turn.answer.text == ANSWER.text


def test_threads_and_processes_write_at_once(url: str) -> None:
    journals = [Journal(url) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: journals[n % 4].record("a", f"q{n}", ANSWER), range(24)))
    assert sorted(turn.number for turn in journals[0].turns("a")) == list(range(1, 25))


def test_a_journal_of_a_later_version_is_left_alone(journal: Journal, url: str, tmp_path: Path) -> None:
    journal.record("a", "one", ANSWER)
    with sqlite3.connect(tmp_path / "new" / "journal.db") as connection:
        connection.execute("UPDATE journal SET schema = 99")
    with pytest.raises(StoreError, match="has schema 99, this version reads 1"):
        Journal(url).record("a", "two", ANSWER)


@pytest.mark.parametrize("url", ["no url", "nothing://x", "sqlite:////proc/journal.db"])
def test_a_journal_that_cannot_be_is_one_line_with_the_cure(url: str) -> None:
    with pytest.raises(StoreError, match=r"^[^\n]*journal[^\n]*URL[^\n]*$"):
        Journal(url).record("a", "one", ANSWER)


def test_a_broken_file_is_one_line_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database " * 100)
    with pytest.raises(StoreError, match="ALMANAC_JOURNAL_URL"):
        Journal(f"sqlite:///{tmp_path / 'journal.db'}").turns("a")


def test_no_ingest_and_no_rebuild_touches_the_journal(almanac: Almanac, models: Cards, store: Path) -> None:
    journal_of(Settings(store=store)).record("a", "asked before there is a store", ANSWER)
    models.write("den/owl", "---\nlicense: mit\n---\n# Owl\n")
    for arguments in ((), ("--rebuild",)):
        assert almanac("ingest", models.root, *arguments).code == 0
    assert len(journal_of(Settings(store=store)).turns("a")) == 1


def test_a_setting_names_another_database(tmp_path: Path, store: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    journal_of(Settings(store=store, journal_url=url)).record("a", "one", ANSWER)
    assert (tmp_path / "elsewhere.db").exists()
    assert not store.exists()
