"""A local model as a chat model: the real llama.cpp with the real SmolLM2, a few tokens at a time."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from local_models import needs_smollm2, smollm2
from pydantic import BaseModel

from agent.events import Stop, current_stop
from agent.llama import LlamaChat
from agent.llama_engine import Wanted
from agent.llama_template import ChatTemplate
from catalog.errors import SettingError

pytestmark = needs_smollm2

HALF_A_SECOND = 0.5


@pytest.fixture
def model() -> LlamaChat:
    chat: LlamaChat = smollm2()
    return chat.model_copy(update={"max_tokens": 12})


@tool
def find_models(trained_on: str, language: str | None = None) -> str:
    """Models by what they were trained on."""
    return ""


@tool
def statistics() -> str:
    """How much there is."""
    return ""


def answer(reply: object) -> AIMessage:
    assert isinstance(reply, AIMessage)
    return reply


def test_it_answers_in_words_and_counts_tokens(model: LlamaChat) -> None:
    reply = model.invoke([SystemMessage("Answer in one word."), HumanMessage("What is the capital of France?")])
    assert "Paris" in str(reply.content)
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["input_tokens"] > 10
    assert 0 < reply.usage_metadata["output_tokens"] <= 12
    assert reply.response_metadata["model_name"] == "local:smollm2"


def test_it_streams_what_it_would_say(model: LlamaChat) -> None:
    asked = [HumanMessage("Name two colours, in French: é is fine.")]
    chunks = list(model.stream(asked))
    assert len(chunks) > 3
    assert "".join(str(chunk.content) for chunk in chunks) == model.invoke(asked).content
    assert chunks[-1].usage_metadata is not None


def test_a_second_turn_computes_only_what_is_new(model: LlamaChat) -> None:
    first = [SystemMessage("Be short. " * 20), HumanMessage("What is the capital of France?")]
    reply = model.invoke(first)
    again = model.invoke([*first, reply, HumanMessage("And of Italy?")])
    assert reply.usage_metadata is not None
    assert again.usage_metadata is not None
    reused = again.usage_metadata["input_token_details"]["cache_read"]
    assert reused >= reply.usage_metadata["input_tokens"]
    assert again.usage_metadata["input_tokens"] - reused < 40


def test_a_tool_must_be_called_and_the_call_is_valid(model: LlamaChat) -> None:
    tools = {"find_models": find_models, "statistics": statistics}
    bound = model.bind_tools(list(tools.values()), tool_choice="any", parallel_tool_calls=False, max_tokens=120)
    reply = answer(bound.invoke("Which models were trained on SQuAD?"))
    assert reply.content == ""
    (call,) = reply.tool_calls
    assert tools[call["name"]].get_input_schema().model_validate(call["args"])


def test_a_named_tool_is_the_one_that_is_called(model: LlamaChat) -> None:
    bound = model.bind_tools([find_models, statistics], tool_choice="statistics", max_tokens=40)
    (call,) = answer(bound.invoke("Hello")).tool_calls
    assert (call["name"], call["args"]) == ("statistics", {})


def test_no_tool_may_be_called_where_none_is_wanted(model: LlamaChat) -> None:
    reply = answer(model.bind_tools([find_models], tool_choice="none").invoke("Say hello"))
    assert reply.content
    assert not reply.tool_calls


def test_a_tool_that_is_not_there_cannot_be_chosen(model: LlamaChat) -> None:
    with pytest.raises(ValueError, match="'remove_models' is none of auto, any, none, find_models"):
        model.bind_tools([find_models], tool_choice="remove_models")


def test_a_call_that_was_cut_off_is_an_invalid_one(model: LlamaChat) -> None:
    reply = answer(model.bind_tools([find_models], tool_choice="any").invoke("Models trained on SQuAD?"))
    assert not reply.tool_calls
    (call,) = reply.invalid_tool_calls
    assert str(call["args"]).startswith("<tool_call>")
    assert reply.response_metadata["finish_reason"] == "length"


def test_results_of_tools_go_back_to_the_model(model: LlamaChat) -> None:
    call = {"name": "find_models", "args": {"trained_on": "SQuAD"}, "id": "call00001"}
    said = [
        HumanMessage("Models?"),
        AIMessage("", tool_calls=[call]),
        ToolMessage("one-bert", tool_call_id="call00001"),
    ]
    reply = answer(model.bind_tools([find_models], tool_choice="none").invoke(said))
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["input_tokens"] > 100


class City(BaseModel):
    """A city."""

    name: str
    capital: bool


def test_structured_output_is_an_object(model: LlamaChat) -> None:
    found = model.model_copy(update={"max_tokens": 80}).with_structured_output(City).invoke("Paris, capital of France")
    assert isinstance(found, City)


def test_a_prompt_that_is_too_long_is_said_in_one_line(model: LlamaChat) -> None:
    with pytest.raises(SettingError, match=r"takes \d+ tokens, the context of local:smollm2 holds 1024\. Begin a new"):
        model.invoke("word " * 2000)


def test_a_question_that_is_stopped_ends_with_what_there_is(model: LlamaChat) -> None:
    stop = Stop()
    token = current_stop.set(stop)
    try:
        said = ""
        for chunk in model.model_copy(update={"max_tokens": 400}).stream("Tell me a long story."):
            said += str(chunk.content)
            if len(said) > 10:
                stop.set()
    finally:
        current_stop.reset(token)
    assert 10 < len(said) < 60
    assert chunk.response_metadata["finish_reason"] == "stopped"


class Impatient:
    """Says stop at the third time of asking, when the model is still reading its prompt."""

    def __init__(self, raises: type[BaseException] | None = None) -> None:
        self.asked, self.since, self.raises = 0, 0.0, raises

    def __call__(self) -> bool:
        self.asked += 1
        if self.asked < 3:
            return False
        self.since = self.since or time.perf_counter()
        if self.raises:
            raise self.raises
        return True


@pytest.mark.parametrize("raises", [None, KeyboardInterrupt])
def test_a_long_prompt_is_left_within_half_a_second(model: LlamaChat, raises: type[BaseException] | None) -> None:
    stopped = Impatient(raises)
    pieces, told = model.engine.generate(model.engine.tokens("one two " * 450), Wanted(5), stopped)
    if raises:
        with pytest.raises(raises):
            list(pieces)
    else:
        assert list(pieces) == []
        assert told.finish == "stopped"
    assert time.perf_counter() - stopped.since < HALF_A_SECOND
    assert "Paris" in str(model.invoke("Is Paris the capital of France? Answer with the city.").content)


def test_threads_take_turns(model: LlamaChat) -> None:
    questions = ["Say one.", "Say two.", "Say three."]
    alone = [model.invoke(question).content for question in questions]
    with ThreadPoolExecutor(3) as pool:
        together = [reply.content for reply in pool.map(model.invoke, questions)]
    assert together == alone


def test_waiting_for_ones_turn_can_be_stopped(model: LlamaChat) -> None:
    pieces, _ = model.engine.generate(model.engine.tokens("Once upon a time"), Wanted(3), lambda: False)
    next(pieces)  # another question is being answered
    waiting, told = model.engine.generate([1, 2, 3], Wanted(3), Impatient())
    assert list(waiting) == []
    assert told.finish == "stopped"
    assert len(list(pieces)) <= 3


def test_a_file_is_loaded_once(model: LlamaChat) -> None:
    assert smollm2().engine is model.engine


def test_likelihoods_tell_the_likelier_ending(model: LlamaChat) -> None:
    tokens = model.engine.tokens
    endings = [tokens(f" {city}") for city in ("Paris", "Rome", "Paris")]
    found = model.engine.likelihoods(tokens("The capital of France is"), endings, lambda: False)
    assert found is not None
    paris, rome, again = found
    assert rome < paris < 0
    assert again == pytest.approx(paris, abs=0.05)


@pytest.fixture
def thinking(model: LlamaChat, monkeypatch: pytest.MonkeyPatch) -> Iterator[LlamaChat]:
    """The model with the template of one that thinks."""
    monkeypatch.setitem(
        model.engine.__dict__, "template", ChatTemplate(model.engine.gguf.template + "{# <think> #}", "", "", "x.gguf")
    )
    return model.model_copy(update={"thoughts": 6})


def test_thoughts_end_with_their_budget_and_are_no_answer(thinking: LlamaChat) -> None:
    reply = answer(thinking.bind_tools([statistics], tool_choice="any", max_tokens=40).invoke("How much is there?"))
    assert reply.additional_kwargs["reasoning_content"]
    assert [call["name"] for call in reply.tool_calls] == ["statistics"]
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["output_token_details"]["reasoning"] == 6


def test_no_thoughts_where_none_are_wanted(thinking: LlamaChat) -> None:
    reply = thinking.model_copy(update={"thoughts": 0}).invoke("Say hello")
    assert "reasoning_content" not in reply.additional_kwargs
    assert reply.content


def test_generation_is_in_a_thread_of_its_own(model: LlamaChat) -> None:
    model.invoke("Say hello")
    assert any(thread.name.startswith("llama") for thread in threading.enumerate())
