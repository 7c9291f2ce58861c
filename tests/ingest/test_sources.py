"""From root folders to bundles: what is walked, what is skipped and why."""

import os
from pathlib import Path

import pytest

from catalog.errors import SourceError
from ingest.sources import Bundle, RawFile, Skip, Skips, check_roots, walk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "cards"
    (folder / "den" / "owl").mkdir(parents=True)
    (folder / "den" / "owl" / "README.md").write_text("# Owl")
    return folder


def walked(root: Path, max_bytes: int = 1_000) -> tuple[list[str], list[Skip]]:
    skips = Skips()
    folders = list(walk("cards", root, max_bytes, skips))
    return [file.path for folder in folders for file in folder.files.values()], skips.found


def test_paths_begin_with_the_name_of_the_root(root: Path) -> None:
    (folder,) = walk("cards", root, 1_000, Skips())
    file = folder.files["README.md"]
    assert (file.path, file.folder, file.name) == ("cards/den/owl/README.md", "den/owl", "README.md")
    assert (folder.path, folder.relative) == ("cards/den/owl", "den/owl")


def test_files_come_in_the_order_of_their_names(root: Path) -> None:
    for name in ("z.md", "a.md", "m.md"):
        (root / name).write_text(name)
        (root / "den" / name).write_text(name)
    assert [path.removeprefix("cards/") for path in walked(root)[0]] == [
        "a.md", "m.md", "z.md", "den/a.md", "den/m.md", "den/z.md", "den/owl/README.md",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [".git", "node_modules", "__pycache__", ".ipynb_checkpoints"])
def test_what_is_no_content_is_not_walked(name: str, root: Path) -> None:
    (root / name / "deep").mkdir(parents=True)
    (root / name / "deep" / "README.md").write_text("# No")
    assert walked(root) == (["cards/den/owl/README.md"], [])


def test_a_binary_file_is_skipped(root: Path) -> None:
    (root / "weights.md").write_bytes(b"GGUF\x00\x00\x01")
    assert walked(root)[1] == [Skip("cards/weights.md", "a binary file")]


def test_a_large_file_fails_and_names_the_setting(root: Path) -> None:
    with (root / "huge.md").open("wb") as stream:
        stream.write(b"# Huge\n")
        stream.seek(50_000_000)
        stream.write(b"\n")
    # The hole is read as zeros from the file system, but the head decides whether a file is text.
    (root / "long.md").write_text("word " * 5_000)
    paths, skips = walked(root, max_bytes=20_000)
    assert paths == ["cards/den/owl/README.md"]
    long = next(skip for skip in skips if skip.path == "cards/long.md")
    assert long.failed
    assert long.reason == "0.0 MB, over the limit of 0.02 MB (raise the setting max_file_mb to read it)"


def test_a_link_to_nothing_fails(root: Path) -> None:
    (root / "gone.md").symlink_to(root / "nowhere.md")
    assert walked(root)[1] == [Skip("cards/gone.md", "a link to nothing", failed=True)]


def test_a_pipe_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe.md")
    assert walked(root)[1] == [Skip("cards/pipe.md", "not a regular file")]


def test_a_file_that_cannot_be_opened_fails(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def denied(path: Path, *args: object, **kwargs: object) -> object:
        if path.name == "README.md":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", denied)
    assert walked(root) == ([], [Skip("cards/den/owl/README.md", "cannot be read (Permission denied)", failed=True)])


@pytest.mark.parametrize(("folder", "path"), [("den", "cards/den/"), ("", "cards/")])
def test_a_folder_that_cannot_be_listed_fails(
    folder: str, path: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def denied(asked: str) -> object:
        if Path(asked) == root / folder:
            raise PermissionError(13, "Permission denied", asked)
        return real(asked)

    monkeypatch.setattr(os, "scandir", denied)
    assert walked(root) == ([], [Skip(path, "cannot be listed (Permission denied)", failed=True)])


def test_a_folder_linked_twice_is_read_once_and_a_circle_ends(root: Path) -> None:
    (root / "again").symlink_to(root / "den")
    (root / "den" / "circle").symlink_to(root)
    paths, skips = walked(root)
    assert paths == ["cards/again/owl/README.md"]
    assert {skip.path for skip in skips} == {"cards/again/circle/", "cards/den/"}
    assert {skip.reason for skip in skips} == {"a link to a folder that is already read"}


def test_a_name_of_any_bytes_fails(root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9")).mkdir()
    (root / os.fsdecode(b"caf\xe9") / "README.md").write_text("# Coffee")
    (root / "den" / os.fsdecode(b"\xff.md")).write_text("# Y")
    paths, skips = walked(root)
    assert paths == ["cards/den/owl/README.md"]
    assert skips == [
        Skip("cards/caf?", "its name is no UTF-8", failed=True),
        Skip("cards/den/?.md", "its name is no UTF-8", failed=True),
    ]


@pytest.mark.parametrize(
    ("data", "text", "is_utf8"),
    [
        (b"\xef\xbb\xbf# Owl\r\nhoots\rloud\n", "# Owl\nhoots\nloud\n", True),
        (b"caf\xe9", "caf\ufffd", False),
        ("数据 🦉".encode(), "数据 🦉", True),
        (b"a\x00b", "a\ufffdb", True),
        (b"", "", True),
    ],
)
def test_text_is_utf8_with_plain_line_ends(data: bytes, text: str, is_utf8: bool, tmp_path: Path) -> None:
    (tmp_path / "x.md").write_bytes(data)
    file = RawFile("cards", "x.md", tmp_path / "x.md")
    assert (file.text, file.is_utf8) == (text, is_utf8)


def bundle(tmp_path: Path, reader: str = "r", companions: int = 1) -> Bundle:
    files = [RawFile("cards", f"{number}.md", tmp_path / f"{number}.md") for number in range(companions + 1)]
    return Bundle(reader, files[0], tuple(files[1:]))


def test_the_digest_tells_reader_and_contents_of_all_files(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(f"text {number}")
    one = bundle(tmp_path).digest
    assert one == bundle(tmp_path).digest
    assert one != bundle(tmp_path, reader="s").digest
    assert one != bundle(tmp_path, companions=2).digest
    (tmp_path / "1.md").write_text("text 1, changed")
    assert one != bundle(tmp_path).digest


def test_a_released_bundle_holds_no_contents_but_knows_its_digest(tmp_path: Path) -> None:
    (tmp_path / "0.md").write_text("text")
    full = bundle(tmp_path, companions=0)
    light = full.released()
    assert light == full
    assert "data" not in light.primary.__dict__
    (tmp_path / "0.md").unlink()
    assert light.digest == full.digest


def test_roots_have_the_names_of_their_folders(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert check_roots([Path(), root, root / "den" / ".."]) == {"cards": root}
    assert check_roots([Path("den")]) == {"den": root / "den"}


def test_a_link_gives_a_root_another_name(root: Path, tmp_path: Path) -> None:
    (tmp_path / "mirror").symlink_to(root)
    assert check_roots([tmp_path / "mirror"]) == {"mirror": tmp_path / "mirror"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("nowhere", "no such folder: nowhere. Name a folder that holds cards."),
        ("file.md", "file.md is a file, not a folder. Name the folder that holds it."),
        ("/", "/ has no name that citations could show"),
    ],
)
def test_a_root_that_cannot_be_used(wrong: str, said: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    (root / "file.md").write_text("")
    with pytest.raises(SourceError) as raised:
        check_roots([Path(wrong)])
    assert said in str(raised.value)


def test_two_roots_of_one_name_are_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other" / "cards").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"two roots are named 'cards' .* through a link of another name"):
        check_roots([root, tmp_path / "other" / "cards"])
