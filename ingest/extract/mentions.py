"""The names of datasets and models in a sentence: hub links, known spellings, id-like words, names beside “dataset”."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from catalog.vocabulary import squash, vocabulary
from ingest.document import Sentence
from ingest.extract.families import begins_with_family, families, has_family, tidy, widen
from ingest.extract.hub import dataset_of, model_of
from ingest.extract.patterns import load
from ingest.extract.terms import terms
from ingest.naming import names_data

MentionKind = Literal["dataset", "model", "candidate"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name: `name` as printed or the id of a hub link; start and end in the plain text.

    A `candidate` may be a dataset where the sentence says so. `exact` tells an id (hub link or id-like word) from a
    name in words; `linked` an id that stands in a hub link, `bare` one in a bare
    address; `weak` a spelling that is a common word as well.
    """

    kind: MentionKind
    name: str
    start: int
    end: int
    exact: bool = False
    weak: bool = False
    linked: bool = False
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A plain text with its mentions replaced by `⟦D0⟧`, `⟦M1⟧`, `⟦U2⟧` (dataset, model, candidate; index)."""

    text: str
    mentions: tuple[Mention, ...]


_MARKS: dict[MentionKind, str] = {"dataset": "D", "model": "M", "candidate": "U"}
_MAX_PLAIN = 4_000


def mark(sentence: Sentence, skip: str = "") -> Marked:
    """Mark the names in a sentence; `skip` is a key at its beginning that is left out."""
    text = sentence.plain[:_MAX_PLAIN]
    start = 0
    if skip and text.startswith(skip):
        start = min(len(skip) + len(text[len(skip) :]) - len(text[len(skip) :].lstrip(" :：*_")), len(text))
    found = [mention for mention in find(sentence, text) if mention.start >= start]
    parts, position = [], start
    for index, mention in enumerate(found):
        parts += [text[position : mention.start], f"⟦{_MARKS[mention.kind]}{index}⟧"]
        position = mention.end
    return Marked("".join([*parts, text[position:]]), tuple(found))


def find(sentence: Sentence, text: str) -> list[Mention]:
    """All names in a sentence, left to right, without overlaps; what is more certain wins."""
    return list(_found(sentence, text))


#: Several extractors look for the names in the same sentence, most of them one after the other.
@lru_cache(maxsize=1024)
def _found(sentence: Sentence, text: str) -> tuple[Mention, ...]:
    found: list[Mention] = []
    for mentions in (
        _linked(sentence, text),
        _sited(text),
        _coded(sentence, text),
        _known(text),
        _family(text),
        _beside_noun(text),
    ):
        for mention in mentions:
            if all(mention.end <= other.start or mention.start >= other.end for other in found):
                found.append(_as_written(mention, text))
    return tuple(sorted(found, key=lambda mention: mention.start))


def find_in(text: str) -> list[Mention]:
    """All names in a plain text, as of a table cell."""
    return find(Sentence(text, text, (), 0, 0), text[:_MAX_PLAIN])


# ---------------------------------------------------------------------------------------------- links and code spans


def _linked(sentence: Sentence, text: str) -> Iterator[Mention]:
    position = 0
    for shown, target in sentence.links:
        start = _place(shown, text, position)
        if start < 0:
            continue
        position = start + len(shown)
        mention = _link(shown, target, start)
        if mention:
            yield mention


def _place(shown: str, text: str, position: int) -> int:
    """Where the shown text stands as whole words, -1 where it does not."""
    start = text.find(shown, position) if shown else -1
    while start >= 0:
        end = start + len(shown)
        inside = shown[0].isalnum() and text[start - 1 : start].isalnum()
        if not inside and not (shown[-1].isalnum() and text[end : end + 1].isalnum()):
            return start
        start = text.find(shown, start + 1)
    return -1


def _link(shown: str, target: str, start: int) -> Mention | None:
    end = start + len(shown)
    dataset = dataset_of(target)
    if dataset:
        return Mention("dataset", dataset, start, end, exact=True)
    model = model_of(target, shown)
    if model:
        return Mention("model", model, start, end, exact=True, linked=True)
    if _words().generic.match(shown) or len(shown) > 90 or not names_data(shown):
        return None
    if vocabulary("datasets").find(shown):
        return Mention("dataset", shown, start, end)
    if _ID.match(shown) and "://" in target:
        return Mention("candidate", shown, start, end, weak=True)  # a repository of code
    inner = [mention for mentions in (_known(shown), _family(shown)) for mention in mentions]
    if inner or model_of(target, "") or _words().not_data.search(shown):
        return None  # the names inside are found by themselves
    return Mention("candidate", shown, start, end)


_URL = re.compile(r"https?://(?:www\.)?([^\s)\]>,]{4,200})")


def _sited(text: str) -> Iterator[Mention]:
    """Bare addresses of a hub, or of a site that stands for a dataset."""
    for match in _URL.finditer(text) if "://" in text else ():
        address = match[0].rstrip(".")
        dataset, end = dataset_of(address) or _site(match[1]), match.start() + len(address)
        model = None if dataset else model_of(address, "")
        if dataset:
            yield Mention("dataset", dataset, match.start(), end)
        elif model:
            yield Mention("model", model, match.start(), end, exact=True, linked=True, bare=True)


def _site(address: str) -> str | None:
    lowered = address.lower()
    return next((name for site, name in _words().sites.items() if lowered.startswith(site.lower())), None)


_CODE = re.compile(r"(`{1,3})([^`\n]{2,90})\1")
_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,60}/[A-Za-z0-9][\w.-]{1,90}\Z")
_NO_ID = re.compile(r"\.(?:py|md|json|txt|csv|sh|ipynb|tsv|ya?ml|html?|zip|gz)\Z|^(?:https?|path|\.|r/)", re.I)


def _coded(sentence: Sentence, text: str) -> Iterator[Mention]:
    position = 0
    for match in _CODE.finditer(sentence.text) if "`" in sentence.text else ():
        code = match[2].strip(" '\"*")
        start = _place(code, text, position)
        if start < 0:
            continue
        position = start + len(code)
        mention = _code(code, start)
        if mention:
            yield mention


def _code(code: str, start: int) -> Mention | None:
    end = start + len(code)
    if vocabulary("datasets").find(code, weak=True):
        return Mention("dataset", code, start, end, exact=True)
    if _NO_ID.search(code) or _words().generic.match(code):
        return None
    if begins_with_family(code) or ("/" in code and has_family(code) and _ID.match(code)):
        return Mention("model", code, start, end, exact=" " not in code)
    if _ID.match(code):
        return Mention("candidate", code, start, end, exact=True)
    if _words().not_data.search(code) or not names_data(code):
        return None
    return None if re.search(r"[\s()=:<>#{}\[\]]", code) else Mention("candidate", code, start, end, weak=True)


# ------------------------------------------------------------------------------------------------- known spellings


def _known(text: str) -> Iterator[Mention]:
    for term in terms(text, "models"):
        start, end = widen(text, term.start, term.end)
        yield Mention(
            "model", tidy(text[start:end]), start, end, exact=bool(_HYPHENATED.match(text, term.start, term.end))
        )
    weak = vocabulary("datasets").weak_spellings
    for term in terms(text, "datasets", weak=True):
        printed = text[term.start : term.end]
        common = squash(printed) in weak
        if common and printed.islower() and not _words().noun.match(text, term.end):
            continue
        yield Mention(
            "dataset", printed, term.start, term.end, weak=common or (printed.isalpha() and printed.islower())
        )


_HYPHENATED = re.compile(r"[a-z0-9.]+(?:[-_/][\w.]+){2,}\Z")
_BARE_ID = re.compile(r"(?<![\w/.:@-])[A-Za-z0-9][\w.-]{0,60}/[A-Za-z0-9][\w.-]{1,90}(?![\w/])")


def _family(text: str) -> Iterator[Mention]:
    """Words that begin with a model family, with the words of size and case around them; and `org/name` ids."""
    for match in _BARE_ID.finditer(text) if "/" in text else ():
        name = match[0].rstrip(".-")
        if has_family(name) and not _NO_ID.search(name):
            yield Mention("model", name, match.start(), match.start() + len(name), exact=True)
        elif re.search(r"[-_].|\d", name.rpartition("/")[2]) and not _NO_ID.search(name):
            yield Mention("candidate", name, match.start(), match.start() + len(name), exact=True, weak=True)
    for start, end, word in families(text):
        exact = "-" in word and word.islower() and text.startswith(word, start)
        yield Mention("model", tidy(text[start:end]), start, end, exact=exact)


# -------------------------------------------------------------------------------------------- names beside “dataset”


_LOWER_NAME = re.compile(r"\bthe ([a-z][a-z0-9]*(?:[\d_/.-][\w/.-]{0,60})) (?=data ?set\b|corpus\b)")


def _beside_noun(text: str) -> Iterator[Mention]:
    for match in _LOWER_NAME.finditer(text):
        yield Mention("candidate", match[1], match.start(1), match.end(1))
    for match in _words().before_noun.finditer(text):
        name = match[1]
        if names_data(name) and not _words().not_data.search(name) and not _names_task(name):
            yield Mention("candidate", name, match.start(1), match.end(1))


def _names_task(name: str) -> bool:
    """`NLI datasets`, `an English QA dataset`: the kind of data, not its name."""
    bare = _words().language.sub("", name).strip()
    return not squash(bare) or bool(vocabulary("tasks").find(bare, weak=True) and not vocabulary("datasets").find(bare))


_POSTS = re.compile(r" (?:posts?|comments?|threads?|users?|tweets?|titles|questions|channels?|submissions)\b", re.I)
_TRANSLATED_BEHIND = re.compile(
    r"[\s)-]*(?:data ?set |corpus )?(?:(?:was|were|is|are) )?(?:(?:machine|automatically|manually)[- ])?"
    r"(?:translat|traduc|localiz)",
    re.I,
)


def _as_written(mention: Mention, text: str) -> Mention:
    """A translated data set is another data set: its name takes the word in that tells so."""
    if mention.kind != "dataset" or mention.exact:
        return mention
    before = text[max(0, mention.start - 32) : mention.start]
    match = re.search(r"(?:^|\s)(\S*(?:\w[ -])?\S*)[\s*_]*\Z", before)
    word = match[1] if match else ""
    language = _words().language.search(word)
    behind = text[mention.end : mention.end + 32]
    if mention.name.isalpha() and (posts := _POSTS.match(behind)):
        end = mention.end + posts.end()
        return Mention("candidate", text[mention.start : end], mention.start, end)
    translated = _words().translated.search(word) or _TRANSLATED_BEHIND.match(behind)
    english = vocabulary("datasets").find(mention.name) in _words().english_only
    if not translated and not (english and language and "english" not in word.lower()):
        return mention
    name = f"{word} {mention.name}".strip() if language or translated else mention.name
    return Mention("candidate", name if word else f"translated {mention.name}", mention.start, mention.end)


# --------------------------------------------------------------------------------------------------------- the words


@dataclass(frozen=True, slots=True)
class _Words:
    generic: re.Pattern[str]
    not_data: re.Pattern[str]
    before_noun: re.Pattern[str]
    noun: re.Pattern[str]
    sites: Mapping[str, str]
    language: re.Pattern[str]
    translated: re.Pattern[str]
    english_only: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = load("mentions")
    return _Words(
        generic=re.compile(raw["generic"], re.I),
        not_data=re.compile(raw["not_data"], re.I),
        before_noun=re.compile(
            r"((?:[A-Z0-9][\w.&'’-]{0,40}[ /]){0,5}[A-Z0-9][\w.&'’-]{1,40}) (?:\([^()]{1,30}\) )?"
            + rf"(?={raw['dataset_noun']}\b)"
        ),
        noun=re.compile(r" (?:\([^()]{1,30}\) )?(?:data ?set|corpus|data|benchmark)\b", re.I),
        sites=raw["sites"],
        language=re.compile(raw["language_word"], re.I),
        translated=re.compile(raw["translated"], re.I),
        english_only=frozenset(raw["translations"]["english_only"]),
    )
