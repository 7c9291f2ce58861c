"""Language names and tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.languages import language_code, language_codes, language_name, spoken_names


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("en", ("en",)),
        ("Spanish", ("es",)),
        ("zh-CN", ("zh",)),
        ("pt_BR", ("pt",)),
        ("deu", ("de",)),
        ("tl", ("tl",)),
        ("ceb", ("ceb",)),
        ("Hinglish", ("hi", "en")),
        ("multilingual", ("multilingual",)),
        ("code", ("code",)),
        ("the tongue of my aunt", ()),
        ("", ()),
        ("xx", ()),
    ],
)
def test_the_codes_of_a_name(name: str, codes: tuple[str, ...]) -> None:
    assert language_codes(name) == codes


def test_a_mixed_language_is_not_one_language() -> None:
    assert language_code("Hinglish") is None
    assert language_code("German") == "de"


@pytest.mark.parametrize(
    ("code", "name"), [("nl", "Dutch"), ("ceb", "Cebuano"), ("multilingual", "multilingual"), ("??", "??")]
)
def test_the_name_of_a_code(code: str, name: str) -> None:
    assert language_name(code) == name


def test_people_ask_by_name_for_every_language_with_two_letters_and_those_of_the_catalogue() -> None:
    names = {(name.lower(), code) for name, code in spoken_names(["ceb"])}
    assert {("dutch", "nl"), ("cebuano", "ceb"), ("hinglish", "hi"), ("hinglish", "en")} <= names
    assert len({code for _, code in names}) > 150


@given(st.text(max_size=60))
def test_any_text_is_a_language_or_none(text: str) -> None:
    assert all(isinstance(code, str) and code for code in language_codes(text))
    assert isinstance(language_name(text), str)
