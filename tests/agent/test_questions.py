"""Questions to the sample catalogue, answered without a model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.wiring import Almanac
from catalog.settings import load_settings


@pytest.fixture(scope="module")
def asked(sample_store: Path) -> Iterator[Almanac]:
    almanac = Almanac(load_settings(store=sample_store))
    yield almanac
    almanac.close()


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


@pytest.mark.parametrize(
    "question",
    ["compare gpt2 and distilgpt2", "gpt2 vs distilgpt2", "What is the difference between gpt2 and distilgpt2?"],
)
def test_a_comparison_by_nothing_in_particular_is_a_table_of_facts(question: str, asked: Almanac) -> None:
    answer = asked.ask(question)
    assert answer.columns == ("", "gpt2", "distilgpt2")
    told = {row.label: row.details for row in answer.rows}
    assert told["licence"] == ("mit", "apache-2.0")
    assert told["base model"] == ("–", "gpt2")
    assert all(row.markers for row in answer.rows)


def test_datasets_are_compared_as_well(asked: Almanac) -> None:
    answer = asked.ask("How do SQuAD and SQuAD 2.0 differ?")
    assert answer.columns == ("", "squad", "squad_v2")
    assert {row.label: row.details for row in answer.rows}["size"] == ("10K<n<100K", "100K<n<1M")


def test_a_licence_of_training_data_rests_on_both_cards(asked: Almanac) -> None:
    answer = asked.ask("Which models were trained on cc-by-sa-4.0 licensed data?")
    assert "deepset/roberta-base-squad2" in {item.id for item in answer.items}
    row = next(row for row in answer.rows if row.label == "deepset/roberta-base-squad2")
    cited = {citation.path for citation in answer.citations if citation.marker in row.markers}
    assert cited == {"models/deepset/roberta-base-squad2/README.md", "datasets/squad_v2/README.md"}


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


_PIECES = """
which models|squad_v2|trained on|not|and|or|> 80|F1|top 3|100M|**bold**|`|'; DROP TABLE assets; --|SELECT *|gpt2|/|%|😀
"""
_ODD = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(codec="utf-8", categories=("Cc", "Cf", "Mn", "So", "Lo", "Nd")), max_size=200),
    st.lists(st.sampled_from([*_PIECES.strip().split("|"), "\\", "\x00", "\u202e"]), max_size=30).map(" ".join),
)


@given(question=_ODD)
@example("İ" * 300)
@example("which models " + "trained on squad_v2 and " * 400)
def test_any_text_is_a_question(asked: Almanac, question: str) -> None:
    answer = asked.ask(question)
    assert answer.abstained or answer.citations
    assert answer.text


def test_a_very_long_question_is_cut_and_says_so(asked: Almanac) -> None:
    answer = asked.ask("Which models were trained on Wikipedia? " + "x" * 100_000)
    assert any("first 4,000 of 100,040 characters" in note for note in answer.notes)


def test_an_unknown_dataset_is_never_left_out_of_a_query(asked: Almanac) -> None:
    answer = asked.ask("French models trained on the Nightingale Song Corpus")
    assert answer.abstained
    assert "nightingale song" in answer.text


def test_words_that_were_not_understood_are_told(asked: Almanac) -> None:
    answer = asked.ask("Which flamboyant models were trained on Wikipedia?")
    assert not answer.abstained
    assert "Not understood, and left out: “flamboyant”." in answer.notes


@pytest.mark.parametrize(
    "name", ["distilbert-base-uncased-finetuned-mood", "xlm-roberta-base-squad9", "gpt2-enormous-9"]
)
def test_a_name_that_begins_like_a_known_one_is_not_taken_for_it(asked: Almanac, name: str) -> None:
    answer = asked.ask(f"What licence does {name} have?")
    assert answer.abstained
    assert name in answer.text


def test_near_misses_are_offered(asked: Almanac) -> None:
    answer = asked.ask("What licence does deepset/tinyroberta-squad3 have?")
    assert answer.abstained
    assert "Did you mean: " in answer.text
    assert "deepset/tinyroberta-squad2" in answer.text


def test_every_answer_says_how_it_was_understood(asked: Almanac) -> None:
    for question in ("Which models were trained on XSum?", "gpt2 licence", "models in Klingon trained on XSum", "hm?"):
        assert asked.ask(question).understood


def test_the_query_is_shown_with_the_answer(asked: Almanac) -> None:
    assert asked.ask("gpt2 licence").tools[0].arguments == {
        "ids": ["gpt2"],
        "has_card": None,
        "select": "attribute",
        "attribute": "license",
    }


def test_a_class_of_licences_is_told_by_its_meaning(asked: Almanac) -> None:
    assert "licence that allows commercial use" in asked.ask("Which summarization models may we sell?").understood


def test_the_largest_models_stand_with_their_sizes_and_sources(asked: Almanac) -> None:
    answer = asked.ask("What are the three largest text generation models?")
    sizes = [row.details[0] for row in answer.rows]
    assert len(sizes) == 3
    assert all("000,000" in size for size in sizes)
    assert all(row.markers for row in answer.rows)
    assert not answer.exhaustive


def test_models_are_counted_per_language(asked: Almanac) -> None:
    answer = asked.ask("How many models are there per language?")
    counts = {item.id: item.value for item in answer.items}
    assert counts["en"] == max(int(str(count)) for count in counts.values())
    assert counts["de"] == len(ids(asked, "Which models are for German?"))


def test_an_attribute_of_each_model_is_a_table(asked: Almanac) -> None:
    answer = asked.ask("Which licences do the models fine-tuned on SQuAD 2.0 have?")
    listed = asked.ask("Which models were fine-tuned on SQuAD 2.0?")
    assert {item.id for item in answer.items} <= {item.id for item in listed.items}
    assert {str(item.value) for item in answer.items} >= {"cc-by-4.0"}


def test_ancestors_are_told_step_by_step(asked: Almanac) -> None:
    answer = asked.ask("What is the whole lineage of HuggingFaceH4/zephyr-7b-beta?")
    assert "mistralai/Mistral-7B-v0.1" in {item.id for item in answer.items}


def test_data_of_one_phase_leaves_out_the_other(asked: Almanac) -> None:
    fine_tuned = ids(asked, "What was deepset/roberta-base-squad2 fine-tuned on?")
    assert fine_tuned == {"squad_v2"}


def test_the_size_of_a_dataset_is_that_of_the_dataset(asked: Almanac) -> None:
    assert "Size of xsum: 10K<n<100K" in asked.ask("How big is XSum?").text


def test_how_big_a_part_of_a_model_is_does_not_ask_for_its_parameters(asked: Almanac) -> None:
    assert "Number of parameters" not in asked.ask("How big is the vocabulary of GPT-2 small?").text


def test_datasets_for_a_task_are_datasets(asked: Almanac) -> None:
    found = asked.ask("Which datasets are intended for summarization?")
    assert {(item.kind, item.id) for item in found.items} == {("dataset", "cnn_dailymail")}


def test_what_was_trained_on_a_dataset_are_models(asked: Almanac) -> None:
    listed = ids(asked, "Which models were trained on OpenWebText?")
    assert ids(asked, "what was trained on OpenWebText?") == listed
    assert ids(asked, "trained on OpenWebText?") == listed


def test_a_list_that_was_read_and_finds_nothing_says_so(asked: Almanac) -> None:
    answer = asked.ask("anything trained on imdb?")
    assert answer.abstained
    assert not answer.citations


def test_speed_is_ordered_by_the_table_that_tells_of_most(asked: Almanac) -> None:
    answer = asked.ask("Rank the sentence-transformers models by speed, fastest first")
    assert [item.value for item in answer.items] == ["14200", "7500", "2800"]
    assert all(row.markers for row in answer.rows)


def test_machines_are_counted_as_numbers(asked: Almanac) -> None:
    answer = asked.ask("Which model was trained on the most GPUs?")
    assert [item.id for item in answer.items] == ["roberta-large"]
