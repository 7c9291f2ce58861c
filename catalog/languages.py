"""Language names and tags → ISO 639 codes (two letters where there are any, else three).

langcodes takes 0.2 s to import, so it is imported by the functions that need it: answering a question finds languages
among the aliases of the catalogue.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from string import ascii_lowercase

from catalog.vocabulary import squash, vocabulary

#: values of a card's language list that are no natural language but are searched for as one
NOT_NATURAL = ("multilingual", "code")
_DIRECTIONS = ("Northern ", "Southern ", "Eastern ", "Western ")


@lru_cache(maxsize=4096)
def language_codes(name: str) -> tuple[str, ...]:
    """The codes that a name or tag stands for: `Spanish` → es, `zh-CN` → zh, `Hinglish` → hi, en; empty if unknown."""
    stripped = name.strip()
    if squash(stripped) in NOT_NATURAL:
        return (squash(stripped),)
    terms = vocabulary("languages")
    known = terms.find(stripped)
    if known:
        return tuple(terms.terms[known].extra["codes"])
    code = _of_tag(stripped) or _of_name(stripped)
    return (code,) if code else ()


def language_code(name: str) -> str | None:
    """The code of a name or tag that stands for one language, else None."""
    codes = language_codes(name)
    return codes[0] if len(codes) == 1 else None


@lru_cache(maxsize=4096)
def language_name(code: str) -> str:
    """The English name of a code; the code itself where it is none."""
    import langcodes

    return code if code in NOT_NATURAL or not _valid(code) else langcodes.Language.get(code).display_name()


def spoken_names(codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(name, code) of the languages people ask for: all with a two-letter code, `codes`, and the curated names."""
    two_letters = ("".join(pair) for pair in product(ascii_lowercase, repeat=2))
    for code in sorted({code for code in two_letters if language_codes(code) == (code,)} | set(codes)):
        name = language_name(code)
        yield name, code
        if name.startswith(_DIRECTIONS):  # `Northern Frisian` is as often called North Frisian
            yield name.replace("ern ", " ", 1), code
    for term in vocabulary("languages").terms.values():
        for name in (term.id, *term.names):
            yield from ((name, code) for code in term.extra["codes"])


def _of_tag(tag: str) -> str | None:
    primary = tag.replace("_", "-").partition("-")[0].lower()
    if len(primary) not in (2, 3) or not primary.isascii() or not tag.lower().startswith(primary):
        return None
    if len(primary) == 2:
        # A two-letter code stays as it is: standardising would turn tl (Tagalog) into fil (Filipino).
        return _standard(primary) if primary in ("iw", "in", "ji", "mo") else primary if _valid(primary) else None
    return _standard(primary) if _valid(primary) else None


def _valid(code: str) -> bool:
    import langcodes

    return langcodes.tag_is_valid(code)


def _standard(code: str) -> str | None:
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    try:
        return langcodes.Language.get(langcodes.standardize_tag(code)).language
    except LanguageTagError:
        return None


def _of_name(name: str) -> str | None:
    if len(name) < 4 or not all(char.isalpha() or char in " -'()" for char in name):
        return None
    import langcodes

    try:
        return langcodes.find(name).language
    except LookupError:
        return None
