"""Questions to the sample catalogue, answered without a model."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from agent.offline.reading import QuestionReader
from agent.wiring import Almanac
from catalog.query import CatalogQuery
from catalog.settings import load_settings
from catalog.snapshot import Snapshot, open_snapshot


@pytest.fixture(scope="module")
def asked(sample_store: Path) -> Iterator[Almanac]:
    almanac = Almanac(load_settings(store=sample_store))
    yield almanac
    almanac.close()


@pytest.fixture(scope="module")
def snapshot(sample_store: Path) -> Iterator[Snapshot]:
    opened = open_snapshot(load_settings(store=sample_store))
    yield opened
    opened.close()


def ids(almanac: Almanac, *turns: str) -> set[str]:
    return {item.id or "" for item in almanac.ask(*turns).items}


def test_a_list_is_complete_and_every_item_is_cited(asked: Almanac) -> None:
    answer = asked.ask("Which models were fine-tuned on SQuAD 2.0?")
    found = {item.id for item in answer.items}
    assert {"deepset/roberta-base-squad2", "deepset/tinyroberta-squad2", "deepset/minilm-uncased-squad2"} <= found
    assert answer.total == len(answer.items)
    assert answer.exhaustive
    assert all(row.markers for row in answer.rows)
    assert {citation.asset for citation in answer.citations} == found


def test_every_quote_stands_in_its_file(asked: Almanac) -> None:
    corpus = Path(__file__).parents[2] / "evals" / "corpus"
    for question in ("Which models were trained on Wikipedia?", "How is camembert-base licensed?", "what is WebText?"):
        for citation in asked.ask(question).citations:
            text = (corpus / citation.path).read_text(encoding="utf-8")
            assert " ".join(citation.quote.split()) in " ".join(text.split())


def test_training_data_of_the_base_model_is_not_the_models_own(asked: Almanac) -> None:
    assert "dslim/bert-base-NER" not in ids(asked, "Which models were trained on BookCorpus?")


def test_what_a_card_denies_is_not_a_fact(asked: Almanac) -> None:
    assert "facebook/bart-large-cnn" not in ids(asked, "Which models were fine-tuned on XSum?")


def test_a_licence_is_one_value_with_its_line(asked: Almanac) -> None:
    answer = asked.ask("What licence does facebook/bart-large-cnn have?")
    assert [item.value for item in answer.items] == ["mit"]
    assert answer.citations[0].quote == "license: mit"


def test_a_model_is_found_by_how_people_call_it(asked: Almanac) -> None:
    answer = asked.ask("what licence has the deepset tiny roberta for squad 2?")
    assert "deepset/tinyroberta-squad2" in answer.headline


def test_a_card_that_does_not_say_is_not_guessed(asked: Almanac) -> None:
    answer = asked.ask("What licence does openai/clip-vit-base-patch32 have?")
    assert answer.abstained
    assert not answer.items
    assert not answer.citations
    assert "does not state its licence" in answer.text


@pytest.mark.parametrize("name", ["MegaWombat-9000", "nobody/no-such-model", "deepset/roberta-huge-squad9"])
def test_an_unknown_model_is_declined(asked: Almanac, name: str) -> None:
    answer = asked.ask(f"What licence does {name} come with?")
    assert answer.abstained
    assert not answer.citations


def test_a_count_is_a_number(asked: Almanac) -> None:
    answer = asked.ask("How many models were fine-tuned on SQuAD 2.0?")
    listed = asked.ask("Which models were fine-tuned on SQuAD 2.0?")
    assert [(item.kind, item.value) for item in answer.items] == [("number", listed.total)]


def test_a_ranking_names_the_best_first(asked: Almanac) -> None:
    answer = asked.ask("top 2 models by F1 on SQuAD 2.0")
    scores = [float(str(item.value)) for item in answer.items]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)


def test_models_are_compared_side_by_side(asked: Almanac) -> None:
    answer = asked.ask("Compare the licences of gpt2 and distilgpt2")
    assert {row.label for row in answer.rows} == {"gpt2", "distilgpt2"}
    assert {item.value for item in answer.items} == {"mit", "apache-2.0"}


def test_a_follow_up_keeps_its_subject(asked: Almanac) -> None:
    answer = asked.ask("What licence does camembert-base have?", "and what was it trained on?")
    assert [item.id for item in answer.items] == ["oscar"]


def test_a_follow_up_narrows_the_last_list(asked: Almanac) -> None:
    every = ids(asked, "Which models have the task fill-mask?")
    english = ids(asked, "Which models have the task fill-mask?", "only the French ones")
    assert english
    assert english < every


def test_the_weather_is_declined_in_one_line(asked: Almanac) -> None:
    answer = asked.ask("Will it rain in Lisbon tomorrow?")
    assert answer.abstained
    assert "\n" not in answer.text


@pytest.mark.parametrize(
    "question", ["", "   ", "?!", "\x00\x1b[31m", "'; DROP TABLE assets; --", "😀" * 2000, "squad " * 20000]
)
def test_any_string_is_answered_or_declined(asked: Almanac, question: str) -> None:
    answer = asked.ask(question)
    assert answer.abstained or answer.citations


_OPENINGS = ("Which models", "What models", "List the models that", "show me all models", "Find models that")
_SHAPES: dict[str, tuple[tuple[str, ...], CatalogQuery]] = {
    "fine-tuned on": (
        ("were fine-tuned on SQuAD 2.0", "were fine tuned on squad_v2", "fine-tuned on the SQuAD v2 dataset"),
        CatalogQuery.model_validate({"trained_on": {"any_of": ("squad_v2",), "role": "finetune"}}),
    ),
    "pretrained on": (
        ("were pretrained on Wikipedia", "were pre-trained on wikipedia", "pretrained on the Wikipedia corpus"),
        CatalogQuery.model_validate({"trained_on": {"any_of": ("wikipedia",), "role": "pretrain"}}),
    ),
    "both": (
        ("were trained on both Wikipedia and BookCorpus", "were trained on wikipedia and bookcorpus"),
        CatalogQuery.model_validate({"trained_on": {"all_of": ("wikipedia", "bookcorpus")}}),
    ),
    "but not": (
        ("were trained on Wikipedia but not on BookCorpus", "trained on Wikipedia but without BookCorpus"),
        CatalogQuery.model_validate({"trained_on": {"any_of": ("wikipedia",), "none_of": ("bookcorpus",)}}),
    ),
    "base": (
        ("are fine-tuned from roberta-base", "were fine-tuned from roberta-base"),
        CatalogQuery.model_validate({"derived_from": {"any_of": ("roberta-base",), "relation": "finetune"}}),
    ),
    "licence": (
        ("are under the MIT licence", "are MIT licensed", "have an mit license"),
        CatalogQuery.model_validate({"license": {"any_of": ("mit",)}}),
    ),
    "language": (
        ("are for German", "handle German", "cover German text"),
        CatalogQuery.model_validate({"language": {"any_of": ("de",)}}),
    ),
    "threshold": (
        ("reach more than 80 F1 on SQuAD 2.0", "score above 80 F1 on squad_v2", "get over 80 F1 on SQuAD v2"),
        CatalogQuery.model_validate({"metric": {"dataset": "squad_v2", "metric": "f1", "op": ">", "value": 80}}),
    ),
}


@pytest.mark.parametrize("shape", _SHAPES)
def test_wordings_of_one_question_give_one_query(snapshot: Snapshot, shape: str) -> None:
    reader = QuestionReader(snapshot.catalog)
    wordings, query = _SHAPES[shape]
    for opening, wording in product(_OPENINGS, wordings):
        assert reader.read(f"{opening} {wording}?").query == query, f"{opening} {wording}?"
