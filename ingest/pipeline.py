"""Ingestion: walk → claim → (changed only) parse → embed → link → write a new generation → switch to it.

Reads of other processes go on from the old generation until the switch; a run that is killed leaves it as it was.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import catalog
import ingest
from catalog import tables
from catalog.errors import SourceError
from catalog.passages import embedding_text
from catalog.records import Passage, Source
from catalog.settings import Settings
from catalog.snapshot import Draft, Snapshot, drafting
from catalog.store import Rows, packed
from ingest.formats import claim, readers
from ingest.linking import link
from ingest.profiles import write_profiles
from ingest.sources import Bundle, Skip, Skips, check_roots, walk

if TYPE_CHECKING:
    from ingest.extract.llm import LlmExtraction
    from ingest.parsing import Parsed

_EMBEDDED_AT_ONCE = 512
_VERSION_LENGTH = 40
_BY = "+"


@dataclass(frozen=True)
class Progress:
    """How far an ingest is: `done` of `total` in a stage."""

    stage: str
    done: int
    total: int


@dataclass
class Summary:
    """What an ingest did; paths are as cited."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Skip] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    embedded: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class _Plan:
    """What is to be done: bundles to parse, documents that stay, documents that go, the roots they stand under."""

    changed: list[Bundle]
    kept: list[str]
    removed: list[str]
    roots: dict[str, Path]


def ingest_roots(
    roots: Sequence[Path],
    settings: Settings,
    *,
    rebuild: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
    extraction: "LlmExtraction | None" = None,
) -> Summary:
    """Bring the store up to date with the cards below `roots`; documents of other roots stay unless `rebuild`.

    With an `extraction`, a language model adds facts to the cards that are new, changed or read without it before.
    """
    started = time.perf_counter()
    named = check_roots(roots)
    summary = Summary()
    bundles = _bundles(named, settings, summary)
    with drafting(settings, rebuild=rebuild) as draft:
        _check_moved(named, draft.before)
        plan = _planned(bundles, named, draft.before, summary, extraction)
        if plan.changed or plan.removed or draft.before is None:
            parsed = _parsed(plan.changed, settings)
            _build(draft, plan, _enriched(parsed, extraction, summary) if extraction else parsed, summary, report)
            draft.publish()
    summary.seconds = time.perf_counter() - started
    return summary


def _bundles(named: dict[str, Path], settings: Settings, summary: Summary) -> list[Bundle]:
    """Every claimed bundle below the roots; a root without any is an error before anything is changed."""
    skips, asked = Skips(), readers()
    found: list[Bundle] = []
    for name, root in named.items():
        below = len(found)
        for folder in walk(name, root, int(settings.max_file_mb * 1e6), skips):
            try:
                found += [bundle.released() for bundle in claim(folder, asked)]
            except OSError as error:
                skips.add(f"{folder.path}/", f"cannot be read ({error.strerror})", failed=True)
                continue
            for left in folder.files.values():
                skips.add(left.path, "no reader for this kind of file")
        failed = [skip for skip in skips.found if skip.failed]
        if len(found) == below and not failed:
            raise SourceError(
                f"{root} holds no card or document that Almanac reads (README.md, *.md). Nothing was changed."
            )
    summary.failed += [skip for skip in skips.found if skip.failed]
    summary.skipped += [skip for skip in skips.found if not skip.failed]
    return found


def _check_moved(named: dict[str, Path], before: Snapshot | None) -> None:
    """Refuse a folder that has the name of another root of the store, which still exists."""
    for name, known in (before.roots if before else {}).items():
        root = named.get(name)
        if root and known != root and known.is_dir():
            raise SourceError(
                f"the store already holds a root named {name!r} from {known}; {root} would take its place. "
                "Rename the folder, or start over with --rebuild."
            )


def _planned(
    bundles: list[Bundle],
    named: dict[str, Path],
    before: Snapshot | None,
    summary: Summary,
    extraction: "LlmExtraction | None",
) -> _Plan:
    known = before.catalog.digests() if before else {}
    held = _held_back(before, list(known), {skip.path for skip in summary.failed})
    bundles = [bundle for bundle in bundles if bundle.path not in held]
    changed = [bundle for bundle in bundles if not _is_current(known.get(bundle.path, ""), bundle, extraction)]
    found = {bundle.path for bundle in bundles}
    gone = [path for path in known if path.partition("/")[0] in named and path not in found and path not in held]
    summary.new = sum(bundle.path not in known for bundle in changed)
    summary.changed = len(changed) - summary.new
    summary.unchanged = len(bundles) - len(changed)
    summary.removed = len(gone)
    parsed_anew = {bundle.path for bundle in changed}
    bare = sum(_BY in known.get(path, "") for path in parsed_anew) if extraction is None else 0
    if bare:
        summary.notes.append(
            f"{bare} documents were read anew without the facts of a language model; "
            "--extract llm adds them again, and answers that are in its cache cost nothing"
        )
    return _Plan(changed, [path for path in known if path not in parsed_anew and path not in gone], gone, named)


def _is_current(known: str, bundle: Bundle, extraction: "LlmExtraction | None") -> bool:
    """Whether a document needs no reading: what a model added to it stays while nothing else changes."""
    version, _, by = known.partition(_BY)
    return version == _version(bundle.digest) and (extraction is None or by == extraction.name)


def _held_back(before: Snapshot | None, known: list[str], unread: set[str]) -> set[str]:
    """The files of documents that stay as they are, because a file of theirs, or their folder, could not be read."""
    folders = tuple(path for path in unread if path.endswith("/"))
    beside = {path.rpartition("/")[0] for path in unread}
    held: set[str] = set()
    for path in known:
        files = _with_companions(before, [path]) if path.rpartition("/")[0] in beside else [path]
        if path.startswith(folders) or not unread.isdisjoint(files):
            held.update(files)
    return held


def _build(
    draft: Draft, plan: _Plan, found: Iterable["Parsed"], summary: Summary, report: Callable[[Progress], None]
) -> None:
    """Fill a draft: passages as they come, then the catalogue over all that was read."""
    draft.passages.delete_paths(_with_companions(draft.before, plan.removed + [b.path for b in plan.changed]))
    sources, digests = _kept(draft.before, plan.kept)
    queue = _EmbeddingQueue(draft, summary)
    for done, parsed in enumerate(found, start=1):
        report(Progress("reading", done, len(plan.changed)))
        source = parsed.source
        if parsed.failure:
            summary.failed.append(Skip(parsed.path, parsed.failure, failed=True))
        if source is None:
            source = _earlier(draft.before, parsed.path)
        else:
            summary.warnings += source.warnings
        if source:
            queue.add(source.passages)
            sources.append(source.model_copy(update={"passages": ()}))
            digests[source.path] = (
                _version(parsed.digest, parsed.by) if parsed.source else ""
            )  # so that it is tried again
    queue.flush()
    draft.passages.flush()
    report(Progress("linking", 0, 1))
    rows = _catalogue(sources, digests)
    write_profiles(draft, rows)
    _write_catalogue(draft, rows, plan.roots)
    report(Progress("linking", 1, 1))


def _kept(before: Snapshot | None, paths: Sequence[str]) -> tuple[list[Source], dict[str, str]]:
    """What earlier runs read of documents, without passages, and the digests of what they read."""
    found = list(before.catalog.sources(paths)) if before else []
    return [source for _, source in found], {source.path: digest for digest, source in found}


def _earlier(before: Snapshot | None, path: str) -> Source | None:
    """The last version of a document that could be read, with its passages."""
    sources, _ = _kept(before, [path])
    if not (before and sources):
        return None
    passages = tuple(p for file in _with_companions(before, [path]) for p in before.passages.passages_of(path=file))
    return sources[0].model_copy(update={"passages": passages})


def _parsed(bundles: list[Bundle], settings: Settings) -> Iterable["Parsed"]:
    # These import unstructured, which an ingest without changes does not need.
    from ingest.chunk import CARD
    from ingest.parsing import parse_all

    sizes = replace(CARD, most=settings.passage_characters, joined=settings.passage_joined)
    return parse_all(bundles, settings.jobs or os.cpu_count() or 1, sizes)


def _enriched(found: Iterable["Parsed"], extraction: "LlmExtraction", summary: Summary) -> Iterator["Parsed"]:
    """What was parsed with the facts of a language model; all is parsed first, because the estimate needs it."""
    parsed = list(found)
    extraction.begin([one.source for one in parsed if one.source])
    yield from (_read_by(extraction, one) for one in parsed)
    summary.notes.append(f"{extraction.chat.name}: {extraction.tally}")


def _read_by(extraction: "LlmExtraction", parsed: "Parsed") -> "Parsed":
    from ingest.extract.llm import NoReplyError

    if parsed.source is None:
        return parsed
    try:
        return replace(parsed, source=extraction.read(parsed.source), by=extraction.name)
    except NoReplyError as error:
        reason = f"{extraction.chat.name} gave no answer about it ({error}); its facts are those of the rules"
        return replace(parsed, failure=reason)


def _catalogue(sources: list[Source], digests: dict[str, str]) -> Rows:
    rows = link(sources)
    for source in sorted(sources, key=lambda source: source.path):
        _add_document(rows, source, digests[source.path])
    return rows


def _write_catalogue(draft: Draft, rows: Rows, named: dict[str, Path]) -> None:
    before = draft.before.roots if draft.before else {}
    meta = {"fingerprint": fingerprint()} | {
        f"root:{name}": str(root) for name, root in sorted((before | named).items())
    }
    draft.write_catalogue(rows, meta)


def _add_document(rows: Rows, source: Source, digest: str) -> None:
    root = source.path.partition("/")[0]
    rows.add(tables.documents, path=source.path, root=root, digest=digest, text=source.text, parsed=packed(source))
    for path, text in source.companions.items():
        rows.add(tables.companions, path=path, document=source.path, text=text)


def _with_companions(before: Snapshot | None, paths: list[str]) -> list[str]:
    return paths + (before.catalog.companions_of(paths) if before else [])


class _EmbeddingQueue:
    """Collects passages and embeds them a few hundred at a time."""

    def __init__(self, draft: Draft, summary: Summary) -> None:
        self._draft = draft
        self._summary = summary
        self._waiting: list[Passage] = []

    def add(self, passages: Sequence[Passage]) -> None:
        self._waiting += passages
        if len(self._waiting) >= _EMBEDDED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            vectors = self._draft.embedder.embed([embedding_text(passage) for passage in self._waiting])
            self._draft.passages.upsert(self._waiting, vectors)
            self._summary.embedded += len(self._waiting)
            self._waiting = []


def _version(digest: str, by: str = "") -> str:
    """What decides whether a document is read anew: what is in its files, what reads them, which model added to it."""
    version = hashlib.sha256(f"{fingerprint()} {digest}".encode()).hexdigest()[:_VERSION_LENGTH]
    return f"{version}{_BY}{by}" if by else version


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """A hash of the code and vocabularies that turn files into facts: where it differs, everything is read anew."""
    sha = hashlib.sha256()
    for package in (Path(ingest.__file__).parent, Path(catalog.__file__).parent):
        for path in sorted(package.rglob("*")):
            if path.suffix in (".py", ".toml"):
                sha.update(path.relative_to(package).as_posix().encode())
                sha.update(path.read_bytes())
    return sha.hexdigest()[:16]
