"""Scorers: who is right scores 1 in everything, and each way to be wrong costs what it should."""

import pytest
from answerers import (
    CASES,
    FILES,
    Answerer,
    claiming,
    declining,
    forging,
    half_a_list,
    library_for,
    oracle,
    wrong_ids,
)

from agent.answer import Answer, AnswerItem, Citation, Usage
from evals.cases import Case, CaseType
from evals.library import Library
from evals.measures import GRADED, measures
from evals.scorers import score

_SPENT = {"seconds", "input_tokens", "output_tokens", "cost", "model_asked"}
_ERRORS = {"false_exhaustive"}


def marks(case: Case, answerer: Answerer) -> dict[str, float]:
    return {name: mark.value for name, mark in score(case, answerer(case), library_for(case)).items()}


def means(answerer: Answerer, cases: tuple[Case, ...] = CASES) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for case in cases:
        for name, value in marks(case, answerer).items():
            found.setdefault(name, []).append(value)
    return {name: sum(values) / len(values) for name, values in found.items()}


def case(**given: object) -> Case:
    return Case.model_validate({"id": "x", "type": "attribute", "question": "?"} | given)


def said(text: str, *items: AnswerItem, **more: object) -> Answer:
    return Answer.model_validate({"headline": text, "items": items} | more)


def marks_of(one: Case, answer: Answer) -> dict[str, float]:
    return {name: mark.value for name, mark in score(one, answer, Library(FILES.get)).items()}


def test_there_is_a_case_of_every_type() -> None:
    assert {one.type for one in CASES} == set(CaseType.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.id)
def test_an_answer_that_is_right_scores_one_in_everything(one: Case) -> None:
    found = marks(one, oracle)
    assert {name: value for name, value in found.items() if name not in _SPENT | _ERRORS and value != 1} == {}
    assert {name: value for name, value in found.items() if name in _ERRORS and value != 0} == {}


def test_every_measure_is_measured_and_described() -> None:
    graded = {name for name, measure in measures().items() if measure.group == GRADED}
    assert set(means(oracle)) == set(measures()) - graded


def test_other_items_than_those_asked_for_score_nothing() -> None:
    content = tuple(one for one in CASES if not one.expected.abstain and one.expected.items != ())
    found = means(wrong_ids, content)
    assert (found["score"], found["correct"], found["set_f1"], found["set_precision"], found["set_recall"]) == (0,) * 5
    assert (found["ranking"], found["exact"], found["numeric"], found["includes"]) == (0,) * 4
    assert found["abstention"] == 1


def test_a_list_that_misses_one_and_is_said_to_be_all_is_an_error_of_its_own() -> None:
    found = marks(CASES[0], half_a_list)
    assert (found["set_precision"], found["set_recall"], found["false_exhaustive"]) == (1, 0.5, 1)
    assert found["set_f1"] == pytest.approx(2 / 3)
    humble = oracle(CASES[0]).model_copy(update={"exhaustive": False, "items": oracle(CASES[0]).items[:1]})
    assert score(CASES[0], humble, library_for(CASES[0]))["false_exhaustive"].value == 0


def test_forged_quotes_cost_validity_and_nothing_else() -> None:
    right, forged = means(oracle), means(forging)
    assert (right["citation_validity"], forged["citation_validity"]) == (1, 0)
    assert {name for name in right if right[name] != forged[name]} == {"citation_validity"}


@pytest.mark.parametrize(
    ("citation", "valid"),
    [
        ({"line_start": 3, "line_end": 3, "quote": "hunts at night"}, 1),
        ({"line_start": 3, "line_end": 4, "quote": "at night.  It sleeps"}, 1),
        ({"line_start": 1, "line_end": 1, "quote": "hunts at night"}, 0),
        ({"line_start": 3, "line_end": 3, "quote": " "}, 0),
        ({"path": "models/den/wolf/README.md", "line_start": 1, "line_end": 1, "quote": "Wolf"}, 0),
        ({"line_start": 99, "line_end": 99, "quote": "sleeps by day", "page": 2}, 1),
    ],
)
def test_a_quote_must_stand_in_the_lines_that_are_cited(citation: dict[str, object], valid: int) -> None:
    told = Citation.model_validate({"marker": 1, "asset": None, "path": "models/den/owl/README.md"} | citation)
    assert marks_of(case(expected={"value": "x"}), said("x", citations=(told,)))["citation_validity"] == valid


def test_a_citation_of_another_file_is_valid_and_not_relevant() -> None:
    other = oracle(CASES[0]).citations[0].model_copy(update={"path": "models/den/fox/README.md", "quote": "# Fox"})
    found = marks_of(CASES[0], oracle(CASES[0]).model_copy(update={"citations": (other,)}))
    assert (found["citation_validity"], found["citation_relevance"]) == (1, 0)


def test_an_answer_needs_a_source_and_an_abstention_has_none() -> None:
    one = case(expected={"value": "x"})
    citation = oracle(CASES[0]).citations[0]
    assert marks_of(one, said("x"))["cited"] == 0
    assert marks_of(one, said("no", abstained=True, citations=(citation,)))["cited"] == 0
    assert marks_of(one, said("no", abstained=True))["cited"] == 1


def test_who_always_declines_is_right_only_where_nothing_answers() -> None:
    found = means(declining)
    stance = [one for one in CASES if one.to_be_declined is not None]
    assert found["abstention_recall"] == 1
    assert found["abstention_precision"] == found["abstention"] == pytest.approx(1 / len(stance))
    assert found["score"] == pytest.approx(2 / len(CASES))  # what is unanswerable, and the list that is empty
    assert "precision" not in found


def test_who_never_declines_makes_up_what_nothing_answers() -> None:
    found = means(claiming)
    assert found["abstention_recall"] == 0
    assert found["abstention"] < 1
    assert found["score"] == found["precision"] == pytest.approx((len(CASES) - 1) / len(CASES))


def test_what_must_not_be_said_takes_everything() -> None:
    baited = said("den/owl, den/fox and gull/magpie", *oracle(CASES[0]).items)
    injected = next(one for one in CASES if one.type == "injection")
    found = marks_of(injected, baited)
    assert (found["set_f1"], found["excludes"], found["score"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("expected", "text", "right"),
    [
        ("mit", "The licence is MIT [1].", 1),
        ("mit", "It is permitted.", 0),
        ("apache-2.0", "Apache-2.0", 1),
        ("apache-2.0", "apache-2.05", 0),
        ("88.1|0.881", "F1 is 0.881", 1),
        ("110M", "about 110 million parameters", 1),
        ("110M", "about 110 parameters and 11 layers", 0),
        (0.9127, "accuracy 91.27 %", 1),
        (2e-5, "learning rate 2e-05", 1),
        (96, "batches of 960", 0),
    ],
)
def test_a_value_is_found_in_a_text_in_any_notation_but_whole(expected: str | float, text: str, right: int) -> None:
    assert marks_of(case(expected={"value": expected}), said(text))["exact"] == right


@pytest.mark.parametrize(
    ("number", "answer", "right"),
    [
        (7, said("7 models", AnswerItem(kind="number", value=7)), 1),
        (7, said("7 models", AnswerItem(kind="number", value=70)), 0),
        (1, said("1 model", AnswerItem(kind="number", value=100)), 0),
        (3, said("The catalogue has 3 models.", notes=("2 of them by den",)), 1),
        (2, said("The catalogue has 3 models.", notes=("2 of them by den",)), 0),
        (14_200, said("Speed", notes=("14,200 sentences a second",)), 1),
        (7, said("7 I guess", abstained=True), 0),
    ],
)
def test_a_number_is_the_one_that_is_stated(number: float, answer: Answer, right: int) -> None:
    assert marks_of(case(type="count", expected={"number": number}), answer)["numeric"] == right


def test_some_of_what_must_be_said_is_some_of_the_score() -> None:
    comparison = next(one for one in CASES if one.type == "comparison")
    found = marks_of(comparison, said("den/owl has 110 million parameters"))
    assert found["includes"] == found["score"] == pytest.approx(2 / 3)
    assert found["correct"] == 0


@pytest.mark.parametrize(
    ("listed", "ranking", "f1"),
    [
        (["den/owl", "den/fox"], 1, 1),
        (["den/owl", "den/vixen"], 1, 1),
        (["den/owl", "den/fox", "den/hen"], 1, 1),
        (["den/fox", "den/owl"], 0, 1),
        (["den/owl"], 0.5, 2 / 3),
        ([], 0, 0),
    ],
)
def test_a_ranking_is_compared_place_by_place(listed: list[str], ranking: float, f1: float) -> None:
    one = next(one for one in CASES if one.type == "ranking")
    items = [AnswerItem(kind="model", id=id_) for id_ in listed]
    found = marks_of(one, said("The best:", *items))
    assert (found["ranking"], found["set_f1"]) == (ranking, pytest.approx(f1))


def test_suggestions_are_judged_by_as_many_as_there_are_fits() -> None:
    one = next(one for one in CASES if one.type == "discovery")
    items = [AnswerItem(kind="model", id=id_) for id_ in ("den/owl", "den/hen", "den/fox", "den/cat")]
    assert marks_of(one, said("These may fit:", *items))["set_f1"] == 0.5
    assert marks_of(one, said("These may fit:", *items[::2], *items))["set_f1"] == 1
    assert marks_of(one, said("All that fit:", *items, exhaustive=True))["set_f1"] == pytest.approx(2 / 3)


def test_look_ups_that_were_not_made_are_told() -> None:
    found = score(CASES[0], oracle(CASES[0]).model_copy(update={"tools": ()}), library_for(CASES[0]))
    assert (found["tools"].value, found["tools"].why) == (0, "not called: find_models")


def test_documents_that_rank_low_cost_gain_and_those_that_are_missing_recall() -> None:
    from evals.rankings import Found

    prose = next(one for one in CASES if one.type == "prose")
    others = [Found(f"models/other/{number}.md") for number in range(9)]
    for ranked, recall, gain in (
        ([Found(prose.evidence[0]), *others], 1, 1),
        ([*others, Found(prose.evidence[0])], 1, 0.289),
        ([*others, Found("models/x.md"), Found(prose.evidence[0])], 0, 0),
        ([], 0, 0),
    ):
        found = score(prose, oracle(prose), Library(FILES.get, lambda _, ranked=ranked: ranked))
        assert found["recall_at_10"].value == recall
        assert found["ndcg_at_10"].value == pytest.approx(gain, abs=1e-3)


def test_a_mark_says_what_is_wrong() -> None:
    found = score(CASES[0], wrong_ids(CASES[0]), library_for(CASES[0]))
    assert "missing: den/owl, den/fox; not asked for: not/0, not/1" in found["score"].why
    assert "said to be all" in found["score"].why


def test_an_unknown_price_is_no_cost() -> None:
    unknown = oracle(CASES[0]).model_copy(update={"usage": Usage(input_tokens=1, output_tokens=1, cost=None)})
    found = score(CASES[0], unknown, library_for(CASES[0]))
    assert "cost" not in found
    assert found["model_asked"].value == 1
