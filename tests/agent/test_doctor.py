"""`almanac doctor`: what is there, what is broken, and what mends it."""

import shutil
from importlib import metadata
from pathlib import Path

import pytest

from agent import doctor
from agent.doctor import Check, examine
from catalog.generations import copy_sparsely
from catalog.settings import Settings, config_file


def checks(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(settings)}


def test_a_whole_store_is_good(sample_store: Path) -> None:
    found = checks(Settings(store=sample_store))
    assert {name for name, check in found.items() if check.state == "broken"} == set()
    assert "104 documents" in found["store"].found
    assert int(found["passages"].found) > 300
    assert found["embedder"].found == "wordllama, 256 dimensions"
    assert found["configuration"].found == f"{config_file()} (not there: defaults)"


def test_a_missing_store_is_broken_and_the_rest_is_still_looked_at(store: Path) -> None:
    found = checks(Settings(store=store))
    assert found["store"].state == "broken"
    assert "Make one: almanac ingest FOLDER" in found["store"].found
    assert found["python"].state == "good"


def test_an_unknown_embedder_is_a_check_and_not_a_failure(sample_store: Path) -> None:
    found = checks(Settings(store=sample_store, embedder="oracle"))
    assert found["store"].state == "good"
    assert (found["passages"].state, found["embedder"].state) == ("broken", "broken")
    assert "oracle" in found["embedder"].found


def test_passages_that_are_gone_are_told(sample_store: Path, tmp_path: Path) -> None:
    store = shutil.copytree(sample_store, tmp_path / "store", copy_function=copy_sparsely)
    for shard in store.rglob("shard"):
        shutil.rmtree(shard)
    found = checks(Settings(store=store))
    assert (found["store"].state, found["passages"].state, found["embedder"].state) == ("good", "broken", "good")
    assert "--rebuild" in found["passages"].found


def test_what_is_not_installed_comes_with_the_command_that_installs_it(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(doctor.metadata, "version", version)
    found = checks(Settings(store=store))
    assert (found["sqlalchemy"].state, found["sqlalchemy"].cure) == ("broken", "pip install sqlalchemy")
    assert (found["extra slack"].state, found["extra slack"].cure) == ("missing", "pip install 'almanac[slack]'")


def test_a_configuration_file_that_is_there_is_named(store: Path) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text("jobs = 2")
    assert checks(Settings(store=store))["configuration"].found == str(config_file())
