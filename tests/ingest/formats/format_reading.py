"""Folders in memory, and the checks that hold for every reader."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.records import AssetCard
from ingest.formats import Card, Reader, claim
from ingest.sources import Bundle, Folder, RawFile, Skips, walk

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"

MakeFolder = Callable[[str, dict[str, str]], Folder]
ReadOne = Callable[[Reader, str, dict[str, str]], Card]


def make_folder(relative: str, files: dict[str, str]) -> Folder:
    """A folder of the root `zoo` whose files are only in memory."""
    kept = {}
    for name, text in files.items():
        file = RawFile("zoo", f"{relative}/{name}" if relative else name, Path("/nowhere") / name)
        file.__dict__["data"] = text.encode("utf-8", "surrogatepass")
        kept[name] = file
    return Folder("zoo", relative, kept)


def read_one(reader: Reader, relative: str, files: dict[str, str]) -> Card:
    """The card of a folder that holds exactly one bundle; its quotes are checked."""
    (bundle,) = claim(make_folder(relative, files), [reader])
    return read_checked(reader, bundle)


def read_checked(reader: Reader, bundle: Bundle) -> Card:
    """Read a bundle and check that every quote stands on its lines of its file."""
    card = reader.read(bundle)
    lines = {file.path: file.text.split("\n") for file in (bundle.primary, *bundle.companions)}
    for fact in (fact for asset in card.assets for fact in asset.facts):
        at = fact.evidence
        assert at.quote, fact
        assert at.quote in "\n".join(lines[at.path][at.line_start - 1 : at.line_end]), fact
    return card


def facts(card: Card, kind: type, name: str = "") -> list:
    """The facts of one kind (and one attribute name) of the first asset."""
    return [fact for fact in card.assets[0].facts if isinstance(fact, kind) and (not name or fact.name == name)]


def values(card: Card, name: str) -> list[str]:
    """The values of one attribute of the first asset."""
    return [fact.value for fact in card.assets[0].facts if getattr(fact, "name", None) == name]


def corpus_cards(name: str, reader: Reader) -> Iterator[tuple[Bundle, Card]]:
    """Every bundle that a reader claims in one folder of the corpus, read; skips where there is no corpus."""
    root = CORPUS / name
    if not root.is_dir():
        pytest.skip(f"the corpus {root} is not on this machine")
    for folder in walk(name, root, 10_000_000, Skips()):
        for bundle in claim(folder, [reader]):
            yield bundle, read_checked(reader, bundle)


def quoted(asset: AssetCard) -> dict[str, list[str]]:
    """Kind of fact (attribute names, else the class name) → quotes."""
    found: dict[str, list[str]] = defaultdict(list)
    for fact in asset.facts:
        found[getattr(fact, "name", type(fact).__name__)].append(fact.evidence.quote)
    return found
