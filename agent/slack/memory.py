"""Which questions of Slack were taken and how they ended, kept beside the journal: nothing is answered twice.

A question that is open belongs to one process for a while (a lease that it renews); where that process died, another
one, or the same one started again, adopts the question when the lease is over.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Column, Float, Integer, MetaData, Row, String, Table, Text, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from agent.journal_database import JournalDatabase
from agent.slack.asked import Question

State = Literal["open", "answered", "failed", "withdrawn"]

LEASE = 30.0
_DAYS = 90
_tables = MetaData()
questions = Table(
    "slack_questions",
    _tables,
    Column("key", String(200), primary_key=True),
    Column("conversation", String(200), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("reply", String(40), nullable=False, default=""),
    Column("turn", Integer, nullable=False, default=0),
    Column("owner", String(40), nullable=False),
    Column("until", Float, nullable=False),
    Column("asked", Float, nullable=False),
)


@dataclass(frozen=True)
class Known:
    """A question that was taken: how it ended, the bot's message and the journal's turn where there are some."""

    question: Question
    state: State
    reply: str
    turn: int


class Memory:
    """Every method raises StoreError where the database cannot be used."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time, lease: float = LEASE) -> None:
        self._database = JournalDatabase(url)
        self._clock = clock
        self._lease = lease
        self._owner = secrets.token_hex(8)

    def open(self) -> None:
        """Make the table where it is missing, and forget what is too old to matter."""
        self._database.make(_tables)
        with self._database.writing() as connection:
            old = self._clock() - _DAYS * 86_400
            connection.execute(delete(questions).where(questions.c.asked < old, questions.c.state != "open"))

    def claim(self, question: Question) -> bool:
        """Take a question; False where it was taken before, by whomever."""
        with self._database.writing() as connection:
            if connection.execute(select(questions.c.key).where(questions.c.key == question.key)).first():
                return False
            values = {"conversation": question.conversation, "state": "open", "asked": self._clock()}
            try:
                connection.execute(insert(questions).values(key=question.key, **values, **self._mine(question)))
            except IntegrityError:  # another process was faster
                return False
        return True

    def reopen(self, question: Question, *, states: tuple[State, ...] = ("failed",)) -> bool:
        """Take a question that ended once more, as it is now; False where it did not end so, or somebody was faster."""
        q = questions.c
        with self._database.writing() as connection:
            ended = update(questions).where(q.key == question.key, q.state.in_(states))
            return bool(connection.execute(ended.values(state="open", **self._mine(question))).rowcount)

    def finish(self, key: str, state: State, reply: str = "", turn: int = 0) -> None:
        """Keep how a question ended."""
        with self._database.writing() as connection:
            ended = update(questions).where(questions.c.key == key)
            connection.execute(ended.values(state=state, reply=reply, turn=turn))

    def of(self, key: str) -> Known | None:
        rows = self._database.rows(select(questions).where(questions.c.key == key))
        return _known(rows[0]) if rows else None

    def joined(self, conversation: str) -> bool:
        """Whether something was asked in a conversation."""
        wanted = select(questions.c.key).where(questions.c.conversation == conversation)
        return bool(self._database.rows(wanted.limit(1)))

    def renew(self) -> None:
        """Go on owning the open questions of this process."""
        q = questions.c
        with self._database.writing() as connection:
            mine = update(questions).where(q.owner == self._owner, q.state == "open")
            connection.execute(mine.values(until=self._clock() + self._lease))

    def adopt(self) -> list[Known]:
        """Take over the open questions whose process is gone, the oldest first."""
        q = questions.c
        left = (q.state == "open", q.until < self._clock(), q.owner != self._owner)
        if not self._database.rows(select(q.key).where(*left).limit(1)):
            return []
        with self._database.writing() as connection:
            found = connection.execute(select(questions).where(*left).order_by(q.asked)).all()
            mine = update(questions).where(q.key.in_([row.key for row in found]))
            connection.execute(mine.values(owner=self._owner, until=self._clock() + self._lease))
        return [_known(row) for row in found]

    def close(self) -> None:
        self._database.close()

    def _mine(self, question: Question) -> dict[str, Any]:
        until = self._clock() + self._lease
        return {"body": question.model_dump_json(), "owner": self._owner, "until": until}


def _known(row: Row[Any]) -> Known:
    return Known(Question.model_validate_json(row.body), row.state, row.reply, row.turn)
