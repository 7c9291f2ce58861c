"""The line of questions, and the memory of which were taken."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.journal import Journal
from agent.slack.asked import Question
from agent.slack.line import Line
from agent.slack.memory import Memory


def asked(ts: str, thread: str = "", team: str = "T1", text: str = "which?") -> Question:
    return Question(team=team, channel="C1", user="U1", ts=ts, thread=thread or ts, text=text)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> Line:
    return Line(3, clock)


def test_a_conversation_is_answered_one_question_after_the_other(line: Line) -> None:
    for question in (asked("2", "1"), asked("1", "1"), asked("3")):
        assert line.put(question)
    first, other = line.take(), line.take()
    assert first
    assert other
    assert (first.question.ts, other.question.ts) == ("1", "3")  # the earlier message first, however it arrived
    taken: list[str] = []
    waits = threading.Thread(target=lambda: taken.append(line.take().question.ts))  # type: ignore[union-attr]
    waits.start()
    assert line.done(first)
    waits.join(5)
    assert taken == ["2"]


def test_a_line_has_an_end(line: Line) -> None:
    assert [line.put(asked(str(number))) for number in range(4)] == [True, True, True, False]
    line.close()
    assert not line.put(asked("9"))
    assert line.take() is None


def test_who_waits_for_long_is_found_with_the_place(line: Line, clock: Clock) -> None:
    line.put(asked("1"))
    clock.now += 1
    line.put(asked("2"))
    clock.now += 1
    assert [(turn.question.ts, place) for turn, place in line.late(2)] == [("1", 1)]
    assert [place for _, place in line.late(1)] == [1, 2]
    line.put(asked("3", "1"))
    assert [place for _, place in line.late(0)] == [1, 2]  # its conversation has one before it


def test_an_edit_of_what_is_being_answered_has_it_answered_once_more(line: Line) -> None:
    line.put(asked("1"))
    turn = line.take()
    assert turn
    _, stop = line.begin(turn)
    assert line.edit("T1:C1:1", "how many?")
    assert stop.is_set()
    assert not line.done(turn)
    question, again = line.begin(turn)
    assert (question.text, again.is_set()) == ("how many?", False)
    assert line.done(turn)
    assert not line.edit("T1:C1:1", "why?")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=40, unique=True))
def test_whatever_arrives_nothing_is_lost_and_threads_keep_their_order(messages: list[tuple[int, int]]) -> None:
    line = Line(100, lambda: 0.0)
    for thread, number in messages:
        line.put(asked(f"{number:03}", f"thread {thread}"))
    taken = []
    for _ in messages:
        turn = line.take()
        assert turn
        taken.append((turn.question.thread, turn.question.ts))
        line.done(turn)
    assert sorted(taken) == sorted((f"thread {thread}", f"{number:03}") for thread, number in messages)
    for thread in range(4):
        own = [ts for name, ts in taken if name == f"thread {thread}"]
        assert own == sorted(own)


# -- memory


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journal.db'}"


@pytest.fixture
def memory(url: str, clock: Clock) -> Memory:
    memory = Memory(url, clock)
    memory.open()
    return memory


def test_a_question_is_taken_once_also_by_several_processes(memory: Memory, url: str, clock: Clock) -> None:
    other = Memory(url, clock)
    assert memory.claim(asked("1"))
    assert not memory.claim(asked("1"))
    assert not other.claim(asked("1"))
    assert other.claim(asked("1", team="T2"))


def test_of_many_who_claim_a_question_at_once_one_gets_it(memory: Memory) -> None:
    got: list[bool] = []
    threads = [threading.Thread(target=lambda: got.append(memory.claim(asked("1")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_question_that_failed_can_be_taken_again_once(memory: Memory) -> None:
    memory.claim(asked("1"))
    assert not memory.reopen(asked("1"))
    memory.finish("T1:C1:1", "failed", "7.7")
    assert memory.reopen(asked("1", text="how many?"))
    assert not memory.reopen(asked("1"))
    known = memory.of("T1:C1:1")
    assert known
    assert (known.question.text, known.state, known.reply) == ("how many?", "open", "7.7")


def test_the_bot_is_in_the_threads_where_it_was_asked(memory: Memory) -> None:
    memory.claim(asked("2", "1"))
    assert memory.joined("T1:C1:1")
    assert not memory.joined("T1:C1:2")
    assert not memory.joined("T2:C1:1")


def test_open_questions_of_a_process_that_is_gone_are_adopted_once(memory: Memory, url: str, clock: Clock) -> None:
    memory.claim(asked("1"))
    memory.claim(asked("2"))
    memory.finish("T1:C1:2", "answered")
    other, third = Memory(url, clock), Memory(url, clock)
    assert other.adopt() == []
    clock.now += 20
    memory.renew()
    clock.now += 20
    assert other.adopt() == []
    clock.now += 20
    assert [known.question.ts for known in other.adopt()] == ["1"]
    assert third.adopt() == []


def test_old_questions_are_forgotten_and_conversations_kept(memory: Memory, url: str, clock: Clock) -> None:
    memory.claim(asked("1"))
    memory.finish("T1:C1:1", "answered")
    clock.now += 100 * 86_400
    memory.open()
    assert memory.of("T1:C1:1") is None


def test_a_journal_of_before_gets_what_it_lacks(url: str, clock: Clock) -> None:
    from agent.answer import Answer

    Journal(url).record("one", "which?", Answer(headline="none"))
    memory = Memory(url, clock)
    memory.open()
    assert memory.claim(asked("1"))
    assert len(Journal(url).turns("one")) == 1
