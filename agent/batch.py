"""Many questions from a file, one answer a line, in the order of the questions."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

from agent.answer import Answer
from agent.wiring import Almanac
from catalog.errors import SourceError, UnavailableError
from catalog.records import Record
from catalog.settings import Settings


class Question(Record):
    """A line of a batch; `turns` end with the question."""

    id: str
    turns: tuple[str, ...]


def read_questions(path: Path) -> tuple[list[Question], list[str]]:
    """The questions of a file of JSON lines, and a message for each line that is none."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read ({error}). Name a UTF-8 file of JSON lines.") from error
    questions, failures = [], []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                questions.append(_question(json.loads(line), number))
            except (ValueError, RecursionError) as error:
                failures.append(f'{path}:{number}: not a question ({error}); a line is {{"id": …, "question": …}}')
    return questions, failures


def answer_all(questions: list[Question], output: Path, settings: Settings, jobs: int) -> list[str]:
    """Answer into `output`, `jobs` at a time; an older `output` is kept where nothing can be answered.

    A question that the model could not answer is declined in the output, with why; returned is a message for each.
    Raises UnavailableError where it could answer none.
    """
    failures: list[str] = []
    first = Almanac(settings)
    _ = first.snapshot
    first.close()
    try:
        with output.open("w", encoding="utf-8") as stream:
            for question, answer in _answers(questions, settings, jobs):
                if isinstance(answer, UnavailableError):
                    failures.append(f"question {question.id}: {answer}")
                    if len(failures) == len(questions):
                        raise answer
                    answer = Answer(headline=str(answer), abstained=True, model=settings.model)
                stream.write(json.dumps(answer.as_json(question.id), ensure_ascii=False) + "\n")
    except OSError as error:
        raise SourceError(f"{output} cannot be written ({error.strerror}). Name another file with --output.") from error
    return failures


def _answers(
    questions: list[Question], settings: Settings, jobs: int
) -> Iterator[tuple[Question, Answer | UnavailableError]]:
    """Answers in the order of the questions; each thread has a store of its own open."""
    own = local()

    def answer(question: Question) -> Answer | UnavailableError:
        if not hasattr(own, "almanac"):
            own.almanac = Almanac(settings)
        almanac: Almanac = own.almanac
        try:
            return almanac.ask(*question.turns)
        except UnavailableError as error:
            return error

    pool = ThreadPoolExecutor(jobs)
    try:
        yield from zip(questions, pool.map(answer, questions), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C nobody waits for the questions that are left


def _question(raw: object, number: int) -> Question:
    if not isinstance(raw, dict):
        raise ValueError("it is no JSON object")
    turns = raw.get("turns") or [raw.get("question")]
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        raise ValueError("`turns` is a list of strings, `question` is a string")
    return Question(id=str(raw.get("id", number)), turns=tuple(turns))
