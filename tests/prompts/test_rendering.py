"""Prompts: each is rendered, strictly, and the system prompt is short and knows the tools."""

import re

import pytest

from agent.final import AnswerKind
from agent.tools.toolbox import NAMES
from prompts import PromptError, names, render, variables


@pytest.mark.parametrize("name", names())
def test_every_prompt_is_rendered_with_its_variables(name: str) -> None:
    text = render(name, **{variable: f"<{variable}>" for variable in variables(name)})
    assert text
    assert "{{" not in text
    assert all(f"<{variable}>" in text for variable in variables(name))


def test_a_variable_that_is_missing_or_unknown_is_an_error() -> None:
    with pytest.raises(PromptError, match=r"prompt 'question': missing \['reading'\], unknown \['colour'\]"):
        render("question", question="?", colour="green")
    with pytest.raises(PromptError, match="there is no prompt 'poem'"):
        render("poem")


def test_what_is_put_in_is_not_read_as_a_variable() -> None:
    assert "{{reading}}" in render("question", question="{{reading}}", reading="x")


def test_the_system_prompt_is_short_and_names_only_what_there_is() -> None:
    text = render("system")
    assert len(text) < 3_000
    named = set(re.findall(r"\b(?:find|get|rank|search|read|resolve)_\w+", text))
    assert named <= set(NAMES)
    kinds = set(re.findall(r'"kind": "(\w+)"', text))
    assert kinds == set(AnswerKind.__args__)  # type: ignore[attr-defined]
