"""What people made: conversations with their answers, and what they thought of them, in a database of its own.

No ingest and no rebuild of the catalogue touches it. Front ends name a conversation by any string (a terminal makes
one up, Slack has the key of a thread). Every call is a transaction; several threads and processes may write.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy import Row, Select, delete, func, insert, select, update

from agent.answer import Answer, AnswerItem, Citation, ToolCall
from agent.journal_database import JournalDatabase, conversations, judgements, said
from catalog.generations import JOURNAL
from catalog.records import Record
from catalog.settings import Settings

Verdict = Literal["good", "bad"]

_LONGEST_TITLE = 80


class Turn(Record):
    """A question of a conversation with its answer; `number` counts from 1, `asked` is UTC in ISO 8601."""

    number: int
    question: str
    answer: Answer
    asked: str


class Conversation(Record):
    """A conversation as a list shows it: `title` is its first question, `name` what somebody saved it under."""

    key: str
    front: str
    title: str
    name: str | None
    began: str
    changed: str
    length: int


class Feedback(Record):
    """What somebody thought of an answer, with what the answer rested on.

    `turns` are the questions up to that one; `understood` and `query` are how it was read and which look-ups were run,
    `evidence` the citations and `items` what was answered.
    """

    conversation: str
    turn: int
    verdict: Verdict
    comment: str
    given_by: str
    given: str
    turns: tuple[str, ...]
    answer: Answer

    @property
    def question(self) -> str:
        return self.turns[-1]

    @property
    def understood(self) -> str:
        return self.answer.understood

    @property
    def query(self) -> tuple[ToolCall, ...]:
        return self.answer.tools

    @property
    def evidence(self) -> tuple[Citation, ...]:
        return self.answer.citations

    @property
    def items(self) -> tuple[AnswerItem, ...]:
        return self.answer.items


def journal_of(settings: Settings) -> "Journal":
    """The journal that the settings name: a file beside the catalogue, or any SQLAlchemy URL."""
    return Journal(url_of(settings))


def url_of(settings: Settings) -> str:
    """The SQLAlchemy URL of the journal."""
    return settings.journal_url or f"sqlite:///{settings.store / JOURNAL}"


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """Conversations and feedback. Every method raises StoreError where the database cannot be used."""

    def __init__(self, url: str, clock: Callable[[], datetime] = _now) -> None:
        self._database = JournalDatabase(url)
        self._clock = clock
        self.where = self._database.where

    # -- conversations

    def record(self, conversation: str, question: str, answer: Answer, front: str = "terminal") -> Turn:
        """Add a turn to a conversation, which begins with its first one."""
        now = self._stamp()
        with self._database.writing() as connection:
            known = select(conversations.c.title).where(conversations.c.key == conversation).with_for_update()
            if connection.execute(known).first() is None:
                title = " ".join(question.split())[:_LONGEST_TITLE]
                values = {"key": conversation, "front": front, "title": title, "began": now, "changed": now}
                connection.execute(insert(conversations).values(values))
            t = said.c
            last = connection.scalar(select(func.max(t.number)).where(t.conversation == conversation))
            turn = Turn(number=(last or 0) + 1, question=question, answer=answer, asked=now)
            connection.execute(insert(said).values(conversation=conversation, **_row(turn)))
            changed = update(conversations).where(conversations.c.key == conversation)
            connection.execute(changed.values(changed=now))
        return turn

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """The turns of a conversation in their order; none where there is no such conversation."""
        t = said.c
        wanted = select(said).where(t.conversation == conversation, t.undone == 0).order_by(t.number)
        rows = self._database.rows(wanted)
        return tuple(_turn(row) for row in rows)

    def undo(self, conversation: str) -> Turn | None:
        """Take the last turn out of a conversation; its number is not given again. None where there was none."""
        last, t = self.turns(conversation)[-1:], said.c
        if not last:
            return None
        with self._database.writing() as connection:
            its = (t.conversation == conversation, t.number == last[0].number)
            connection.execute(update(said).where(*its).values(undone=1))
        return last[0]

    def name(self, conversation: str, name: str) -> None:
        """Save a conversation under a name; the one that had it before loses it."""
        c = conversations.c
        with self._database.writing() as connection:
            connection.execute(update(conversations).where(c.name == name).values(name=None))
            connection.execute(update(conversations).where(c.key == conversation).values(name=name))

    def find(self, named: str) -> Conversation | None:
        """The conversation with this key or name, or the only one whose key begins so."""
        c = conversations.c
        exact = self._listed(_listing().where((c.key == named) | (c.name == named)))
        if exact or not named:
            return exact[0] if exact else None
        begins = self._listed(_listing().where(c.key.startswith(named, autoescape=True)).limit(2))
        return begins[0] if len(begins) == 1 else None

    def latest(self, front: str = "terminal") -> Conversation | None:
        """The conversation of a front end that somebody wrote in last."""
        found = self._listed(_listing().where(conversations.c.front == front).limit(1))
        return found[0] if found else None

    def search(self, text: str = "", limit: int = 20) -> list[Conversation]:
        """Conversations in which every word of `text` is, in questions or answers, the last changed first."""
        wanted, t = _listing().limit(limit), said.c
        for word in text.casefold().split():
            holds = t.searched.contains(word, autoescape=True)
            wanted = wanted.where(conversations.c.key.in_(select(t.conversation).where(holds, t.undone == 0)))
        return self._listed(wanted)

    # -- feedback

    def judge(
        self, conversation: str, verdict: Verdict, comment: str = "", *, turn: int | None = None, by: str = ""
    ) -> Feedback | None:
        """Keep what somebody (`by`) thinks of a turn, else of the last one; None where there is no such turn.

        A second judgement of the same person on the same turn replaces the first; an empty comment keeps the one given.
        """
        upto = [known for known in self.turns(conversation) if turn is None or known.number <= turn]
        if not upto or (turn is not None and upto[-1].number != turn):
            return None
        f, judged = judgements.c, upto[-1]
        same = (f.conversation == conversation, f.turn == judged.number, f.given_by == by)
        questions = tuple(known.question for known in upto)
        with self._database.writing() as connection:
            before = connection.scalar(select(f.comment).where(*same))
            connection.execute(delete(judgements).where(*same))
            given = {
                "conversation": conversation,
                "turn": judged.number,
                "verdict": verdict,
                "comment": comment or before or "",
                "given_by": by,
                "given": self._stamp(),
            }
            kept = {"turns": json.dumps(questions, ensure_ascii=False), **_kept(judged.answer)}
            connection.execute(insert(judgements).values(given | kept))
        return Feedback(**given, turns=questions, answer=judged.answer)

    def feedback(self, verdict: Verdict | None = None) -> list[Feedback]:
        """All feedback, the oldest first."""
        wanted = select(judgements).order_by(judgements.c.id)
        rows = self._database.rows(wanted.where(judgements.c.verdict == verdict) if verdict else wanted)
        return [_judgement(row) for row in rows]

    def close(self) -> None:
        self._database.close()

    def _listed(self, wanted: Select[Any]) -> list[Conversation]:
        return [Conversation.model_validate(dict(row._mapping)) for row in self._database.rows(wanted)]

    def _stamp(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")


def _listing() -> Select[Any]:
    c, t = conversations.c, said.c
    length = select(func.count()).where(t.conversation == c.key, t.undone == 0).scalar_subquery().label("length")
    return select(conversations, length).order_by(c.changed.desc(), c.began.desc(), c.key)


def _row(turn: Turn) -> dict[str, Any]:
    """What `turns` holds of a turn, but the conversation."""
    kept = _kept(turn.answer)
    searched = f"{turn.question}\n{kept['text']}".casefold()
    return {"number": turn.number, "question": turn.question, "asked": turn.asked, "searched": searched, **kept}


def _kept(answer: Answer) -> dict[str, str]:
    return {"answer": answer.model_dump_json(), "text": answer.text}


def _turn(row: Row[Any]) -> Turn:
    return Turn(number=row.number, question=row.question, answer=_answer(row.answer, row.text), asked=row.asked)


def _answer(body: str, text: str) -> Answer:
    """An answer as it was kept; of one that another version wrote, what a person read."""
    try:
        return Answer.model_validate_json(body)
    except ValidationError:
        return Answer(headline=text)


def _judgement(row: Row[Any]) -> Feedback:
    values = {name: row._mapping[name] for name in ("conversation", "turn", "verdict", "comment", "given_by", "given")}
    return Feedback(**values, turns=tuple(json.loads(row.turns)), answer=_answer(row.answer, row.text))
