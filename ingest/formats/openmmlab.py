"""OpenMMLab families: `metafile.yml` with collections and the models in them, beside a README.md."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalog.records import AssetCard, DerivedFrom, Evaluation, Evidence, Fact, Role, TrainedOn
from ingest.document import Block, MarkdownDocument, read_markdown
from ingest.formats import Card
from ingest.formats.cited import CitedFile, attribute
from ingest.formats.words import slug, task_tags, words
from ingest.front_matter import Leaf, YamlData, parse_yaml
from ingest.sources import Bundle, Folder
from ingest.summary import summary

_METAFILES = ("metafile.yml", "metafile.yaml")
_ENTRIES = re.compile(r"^(?:Models|Collections)[ \t]*:", re.M)
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5})", re.I)
_HUB = re.compile(r"https?://(?:huggingface\.co|hf\.co)/(?!datasets/|spaces/)([\w.-]+/[\w.-]+)")
_REPOSITORY = re.compile(r"https?://(?:github\.com|gitlab\.com)/([\w.-]+/[\w.-]+)")
_LIBRARY = re.compile(r"https?://github\.com/open-mmlab/([\w.-]+)", re.I)
#: how far above a list item its key may stand to be quoted with it, and how long a quoted result may be
_MAX_SPAN = 12


class OpenMMLabReader:
    """A family: every entry of `Models` is a model, the README belongs to all of them."""

    name = "openmmlab"

    def claim(self, folder: Folder) -> Iterable[Bundle]:
        """A metafile with models or collections, and the README beside it."""
        metafile = next((folder.files[name] for name in _METAFILES if name in folder.files), None)
        if metafile and _ENTRIES.search(metafile.text):
            readme = folder.files.get("README.md")
            yield Bundle(self.name, metafile, (readme,) if readme else ())

    def read(self, bundle: Bundle) -> Card:
        data = parse_yaml(bundle.primary.text.split("\n"), bundle.path)
        family = _Family(CitedFile.of(bundle.path, bundle.primary.text), data)
        readmes = tuple(read_markdown(file.path, file.text) for file in bundle.companions)
        about = next((summary(readme) for readme in readmes), "")
        cards: dict[str, AssetCard] = {}
        for entry in family.models:
            if entry.name:
                first = cards.get(entry.name)
                card = _card(family, entry, about)
                facts = dict.fromkeys((*(first.facts if first else ()), *card.facts))
                cards[entry.name] = card.model_copy(update={"facts": tuple(facts)})
        documents, warnings = (_document(family, bundle), *readmes), (*data.warnings, *family.warnings)
        return Card(documents, tuple(cards.values()), warnings, about_family=True)


@dataclass(frozen=True)
class _Entry:
    """One item of `Models` or `Collections`: its leaves without the two steps that lead to it."""

    leaves: tuple[Leaf, ...]

    def under(self, *path: str) -> list[Leaf]:
        """The stated leaves at or below a path."""
        size = len(path)
        none = words("openmmlab")["none"]["values"]
        return [leaf for leaf in self.leaves if leaf.path[:size] == path and (leaf.value or "-").lower() not in none]

    @property
    def name(self) -> str:
        found = self.under("Name")
        return (found[0].value or "").strip() if found else ""

    def keys(self, key: str) -> list[str]:
        """The keys below a key, in file order."""
        return list(dict.fromkeys(str(leaf.path[1]) for leaf in self.under(key) if len(leaf.path) > 1))


@dataclass
class _Family:
    """A metafile: its collections by name, its models, and which model is further trained in which."""

    file: CitedFile
    data: YamlData
    collections: dict[str, _Entry] = field(default_factory=dict)
    models: list[_Entry] = field(default_factory=list)
    upstream: dict[str, list[tuple[str, Leaf]]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.collections = {entry.name: entry for entry in self._entries("Collections")}
        self.models = self._entries("Models")
        unnamed = sum(not entry.name for entry in self.models)
        if unnamed:
            self.warnings.append(f"{self.file.path}: {unnamed} entries of Models have no Name and are not read")
        for entry in self.models:
            for leaf in entry.under("Downstream"):
                self.upstream.setdefault(leaf.value or "", []).append((entry.name, leaf))

    def _entries(self, key: str) -> list[_Entry]:
        found: dict[int | str, list[Leaf]] = {}
        for leaf in self.data.under(key):
            if len(leaf.path) > 2:
                found.setdefault(leaf.path[1], []).append(
                    Leaf(leaf.path[2:], leaf.value, leaf.line_start, leaf.line_end)
                )
        return [_Entry(tuple(leaves)) for leaves in found.values()]

    def collection(self, entry: _Entry) -> _Entry:
        """The collection that a model is in; empty where it is in none of this file."""
        named = entry.under("In Collection")
        return self.collections.get((named[0].value or "").strip() if named else "", _Entry(()))


def _document(family: _Family, bundle: Bundle) -> MarkdownDocument:
    """The metafile as a document of code blocks, one per entry under its name, so that it is searched as well."""
    title = bundle.primary.folder.rpartition("/")[2] or bundle.primary.root_name
    entries = [entry for entry in (*family.collections.values(), *family.models) if entry.leaves]
    starts = sorted({entry.leaves[0].line_start: entry.name for entry in entries}.items())
    ends = [start - 1 for start, _ in starts[1:]] + [len(family.file.lines)] * bool(starts)
    blocks = tuple(
        Block("code", "\n".join(family.file.lines[start - 1 : end]), start, end, (title, name), info="yaml")
        for (start, name), end in zip(starts, ends, strict=True)
    )
    return MarkdownDocument(bundle.path, bundle.primary.text, YamlData(), 0, blocks, family.file.lines)


def _card(family: _Family, entry: _Entry, about: str) -> AssetCard:
    names = tuple(leaf.value.strip() for leaf in entry.under("Alias") if leaf.value)
    facts = [*_metadata(family, entry), *_results(family, entry), *_lineage(family, entry), *_papers(family, entry)]
    return AssetCard(
        id=entry.name,
        kind="model",
        title=entry.name,
        summary=about,
        names=names,
        facts=tuple(dict.fromkeys(facts)),
    )


def _metadata(family: _Family, entry: _Entry) -> Iterator[Fact]:
    """What the model states, then what its collection states under keys that the model leaves open."""
    own = entry.keys("Metadata")
    collection = family.collection(entry)
    inherited = [key for key in collection.keys("Metadata") if key not in own]
    for source, keys in ((entry, own), (collection, inherited)):
        for key in keys:
            yield from _stated(family, key, source.under("Metadata", key))


def _stated(family: _Family, key: str, leaves: list[Leaf]) -> Iterator[Fact]:
    tables = words("openmmlab")
    if key in tables["ignored"]["metadata"] or any(len(leaf.path) > 3 for leaf in leaves):
        return
    for leaf in leaves:
        value = (leaf.value or "").strip()
        evidence = _evidence(family, leaves, leaf)
        if key in tables["training_data"]:
            role: Role | None = tables["training_data"][key] or None
            yield TrainedOn(dataset=value, role=role, evidence=evidence)
            continue
        yield attribute(tables["metadata"].get(key, f"hyper.{slug(key).replace('-', '_')}"), value, evidence)
        if re.split(r"\s+with\s", value)[0].lower() in tables["optimizers"]["names"]:
            yield attribute("hyper.optimizer", value, evidence)


def _evidence(family: _Family, leaves: list[Leaf], leaf: Leaf) -> Evidence:
    """The line of a value; of a list item, the lines from the key on, for an item says nothing by itself."""
    # An alias stands where its anchor does, so the first value need not be the first line.
    start = min(leaf.line_start, leaves[0].line_start)
    if isinstance(leaf.path[-1], int):
        above = family.file.lines[start - 2] if start > 1 else ""
        start -= above.rstrip().endswith(":")
    if leaf.line_end - start >= _MAX_SPAN:
        start = leaf.line_start
    return family.file.evidence(start, leaf.line_end, "metadata")


def _results(family: _Family, entry: _Entry) -> Iterator[Fact]:
    """One evaluation per metric that has a value, and the task of every result."""
    groups: dict[int | str, list[Leaf]] = {}
    for leaf in entry.under("Results"):
        # A single result may stand without the list around it.
        listed = len(leaf.path) > 1 and isinstance(leaf.path[1], int)
        steps = leaf.path[2:] if listed else leaf.path[1:]
        groups.setdefault(leaf.path[1] if listed else "", []).append(
            Leaf(steps, leaf.value, leaf.line_start, leaf.line_end)
        )
    for leaves in groups.values():
        about = {str(leaf.path[0]): leaf for leaf in leaves if len(leaf.path) == 1}
        task, dataset = about.get("Task"), about.get("Dataset")
        if task and task.value:
            for tag in task_tags(task.value, "openmmlab"):
                yield attribute("task", tag, family.file.of_leaves([task]))
        for leaf in leaves:
            if leaf.path and leaf.path[0] == "Metrics":
                yield _evaluation(family, leaf, task, dataset)


def _evaluation(family: _Family, leaf: Leaf, task: Leaf | None, dataset: Leaf | None) -> Evaluation:
    value = (leaf.value or "").strip()
    lines = [leaf, *(other for other in (dataset,) if other)]
    span = max(other.line_end for other in lines) - min(other.line_start for other in lines)
    metric = " ".join(str(step) for step in leaf.path[1:] if not isinstance(step, int))
    return Evaluation(
        dataset=dataset.value.strip() if dataset and dataset.value else None,
        split=None,
        metric=metric or None,
        value=value.rstrip("%").rstrip(),
        unit="%" if value.endswith("%") else None,
        task=task.value.strip() if task and task.value else None,
        evidence=family.file.of_leaves(lines if span < _MAX_SPAN else [leaf]),
    )


def _lineage(family: _Family, entry: _Entry) -> Iterator[DerivedFrom]:
    """What a model was converted from, and the models of the family that it continues."""
    sources = [*entry.under("Converted From", "Weights"), *entry.under("Converted From", "Code")]
    named = next(((leaf, base) for leaf in sources if (base := source_name(leaf.value or ""))), None)
    if named:
        yield DerivedFrom(base=named[1], relation="conversion", evidence=family.file.of_leaves([named[0]]))
    for base, leaf in family.upstream.get(entry.name, ()):
        if base and base != entry.name:
            yield DerivedFrom(base=base, relation="finetune", evidence=_evidence(family, [leaf], leaf))


def source_name(address: str) -> str | None:
    """The name of the weights or repository at an address; None where the address tells none."""
    hub = _HUB.match(address)
    if hub:
        return hub[1]
    last = re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]
    ending = next((end for end in words("openmmlab")["weights"]["endings"] if last.lower().endswith(end)), None)
    if ending and len(last) > len(ending):
        return last[: -len(ending)]
    repository = _REPOSITORY.match(address)
    return repository[1].removesuffix(".git") if repository else None


def _papers(family: _Family, entry: _Entry) -> Iterator[Fact]:
    """Title and arXiv number of the paper, and the library, of the model or else of its collection."""
    collection = family.collection(entry)
    for leaf in entry.under("Paper") or collection.under("Paper"):
        arxiv = _ARXIV.search(leaf.value or "")
        if arxiv:
            yield attribute("arxiv", arxiv[1], family.file.of_leaves([leaf]))
        elif "://" not in (leaf.value or ""):
            yield attribute("paper", " ".join((leaf.value or "").split()), family.file.of_leaves([leaf]))
    for leaf in entry.under("Code") or collection.under("Code"):
        library = _LIBRARY.match(leaf.value or "")
        if library:
            yield attribute("library", library[1].lower(), family.file.of_leaves([leaf]))
