"""Documents beside cards: found, cited by lines or pages, linked to the assets they name; broken ones are reported."""

from pathlib import Path

import pytest
from made_documents import body, encrypted_pdf, pdf, scanned_pdf, word
from stores import Almanac

from agent.citations import Citations
from catalog.records import Evidence
from catalog.settings import Settings
from catalog.snapshot import Snapshot, open_snapshot
from catalog.store import DocumentMention
from ingest.formats import claim, readers
from ingest.pipeline import Summary, ingest_roots
from ingest.sources import Skip, Skips, walk

DESIGN = pdf(
    [
        [(18, True, "Owl design"), *body("Owls are built in a barn, by people with patience.")],
        [(18, True, "Rollback"), *body("To roll back den/owl, stop the ferret and restore the last nest.")],
    ]
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A card, a design document, a handbook page, and what is no document."""
    root = tmp_path / "work"
    files = {
        "den/owl/README.md": b"---\nlicense: mit\ndatasets: [squad_v2]\n---\n# Owl\n\nOwl answers questions.\n",
        "design/owl.pdf": DESIGN,
        "design/plan.docx": word(("Heading 1", "Plan"), ("Normal", "We will replace SQuAD 2.0 by our own questions.")),
        "handbook/on-call.html": b"<html>\n<h1>On call</h1>\n<p>Wake the <b>owner</b> of den/owl.</p>\n</html>\n",
        "handbook/NOTES.txt": b"Notes\n\nThe ferret is called Fred.\n",
        "den/owl/vocab.txt": b"the\nof\n",
        "den/owl/model.safetensors": b"\x00\x01\x02",
    }
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def ingested(root: Path, store: Path) -> Summary:
    return ingest_roots([root], Settings(store=store, jobs=1))


@pytest.fixture
def snapshot(root: Path, store: Path) -> Snapshot:
    ingested(root, store)
    return open_snapshot(Settings(store=store))


def test_documents_are_claimed_by_suffix_and_the_rest_is_passed_over(root: Path, store: Path) -> None:
    skips = Skips()
    claimed = {
        bundle.path: bundle.reader
        for folder in walk("work", root, 10_000_000, skips)
        for bundle in claim(folder, readers())
    }
    assert {path for path, reader in claimed.items() if reader == "document"} == {
        "work/design/owl.pdf",
        "work/design/plan.docx",
        "work/handbook/on-call.html",
        "work/handbook/NOTES.txt",
    }
    assert skips.found == [Skip("work/den/owl/model.safetensors", "a binary file")]
    assert Skip("work/den/owl/vocab.txt", "no reader for this kind of file") in ingested(root, store).skipped


@pytest.mark.parametrize(
    ("words", "path", "page"),
    [
        ("stop the ferret and restore the last nest", "work/design/owl.pdf", 2),
        ("replace by our own questions", "work/design/plan.docx", None),
        ("wake the owner on call", "work/handbook/on-call.html", None),
        ("what is the ferret called", "work/handbook/NOTES.txt", None),
    ],
)
def test_documents_are_found_and_their_quotes_stand(
    snapshot: Snapshot, words: str, path: str, page: int | None
) -> None:
    passage = snapshot.passages.search(words, snapshot.embedder.embed([words])[0], limit=1)[0].passage
    assert (passage.path, passage.page, passage.kind, passage.asset) == (path, page, "document", None)
    places = {
        "path": passage.path,
        "line_start": passage.line_start,
        "line_end": passage.line_end,
        "page": passage.page,
    }
    citations = Citations(snapshot.catalog)
    assert citations.cite(None, [Evidence(quote=passage.text, origin="prose", **places)]) == (1,)
    place = citations.all()[0].place
    assert place == (f"{path}, page {page}" if page else place)


def test_the_documents_that_name_an_asset_are_known(snapshot: Snapshot) -> None:
    assert snapshot.catalog.documents_mentioning("model", "den/owl") == [
        DocumentMention(path="work/design/owl.pdf", line_start=8, line_end=8),
        DocumentMention(path="work/handbook/on-call.html", line_start=3, line_end=3),
    ]
    (plan,) = snapshot.catalog.documents_mentioning("dataset", "squad_v2")
    assert plan.path == "work/design/plan.docx"


def test_documents_that_cannot_be_read_are_reported_and_the_rest_is_read(root: Path, store: Path) -> None:
    (root / "design/secret.pdf").write_bytes(encrypted_pdf())
    (root / "design/scan.pdf").write_bytes(scanned_pdf())
    (root / "design/broken.docx").write_bytes(b"PK\x03\x04")
    summary = ingested(root, store)
    assert summary.new == 8
    assert {(skip.path, skip.reason.partition(".")[0]) for skip in summary.failed} == {
        ("work/design/secret.pdf", "this PDF file is encrypted"),
        ("work/design/scan.pdf", "this PDF file holds no text on its 2 pages"),
        ("work/design/broken.docx", "this Word file is damaged (File is not a zip file)"),
    }
    assert open_snapshot(Settings(store=store)).catalog.text("work/design/owl.pdf")


def test_a_document_that_has_not_changed_is_not_read_again(root: Path, store: Path) -> None:
    ingested(root, store)
    (root / "handbook/NOTES.txt").write_text("Notes\n\nThe ferret is called Frida.\n")
    summary = ingested(root, store)
    assert (summary.new, summary.changed, summary.unchanged) == (0, 1, 4)
    assert open_snapshot(Settings(store=store)).catalog.documents_mentioning("model", "den/owl")


def test_a_question_is_answered_from_a_page(root: Path, store: Path, almanac: Almanac) -> None:
    ingested(root, store)
    ran = almanac("ask", "How do we roll back, what about the ferret and the last nest?", "--model", "offline")
    assert "work/design/owl.pdf, page 2" in ran.out
