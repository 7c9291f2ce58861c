"""OpenVINO Open Model Zoo: `<name>/README.md` with tables of specification and accuracy, and `model.yml`."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from catalog.records import AssetCard, Attribute, Fact
from ingest.document import Block, MarkdownDocument, read_markdown
from ingest.formats import Card
from ingest.formats.accuracy_tables import cell_text, is_metric, properties, results, tables
from ingest.formats.cited import CitedFile, attribute
from ingest.formats.words import licence_of, squashed, task_tags, words
from ingest.front_matter import Leaf, YamlData, parse_yaml
from ingest.sources import Bundle, Folder
from ingest.summary import summary

_YAML_NAMES = ("model.yml", "model.yaml", "composite-model.yml", "composite-model.yaml")
_README = "README.md"
_MODEL_KEYS = re.compile(r"^(?:task_type|input_info|model_optimizer_args)[ \t]*:", re.M)
_LEGAL = re.compile(r"\b(?:legal|licen[cs](?:e|ing))\b", re.I)
_SPECIFICATION = re.compile(r"(?P<part>.*?)\s*\b(?:model )?specification\b", re.I)
_FOOTNOTE = re.compile(r"[\s*\\]+\Z")
_NUMERIC = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SECTION_LINE = re.compile(r"#{1,6}[ \t]")


class OpenModelZooReader:
    """Folders of a model with README.md and model.yml, or one of the two."""

    name = "openmodelzoo"

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        """The model of a folder: README.md first, its data file a companion."""
        found = [folder.files[name] for name in _YAML_NAMES if name in folder.files]
        data = [file for file in found if _MODEL_KEYS.search(file.text)]
        readme = folder.files.get(_README)
        if readme and (data or _follows_template(readme.text)):
            yield Bundle(self.name, readme, tuple(data))
        elif data:
            yield Bundle(self.name, data[0], tuple(data[1:]))

    def read(self, bundle: Bundle) -> Card:
        files = (bundle.primary, *bundle.companions)
        readme = bundle.primary if bundle.primary.name == _README else None
        document = read_markdown(readme.path, readme.text) if readme else None
        specs = [_Spec.of(file.path, file.text) for file in files if file is not readme]
        facts = [fact for spec in specs for fact in _stated(spec, in_readme=bool(document and _legal_key(document)))]
        if document:
            facts += [*_specified(document), *results(document), *_legal(document)]
        id_ = bundle.primary.folder.rpartition("/")[2] or bundle.primary.root_name
        told = next((spec.description for spec in specs if spec.description), "")
        card = AssetCard(
            id=id_,
            kind="model",
            title=id_,
            summary=(summary(document) if document else "") or told,
            facts=tuple(dict.fromkeys(facts)),
        )
        warnings = tuple(warning for spec in specs for warning in spec.data.warnings)
        return Card((document,) if document else (), (card,), warnings)


def _follows_template(text: str) -> bool:
    """Whether a README without data file keeps to the zoo's template: its first section and its table."""
    signature = words("openmodelzoo")["signature"]
    return all(re.search(signature[key], text, re.M | re.I) for key in ("headings", "table"))


@dataclass(frozen=True)
class _Spec:
    """A model.yml."""

    file: CitedFile
    data: YamlData

    @classmethod
    def of(cls, path: str, text: str) -> "_Spec":
        file = CitedFile.of(path, text)
        return cls(file, parse_yaml(list(file.lines), path))

    @property
    def description(self) -> str:
        """The description, cut as a summary is."""
        found = self.data.values("description")
        return (found[0].value or "").strip()[:500] if found else ""


def _stated(spec: _Spec, *, in_readme: bool) -> Iterator[Fact]:
    """What model.yml states; an address that names no licence gives way to the text in the README."""
    for leaf in spec.data.leaves:
        read = _READ.get(str(leaf.path[0])) if len(leaf.path) == 1 else None
        if read and leaf.value:
            for value in read(leaf.value):
                if not (leaf.path == ("license",) and value == "other" and in_readme):
                    yield attribute(_NAMES[str(leaf.path[0])], value, spec.file.of_leaves([leaf]))
    yield from _weights(spec)


def _task(value: str) -> tuple[str, ...]:
    return task_tags(value, "openmodelzoo")


def _framework(value: str) -> tuple[str, ...]:
    value = _FOOTNOTE.sub("", value)
    return (squashed("openmodelzoo", "frameworks").get(value.lower(), value),)


def _licence(value: str) -> tuple[str, ...]:
    return (licence_of(value),)


_NAMES = {"task_type": "task", "framework": "framework", "license": "license"}
_Reading = Callable[[str], tuple[str, ...]]
_READ: dict[str, _Reading] = {"task_type": _task, "framework": _framework, "license": _licence}


def _weights(spec: _Spec) -> Iterator[Attribute]:
    """The size of every file with weights, and the precisions in which they come."""
    rules = words("openmodelzoo")["files"]
    files: dict[tuple[str | int, ...], dict[str, Leaf]] = {}
    for leaf in spec.data.under("files"):
        if len(leaf.path) == 3 and leaf.value:
            files.setdefault(leaf.path[:2], {})[str(leaf.path[2])] = leaf
    precisions: set[str] = set()
    for file in files.values():
        name, size = file.get("name"), file.get("size")
        if name is None or not (name.value or "").lower().endswith(tuple(rules["weights"])):
            continue
        if size:
            yield attribute("size", f"{size.value} bytes ({name.value})", spec.file.of_leaves([name, size]))
        precision = re.search(rules["precision"], name.value or "")
        if precision and precision[1] not in precisions:
            precisions.add(precision[1])
            yield attribute("tag", precision[1], spec.file.of_leaves([name]))


def _specified(document: MarkdownDocument) -> Iterator[Attribute]:
    """The rows of the tables of specification that are no results."""
    file = CitedFile(document.path, document.lines)
    for table in tables(document):
        section = _SPECIFICATION.match(table.headings[-1] if table.headings else "")
        if section is None or len(table.rows[0]) != 2 or not _is_specification(table):
            continue
        part = "" if section["part"].lower() in ("", "composite") else section["part"]
        for row, line in list(zip(table.rows, table.row_lines, strict=True))[1:]:
            if len(row) != 2:
                continue
            for name, value in _property(cell_text(row[0]), cell_text(row[1]), part):
                yield attribute(name, value, file.evidence(line, line, "table"))


def _is_specification(table: Block) -> bool:
    return cell_text(table.rows[0][0]).lower() in words("openmodelzoo")["columns"]["metrics"]


def _property(label: str, value: str, part: str) -> Iterator[tuple[str, str]]:
    """(attribute, value) pairs of a row; sizes of one part of a composite model say which."""
    if not value.strip("-– "):
        return
    found = next(((name, match) for name, pattern in properties() if (match := pattern.fullmatch(label))), None)
    if found is None:
        if not (is_metric(label) and re.search(r"\d", value)):
            yield "tag", f"{label}: {value}"
    elif found[0] in _VALUES:
        yield from ((found[0], tag) for tag in _VALUES[found[0]](value))
    else:
        groups = found[1].groupdict()
        number = value + (groups.get("scale") or "").upper() if _NUMERIC.fullmatch(value) else value
        notes = ", ".join(note for note in (part, groups.get("note")) if note)
        yield found[0], f"{number} ({notes})" if notes else number


_VALUES: dict[str, _Reading] = {"task": _task, "framework": _framework, "license": _licence}


def _legal(document: MarkdownDocument) -> Iterator[Attribute]:
    """The licence whose name or text the legal section holds."""
    found = _legal_key(document)
    if found:
        key, line = found
        file = CitedFile(document.path, document.lines)
        yield attribute("license", key, file.evidence(line, line, "prose"))


def _legal_key(document: MarkdownDocument) -> tuple[str, int] | None:
    """(licence key, line) of the first line under a legal heading that names a licence."""
    in_section = False
    for number, line in enumerate(document.lines, start=1):
        if _SECTION_LINE.match(line):
            in_section = bool(_LEGAL.search(line))
        elif in_section:
            key = next((key for pattern, key in _licences() if pattern.search(line[:2_000])), None)
            if key:
                return key, number
    return None


@lru_cache
def _licences() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"]), row["key"]) for row in words("openmodelzoo")["licences"])
