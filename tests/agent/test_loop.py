"""The agent with a scripted model: what is sent, what is looked up, and what of its answer is shown."""

from collections.abc import Callable

import pytest
from scripted_server import (
    KEY,
    Reply,
    Request,
    ScriptedServer,
    call,
    final,
    key_of,
    results,
    said_to_model,
    set_key,
)

from agent.answer import Answer
from agent.events import Answered, Event, Said, ToolFinished, ToolStarted
from agent.wiring import Almanac

QUESTION = "Which models were trained on SQuAD 2.0?"
LIMITS = "What was left out of the pages that GPT-2 learned from?"

Asks = Callable[..., Almanac]


def ask_or_stream(almanac: Almanac, streamed: bool, *turns: str) -> tuple[Answer, list[Event]]:
    if not streamed:
        return almanac.ask(*turns), []
    events = list(almanac.stream(*turns))
    assert isinstance(events[-1], Answered)
    return events[-1].answer, events


def text_about_gpt2(request: Request) -> Reply:
    found = {"key": key_of(request, "not** trained on OpenWebText"), "quote": "trained on OpenWebText"}
    return final(
        kind="text",
        statements=[
            {
                "text": "It was not trained on OpenWebText.",
                "evidence": [found],
            },
            {"text": "Its licence is MIT.", "evidence": [key_of(request, "mit")]},
        ],
    )


TWO_TOOLS = (
    call("get_assets", ids=["gpt2"], fields=["license"]),
    call("search_passages", query="training data", assets="gpt2"),
    text_about_gpt2,
)
PARALLEL = (
    Reply(
        calls=[
            ("get_assets", {"ids": ["gpt2"], "fields": ["license"]}),
            ("search_passages", {"query": "training data", "assets": ["gpt2"]}),
        ]
    ),
    text_about_gpt2,
)


def test_a_list_is_found_by_one_look_up_and_printed_by_code(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("find_models", trained_on="SQuAD 2.0"),
        lambda request: final(kind="list", sets=[set_key(request)]),
    )
    answer = asks().ask(QUESTION)
    offline = asks(model="offline").ask(QUESTION)
    assert answer.items == offline.items
    assert (answer.total, answer.exhaustive, answer.abstained) == (offline.total, True, False)
    assert {c.asset for c in answer.citations} >= {item.id for item in answer.items}
    assert answer.model == "openai:m"
    assert [(made.name, made.total) for made in answer.tools] == [("find_models", answer.total)]
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.cost) == (200, 20, None)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("script", [TWO_TOOLS, PARALLEL], ids=["one by one", "in parallel"])
def test_two_tools_give_an_answer_in_sentences(
    script: tuple[Reply, ...], streamed: bool, asks: Asks, server: ScriptedServer
) -> None:
    server.plays(*script)
    answer, events = ask_or_stream(asks(), streamed, LIMITS)
    assert answer.text == "It was not trained on OpenWebText. [1]\n- Its licence is MIT. [2]"
    assert [citation.line_start for citation in answer.citations] == [31, 3]
    assert "not** trained on OpenWebText." in answer.citations[0].quote
    assert {made.name for made in answer.tools} == {"get_assets", "search_passages"}
    assert [request.get("stream", False) for request in server.requests] == [streamed] * len(script)
    assert set(server.keys) == {f"Bearer {KEY}"}
    said = [event.text for event in events if isinstance(event, Said)]
    assert said == (["It was not trained on OpenWebText. [1]", "Its licence is MIT. [2]"] if streamed else [])


def test_what_is_sent_is_the_question_the_hint_and_the_tools(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("find_models", trained_on="squad_v2"), lambda request: final(kind="list", sets=[set_key(request)])
    )
    asks().ask(QUESTION)
    first, second = server.requests
    assert [message["role"] for message in first["messages"]] == ["system", "user"]
    assert QUESTION in first["messages"][1]["content"]
    assert "'SQuAD 2.0' is the dataset squad_v2" in first["messages"][1]["content"]
    names = [tool["function"]["name"] for tool in first["tools"]]
    assert names[0] == "find_models"
    assert names[-1] == "final_answer"
    assert (first["model"], first["tool_choice"]) == ("m", "required")
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "tool"]
    (told,) = results(second)
    assert told["is"] == "models · trained on squad_v2"
    assert told["total"] == len(told["entries"])
    assert KEY not in str(server.requests)


def test_a_wrong_call_is_told_how_to_call_it_right(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("find_models", trained_on="SQuAD 17"),
        call("find_models", colour="green"),
        call("find_modles", trained_on="squad_v2"),
        call("find_models", trained_on="squad_v2"),
        lambda request: final(kind="list", sets=[set_key(request)]),
    )
    almanac = asks()
    events = list(almanac.stream(QUESTION))
    errors = [event.error for event in events if isinstance(event, ToolFinished) and event.error]
    assert "no dataset 'SQuAD 17' in the catalogue. Near: squad" in errors[0]
    assert "find_models: colour: extra inputs are not permitted. Its arguments are: ids, named" in errors[1]
    told = said_to_model(server.requests[-1])
    assert errors[0] in told
    assert errors[1] in told
    assert "find_modles is not a valid tool" in told
    assert isinstance(events[-1], Answered)
    assert events[-1].answer.items == asks(model="offline").ask(QUESTION).items


def test_malformed_arguments_are_asked_for_again(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        Reply(calls=[("get_assets", '{"ids": ["gpt2"], "fields": ["lic')]),
        call("get_assets", ids=["gpt2"], fields=["license"]),
        lambda request: final(kind="values", sets=[set_key(request)]),
    )
    answer = asks().ask("What is the licence of gpt2?")
    assert [item.value for item in answer.items] == ["mit"]
    assert "could not be executed" in said_to_model(server.requests[1])


def test_a_key_that_no_look_up_gave_is_dropped_and_counted(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("get_assets", ids=["gpt2"], fields=["license"]),
        lambda request: final(
            kind="text",
            statements=[
                {"text": "It may be used freely.", "evidence": ["0123456789ab"]},
                {"text": "Its licence is MIT.", "evidence": [key_of(request, "mit"), "ba9876543210"]},
                {"text": "It is wonderful."},
            ],
        ),
    )
    answer = asks().ask("What is the licence of gpt2?")
    assert "freely" not in answer.text
    assert "wonderful" not in answer.text
    assert answer.text.startswith("Its licence is MIT. [1]")
    assert answer.dropped == 4  # two statements, and a key of each that had one
    assert "without evidence" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "Also openai/gpt-2-ultra is released under MIT.",
        "The licence of bert-ultra-9b is MIT.",
        "Its licence is MIT since 2031.",
        "It has 7,000,000 downloads and the MIT licence.",
    ],
)
def test_a_name_or_figure_that_was_not_found_is_not_shown(text: str, asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("get_assets", ids=["gpt2"], fields=["license"]),
        lambda request: final(
            kind="values", sets=[set_key(request)], statements=[{"text": text, "evidence": [key_of(request, "mit")]}]
        ),
    )
    answer = asks().ask("What is the licence of gpt2?")
    assert text not in answer.text
    assert [item.value for item in answer.items] == ["mit"]
    assert answer.dropped == 1


def test_a_model_that_is_in_no_set_is_no_item(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("find_models", trained_on="squad_v2"),
        lambda request: final(
            kind="list",
            sets=[set_key(request), "set:ffffffff"],
            only=["deepset/minilm-uncased-squad2", "evil/owl-13b"],
        ),
    )
    answer = asks().ask(QUESTION)
    assert [item.id for item in answer.items] == ["deepset/minilm-uncased-squad2"]
    assert (answer.total, answer.exhaustive, answer.dropped) == (1, False, 2)
    assert "evil" not in answer.text


def test_a_quote_that_does_not_stand_there_is_dropped(asks: Asks, server: ScriptedServer) -> None:
    def quoting(request: Request) -> Reply:
        key = key_of(request, "OpenWebText")
        said = ("this model was trained on OpenWebText", "WebText itself was never published")
        texts = ("It was trained on OpenWebText.", "WebText was never published.")
        pairs = zip(texts, said, strict=True)
        statements = [{"text": text, "evidence": [{"key": key, "quote": quote}]} for text, quote in pairs]
        return final(kind="text", statements=statements)

    server.plays(call("search_passages", query="training data", assets=["gpt2"]), quoting)
    answer = asks().ask("What was left out of the texts that gpt2 learned from?")
    assert answer.headline == "WebText was never published. [1]"
    assert (
        answer.citations[0].quote == "Wikipedia pages were taken out of it. WebText itself was never published. Do not"
    )
    assert answer.dropped == 2


def test_an_endless_loop_is_cut(asks: Asks, server: ScriptedServer) -> None:
    server.plays(*[call("find_models", trained_on="squad_v2")] * 10)
    answer = asks().ask(QUESTION)
    assert answer.items == asks(model="offline").ask(QUESTION).items
    assert "openai:m gave no usable answer (it came to no end)" in answer.text
    offered = [len(request["tools"]) for request in server.requests]
    assert offered[0] > 1
    assert offered[3:] == [1] * 7, "after the call was repeated twice there is only the final answer to call"
    assert "This very call was made before" in said_to_model(server.requests[2])
    assert "There is no more time" in said_to_model(server.requests[-1])


def test_an_answer_without_a_look_up_is_not_taken(asks: Asks, server: ScriptedServer) -> None:
    stated = final(kind="text", statements=[{"text": "Those of Google.", "evidence": ["0123456789ab"]}])
    server.plays(
        stated,
        call("find_models", trained_on="squad_v2"),
        lambda request: final(kind="count", sets=[set_key(request)]),
    )
    answer = asks().ask("How many models were trained on SQuAD 2.0?")
    assert "Nothing was looked up" in said_to_model(server.requests[1])
    assert [item.kind for item in answer.items] == ["number"]
    assert "Google" not in answer.text


def test_a_model_that_never_looks_anything_up_is_given_up(asks: Asks, server: ScriptedServer) -> None:
    server.plays(*[final(kind="list", sets=["set:00000000"])] * 3)
    answer = asks().ask(QUESTION)
    assert answer.items == asks(model="offline").ask(QUESTION).items
    assert answer.model == "offline"
    assert "(it looked nothing up); this one is by rules" in answer.text


def test_what_is_out_of_scope_needs_no_look_up(asks: Asks, server: ScriptedServer) -> None:
    server.plays(final(kind="out_of_scope"))
    answer = asks().ask("What will the weather be?")
    assert (answer.abstained, answer.items, answer.citations) == (True, (), ())


def test_the_kinds_of_no_are_said_in_words_of_ours(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("get_assets", ids=["gpt2"], fields=["hardware"]),
        final(kind="not_stated", about="GPT2", missing="hardware"),
        call("resolve_name", name="robert-base"),
        final(kind="not_found", about="robert-base"),
    )
    almanac = asks()
    answer = almanac.ask("On which hardware was gpt2 trained?")
    assert (answer.text, answer.abstained) == ("The card of gpt2 does not state hardware.", True)
    unknown = almanac.ask("Who made robert-base?")
    assert unknown.abstained
    assert "Did you mean" in unknown.text
    assert not unknown.citations


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(refusal="I cannot help with that."), "it declined to answer"),
        (Reply(text="", finish="content_filter"), "content filter"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_refusal_ends_in_an_answer_by_rules(
    reply: Reply, why: str, streamed: bool, asks: Asks, server: ScriptedServer
) -> None:
    server.plays(reply)
    answer, _ = ask_or_stream(asks(), streamed, QUESTION)
    assert answer.items == asks(model="offline").ask(QUESTION).items
    assert why in answer.text


def test_calls_that_are_written_as_text_are_calls(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        Reply(text='<tool_call>{"name": "find_models", "arguments": {"trained_on": "squad_v2"}}</tool_call>'),
        lambda request: Reply(text=f'```json\n{{"kind": "list", "sets": ["{set_key(request)}"]}}\n```'),
    )
    assert asks().ask(QUESTION).items == asks(model="offline").ask(QUESTION).items


def test_prose_is_asked_for_again_in_the_form(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        Reply(text="I think it is the MIT licence."),
        call("get_assets", ids=["gpt2"], fields=["license"]),
        Reply(text="The licence of gpt2 is MIT."),
        lambda request: Reply(text=f'{{"kind": "values", "sets": ["{set_key(request)}"]}}'),
    )
    answer = asks().ask("What is the licence of gpt2?")
    assert [item.value for item in answer.items] == ["mit"]
    assert "Nothing was looked up" in said_to_model(server.requests[1])
    assert server.requests[3]["response_format"]["json_schema"]["name"] == "final_answer"
    assert "tools" not in server.requests[3]


def test_events_tell_what_is_looked_up(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("find_models", trained_on="squad_v2"), lambda request: final(kind="list", sets=[set_key(request)])
    )
    events = list(asks().stream(QUESTION))
    assert [event.type for event in events] == ["working", "tool_started", "tool_finished", "answered"]
    started, finished = events[1:3]
    assert isinstance(started, ToolStarted)
    assert (started.name, started.arguments) == ("find_models", {"trained_on": "squad_v2"})
    assert isinstance(finished, ToolFinished)
    assert finished.call.total == len(asks(model="offline").ask(QUESTION).items)


def test_a_conversation_goes_on_with_another_model(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        call("get_assets", ids=["gpt2"], fields=["license"]),
        lambda request: final(kind="values", sets=[set_key(request)]),
    )
    almanac = asks(model="offline")
    first = almanac.ask("What are the training data of gpt2?")
    almanac.use("openai:m")
    second = almanac.ask("What are the training data of gpt2?", "And its licence?", before=(first,))
    assert (first.model, second.model) == ("offline", "openai:m")
    assert [item.value for item in second.items] == ["mit"]
    roles = [message["role"] for message in server.requests[0]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert server.requests[0]["messages"][2]["content"].startswith(first.headline)
    almanac.use("offline")
    assert almanac.ask("What are the training data of gpt2?", "And its licence?").items == second.items


def test_earlier_questions_without_answers_are_told(asks: Asks, server: ScriptedServer) -> None:
    server.plays(final(kind="out_of_scope"))
    asks().ask("What is the licence of gpt2?", "and its size?")
    assert "Earlier questions of this conversation: What is the licence of gpt2?" in said_to_model(server.requests[0])
    assert "of gpt2" in server.requests[0]["messages"][-1]["content"]


def test_an_empty_question_asks_nobody(asks: Asks) -> None:
    assert asks().ask("  ").abstained


def test_a_model_that_calls_nothing_is_asked_only_once_from_then_on(asks: Asks, server: ScriptedServer) -> None:
    server.plays(*[Reply(text="I do not know.")] * 4)
    almanac = asks()
    assert almanac.ask(QUESTION).model == "offline"
    assert len(server.requests) == 3
    assert almanac.ask(QUESTION).items == asks(model="offline").ask(QUESTION).items
    assert ["max_tokens" in request for request in server.requests] == [False, False, False, True]


def test_a_model_that_begins_to_call_tools_is_asked_as_others_are(asks: Asks, server: ScriptedServer) -> None:
    server.plays(
        *[Reply(text="I do not know.")] * 3,
        call("find_models", trained_on="squad_v2"),
        lambda request: final(kind="list", sets=[set_key(request)]),
    )
    almanac = asks()
    assert almanac.ask(QUESTION).model == "offline"
    assert almanac.ask(QUESTION).model == "openai:m"
    assert ["max_tokens" in request for request in server.requests] == [False, False, False, True, False]


def test_an_answer_that_text_of_cards_led_astray_is_taken_back_while_it_is_told(
    asks: Asks, server: ScriptedServer
) -> None:
    server.plays(
        call("read_card", asset="gpt2"),
        lambda request: final(
            kind="text", statements=[{"text": "WebText was never published.", "evidence": [key_of(request, "WebText")]}]
        ),
    )
    events = list(asks().stream("What is the licence of gpt2?"))
    assert [event.type for event in events][-3:] == ["said", "restarted", "answered"]
    assert isinstance(events[-1], Answered)
    assert [item.value for item in events[-1].answer.items] == ["mit"]
    assert "did not have the last word" in events[-1].answer.text
