"""Answerers that know the case: one that is always right, and several that are wrong in one way."""

from collections.abc import Callable
from pathlib import Path

from agent.answer import Answer, AnswerItem, Citation, ToolCall, Usage
from evals.cases import Case, load_suite
from evals.library import Library
from evals.rankings import Found

CASES = load_suite(Path(__file__).parent / "data" / "cases.jsonl").cases
FILES = {
    "models/den/owl/README.md": "# Owl\n\nThe owl hunts at night.\nIt sleeps by day.\n",
    "models/den/fox/README.md": "# Fox\n\nThe fox runs through the wood.\n",
}

Answerer = Callable[[Case], Answer]


def library_for(case: Case) -> Library:
    """Files of two cards; documents are found in the order of the evidence."""
    others = [path for path in FILES if path not in case.evidence]
    return Library(FILES.get, lambda _: [Found(path) for path in (*case.evidence, *others)])


def oracle(case: Case) -> Answer:
    """Just what is expected."""
    expected = case.expected
    if expected.abstain:
        return Answer(headline="The catalogue does not say.", abstained=True)
    assets = [AnswerItem(kind="model", id=name.partition("|")[0]) for name in expected.items or ()]
    languages = [AnswerItem(kind="language", id=code) for code in expected.languages or ()]
    values = [AnswerItem(kind="value", value=expected.value)] if expected.value is not None else []
    numbers = [AnswerItem(kind="number", value=expected.number)] if expected.number is not None else []
    said = [told.partition("|")[0] for told in expected.must_include]
    items = (*assets, *languages, *values, *numbers)
    path = next((file for file in FILES for wanted in case.evidence if file.startswith(wanted)), next(iter(FILES)))
    return Answer(
        headline=" ".join(["It is", *said, *(str(item.id or item.value) for item in items)]),
        items=items,
        total=len(items),
        exhaustive=bool(assets),
        citations=(Citation(marker=1, asset=None, path=path, line_start=1, line_end=1, quote=_first_line(path)),),
        tools=tuple(ToolCall(name=name, arguments={"q": case.asked[-1]}, seconds=0.01, total=1) for name in case.tools),
        seconds=0.02,
        usage=Usage(input_tokens=100, output_tokens=10, cost=0.001),
    )


def wrong_ids(case: Case) -> Answer:
    """Other items than those that are expected."""
    right = oracle(case)
    items = tuple(item.model_copy(update={"id": f"not/{number}"} if item.id else {"value": "n/a"})
                  for number, item in enumerate(right.items))  # fmt: skip
    return right.model_copy(update={"items": items, "headline": "It is something else."})


def half_a_list(case: Case) -> Answer:
    """The first item only, and said to be all."""
    right = oracle(case)
    return right.model_copy(update={"items": right.items[:1], "headline": f"It is {[*right.items, None][0]}"})


def forging(case: Case) -> Answer:
    """The right answer with a quote that stands nowhere."""
    right = oracle(case)
    forged = tuple(citation.model_copy(update={"quote": "It barks."}) for citation in right.citations)
    return right.model_copy(update={"citations": forged})


def declining(_: Case) -> Answer:
    return Answer(headline="I do not know.", abstained=True)


def claiming(case: Case) -> Answer:
    """Never declines: what nothing answers is made up."""
    made_up = AnswerItem(kind="value", value="mit")
    return oracle(case) if not case.expected.abstain else Answer(headline="It is MIT.", items=(made_up,), total=1)


def _first_line(path: str) -> str:
    return FILES[path].split("\n")[0]
