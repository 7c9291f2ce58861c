"""Ingesting into a database by URL and a Qdrant server, and asking there: what holds for a folder holds for them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from qdrant_client import QdrantClient
from stores import Cards

from agent.wiring import Almanac
from catalog import server
from catalog.errors import StoreError
from catalog.settings import Settings
from catalog.snapshot import current_name, open_snapshot
from catalog.store import Catalog
from ingest.pipeline import ingest_roots

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

OWL = (
    "---\nlicense: mit\ndatasets: [squad]\n---\n# Owl\n\nThe plumage detector was calibrated in a disused lighthouse.\n"
)


class NeverClosing(QdrantClient):
    """A server in memory outlives the clients that ask it."""

    def close(self, *args: object, **kwargs: object) -> None:
        pass


@pytest.fixture
def qdrant(monkeypatch: pytest.MonkeyPatch) -> QdrantClient:
    client = NeverClosing(":memory:")
    monkeypatch.setattr(server, "connect", lambda url, key: client)
    return client


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(
    request: pytest.FixtureRequest, store: Path, tmp_path: Path, qdrant: QdrantClient, test_database_url: str | None
) -> Settings:
    url = f"sqlite:///{tmp_path}/catalogue.sqlite" if request.param == "sqlite" else test_database_url
    if not url:
        pytest.skip("set ALMANAC_TEST_DATABASE_URL to a PostgreSQL database that may be overwritten")
    if request.param == "postgresql":
        from sqlalchemy import create_engine

        from catalog import tables

        engine = create_engine(url)
        tables.metadata.drop_all(engine)
        engine.dispose()
    return Settings(store=store, database_url=url, qdrant_url="http://qdrant.test", jobs=1)


@pytest.fixture
def den(models: Cards) -> Cards:
    models.write("den/owl", OWL)
    return models


def generation(name: str | None) -> set[str]:
    """The collections of one generation."""
    return {f"almanac-{name}", f"almanac-{name}-profiles"}


def collections(qdrant: QdrantClient) -> set[str]:
    return {found.name for found in qdrant.get_collections().collections}


def test_a_question_is_answered_from_the_servers(settings: Settings, den: Cards, qdrant: QdrantClient) -> None:
    ingest_roots([den.root], settings)
    almanac = Almanac(settings)
    listed = almanac.ask("Which models were trained on SQuAD?")
    assert [item.id for item in listed.items] == ["den/owl"]
    (citation,) = listed.citations
    assert (citation.path, citation.line_start, citation.quote) == ("models/den/owl/README.md", 3, "datasets: [squad]")
    told = almanac.snapshot.passages.lexical("disused lighthouse")
    assert [hit.passage.asset for hit in told] == ["den/owl"]
    almanac.close()
    assert collections(qdrant) == generation(current_name(settings))
    assert not list(settings.store.rglob("*.sqlite")), "nothing is kept twice"


def test_each_ingest_is_a_collection_and_the_one_before_is_kept(
    settings: Settings, den: Cards, qdrant: QdrantClient
) -> None:
    names = []
    qdrant.create_collection("somebody-elses", vectors_config={})
    for place in ("lighthouse", "windmill", "brewery"):
        den.write("den/owl", OWL.replace("lighthouse", place))
        ingest_roots([den.root], settings)
        names.append(current_name(settings))
    kept = generation(names[1]) | generation(names[2])
    assert collections(qdrant) == {*kept, "somebody-elses"}
    snapshot = open_snapshot(settings)
    assert "brewery" in " ".join(passage.text for passage in snapshot.passages.passages_of(asset="den/owl"))
    snapshot.close()


def test_a_reader_follows_to_the_new_generation(settings: Settings, den: Cards) -> None:
    ingest_roots([den.root], settings)
    almanac = Almanac(settings)
    assert almanac.ask("Which models were trained on SQuAD?").total == 1
    den.write("den/wren", OWL)
    ingest_roots([den.root], settings)
    assert almanac.ask("Which models were trained on SQuAD?").total == 2
    almanac.close()


def test_an_ingest_that_fails_leaves_the_servers_as_they_were(
    settings: Settings, den: Cards, qdrant: QdrantClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_roots([den.root], settings)
    before = current_name(settings)

    def refused(*_: Any) -> None:
        raise StoreError("the database is away")

    den.write("den/wren", OWL)
    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "write", refused)
        with pytest.raises(StoreError, match="the database is away"):
            ingest_roots([den.root], settings)
    assert current_name(settings) == before
    assert collections(qdrant) == generation(before)
    assert ingest_roots([den.root], settings).new == 1


def test_a_server_that_goes_after_the_switch_does_not_undo_it(
    settings: Settings, den: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_roots([den.root], settings)

    def away(*_: Any) -> None:
        raise StoreError("the Qdrant server is away")

    den.write("den/wren", OWL)
    with monkeypatch.context() as patch:
        patch.setattr(server.Server, "remove_all_but", away)
        with pytest.raises(StoreError, match="the Qdrant server is away"):
            ingest_roots([den.root], settings)
    almanac = Almanac(settings)
    assert almanac.ask("Which models were trained on SQuAD?").total == 2
    assert {told.asset for told in almanac.snapshot.passages.passages_of()} == {"den/owl", "den/wren"}
    almanac.close()


def test_an_answer_is_of_one_generation_while_others_are_written(settings: Settings, den: Cards) -> None:
    """The models of one generation are all larks, those of the next all owls, and each is cited."""

    def flock(name: str, other: str) -> None:
        for number in range(6):
            den.write(f"{name}/{number}", OWL)
            if (den.root / other / str(number)).exists():
                den.remove(f"{other}/{number}")

    den.remove("den/owl")
    flock("owls", "larks")
    ingest_roots([den.root], settings)
    told: list[tuple[set[str], int, int]] = []
    done = Event()

    def ask() -> None:
        almanac = Almanac(settings)
        while not done.is_set():
            answer = almanac.ask("Which models were trained on SQuAD?")
            flocks = {str(item.id).partition("/")[0] for item in answer.items}
            told.append((flocks, len(answer.items), len({citation.asset for citation in answer.citations})))
        almanac.close()

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        try:
            for name, other in (("larks", "owls"), ("owls", "larks")) * 2:
                flock(name, other)
                ingest_roots([den.root], settings)
        finally:
            done.set()
        for asked in asking:
            asked.result()
    assert len(told) > 10
    for flocks, items, cited in told:
        assert (len(flocks), items, cited) == (1, 6, 6)
