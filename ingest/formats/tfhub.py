"""Pages of TF Hub: `# Module google/name/1`, then metadata as HTML comments."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from catalog.languages import language_codes
from catalog.records import AssetCard, DerivedFrom, Evidence, Fact, TrainedOn
from catalog.vocabulary import vocabulary
from ingest.document import MarkdownDocument, read_markdown
from ingest.formats import Card
from ingest.formats.cited import CitedFile, attribute
from ingest.formats.words import licence_of, squashed, task_tags, words
from ingest.sources import Bundle, Folder
from ingest.summary import summary

_SUFFIXES = (".md", ".markdown")
_HEADING = re.compile(r"\s*(?:<!--[^>]{0,2000}-->\s*)*#[ \t]+([A-Z][a-z]+)[ \t]+(\S{1,300})[ \t]*(?:\n|\Z)")
_COMMENT = re.compile(r"<!--[ \t]*([A-Za-z][\w-]{0,40})[ \t]*:\s{0,20}(.{0,500}?)\s{0,20}-->", re.S)
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff\\]")
_VERSION = re.compile(r"/v?\d+\Z")


class TFHubReader:
    """Model, placeholder, collection, deployment and publisher pages of TF Hub."""

    name = "tfhub"

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        """Every Markdown file that begins with a heading of TF Hub."""
        for name, file in list(folder.files.items()):
            if name.lower().endswith(_SUFFIXES) and _heading(file.text):
                yield Bundle(self.name, file)

    def read(self, bundle: Bundle) -> Card:
        text = bundle.primary.text
        document = read_markdown(bundle.path, text)
        heading = _heading(text)
        if heading is None:
            return Card((document,), (), (f"{bundle.path}: it does not begin with a heading of TF Hub",))
        kind = words(self.name)["kinds"][heading[1]]
        if kind["asset"] == "document":
            return Card((document,), (), document.front.warnings)
        id_ = _INVISIBLE.sub("", html.unescape(heading[2]))
        page = _Page(CitedFile.of(bundle.path, text), text, id_, kind, text.count("\n", 0, heading.start(2)) + 1)
        names = tuple(dict.fromkeys((page.unversioned, page.unversioned.rpartition("/")[2])))
        card = AssetCard(
            id=page.id,
            kind="model",
            title=page.id,
            summary=_described(document),
            names=tuple(name for name in names if name != page.id),
            facts=tuple(dict.fromkeys(_facts(page))),
        )
        return Card((document,), (card,), document.front.warnings)


@dataclass(frozen=True)
class _Page:
    """A page with an asset: `kind` is its row in the table of kinds, `line` the line of its heading."""

    file: CitedFile
    text: str
    id: str
    kind: dict[str, str]
    line: int

    @property
    def unversioned(self) -> str:
        """The id without the version at its end: all versions of a model are called by it."""
        return _VERSION.sub("", self.id)

    @property
    def publisher(self) -> str:
        return self.id.partition("/")[0] if "/" in self.id else ""

    def heading(self) -> Evidence:
        return self.file.evidence(self.line, self.line, "metadata")


def _heading(text: str) -> re.Match[str] | None:
    """The heading that a page begins with: kind and id, of a kind that TF Hub has."""
    match = _HEADING.match(text)
    if match is None:
        return None
    kind = words("tfhub")["kinds"].get(match[1])
    return match if kind and ("/" in match[2] or kind["asset"] == "document") else None


def _described(document: MarkdownDocument) -> str:
    """The sentence below the heading, which a page always opens with, and the summary of the rest."""
    blocks = iter(document.blocks)
    next((block for block in blocks if block.kind == "heading"), None)
    opening = next(blocks, None)
    first = opening.plain[:300] if opening and opening.kind == "paragraph" else ""
    rest = summary(document)
    return rest if first in rest else f"{first} {rest}".strip()


def _facts(page: _Page) -> Iterator[Fact]:
    if page.publisher:
        yield attribute("organization", page.publisher, page.heading())
    for name in ("framework", "tag"):
        if name in page.kind:
            yield attribute(name, page.kind[name], page.heading())
    for match in _COMMENT.finditer(page.text):
        read = _READ.get(match[1].lower())
        if read and match[2].strip():
            line = page.text.count("\n", 0, match.start()) + 1
            evidence = page.file.evidence(line, line + match[0].count("\n"), "metadata", match[0])
            yield from read(page, match[2].strip(), evidence)


_Reading = Callable[[_Page, str, Evidence], Iterator[Fact]]


def _parts(value: str) -> list[str]:
    """The values of a comment that names several."""
    return [part for part in re.split(r"\s*[,;|]\s*", value) if part]


def _attribute(name: str, canonical: Callable[[str], Iterable[str]]) -> _Reading:
    def read(page: _Page, value: str, evidence: Evidence) -> Iterator[Fact]:
        for part in _parts(value):
            for canon in canonical(part):
                yield attribute(name, canon, evidence)

    return read


def _datasets(page: _Page, value: str, evidence: Evidence) -> Iterator[Fact]:
    for part in _parts(value):
        if part.lower() in words("tfhub")["no_names"]["values"]:
            yield attribute("tag", f"dataset:{part}", evidence)
        else:
            for name in _joined_names(part):
                yield TrainedOn(dataset=name, role=None, evidence=evidence)


def _joined_names(printed: str) -> list[str]:
    """`wikipedia-and-bookscorpus` names two datasets, where both halves do and the whole does not."""
    known = vocabulary("datasets")
    halves = printed.split("-and-")
    both = len(halves) > 1 and not known.find(printed) and all(known.find(half, weak=True) for half in halves)
    return halves if both else [printed]


def _parent(page: _Page, value: str, evidence: Evidence) -> Iterator[Fact]:
    """The model that this page deploys; some pages stand under its own name, then there is nothing to say."""
    if value not in (page.id, page.unversioned):
        yield DerivedFrom(base=value, relation="conversion", evidence=evidence)


def _format(page: _Page, value: str, evidence: Evidence) -> Iterator[Fact]:
    framework = words("tfhub")["formats"].get(value.lower())
    if framework:
        yield attribute("framework", framework, evidence)
    yield attribute("tag", value, evidence)


def _language(value: str) -> Iterable[str]:
    return language_codes(value) or (value.lower(),)


def _task(value: str) -> Iterable[str]:
    return task_tags(value, "tfhub")


def _licence(value: str) -> Iterable[str]:
    return (licence_of(value),)


def _fine_tunable(value: str) -> Iterable[str]:
    return [tag for tag in (squashed("tfhub", "fine_tunable").get(value.lower()),) if tag]


def _printed(value: str) -> Iterable[str]:
    return (value,)


def _named(value: str) -> Iterable[str]:
    return () if value.lower() in words("tfhub")["no_names"]["values"] else (value,)


_READ: dict[str, _Reading] = {
    "dataset": _datasets,
    "datasets": _datasets,
    "task": _attribute("task", _task),
    "language": _attribute("language", _language),
    "network-architecture": _attribute("architecture", _named),
    "license": _attribute("license", _licence),
    "fine-tunable": _attribute("tag", _fine_tunable),
    "tags": _attribute("tag", _printed),
    "format": _format,
    "parent-model": _parent,
}
