"""Names that are completed as somebody types: the right ones, and by the index."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from agent.chat.names import Known, beginning
from catalog.settings import Settings
from catalog.snapshot import open_snapshot
from catalog.store import Catalog
from evals.completion import measure


@pytest.fixture
def catalog(sample_store: Path) -> Iterator[Catalog]:
    snapshot = open_snapshot(Settings(store=sample_store))
    yield snapshot.catalog
    snapshot.close()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("deepset/tinyro", Known("model", "deepset/tinyroberta-squad2")),
        ("tinyroberta", Known("model", "deepset/tinyroberta-squad2")),
        ("TinyRoBERTa_sq", Known("model", "deepset/tinyroberta-squad2")),
        ("SQuAD v2", Known("dataset", "squad_v2")),
        ("cnn", Known("model", "facebook/bart-large-cnn")),
    ],
)
def test_a_name_is_found_by_how_people_begin_it(typed: str, found: Known, catalog: Catalog) -> None:
    assert found in beginning(catalog, typed)


@pytest.mark.parametrize("typed", ["", "b", "zzzz", "%", "//"])
def test_what_says_too_little_completes_to_nothing(typed: str, catalog: Catalog) -> None:
    assert beginning(catalog, typed) == []


def test_what_begins_so_comes_before_what_contains_it(catalog: Catalog) -> None:
    ids = [known.id for known in beginning(catalog, "roberta-base")]
    assert ids[0] == "roberta-base"
    assert "deepset/roberta-base-squad2" in ids


def test_every_look_up_is_a_search_in_an_index(catalog: Catalog) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_: object, __: object, statement: str, parameters: tuple[object, ...], *___: object) -> None:
        asked.append((statement, parameters))

    event.listen(catalog.engine, "before_cursor_execute", note)
    beginning(catalog, "deepset/tiny")
    event.remove(catalog.engine, "before_cursor_execute", note)
    assert len(asked) == 4
    with catalog.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert plan[0][3].startswith("SEARCH"), plan


def test_the_benchmark_completes_every_beginning() -> None:
    count, processor, _ = measure(500)
    assert count > 1_000
    assert 0 < processor.median <= processor.worst
