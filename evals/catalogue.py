"""The store that a run asks: a given one, or one made of folders of cards and kept up to date."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from catalog.errors import SettingError, SourceError
from catalog.settings import Settings

CORPUS = Path(__file__).parent / "corpus"
#: the sample catalogue, which the suites ask about
SAMPLE = (CORPUS / "models", CORPUS / "datasets")


def store_of(roots: Sequence[Path], settings: Settings) -> Path:
    """The folder of a store of these folders, brought up to date.

    Raises SourceError where they cannot be ingested, SettingError where stores are not folders but on servers.
    """
    from agent.cli import run
    from agent.cli.exits import MUST_ACT

    if settings.database_url or settings.qdrant_url:
        raise SettingError(
            "a store for evals is a folder, and a server is set. Unset ALMANAC_DATABASE_URL and ALMANAC_QDRANT_URL, "
            "or name the store to ask with --store."
        )
    for root in roots:
        if not root.is_dir():
            raise SourceError(f"there is no folder {root}. Name folders of cards with --corpus.")
    names = "\n".join(sorted(str(root.resolve()) for root in roots))
    store = Path(platformdirs.user_cache_dir("almanac")) / "evals" / hashlib.sha256(names.encode()).hexdigest()[:12]
    if run(["ingest", *map(str, roots), "--store", str(store), "--jobs", "1"]) == MUST_ACT:
        raise SourceError(f"{', '.join(map(str, roots))} cannot be ingested. Mend what is said above.")
    return store
