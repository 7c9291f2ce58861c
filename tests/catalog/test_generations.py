"""The store folder: what is a store, how it switches, and what a full disk does to it."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.errors import StoreError
from catalog.generations import LAYOUT, StoreFolder, copy_sparsely, translated, write_atomically


@pytest.fixture
def folder(store: Path) -> StoreFolder:
    prepared = StoreFolder(store)
    prepared.prepare()
    return prepared


def generation(folder: StoreFolder, name: str) -> Path:
    path = folder.generation(name)
    path.mkdir()
    (path / "catalog.sqlite").write_text(name)
    return path


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_new_folder_becomes_an_empty_store(folder: StoreFolder) -> None:
    assert json.loads((folder.path / "almanac.json").read_text()) == {"layout": LAYOUT}
    assert folder.current() is None
    folder.check()


def test_an_empty_folder_may_be_there_already(store: Path) -> None:
    store.mkdir()
    StoreFolder(store).prepare()
    StoreFolder(store).check()


def test_preparing_twice_changes_nothing(folder: StoreFolder) -> None:
    before = (folder.path / "almanac.json").stat()
    folder.prepare()
    assert (folder.path / "almanac.json").stat() == before


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_folder_of_something_else_is_refused_and_left_alone(store: Path, rebuild: bool) -> None:
    store.mkdir()
    (store / "thesis.tex").write_text("years of work")
    with pytest.raises(StoreError, match=r"is not an Almanac store. Name another folder with --store"):
        StoreFolder(store).prepare(rebuild=rebuild)
    assert [file.name for file in store.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_file_is_no_store(store: Path, rebuild: bool) -> None:
    store.write_text("x")
    with pytest.raises(StoreError, match="is not an Almanac store"):
        StoreFolder(store).prepare(rebuild=rebuild)
    assert store.read_text() == "x"


@pytest.mark.parametrize("marker", ["", "{}", "[]", '{"layout": "new"}', "\xff"])
def test_a_broken_marker_is_no_store(folder: StoreFolder, marker: str) -> None:
    (folder.path / "almanac.json").write_text(marker, encoding="latin-1")
    with pytest.raises(StoreError, match="is not an Almanac store"):
        folder.check()


def test_a_store_of_a_newer_layout_says_so_and_can_be_rebuilt(folder: StoreFolder) -> None:
    (folder.path / "almanac.json").write_text('{"layout": 99}')
    with pytest.raises(StoreError, match=f"has layout 99, this version reads {LAYOUT}. Rebuild it: almanac ingest"):
        folder.prepare()
    folder.prepare(rebuild=True)
    folder.check()


def test_a_missing_store_names_the_command_that_makes_one(store: Path) -> None:
    with pytest.raises(StoreError, match=f"no store at {store}. Make one: almanac ingest FOLDER --store {store}"):
        StoreFolder(store).check()


def test_switching_points_to_the_new_generation(folder: StoreFolder) -> None:
    for name in ("one", "two"):
        generation(folder, name)
        folder.switch_to(name)
        assert folder.current() == name


def test_all_generations_but_those_named_go(folder: StoreFolder) -> None:
    for name in ("one", "two", "three"):
        generation(folder, name)
    folder.remove_all_but({"two", "three", None})
    assert {path.name for path in (folder.path / "generations").iterdir()} == {"two", "three"}


def test_one_writer_at_a_time(folder: StoreFolder) -> None:
    with (
        folder.writing(),
        pytest.raises(StoreError, match=f"another ingest is writing to {folder.path}. Wait until it has finished."),
        StoreFolder(folder.path).writing(),
    ):
        pytest.fail("two writers")
    with folder.writing():
        pass  # free again


@pytest.mark.parametrize("call", range(1, 7))
def test_a_disk_that_is_full_at_any_sync_leaves_the_pointer_whole(
    folder: StoreFolder, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation(folder, "one")
    folder.switch_to("one")
    generation(folder, "two")
    sync, calls = os.fsync, iter(range(1, 100))
    monkeypatch.setattr(os, "fsync", lambda handle: full() if next(calls) == call else sync(handle))
    failed = None
    try:
        folder.switch_to("two")
    except OSError as error:
        failed = translated(error, folder.path)
    assert folder.current() == ("one" if failed else "two")
    assert failed is None or f"the disk of {folder.path} is full; the store is as it was before" in str(failed)
    assert not list(folder.path.glob(".current*")), "nothing half-written stays"


def test_a_disk_that_is_full_at_the_very_first_write_can_be_tried_again(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="is full"):
            StoreFolder(store).prepare()
    StoreFolder(store).prepare()
    StoreFolder(store).check()


def test_a_marker_that_a_killed_process_left_does_not_make_the_folder_foreign(store: Path) -> None:
    store.mkdir()
    (store / ".almanac.json.0a1b2c3d").write_text("")
    StoreFolder(store).prepare()
    StoreFolder(store).check()


def test_a_small_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pointer"
    write_atomically(file, "old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            write_atomically(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def _copying_onto_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "file").write_text("x")
    shutil.copytree(tmp_path / "from", tmp_path / "to", copy_function=full)


@pytest.mark.parametrize(
    ("fail", "said"),
    [
        (lambda _: full(), "the disk of STORE is full; the store is as it was before. Free some space"),
        (_copying_onto_a_full_disk, "the disk of STORE is full"),
        (lambda _: os.open("/nowhere/at/all", os.O_RDONLY), "the store at STORE cannot be used: No such file"),
    ],
)
def test_an_error_of_the_system_becomes_one_line(fail: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    with pytest.raises(OSError) as raised:  # noqa: PT011 # any of them
        fail(tmp_path)
    message = str(translated(raised.value, Path("STORE")))
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_folder_that_cannot_be_written(number: int) -> None:
    message = str(translated(OSError(number, os.strerror(number)), Path("STORE")))
    assert message == f"STORE cannot be written ({os.strerror(number)}). Name another folder with --store."


def test_a_lock_that_cannot_be_made_is_told(folder: StoreFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", denied)
    with pytest.raises(StoreError, match="cannot be written"), folder.writing():
        pytest.fail("not locked")


@pytest.mark.parametrize("parts", [[], [(0, 10)], [(0, 5), (3_000_000, 2_500_000)], [(8_000_000, 1)], [(0, 3_000_000)]])
def test_a_copy_is_equal_and_keeps_the_holes(parts: list[tuple[int, int]], tmp_path: Path) -> None:
    with (tmp_path / "from").open("wb") as stream:
        for start, length in parts:
            stream.seek(start)
            stream.write(bytes(n % 251 + 1 for n in range(length)))
        stream.truncate(10_000_000)
    copy_sparsely(str(tmp_path / "from"), str(tmp_path / "to"))
    assert (tmp_path / "to").read_bytes() == (tmp_path / "from").read_bytes()
    assert (tmp_path / "to").stat().st_blocks * 512 < sum(length for _, length in parts) + 200_000
