"""Croissant metadata of a dataset: schema.org JSON-LD with files and record sets."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from catalog.languages import language_codes
from catalog.records import AssetCard, Attribute, Evidence
from catalog.vocabulary import vocabulary
from ingest.document import Block, MarkdownDocument
from ingest.formats import Card
from ingest.formats.cited import CitedFile, attribute
from ingest.formats.json_leaves import JsonLeaf, Path, parse_json
from ingest.formats.words import licence_of, words
from ingest.front_matter import YamlData
from ingest.sources import Bundle, Folder

_SUFFIXES = (".json", ".jsonld")
_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"((?:sc:|schema:|https?://schema\.org/)?)Dataset"')
_TITLE = re.compile(r"\btitle\s*=\s*[{\"]+([^\"]{1,500}?)[}\"]+\s*(?:,|\n|\Z)", re.I | re.S)
_ARXIV = re.compile(r"\barxiv(?:\.org/(?:abs|pdf)/|[:\s=]+\{?(?:preprint\s+)?(?:arxiv:)?)(\d{4}\.\d{4,5})", re.I)
#: steps of JSON-LD that only say how values are held
_CONTAINERS = ("@list", "@set")
_FIELDS = ("field", "subField")
_MAX_LINE = 400
_MAX_SUMMARY = 500
_MAX_ID = 300


class CroissantReader:
    """One JSON-LD file per dataset."""

    name = "croissant"

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        """JSON files that say they are a schema.org dataset in the Croissant vocabulary."""
        for name, file in list(folder.files.items()):
            if name.lower().endswith(_SUFFIXES) and _is_croissant(file.text):
                yield Bundle(self.name, file)

    def read(self, bundle: Bundle) -> Card:
        text = bundle.primary.text
        data = parse_json(text)
        warnings = [f"{bundle.path}: {data.problem}"] if data.problem else []
        file = _JsonFile(CitedFile.of(bundle.path, text), text, data.leaves)
        name = " ".join(file.first("name").split())[:_MAX_ID]
        block = Block("code", text, 1, len(file.cited.lines), (name,) if name else (), info="json")
        document = MarkdownDocument(bundle.path, text, YamlData(), 0, (block,), file.cited.lines)
        if not name:
            return Card((document,), (), (*warnings, f"{bundle.path}: the dataset has no name"))
        card = AssetCard(
            id=name,
            kind="dataset",
            title=name,
            summary=_shortened(file.first("description")),
            names=tuple(leaf.value for leaf in file.under("alternateName") if leaf.value),
            facts=tuple(dict.fromkeys(_facts(file))),
        )
        return Card((document,), (card,), tuple(warnings))


def _is_croissant(text: str) -> bool:
    """Whether a file is of type Dataset, and not just any schema.org file."""
    match = _TYPE.search(text)
    signs: str = words("croissant")["names"]["signs"]
    return bool(match and (match[1].lower() == "sc:" or re.search(signs, text)))


@dataclass
class _JsonFile:
    """The leaves of a file below the node that is the dataset, with the prefixes off their keys."""

    cited: CitedFile
    text: str
    leaves: tuple[JsonLeaf, ...]
    line_ends: list[int] = field(init=False)
    by_key: dict[str, list[tuple[Path, JsonLeaf]]] = field(init=False)

    def __post_init__(self) -> None:
        self.line_ends = list(accumulate(len(line) + 1 for line in self.cited.lines))
        self.by_key = {}
        root = _dataset_node(self.leaves)
        for leaf in self.leaves:
            if leaf.path[: len(root)] == root and len(leaf.path) > len(root):
                path = tuple(_bare(step) for step in leaf.path[len(root) :] if step not in _CONTAINERS)
                self.by_key.setdefault(str(path[0]), []).append((path, leaf))

    def at(self, key: str) -> list[tuple[Path, JsonLeaf]]:
        """(path from the dataset, leaf) of everything below a property."""
        return self.by_key.get(key, [])

    def under(self, key: str) -> list[JsonLeaf]:
        """The values of a property: of a language map each, of an object its name or else its address."""
        found: dict[Path, list[tuple[str, JsonLeaf]]] = {}
        for path, leaf in self.at(key):
            # The keys after the indexes of a list tell the parts of one value.
            size = next((i for i, step in enumerate(path[1:], start=1) if isinstance(step, str)), len(path))
            found.setdefault(path[:size], []).append((str(path[size]) if size < len(path) else "", leaf))
        return [leaf for parts in found.values() for leaf in _value(parts)]

    def first(self, key: str) -> str:
        return next((leaf.value.strip() for leaf in self.under(key) if leaf.value and leaf.value.strip()), "")

    def evidence(self, *leaves: JsonLeaf) -> Evidence:
        """The lines of some leaves; of an endless line only the key and value."""
        start, end = min(leaf.start for leaf in leaves), max(leaf.end for leaf in leaves)
        first, last = bisect_right(self.line_ends, start) + 1, bisect_right(self.line_ends, max(end - 1, start)) + 1
        long = any(len(line) > _MAX_LINE for line in self.cited.lines[first - 1 : last])
        return self.cited.evidence(first, last, "metadata", self.text[start:end] if long else None)


def _bare(step: str | int) -> str | int:
    return _prefix().sub("", step) if isinstance(step, str) else step


@lru_cache
def _prefix() -> re.Pattern[str]:
    return re.compile(words("croissant")["names"]["prefix"])


def _dataset_node(leaves: Iterable[JsonLeaf]) -> Path:
    """The path of the outermost node of type Dataset; the top where none says so."""
    nodes = [
        tuple(step for step in leaf.path[: leaf.path.index("@type")])
        for leaf in leaves
        if "@type" in leaf.path and str(_bare(leaf.value or "")).lower() in words("croissant")["names"]["types"]
    ]
    return min(nodes, key=len, default=())


def _value(parts: list[tuple[str, JsonLeaf]]) -> list[JsonLeaf]:
    """The leaves that are the value, of a plain scalar or of the parts of an object."""
    by_name: dict[str, JsonLeaf] = {}
    for name, leaf in parts:
        by_name.setdefault(name, leaf)
    told = next((by_name[name] for name in ("", "@value", "name", "url", "@id") if name in by_name), None)
    if told:
        return [told]
    return [leaf for name, leaf in by_name.items() if not name.startswith("@")]


def _facts(file: _JsonFile) -> Iterator[Attribute]:
    tables = words("croissant")
    for key, name in tables["attributes"].items():
        for leaf in file.under(key):
            for value in _READ.get(name, _printed)(leaf.value or ""):
                yield attribute(name, value, file.evidence(leaf))
    for key in tables["tags"]["names"]:
        for leaf in file.under(key):
            if leaf.value:
                yield attribute("tag", f"{key}:{leaf.value.strip()}", file.evidence(leaf))
    yield from _keyword_tasks(file)
    yield from _papers(file)
    yield from _distributed(file)
    yield from _recorded(file)


def _printed(value: str) -> Iterable[str]:
    return (value,) if value.strip() else ()


def _licence(value: str) -> Iterable[str]:
    return (licence_of(value),) if value.strip() else ()


def _languages(value: str) -> Iterable[str]:
    parts = [part.strip() for part in re.split(r"[,;|]", value) if part.strip()]
    return [code for part in parts for code in language_codes(part) or (part.lower(),)]


def _keywords(value: str) -> Iterable[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


_READ: dict[str, Callable[[str], Iterable[str]]] = {"license": _licence, "language": _languages, "tag": _keywords}


def _keyword_tasks(file: _JsonFile) -> Iterator[Attribute]:
    """Keywords that are tasks; nobody else says in Croissant what a dataset is for."""
    for leaf in file.under("keywords"):
        for keyword in _keywords(leaf.value or ""):
            task = vocabulary("tasks").find(re.sub(r"\Atasks?(?:_categories)?:", "", keyword))
            if task:
                yield attribute("task", task, file.evidence(leaf))


def _papers(file: _JsonFile) -> Iterator[Attribute]:
    for leaf in (leaf for key in words("croissant")["citations"]["names"] for leaf in file.under(key)):
        cited = (leaf.value or "").strip()
        title, arxiv = _TITLE.search(cited), _ARXIV.search(cited)
        if title or (cited and not cited.startswith(("@", "http"))):
            printed = " ".join(re.sub(r"[{}]", "", title[1]).split()) if title else cited
            yield attribute("paper", printed, file.evidence(leaf))
        if arxiv:
            yield attribute("arxiv", arxiv[1], file.evidence(leaf))


def _distributed(file: _JsonFile) -> Iterator[Attribute]:
    """Size and format of the files, each value once."""
    told: set[tuple[str, str]] = set()
    for path, leaf in file.at("distribution"):
        keys = [step for step in path if isinstance(step, str)]
        name = words("croissant")["distribution"].get(keys[-1]) if len(keys) == 2 else None
        if name and leaf.value and (name, leaf.value) not in told:
            told.add((name, leaf.value))
            yield attribute(name, leaf.value, file.evidence(leaf))


def _recorded(file: _JsonFile) -> Iterator[Attribute]:
    """A tag per field of a record set: its name and data type."""
    fields: dict[Path, dict[str, JsonLeaf]] = {}
    for path, leaf in file.at("recordSet"):
        keys = [step for step in path if isinstance(step, str)]
        if len(keys) > 2 and all(key in _FIELDS for key in keys[1:-1]) and keys[-1] in ("name", "@id", "dataType"):
            size = max(index for index, step in enumerate(path) if step == keys[-1])
            fields.setdefault(path[:size], {}).setdefault(keys[-1], leaf)
    for parts in fields.values():
        name, kind = parts.get("name") or parts.get("@id"), parts.get("dataType")
        if name and name.value:
            printed = f" ({kind.value})" if kind and kind.value else ""
            yield attribute("tag", f"field:{name.value}{printed}", file.evidence(name))


def _shortened(text: str) -> str:
    """The first sentences, as many as a summary has room for."""
    text = " ".join(text.split())
    cut = text[:_MAX_SUMMARY]
    return cut if len(text) <= _MAX_SUMMARY else cut[: cut.rfind(". ") + 1] or cut
