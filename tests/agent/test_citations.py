"""Citations are checked against the stored text before anyone sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.citations import Citations
from catalog import tables
from catalog.records import Evidence, Source
from catalog.store import Catalog, Rows, packed, sqlite_catalog

PATH = "models/den/owl/README.md"
TEXT = "# Owl\n\nOwl was trained on\nSQuAD  for three days.\nThe end.\n"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    written = sqlite_catalog(tmp_path / "catalog.sqlite", writable=True)
    rows, source = Rows(), Source(path=PATH, reader="test", text=TEXT)
    rows.add(tables.documents, path=PATH, root="models", digest="", text=TEXT, parsed=packed(source))
    rows.add(tables.companions, path="models/den/owl/model.yml", document=PATH, text="license: mit\n")
    written.write(rows, {})
    yield written
    written.close()


@pytest.fixture
def citations(catalog: Catalog) -> Citations:
    return Citations(catalog)


def said(quote: str, start: int, end: int | None = None, path: str = PATH) -> Evidence:
    return Evidence(path=path, line_start=start, line_end=end or start, quote=quote, origin="prose")


def test_a_quote_that_stands_in_its_lines_is_numbered(citations: Citations) -> None:
    assert citations.cite("den/owl", [said("The end.", 5)]) == (1,)
    (citation,) = citations.all()
    assert (citation.asset, citation.place, citation.quote) == ("den/owl", f"{PATH}:5", "The end.")


def test_white_space_does_not_matter(citations: Citations) -> None:
    assert citations.cite("den/owl", [said("trained on SQuAD for three", 3, 4)]) == (1,)
    assert citations.all()[0].place == f"{PATH}:3-4"


def test_the_text_of_a_companion_can_be_cited(citations: Citations) -> None:
    assert citations.cite("den/owl", [said("license: mit", 1, path="models/den/owl/model.yml")]) == (1,)


@pytest.mark.parametrize(
    "forged",
    [
        said("Owl was trained on Wikipedia.", 3, 4),
        said("owl was trained", 3),
        said("The end.", 4),
        said("The end.", 6),
        said("The end.", 500, 600),
        said("trained on SQuAD", 3),
        said("The end.", 5, 4),
        said("# Owl", 0),
        said("The end.", -1, 5_000).model_copy(update={"line_end": 0}),
        said("", 1),
        said(" \n ", 2),
        said("The end.", 5, path="models/den/lark/README.md"),
        said("The end.", 5, path="/etc/passwd"),
        said("The end.", 5, path=f"../{PATH}"),
    ],
)
def test_what_does_not_stand_there_is_rejected_and_counted(forged: Evidence, citations: Citations) -> None:
    assert citations.cite("den/owl", [forged]) == ()
    assert citations.all() == ()
    assert citations.rejected == 1


def test_a_true_piece_is_found_behind_a_forged_one(citations: Citations) -> None:
    assert citations.cite("den/owl", [said("forged", 1), said("# Owl", 1)]) == (1,)
    assert citations.rejected == 1


def test_the_same_place_has_the_same_number(citations: Citations) -> None:
    assert citations.cite("den/owl", [said("# Owl", 1)]) == (1,)
    assert citations.cite("den/owl", [said("The end.", 5), said("# Owl", 1)]) == (2, 1)
    assert [citation.marker for citation in citations.all()] == [1, 2]


def test_no_more_pieces_than_asked_for(citations: Citations) -> None:
    pieces = [said("# Owl", 1), said("Owl was", 3), said("The end.", 5)]
    assert citations.cite("den/owl", pieces) == (1, 2)
    assert Citations.cite(citations, "den/owl", pieces, most=3) == (1, 2, 3)
