"""Which card, and which of its lines, a question is answered from."""

from pathlib import Path

import pytest
from stores import Cards

from agent.offline.asked import parts
from agent.wiring import Almanac
from catalog.settings import Settings
from ingest.pipeline import ingest_roots

PLAIN = "# gpt2\n\nA language model of general use. It was trained on web pages.\n"
RHYMES = """\
# gpt2-rhymes

This is GPT-2 tuned on nursery rhymes.

## Training

We took these three collections:

- Old Mother Goose (12k lines)
- Counting out (3k lines)
- Lullabies (5k lines)

## Limitations

The rhymes of Scotland are hardly covered.

## Results

| | lines | BLEU | meteor |
|---|---|---|---|
| held out | 400 | 21.5 | upcoming |
"""
SMALL = "# owl-small\n\nThe small owl sorts feathers. It reaches an accuracy of 71.2 on the barn set.\n"


@pytest.fixture
def almanac(models: Cards, store: Path) -> Almanac:
    models.write("den/gpt2", PLAIN)
    models.write("fox/gpt2-rhymes", RHYMES)
    models.write("den/owl-small", SMALL)
    models.write("den/owl-large", SMALL.replace("small", "large").replace("71.2", "78.9"))
    settings = Settings(store=store, jobs=1)
    ingest_roots([models.root], settings)
    return Almanac(settings)


def test_words_before_a_name_tell_which_of_its_kind_is_meant(almanac: Almanac) -> None:
    answer = almanac.ask("What are the limitations of the nursery rhymes gpt2?")
    assert "Scotland" in answer.text
    assert {citation.asset for citation in answer.citations} == {"fox/gpt2-rhymes"}


def test_a_short_list_is_shown_with_all_its_items(almanac: Almanac) -> None:
    answer = almanac.ask("Which collections was fox/gpt2-rhymes tuned on, Mother Goose for one?")
    assert all(name in answer.text for name in ("Old Mother Goose", "Counting out", "Lullabies"))


def test_a_cell_that_is_left_open_is_no_answer(almanac: Almanac) -> None:
    assert almanac.ask("What meteor does fox/gpt2-rhymes have?").abstained
    assert "21.5" in almanac.ask("What BLEU does fox/gpt2-rhymes have?").text


def test_a_thing_told_by_its_size_alone_is_called_like_the_one_beside_it(almanac: Almanac) -> None:
    answer = almanac.ask("owl small against large: which accuracy?")
    assert "71.2" in answer.text
    assert "78.9" in answer.text


def test_what_only_leads_up_to_a_question_is_no_part_of_it() -> None:
    told = parts("I have a box of old letters, and it is heavy. How do I load the tagger?")
    assert [part.words for part in told] == [("load", "tagger")]


@pytest.mark.parametrize(
    ("question", "headings"),
    [
        ("Who labelled the letters?", ("Dataset Creation", "Who are the annotators?")),
        ("What should I not use it for?", ("Owl", "Out-of-scope use")),
        ("How were the recordings gathered?", ("Data", "Initial Data Collection and Normalization")),
        ("What shape must the input have?", ("Usage", "Inputs")),
    ],
)
def test_a_question_knows_the_headings_that_its_answer_stands_under(question: str, headings: tuple[str, ...]) -> None:
    (part,) = parts(question)
    assert part.under(headings)
    assert not part.under(("Owl", "Acknowledgements"))
