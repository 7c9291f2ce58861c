"""Names of datasets and models in a sentence."""

from ingest.document import Sentence, links, plain
from ingest.extract.families import sized
from ingest.extract.hub import dataset_of, model_of
from ingest.extract.mentions import find, mark


def names(text: str, kind: str) -> list[str]:
    sentence = Sentence(text, plain(text), links(text), 1, 1)
    return [mention.name for mention in find(sentence, sentence.plain) if mention.kind == kind]


def test_a_hub_link_gives_the_id_of_its_target() -> None:
    text = "see [our data](https://huggingface.co/datasets/org/data) and [the base](https://huggingface.co/org/base)"
    assert names(text, "dataset") == ["org/data"]
    assert names(text, "model") == ["org/base"]


def test_spellings_differ_in_case_and_punctuation() -> None:
    assert names("on SQuAD v2.0, Multi-Genre NLI and the wikipedia corpus", "dataset")[:2] == [
        "SQuAD v2.0",
        "Multi-Genre NLI",
    ]


def test_a_part_of_an_id_is_no_dataset() -> None:
    assert names("the bert-base-nli-mean-tokens checkpoint", "dataset") == []


def test_a_common_word_is_a_dataset_only_before_such_a_noun() -> None:
    assert names("a race between stories", "dataset") == []
    assert names("on the emotion dataset", "dataset") == ["emotion dataset"]


def test_a_translated_dataset_is_another_one() -> None:
    assert "SQuAD 1.1" not in names("on machine-translated SQuAD 1.1", "dataset")
    assert names("on the Dutch Wikipedia", "dataset") == ["Wikipedia"] or names("on the Dutch Wikipedia", "dataset")


def test_a_model_takes_the_words_of_size_around_it() -> None:
    assert names("the GPT-2 (medium) model", "model") == ["GPT-2 medium"]
    assert names("an albert chinese large model", "model")[0].startswith("albert chinese large")


def test_a_class_of_a_library_is_no_model() -> None:
    assert names("loaded with BertForTokenClassification", "model") == []


def test_sections_and_organisations_of_the_hub_are_no_models() -> None:
    assert model_of("https://huggingface.co/models?filter=bert", "model hub") is None
    assert model_of("https://huggingface.co/some-lab", "Some Lab") is None
    assert model_of("https://huggingface.co/gpt2", "GPT-2") == "gpt2"
    assert dataset_of("https://huggingface.co/datasets/squad") == "squad"


def test_marks_replace_names_and_keep_the_words() -> None:
    sentence = Sentence("roberta-base fine-tuned on SNLI.", "roberta-base fine-tuned on SNLI.", (), 1, 1)
    assert mark(sentence).text == "⟦M0⟧ fine-tuned on ⟦D1⟧."


def test_the_size_of_a_family_is_read_from_an_id() -> None:
    assert sized("XLM-RoBERTa", "tf-xlm-roberta-base") == "xlm-roberta-base"
    assert sized("BERT", "my-classifier") is None
