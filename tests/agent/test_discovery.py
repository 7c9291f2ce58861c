"""Needs told in people's own words."""

from pathlib import Path

import pytest
from stores import Cards

from agent.wiring import Almanac
from catalog.needs import need_reader
from catalog.settings import Settings
from ingest.pipeline import ingest_roots

MOODS = """\
---
pipeline_tag: text-classification
language: nl
license: mit
---
# moods

This model tells angry letters from happy ones, in Dutch.
"""
EARS = MOODS.replace("text-classification", "automatic-speech-recognition").replace("moods", "ears").replace(
    "tells angry letters from happy ones, in Dutch", "writes down what is spoken"
)  # fmt: skip


@pytest.fixture
def almanac(models: Cards, store: Path) -> Almanac:
    models.write("den/moods", MOODS)
    models.write("den/ears", EARS)
    settings = Settings(store=store, jobs=1)
    ingest_roots([models.root], settings)
    return Almanac(settings)


def test_a_need_is_answered_with_assets_reasons_and_their_lines(almanac: Almanac) -> None:
    answer = almanac.ask("we get angry mails in Dutch and want to route them")
    assert answer.items[0].id == "den/moods"
    assert answer.rows[0].details[0] == "text-classification, Dutch"
    assert "angry letters" in answer.rows[0].details[1]
    assert not answer.exhaustive
    citation = answer.citations[0]
    assert (citation.asset, citation.quote) == (
        "den/moods",
        "This model tells angry letters from happy ones, in Dutch.",
    )
    assert "Dutch" in answer.understood


@pytest.mark.parametrize("question", ["What licence does den/moods have?", "How many models are there for Dutch?"])
def test_a_question_about_something_is_no_need(question: str, almanac: Almanac) -> None:
    assert not almanac.ask(question).headline.startswith("These may fit")


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("subtitles for our lectures please", "automatic-speech-recognition"),
        ("blur the background in video calls", "image-segmentation"),
        ("boil down long reports", "summarization"),
        ("insults in our comments should be hidden", "text-classification"),
    ],
)
def test_what_people_say_is_read_into_tasks(text: str, task: str) -> None:
    assert task in need_reader().read(text).tasks


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("rude posts on a forum in Warsaw", {"pl"}),
        ("the papers of Oslo and of Dar es Salaam", {"no", "nb", "sw"}),
        ("it is nicer in polish shoes", set()),
    ],
)
def test_places_tell_languages(text: str, languages: set[str]) -> None:
    assert need_reader().read(text).languages == languages


@pytest.mark.parametrize(
    ("text", "kind"),
    [("annotated examples of letters", "dataset"), ("a ready-made classifier of letters", "model"), ("letters", None)],
)
def test_the_kind_that_is_wanted_is_read(text: str, kind: str | None) -> None:
    assert need_reader().read(text).kind == kind


@pytest.mark.parametrize(
    "question",
    [
        "Dutch letter models trained on the Great Herring Corpus",
        "what do we do at night when the mail router is down and nobody answers the phone?",
    ],
)
def test_a_list_and_a_question_to_our_own_papers_are_no_needs(question: str, almanac: Almanac) -> None:
    assert not almanac.ask(question).headline.startswith("These may fit")


def test_an_open_question_with_a_wish_is_a_need(almanac: Almanac) -> None:
    answer = almanac.ask("how could a machine help us to see that a letter in our Dutch mailbox is angry?")
    assert answer.headline.startswith("These may fit")
    assert answer.items[0].id == "den/moods"


def test_facts_are_asked_for_and_not_needed() -> None:
    told_in = need_reader().told_in
    assert told_in("our customers complain in Polish and we would like to sort what they write")
    assert not told_in("How many sentences does the complaint corpus hold in its training split?")
    assert not told_in("hello there")
