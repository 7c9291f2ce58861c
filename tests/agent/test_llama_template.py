"""What a model is sent, with the chat templates of different families (abridged) and with one that knows no tools."""

from importlib.util import find_spec
from typing import Any

import pytest

from agent.llama_template import ChatTemplate
from catalog.errors import SettingError

pytestmark = pytest.mark.skipif(not find_spec("llama_cpp"), reason="needs the extra `local` (llama-cpp-python)")

PLAIN = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
HERMES = (
    "{% if tools %}<|tools|>{% for t in tools %}{{ t | tojson }}{% endfor %} in <tool_call></tool_call>\n{% endif %}"
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}"
    "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function.name }} {{ c.function.arguments | tojson }}</tool_call>"
    "{% endfor %}\n{% endfor %}<|assistant|>"
)
THINKING = HERMES + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
BEGINS_THINKING = HERMES + "<think>{{ '\n' }}"
NO_SYSTEM = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + (
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('turns') }}{% endif %}"
    "[{{ m.role }}] {{ m.content }}\n{% endfor %}"
)

TOOL = {"type": "function", "function": {"name": "find", "description": "Finds.", "parameters": {"type": "object"}}}
CALL = {"id": "call00001", "type": "function", "function": {"name": "find", "arguments": {"name": "BERT"}}}
ASKED: list[dict[str, Any]] = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Who?"}]
LOOKED_UP = [
    *ASKED,
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call00001", "content": "found 3"},
]


def template(text: str) -> ChatTemplate:
    return ChatTemplate(text, "<s>", "</s>", "x.gguf")


def test_a_template_that_knows_tools_is_given_them() -> None:
    prompt = template(HERMES).prompt(LOOKED_UP, [TOOL])
    assert prompt.startswith('<|tools|>{"type": "function", "function": {"name": "find"')
    assert '<tool_call>find {"name": "BERT"}</tool_call>' in prompt
    assert "<|tool|>found 3" in prompt
    assert template(HERMES).tool_format.name == "hermes"


def test_a_template_that_knows_no_tools_is_told_of_them_in_words() -> None:
    prompt = template(PLAIN).prompt(LOOKED_UP, [TOOL])
    assert prompt.startswith("<|system|>Be short.\n\nYou can call these functions")
    assert "Finds." in prompt
    assert '<|assistant|><tool_call>\n{"name": "find", "arguments": {"name": "BERT"}}\n</tool_call>' in prompt
    assert "<|user|><tool_response>\nfound 3\n</tool_response>" in prompt


def test_a_template_without_a_system_message_is_told_it_by_the_user() -> None:
    assert template(NO_SYSTEM).prompt(ASKED) == "[user] Be short.\n\nWho?\n"


@pytest.mark.parametrize("text", [THINKING, HERMES + "{# <think> #}"])
def test_a_model_that_thinks_begins_to(text: str) -> None:
    assert template(text).prompt(ASKED).endswith("<|assistant|><think>\n")


@pytest.mark.parametrize("text", [THINKING, BEGINS_THINKING, HERMES + "{# <think> #}"])
def test_a_model_may_be_kept_from_thinking(text: str) -> None:
    prompt = template(text).prompt(ASKED, think=False)
    assert prompt.endswith("<|assistant|><think>\n\n</think>\n\n")
    assert prompt.count("<think>") == 1


def test_thoughts_that_the_template_begins_are_not_begun_twice() -> None:
    assert template(BEGINS_THINKING).prompt(ASKED).endswith("<|assistant|><think>\n")


def test_a_broken_template_is_said_with_the_file() -> None:
    with pytest.raises(SettingError, match=r"the chat template of x\.gguf is broken"):
        template("{% for %}").prompt(ASKED)


def test_a_conversation_that_a_template_refuses_is_said_with_its_reason() -> None:
    with pytest.raises(SettingError, match=r"x\.gguf does not take this conversation \(turns\)"):
        template(NO_SYSTEM).prompt([{"role": "assistant", "content": "I begin."}])
