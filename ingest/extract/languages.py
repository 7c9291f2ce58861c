"""Which languages a card's asset is for, where its metadata does not say or says only `multilingual`."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from catalog.languages import language_codes
from catalog.records import Attribute, Evidence, Fact, Origin
from catalog.vocabulary import squash
from ingest.document import Block, Sentence
from ingest.extract.card_text import CardText
from ingest.extract.gazetteer import Gazetteer
from ingest.extract.patterns import load, pattern

_DATA = load("languages")
_DECLARED = pattern("languages", "patterns", "declared")
_LIST_CUE = pattern("languages", "patterns", "list_cue")
_BEHIND = pattern("languages", "patterns", "behind")
_BEFORE = pattern("languages", "patterns", "before")
_OF_METHOD = pattern("languages", "patterns", "of_method")
_EXCLUDED = pattern("languages", "patterns", "excluded")
_MANY = pattern("languages", "patterns", "many")
_NOT_READ = pattern("languages", "patterns", "not_read")
_TEXT_MODEL = pattern("languages", "patterns", "text_model")
_OTHER_MODALITY = pattern("languages", "patterns", "other_modality")
_ENGLISH = pattern("languages", "patterns", "english")
_AMBIGUOUS = frozenset(_DATA["ids"]["ambiguous"])

_LIST_SPLIT = re.compile(r"[,;/|&+]|\band\b|\bund\b|\by\b|\bet\b|\be\b|\.(?=\s|$)")
_WORD = re.compile(r"[^\W\d_]+")
_MAX_TEXT = 20_000
_MAX_BLOCKS = 40
_MAX_LISTED = 120
_MIN_ENGLISH_WORDS = 3

_Found = list[tuple[tuple[str, ...], Evidence]]


def extract(card: CardText) -> Iterator[Fact]:
    """Languages of the card; where the metadata lists them only what contradicts it."""
    listed = {fact.value for fact in card.asset.facts if isinstance(fact, Attribute) and fact.name == "language"}
    if listed - {"multilingual"}:
        yield from _denied(card, listed)
        return
    readers = _IN_A_LIST if listed else _ANYWHERE
    found = next(filter(None, (reader(card) for reader in readers)), [])
    told = [(code, evidence) for codes, evidence in found for code in codes]
    for code in dict.fromkeys(code for code, _ in told):
        evidence = next(evidence for other, evidence in told if other == code)
        yield Attribute(name="language", value=code, evidence=evidence)


def _denied(card: CardText, listed: set[str]) -> Iterator[Attribute]:
    """The languages that lines of the text declare, where they are not all listed: `lint` shows both."""
    found = _declared(card)
    codes = {code for codes, _ in found for code in codes}
    if "multilingual" not in listed | codes and not codes <= listed:
        for told, evidence in found:
            yield from (Attribute(name="language", value=code, evidence=evidence) for code in told)


# ------------------------------------------------------------------------------------------------------- the readers


def _declared(card: CardText) -> _Found:
    """Lines such as `Language: English` or `source languages: en`."""
    found: _Found = []
    for block in _read(card):
        for number, line in enumerate(block.text.split("\n")[:50], start=block.line_start):
            match = _DECLARED.match(line[:400])
            codes = _codes_of_list(line[match.end() : 400]) if match else ()
            if codes:
                found.append((codes, card.line_evidence(number, "prose")))
    return found


def _listed(card: CardText) -> _Found:
    """A sentence or a list that names two languages or more and says that they are languages."""
    for block in _read(card):
        for sentence in block.sentences:
            names = [code for code, _, _ in _names(sentence.plain)]
            if len(set(names)) >= 2 and _LIST_CUE.search(sentence.plain):
                return [(tuple(names), card.evidence(sentence, "prose"))]
            codes = _codes_behind_cue(sentence.plain)
            if len(codes) >= 2:
                return [(codes, card.evidence(sentence, "prose"))]
    return _itemized(card)


def _itemized(card: CardText) -> _Found:
    """Three or more list items, headings or first cells of table rows that are each the name of a language."""
    found: _Found = []
    for block in card.document.blocks:
        if block.kind in ("item", "heading"):
            codes = _codes_of(block.plain)
            found += [(codes, card.evidence(block, "prose"))] if len(codes) == 1 else []
        for row, line in zip(block.rows[:_MAX_LISTED], block.row_lines, strict=False):
            codes = _codes_of(row[0]) if row else ()
            found += [(codes, card.line_evidence(line, "table"))] if len(codes) == 1 else []
        if len(found) >= _MAX_LISTED:
            break
    return found if len({codes for codes, _ in found}) >= 3 else []


def _titled(card: CardText) -> _Found:
    """The language in the title: `German BERT`, `Turkish News Text Classification`."""
    title = next((block for block in card.document.blocks if block.kind == "heading"), None)
    names = [code for code, _, _ in _names(title.plain)] if title else []
    return [(tuple(names), card.evidence(title, "prose"))] if title and names else []


def _said(card: CardText) -> _Found:
    """The first sentence that speaks of text in a language, or of something for it."""
    for block in _read(card):
        for sentence in block.sentences if block.kind != "heading" else ():
            codes = _spoken_of(sentence)
            if codes:
                return [(codes, card.evidence(sentence, "prose"))]
    return []


def _spoken_of(sentence: Sentence) -> tuple[str, ...]:
    text = sentence.plain[:1_000]
    kept = []
    for code, start, end in _names(text):
        before = text[max(0, start - 30) : start]
        if not _EXCLUDED.search(before) and (_BEHIND.match(text[end : end + 60]) or _BEFORE.search(before)):
            kept.append(code)
    return tuple(kept)


def _in_id(card: CardText) -> _Found:
    """Names and codes of languages in the id: `bert-base-german`, `opus-mt-en-fr`; only suggested by it."""
    parts = [part.lower() for part in re.split(r"[-_.\s]", card.name)]
    named = [code for part in parts if len(part) > 4 for code in _spelling_codes().get(squash(part), ())]
    codes = [_code(part) for part in parts]
    beside = [any(codes[max(0, i - 1) : i]) or any(codes[i + 1 : i + 2]) for i in range(len(codes))]
    told = [
        code for code, part, near in zip(codes, parts, beside, strict=True) if code and (near or part not in _AMBIGUOUS)
    ]
    found = tuple(dict.fromkeys([*named, *told]))
    return [(found, _whole(card, "inferred"))] if found else []


def _many(card: CardText) -> _Found:
    """`multilingual` where the card speaks of many languages without a list."""
    for block in _read(card):
        for sentence in block.sentences:
            if _MANY.search(sentence.plain):
                return [(("multilingual",), card.evidence(sentence, "prose"))]
    return []


def _assumed_english(card: CardText) -> _Found:
    """English, inferred: a card in English about a text model that names no other language."""
    about = f"{card.name} {card.document.title}"
    if card.kind != "model" or not _TEXT_MODEL.search(about) or _OTHER_MODALITY.search(about):
        return []
    prose = " ".join(
        block.plain[:300] for block in card.document.blocks[:10] if block.kind in ("paragraph", "heading", "item")
    )
    return [(("en",), _whole(card, "inferred"))] if len(_ENGLISH.findall(prose)) >= _MIN_ENGLISH_WORDS else []


_IN_A_LIST = (_declared, _listed, _in_id)
_ANYWHERE = (_declared, _titled, _said, _listed, _in_id, _many, _assumed_english)


# --------------------------------------------------------------------------------------------------------- the words


def _read(card: CardText) -> Iterator[Block]:
    """The prose at the beginning of a card, less the sections that speak of something else."""
    for block in card.document.blocks[:_MAX_BLOCKS]:
        section = block.headings[-1] if block.headings else ""
        is_prose = block.kind in ("paragraph", "item", "heading", "html") and len(block.text) <= _MAX_TEXT
        if is_prose and not _NOT_READ.search(section):
            yield block


def _whole(card: CardText, origin: Origin) -> Evidence:
    """Evidence by the title, or by the first line where there is none."""
    first = next((block for block in card.document.blocks if block.kind == "heading"), None)
    first = first or next(iter(card.document.blocks), None)
    return card.evidence(first, origin) if first else card.line_evidence(1, origin)


def _names(text: str) -> list[tuple[str, int, int]]:
    """(code, start, end) of every name of a language in a text."""
    found = []
    for start, end, codes in _gazetteer().scan(text):
        written = text[start].isupper() or (text[start:end].islower() and text[start:end] in _DATA["adjectives"])
        if written and not _OF_METHOD.match(text, end):
            found += [(code, start, end) for code in codes.split()]
    return found


def _codes_of_list(text: str) -> tuple[str, ...]:
    """Codes of `English, French and de`; empty where the list does not begin with a language."""
    whole = _codes_of(text)
    if whole:
        return whole
    codes: list[str] = []
    for part in _LIST_SPLIT.split(text)[:_MAX_LISTED]:
        read = _codes_of(part)
        if not read:
            break
        codes += read
    return tuple(codes)


def _codes_of(part: str) -> tuple[str, ...]:
    bare = re.sub(r"\([^()]{0,40}\)", " ", part).strip(" *_`\"'[]:-–.\t")
    words = _WORD.findall(bare)
    if not words or len(words) > 3:
        return ()
    spelled = _spelling_codes().get(squash(bare), ())
    if spelled or len(words) > 1:
        return spelled
    return language_codes(bare) if len(bare) <= 3 and bare.islower() and _code(bare) else ()


def _codes_behind_cue(text: str) -> tuple[str, ...]:
    """Codes of `languages: en, fr, es and sw`."""
    cue = _LIST_CUE.search(text)
    behind = text[cue.end() : cue.end() + 600].lstrip(" :(") if cue else ""
    return _codes_of_list(behind) if behind else ()


@lru_cache(maxsize=1)
def _spelling_codes() -> dict[str, tuple[str, ...]]:
    spelled = {squash(name): (code,) for code, names in _DATA["names"].items() for name in names}
    spelled |= {squash(word): (code,) for word, code in _DATA["adjectives"].items()}
    return spelled | {squash(name): tuple(codes) for name, codes in _DATA["mixed"].items()}


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    return Gazetteer({spelling: " ".join(codes) for spelling, codes in _spelling_codes().items()})


def _code(part: str) -> str | None:
    return part if part in _DATA["names"] else None


def language_of(words: Iterable[str]) -> str | None:
    """The code of the only language that some words name, or None."""
    codes = {code for word in words for code in _spelling_codes().get(squash(word), ())}
    return codes.pop() if len(codes) == 1 else None
