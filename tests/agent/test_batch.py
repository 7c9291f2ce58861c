"""Many questions from a file: every answer in the order of the questions, from however many threads."""

import json
import time
from pathlib import Path

import pytest

from agent.batch import Question, answer_all, read_questions
from agent.wiring import Almanac
from catalog.errors import SourceError
from catalog.settings import Settings

ASKED = ["Which models were trained on SQuAD?", "How many models are there?", "What licence does gpt2 have?", "?"]


@pytest.fixture
def settings(sample_store: Path) -> Settings:
    return Settings(store=sample_store)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_a_line_is_a_question_or_a_conversation(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(
        '{"id": 7, "question": "a"}\n\n{"turns": ["b", "c"], "extra": true}\n{"id": "x", "turns": [], "question": "d"}'
    )
    questions, failures = read_questions(file)
    assert questions == [
        Question(id="7", turns=("a",)),
        Question(id="3", turns=("b", "c")),
        Question(id="x", turns=("d",)),
    ]
    assert failures == []


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"id": "a", "question": "x"}\r\n{"id": "b", "question": "y"}\r\n')
    questions, failures = read_questions(file)
    assert ([question.id for question in questions], failures) == (["a", "b"], [])


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_come_in_the_order_of_the_questions(jobs: int, settings: Settings, tmp_path: Path) -> None:
    questions = [Question(id=str(number), turns=(ASKED[number % len(ASKED)],)) for number in range(12)]
    answer_all(questions, tmp_path / "a.jsonl", settings, jobs)
    answered = lines(tmp_path / "a.jsonl")
    assert [answer["id"] for answer in answered] == [question.id for question in questions]
    for number, answer in enumerate(answered):
        same = answered[number % len(ASKED)]
        assert {key: answer[key] for key in ("text", "items", "citations")} == {
            key: same[key] for key in ("text", "items", "citations")
        }


def test_the_object_of_an_answer_is_that_of_the_contract(settings: Settings, tmp_path: Path) -> None:
    answer_all([Question(id="q1", turns=(ASKED[0],))], tmp_path / "a.jsonl", settings, 1)
    (answer,) = lines(tmp_path / "a.jsonl")
    assert set(answer) == {
        "id", "text", "items", "total", "exhaustive", "abstained", "citations", "tools", "model", "seconds", "usage",
    }  # fmt: skip
    assert (answer["id"], answer["model"], answer["abstained"]) == ("q1", "offline", False)
    assert answer["usage"] == {"input_tokens": 0, "output_tokens": 0}
    (citation, *_) = answer["citations"]
    assert set(citation) >= {"marker", "asset", "path", "line_start", "line_end", "quote"}


def test_no_questions_are_an_empty_file(settings: Settings, tmp_path: Path) -> None:
    answer_all([], tmp_path / "a.jsonl", settings, 1)
    assert (tmp_path / "a.jsonl").read_text() == ""


def test_an_error_ends_the_batch_without_asking_the_rest(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def failing(almanac: Almanac, *turns: str) -> None:
        asked.append(turns)
        time.sleep(0.01)
        raise SourceError("no more")

    monkeypatch.setattr(Almanac, "ask", failing)
    with pytest.raises(SourceError, match="no more"):
        answer_all([Question(id=str(n), turns=("x",)) for n in range(200)], tmp_path / "a.jsonl", settings, 2)
    assert len(asked) < 50
