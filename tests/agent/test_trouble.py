"""A model's server that is busy, broken, mute, too small or gone; and people who do not wait."""

import json
import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_server import KEY, Reply, ScriptedServer, Step, call, final, refused, said_to_model, set_key

from agent.events import Answered, Stop, ToolFinished
from agent.limits import limits
from agent.wiring import Almanac
from catalog.errors import SettingError, UnavailableError

QUESTION = "Which models were trained on SQuAD 2.0?"
LIST: tuple[Step, ...] = (
    call("find_models", trained_on="squad_v2"),
    lambda request: final(kind="list", sets=[set_key(request)]),
)
OVERFLOW = "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens."

Asks = Callable[..., Almanac]


def test_a_busy_server_is_waited_for_as_long_as_it_asks(asks: Asks, server: ScriptedServer) -> None:
    server.plays(refused(429, "slow down", retry_after="0.2"), *LIST)
    answer = asks().ask(QUESTION)
    assert answer.model == "openai:m"
    assert server.times[1] - server.times[0] >= 0.2


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_broken_server_is_asked_again(status: int, asks: Asks, server: ScriptedServer) -> None:
    broken = refused(status, "oh dear", retry_after_ms="1")
    server.plays(broken, broken, *LIST)
    assert asks().ask(QUESTION).model == "openai:m"


@pytest.mark.parametrize(
    "body", ["<html>hello</html>", '{"choices": null}', '{"choices": []}', "[]", '"x"', "", '{"choices": [{}]}']
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_reply_that_is_none_is_asked_for_again(body: str, streamed: bool, asks: Asks, server: ScriptedServer) -> None:
    server.plays(Reply(body=body), *LIST)
    almanac = asks()
    events = list(almanac.stream(QUESTION)) if streamed else [Answered(answer=almanac.ask(QUESTION))]
    assert isinstance(events[-1], Answered)
    assert events[-1].answer.model == "openai:m"


def test_a_stream_that_is_cut_is_asked_for_again(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        Reply(calls=[("find_models", {"trained_on": "squad_v2"})], cut=True),
        *LIST,
    )
    *_, answered = asks().stream(QUESTION)
    assert isinstance(answered, Answered)
    assert answered.answer.items == asks(model="offline").ask(QUESTION).items


def test_a_server_that_stays_broken_is_one_line(asks: Asks, server: ScriptedServer) -> None:
    server.plays(*[refused(500, "oh\ndear", retry_after_ms="1")] * 4)
    with pytest.raises(
        UnavailableError, match=r"gives no usable reply \(HTTP 500: .*oh dear.*\). Ask again later"
    ) as raised:
        asks().ask(QUESTION)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            refused(401, f"Incorrect API key provided: {KEY}"),
            "refused the key. Correct OPENAI_API_KEY or ALMANAC_API_KEY.",
        ),
        (refused(403, f"{KEY} may not"), "Name another --model"),
        (refused(404, "no model m"), "Check --model and --base-url"),
        (refused(429, "pay first", code="insufficient_quota", retry_after_ms="1"), "quota"),
        (refused(400, "what is this?"), "HTTP 400: what is this?"),
    ],
)
def test_what_a_person_must_mend_is_one_line_with_the_cure(
    reply: Reply, said: str, asks: Asks, server: ScriptedServer
) -> None:
    server.plays(*[reply] * (4 if reply.status == 429 else 1))
    with pytest.raises(UnavailableError) as raised:
        asks().ask(QUESTION)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert KEY not in str(raised.value)


def test_no_server_is_one_line_with_the_cure(asks: Asks) -> None:
    with pytest.raises(UnavailableError, match=r":9/v1 cannot be reached\. Check the network"):
        asks(base_url="http://127.0.0.1:9/v1").ask(QUESTION)


def test_no_key_for_openai_is_one_line_with_the_cure(asks: Asks) -> None:
    with pytest.raises(SettingError, match=r"no API key for openai:gpt-4o\. Set OPENAI_API_KEY"):
        asks(model="openai:gpt-4o", base_url=None, api_key=None).ask(QUESTION)


def test_a_server_of_ones_own_needs_no_key(asks: Asks, server: ScriptedServer) -> None:
    server.plays(final(kind="out_of_scope"))
    asks(api_key=None).ask("hello?")
    assert server.keys == ["Bearer none"]


@pytest.mark.parametrize("spec", ["gpt-4o", "openai:", "llama:x", "offline,gpt-4o", "", " , "])
def test_a_model_that_there_is_none_is_said(spec: str, asks: Asks) -> None:
    with pytest.raises(SettingError, match=r"no model .*Known are: offline, openai:NAME"):
        asks(model=spec).ask(QUESTION)


@pytest.mark.parametrize("spec", ["openai:m,offline", "openai:m → offline", "openai:m -> offline"])
def test_the_next_of_a_chain_answers_and_says_why(spec: str, asks: Asks, server: ScriptedServer) -> None:
    server.plays(refused(401, "bad key"))
    events = list(asks(model=spec).stream(QUESTION))
    assert [event.type for event in events] == ["working", "restarted", "answered"]
    assert isinstance(events[-1], Answered)
    answer = events[-1].answer
    assert answer.items == asks(model="offline").ask(QUESTION).items
    assert answer.model == "offline"
    assert "openai:m could not answer: http://127.0.0.1" in answer.text
    assert answer.text.endswith("Answered by offline.")


def test_a_chain_whose_first_model_answers_asks_no_other(asks: Asks, server: ScriptedServer) -> None:
    server.plays(*LIST)
    assert asks(model="openai:m,offline").ask(QUESTION).model == "openai:m"


def test_a_small_context_gets_less_until_it_fits(asks: Asks, server: ScriptedServer) -> None:
    def small(reply: Step) -> Step:
        """A server whose model holds 4,096 tokens, about 16,000 characters."""

        def step(request: dict[str, object]) -> Reply:
            if len(json.dumps(request)) > 4 * 4096:
                server.script.insert(0, small(reply))
                return refused(400, OVERFLOW, code="context_length_exceeded")
            return reply if isinstance(reply, Reply) else reply(request)

        return step

    server.plays(
        small(call("search_passages", query="training data", limit=20)),
        small(call("find_models", trained_on="squad_v2")),
        small(lambda request: final(kind="list", sets=[set_key(request)])),
    )
    almanac = asks()
    answer = almanac.ask(QUESTION)
    assert answer.model == "openai:m"
    assert answer.items == asks(model="offline").ask(QUESTION).items
    refusals = sum(len(json.dumps(request)) > 4 * 4096 for request in server.requests)
    assert 0 < refusals <= 2, "what was learned of the server is kept"


def test_a_context_too_small_for_anything_is_one_line(asks: Asks, server: ScriptedServer) -> None:
    server.plays(*[refused(400, OVERFLOW, code="context_length_exceeded")] * 3)
    with pytest.raises(UnavailableError, match=r"does not fit into the context of openai:m .*Use a model"):
        asks().ask(QUESTION)


def test_a_server_that_cannot_be_told_to_call_is_not_told_to(asks: Asks, server: ScriptedServer) -> None:
    server.plays(refused(400, "tool_choice 'required' is not supported"), *LIST)
    assert asks().ask(QUESTION).model == "openai:m"
    assert ["tool_choice" in request for request in server.requests] == [True, False, False]


def test_a_server_without_forms_is_asked_for_the_call_again(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        LIST[0],
        Reply(text="There are some."),
        refused(400, "response_format is not supported"),
        LIST[1],
    )
    assert asks().ask(QUESTION).model == "openai:m"
    assert "Call final_answer" in said_to_model(server.requests[-1])


def many(request: dict[str, object] | None = None, first: int = 1) -> Reply:
    """A dozen look-ups at once, none of them twice."""
    return Reply(calls=[("read_card", {"asset": "gpt2", "first_line": line}) for line in range(first, first + 12)])


@pytest.mark.parametrize("summary", [Reply(text="SQuAD 2.0 was looked up."), refused(401, "bad key")])
def test_a_long_run_is_summed_up(
    summary: Reply, asks: Asks, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = limits().model_copy(update={"sum_up_at": 10, "clear_at": 10, "tool_calls": 40})
    monkeypatch.setattr("agent.loop.limits", lambda: quick)
    keys: list[str] = []

    def noting(request: dict[str, object]) -> Reply:
        keys.append(set_key(request))
        return many(first=13)

    server.plays(LIST[0], lambda request: keys.append(set_key(request)) or many(), noting, summary)
    if summary.status == 200:
        server.plays(lambda _: final(kind="list", sets=[keys[0]]))
        answer = asks().ask(QUESTION)
        assert answer.items == asks(model="offline").ask(QUESTION).items
        assert "SQuAD 2.0 was looked up." in said_to_model(server.requests[-1])
        assert "removed to save space" in said_to_model(server.requests[-1])
    else:
        with pytest.raises(UnavailableError, match="refused the key"):
            asks().ask(QUESTION)


def test_no_key_is_in_logs_traces_or_errors(
    asks: Asks, server: ScriptedServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.plays(*LIST, refused(401, f"Incorrect API key provided: {KEY}"))
    almanac = asks(trace=tmp_path / "trace.jsonl")
    with caplog.at_level(logging.DEBUG):
        answer = almanac.ask(QUESTION)
        with pytest.raises(UnavailableError) as raised:
            almanac.ask(QUESTION)
    trace = (tmp_path / "trace.jsonl").read_text()
    assert "Incorrect API key provided: …" in trace
    for told in (trace, caplog.text, str(raised.value), repr(almanac.settings), answer.model_dump_json()):
        assert KEY not in told


def test_a_trace_tells_every_call(asks: Asks, server: ScriptedServer, tmp_path: Path) -> None:
    server.plays(*LIST)
    asks(trace=tmp_path / "trace.jsonl").ask(QUESTION)
    lines = [json.loads(line) for line in (tmp_path / "trace.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == [
        "question",
        "model_call",
        "model_reply",
        "look_up",
        "model_call",
        "model_reply",
        "answer",
    ]
    assert lines[2]["usage"]["input_tokens"] == 100
    assert lines[3]["name"] == "find_models"
    assert lines[3]["total"] > 0


def test_a_trace_that_cannot_be_written_is_one_line(asks: Asks, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"the trace .* cannot be written .*Name another file"):
        asks(trace=tmp_path / "no" / "trace.jsonl").ask(QUESTION)


def test_tokens_that_run_out_end_in_an_answer_from_what_there_is(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("get_assets", ids=["gpt2"], fields=["license"]),
        lambda request: final(kind="values", sets=[set_key(request)]),
    )
    answer = asks(answer_tokens=130).ask("What is the licence of gpt2?")
    assert [item.value for item in answer.items] == ["mit"]
    assert [tool["function"]["name"] for tool in server.requests[1]["tools"]] == ["final_answer"]
    assert "no more time" in said_to_model(server.requests[1])


def test_time_that_runs_out_ends_in_what_was_found(asks: Asks, server: ScriptedServer) -> None:
    server.plays(call("get_assets", ids=["gpt2"], fields=["license"]), Reply(text="too late", pause=20))
    answer = asks(answer_seconds=1.0).ask("What is the licence of gpt2?")
    assert [item.value for item in answer.items] == ["mit"]
    assert "openai:m took longer than 1 s" in answer.text
    assert answer.seconds < 2


@pytest.mark.parametrize("streamed", [False, True])
def test_ctrl_c_ends_at_once_with_what_there_is(streamed: bool, asks: Asks, server: ScriptedServer) -> None:
    pressed: list[float] = []

    def interrupting(_: object) -> Reply:
        pressed.append(time.monotonic())
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return Reply(text="never read", pause=20)

    server.plays(call("get_assets", ids=["gpt2"], fields=["license"]), interrupting, *LIST)
    almanac, question = asks(), "What is the licence of gpt2?"
    *_, last = almanac.stream(question) if streamed else [Answered(answer=almanac.ask(question))]
    assert time.monotonic() - pressed[0] < 0.5
    assert isinstance(last, Answered)
    answer = last.answer
    assert answer.stopped
    assert [item.value for item in answer.items] == ["mit"]
    assert "Stopped: this is what was found so far." in answer.text
    assert almanac.ask(question, QUESTION, before=(answer,)).model == "openai:m", "the conversation goes on"


def test_stopping_before_anything_was_found_says_so(asks: Asks, server: ScriptedServer) -> None:
    server.plays(Reply(text="…", pause=20))
    stop = Stop()
    events = asks().stream(QUESTION, stop=stop)
    assert next(events).type == "working"
    stop.set()
    started = time.monotonic()
    (answered,) = events
    assert time.monotonic() - started < 0.5
    assert isinstance(answered, Answered)
    assert (answered.answer.stopped, answered.answer.abstained) == (True, True)
    while not server.requests:  # the model is asked all the same: the script is to be played
        time.sleep(0.01)


def test_a_look_up_that_fails_is_told_while_it_happens(asks: Asks, server: ScriptedServer) -> None:
    server.plays(call("read_card", asset="gpt2", first_line=900), final(kind="out_of_scope"))
    errors = [event.error for event in asks().stream(QUESTION) if isinstance(event, ToolFinished)]
    assert "has lines 1 to" in errors[0]
