"""Cards written inside a test, as the Hugging Face reader reads them; and the hand-read gold where it is at hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.extract.card_text import CardText
from ingest.formats.huggingface import HuggingFaceReader
from ingest.sources import Bundle, RawFile

SHARED = Path(__file__).parents[4] / "shared"

MakeCard = Callable[..., CardText]


@pytest.fixture
def card(tmp_path: Path) -> MakeCard:
    """`card(text, id)`: a model card as the extractors get it."""

    def make(text: str, id_: str = "lab/model") -> CardText:
        location = tmp_path / "README.md"
        location.write_text(text, encoding="utf-8")
        read = HuggingFaceReader().read(Bundle("huggingface", RawFile("hf-models", f"{id_}/README.md", location)))
        return CardText(read.documents[0], read.assets[0])

    return make


@pytest.fixture(scope="session")
def gold_cards() -> list[tuple[dict[str, Any], CardText]]:
    """Every hand-read card with its gold facts."""
    gold = SHARED / "gold" / "facts.jsonl"
    if not gold.exists():
        pytest.skip("needs the hand-read cards of shared/gold and shared/corpus")
    found = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        file = RawFile(
            "hf-models", f"{record['id']}/README.md", SHARED / "corpus/hf-models" / record["id"] / "README.md"
        )
        read = HuggingFaceReader().read(Bundle("huggingface", file))
        found.append((record, CardText(read.documents[0], read.assets[0])))
    return found


@pytest.fixture(scope="session")
def gold_aliases() -> dict[str, dict[str, str]]:
    """Kind → name → the name that means the same, of the gold."""
    path = SHARED / "gold" / "aliases.json"
    if not path.exists():
        pytest.skip("needs shared/gold")
    aliases: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return aliases


@pytest.fixture(scope="session")
def f1() -> Callable[[set[Any], set[Any]], float]:
    """Harmonic mean of precision and recall."""

    def score(found: set[Any], wanted: set[Any]) -> float:
        return 2 * len(found & wanted) / (len(found) + len(wanted))

    return score
