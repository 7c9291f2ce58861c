"""`almanac show`, `almanac stats` and `almanac export facts`, on the sample catalogue."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stores import Almanac, Cards

from agent.facts import export_facts
from agent.showing import describe, statistics
from catalog.errors import SourceError
from catalog.settings import Settings
from catalog.snapshot import Snapshot, open_snapshot

FIELDS = {
    *("train_datasets", "base_models", "eval_results", "license", "languages", "tasks", "params", "hardware"),
    *("hyper", "paper", "organization"),
}


@pytest.fixture(scope="module")
def snapshot(sample_store: Path) -> Iterator[Snapshot]:
    opened = open_snapshot(Settings(store=sample_store))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def exported(snapshot: Snapshot) -> list[dict[str, Any]]:
    return list(export_facts(snapshot.catalog))


def test_every_model_with_a_card_is_exported_once_with_every_field(exported: list[dict[str, Any]]) -> None:
    ids = [model["id"] for model in exported]
    assert len(ids) == 72
    assert ids == sorted(set(ids))
    for model in exported:
        assert set(model) >= FIELDS | {"id"}


def test_every_exported_value_stands_where_it_says(exported: list[dict[str, Any]], snapshot: Snapshot) -> None:
    checked = 0
    for model in exported:
        for told in (*model["train_datasets"], *model["base_models"], *model["eval_results"], *model["attributes"]):
            text = snapshot.catalog.text(told["path"])
            assert text is not None
            lines = "\n".join(text.split("\n")[told["line_start"] - 1 : told["line_end"]])
            assert " ".join(told["quote"].split()) in " ".join(lines.split())
            assert told["origin"] in ("metadata", "table", "prose", "inferred", "llm")
            checked += 1
    assert checked > 200


def test_a_model_is_shown_with_what_it_comes_from(snapshot: Snapshot) -> None:
    told = describe(snapshot.catalog, "deepset/minilm-uncased-squad2")
    assert (told["kind"], told["has_card"], told["license"]) == ("model", True, "cc-by-4.0")
    assert [dataset["name"] for dataset in told["train_datasets"]] == ["squad_v2"]
    assert "microsoft/MiniLM-L12-H384-uncased" in [base["name"] for base in told["base_models"]]


def test_a_dataset_is_shown_with_the_models_trained_on_it(snapshot: Snapshot) -> None:
    told = describe(snapshot.catalog, "SQuAD 2.0")
    assert (told["kind"], told["id"]) == ("dataset", "squad_v2")
    assert "deepset/minilm-uncased-squad2" in told["used_by"]
    assert told["aliases"][0] == "squad_v2"
    assert len(told["aliases"]) > 3


def test_what_has_no_card_is_shown_as_such(snapshot: Snapshot) -> None:
    from catalog.execution import execute
    from catalog.query import CatalogQuery

    named = execute(snapshot.catalog, CatalogQuery(kind="dataset", has_card=False, limit=1)).items[0]
    told = describe(snapshot.catalog, named.id)
    assert (told["has_card"], told["path"], told["summary"]) == (False, None, "")
    assert told["used_by"]


def test_an_ambiguous_name_stays_unresolved_and_says_so(models: Cards, datasets: Cards, almanac: Almanac) -> None:
    for owner in ("den", "nest"):
        datasets.write(f"{owner}/night-sounds", "---\nsize_categories: 1K<n<10K\n---\n# Night sounds\n")
    models.write("lab/owl", "# Owl\n\nThe model was fine-tuned on the `night-sounds` dataset.\n")
    assert almanac("ingest", models.root, datasets.root).code == 0
    shown = almanac("show", "night-sounds")
    assert "no card" in shown.out
    assert "may mean den/night-sounds, nest/night-sounds" in shown.out
    assert json.loads(almanac("show", "den/night-sounds", "--json").out)["used_by"] == []


@pytest.mark.parametrize(
    ("name", "near"),
    [("deepset/minilm-uncased-squad3", "deepset/minilm-uncased-squad2"), ("squad_v9", "squad_v2")],
)
def test_an_unknown_name_offers_near_misses(name: str, near: str, snapshot: Snapshot) -> None:
    with pytest.raises(SourceError) as raised:
        describe(snapshot.catalog, name)
    message = str(raised.value)
    assert message.startswith(f"no model or dataset {name!r} in the catalogue. Did you mean: ")
    assert near in message


def test_a_name_like_nothing_offers_nothing(snapshot: Snapshot) -> None:
    with pytest.raises(SourceError, match=r"^no model or dataset 'zzqqxxjj' in the catalogue\.$"):
        describe(snapshot.catalog, "zzqqxxjj")


def test_statistics_count_what_is_there(snapshot: Snapshot, exported: list[dict[str, Any]]) -> None:
    numbers = statistics(snapshot)
    assert (numbers["documents"], numbers["models"], numbers["datasets"]) == (104, 72, 32)
    assert numbers["training"] == sum(len(model["train_datasets"]) for model in exported)
    assert numbers["passages"] == snapshot.passages.count()
    assert (numbers["embedder"], numbers["generation"]) == ("wordllama", snapshot.name)
