"""One bundle → one `Source`: reader, extractors, chunks. Runs in worker processes."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process

from catalog.errors import SourceError
from catalog.records import AssetCard, Evaluation, Fact, Source
from ingest.chunk import CARD, Sizes, chunk
from ingest.extract import extract
from ingest.extract.card_text import CardText
from ingest.extract.training import roles
from ingest.formats import Card, readers
from ingest.sources import Bundle

_FEWEST_FOR_WORKERS = 24
_AHEAD = 8

#: What a malformed card may make a reader stumble over. Such a card is reported and the rest goes on.
_CARD_ERRORS = (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError, OSError)


@dataclass(frozen=True)
class Parsed:
    """The outcome for one bundle: a source, or the reason why there is none.

    A source with a `failure` was read by rules only: the model that is `by` name should have added to it.
    """

    path: str
    digest: str
    source: Source | None
    failure: str = ""
    by: str = ""


def parse(bundle: Bundle, sizes: Sizes = CARD) -> Parsed:
    """Read, extract and chunk one bundle; never raises for what is in the file."""
    try:
        return Parsed(bundle.path, bundle.digest, _source(bundle, sizes))
    except SourceError as error:
        return Parsed(bundle.path, "", None, str(error))
    except _CARD_ERRORS as error:
        reason = str(error) or "no message"
        failure = f"cannot be read as a {bundle.reader} card ({type(error).__name__}: {reason})"
        return Parsed(bundle.path, "", None, failure)


def parse_all(bundles: Sequence[Bundle], jobs: int, sizes: Sizes = CARD) -> Iterator[Parsed]:
    """Parse bundles in `jobs` processes, in the order given; in this process where there are only a few.

    `sizes` are those of the passages of cards.

    Raises SourceError where a process died of a card.
    """
    if jobs <= 1 or len(bundles) < _FEWEST_FOR_WORKERS:
        yield from (parse(bundle.released(), sizes) for bundle in bundles)
        return
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare_worker) as pool:
        try:
            yield from _in_order(bundles, lambda bundle: pool.submit(parse, bundle, sizes), jobs * _AHEAD)
        except BrokenProcessPool as error:
            raise SourceError(
                "a process that reads cards was killed, most likely for want of memory. Nothing was changed. "
                "Run it again with fewer of them: --jobs 1"
            ) from error


def _in_order(bundles: Sequence[Bundle], submit: Callable[[Bundle], "Future[Parsed]"], ahead: int) -> Iterator[Parsed]:
    """Results in order, with a bounded number of bundles under way, so that memory stays flat."""
    waiting: list[Future[Parsed]] = []
    for bundle in bundles:
        waiting.append(submit(bundle))
        if len(waiting) > ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _prepare_worker() -> None:
    """A worker leaves Ctrl-C to its parent, and ends at once when that is killed instead of waiting for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent:
        threading.Thread(target=lambda: (connection.wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def _source(bundle: Bundle, sizes: Sizes) -> Source:
    reader = next(reader for reader in readers() if reader.name == bundle.reader)
    card = reader.read(bundle)
    files = (bundle.primary, *bundle.companions) if card.text is None else ()
    warnings = card.warnings + tuple(
        f"{file.path}: not valid UTF-8; unreadable bytes are shown as \ufffd" for file in files if not file.is_utf8
    )
    assets = tuple(_with_extracted(asset, card, bundle.path) for asset in card.assets)
    only = assets[0] if len(assets) == 1 and not card.about_family else None
    passages = tuple(
        p
        for document in card.documents
        for p in chunk(document, only.id if only else None, only.kind if only else "document", sizes)
    )
    return Source(
        path=bundle.path,
        reader=bundle.reader,
        text=bundle.primary.text if card.text is None else card.text,
        companions={file.path: file.text for file in bundle.companions},
        assets=assets,
        passages=card.passages + passages,
        warnings=warnings,
    )


def _with_extracted(asset: AssetCard, card: Card, path: str) -> AssetCard:
    """The asset with the facts of its prose added; a text about several assets says nothing sure of any one."""
    asset = asset.model_copy(update={"path": asset.path or path})
    if len(card.assets) != 1 or card.about_family:
        return asset
    facts: list[Fact] = list(asset.facts)
    # A line that the reader knows as data is a size or a licence there, and no result by its looks.
    told = {(fact.evidence.path, fact.evidence.line_start) for fact in asset.facts}
    for document in card.documents:
        for fact in extract(CardText(document, asset)):
            if not (isinstance(fact, Evaluation) and (fact.evidence.path, fact.evidence.line_start) in told):
                facts.append(fact)
    if card.documents and asset.kind == "model":
        facts = roles(CardText(card.documents[0], asset), facts)
    return asset.model_copy(update={"facts": tuple(dict.fromkeys(facts))})
