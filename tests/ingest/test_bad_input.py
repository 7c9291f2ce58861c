"""What a person reads, and the exit code, when something is wrong with what they give."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from stores import Almanac, Cards

from catalog import store as store_module
from catalog.generations import copy_sparsely
from catalog.settings import config_file

ROOT = Path(__file__).parents[2]
DONE, MUST_ACT, USAGE, PARTLY = 0, 1, 2, 3

OWL = "---\nlicense: mit\ndatasets: [squad]\n---\n# Owl\n\nOwl answers questions about the birds of the night.\n"
QUESTION = "Which models were trained on SQuAD?"


@pytest.fixture
def den(models: Cards) -> Cards:
    models.write("den/owl", OWL)
    return models


@pytest.fixture
def filled(almanac: Almanac, den: Cards) -> Almanac:
    """The command line on a store that holds one card."""
    assert almanac("ingest", den.root).code == DONE
    return almanac


def answers(almanac: Almanac, *ids: str) -> None:
    """The store answers, and from these models."""
    ran = almanac("ask", QUESTION, "--json")
    assert ran.code == DONE, ran.err
    assert [item["id"] for item in json.loads(ran.out)["items"]] == list(ids)


def complaint(ran: object) -> str:
    """The one line on stderr; no traceback, nothing on stdout."""
    assert ran.out == ""  # type: ignore[attr-defined]
    (line,) = ran.err.splitlines()  # type: ignore[attr-defined]
    assert line.startswith("almanac: ")
    return str(line.removeprefix("almanac: "))


# -- folders and files to ingest


def test_a_folder_that_is_not_there(almanac: Almanac, store: Path) -> None:
    ran = almanac("ingest", "nowhere/at/all")
    assert ran.code == MUST_ACT
    assert complaint(ran) == "no such folder: nowhere/at/all. Name a folder that holds cards."
    assert not store.exists()


def test_a_folder_without_cards(almanac: Almanac, store: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = almanac("ingest", tmp_path / "empty")
    assert ran.code == MUST_ACT
    assert "empty holds no card or document that Almanac reads" in complaint(ran)
    assert not store.exists()


def test_two_folders_of_one_name(almanac: Almanac, den: Cards, tmp_path: Path) -> None:
    other = Cards(tmp_path / "other" / "models")
    other.write("den/wren", OWL)
    ran = almanac("ingest", den.root, other.root)
    assert ran.code == MUST_ACT
    assert "two roots are named 'models'" in complaint(ran)


def test_no_folder_at_all_is_a_usage_error(almanac: Almanac) -> None:
    ran = almanac("ingest")
    assert ran.code == USAGE
    assert "Missing argument 'ROOTS...'" in ran.err


def bomb() -> str:
    levels = zip("abcdefgh", "bcdefghi", strict=True)
    lines = [f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in levels]
    return "\n".join(["a: &a [x,x,x,x,x,x,x,x,x]", *lines])


BAD = {
    "bad/latin1": "---\nlicense: mit\n---\n# Caf\xe9\n\nA caf\xe9 model about coffee houses.\n".encode("latin-1"),
    "bad/twice": b"---\nlicense: mit\ndatasets: [squad]\nlicense: apache-2.0\n---\n# Twice\n",
    "bad/bomb": f"---\n{bomb()}\n---\n# Bomb\n\nTicks quietly in a corner of the room.\n".encode(),
    "bad/tabs": b"---\nlicense: mit\n\ttags: x\ndatasets: [squad]\n---\n# Tabs\n",
    "bad/list": b"---\n- a\n- b\n---\n# List\n\nNothing but a list of things stands above.\n",
    "bad/open": b"---\nlicense: mit\n# Open\n\nThe front matter of this card never ends.\n",
    "bad/front": b"---\nlicense: mit\ndatasets:\n- squad\n---\n",
    "bad/none": b"",
    "bad/nul": b"---\nlicense: \"mi\\0t\"\n---\n# Nul\n",
    "bad/deep": b"---\na: " + b"[" * 50_000 + b"\n---\n# Deep\n",
    "bad/html": b"<table>" * 5_000 + b"\n# Html\n",
}  # fmt: skip


def test_broken_cards_are_reported_and_the_rest_goes_on(almanac: Almanac, den: Cards) -> None:
    for name, data in BAD.items():
        den.write(name, "").write_bytes(data)
    den.write("bad/gone", "").unlink()
    (den.root / "bad" / "gone" / "README.md").symlink_to("nowhere")
    with den.write("bad/huge", "# Huge\n").open("ab") as stream:
        stream.write(b"word " * 3_000)
        stream.truncate(50_000_000)
    (den.root / "weights.bin").write_bytes(b"\x00" * 100)
    (den.root / "notes.xyz").write_text("unknown")
    (den.root / "bad" / os.fsdecode(b"\xff\xfe")).mkdir()
    (den.root / "bad" / os.fsdecode(b"\xff\xfe") / "README.md").write_text(OWL)

    ran = almanac("ingest", den.root)

    assert ran.code == PARTLY, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    said = ran.err.splitlines()
    assert "failed: models/bad/gone/README.md: a link to nothing" in said
    huge = "50.0 MB, over the limit of 20 MB (raise the setting max_file_mb to read it)"
    assert f"failed: models/bad/huge/README.md: {huge}" in said
    assert "skipped: models/weights.bin: a binary file" in said
    assert any(line.startswith("skipped: models/notes.xyz: ") for line in said)
    for name, reason in {
        "latin1": "not valid UTF-8; unreadable bytes are shown as \ufffd",
        "twice": "the key 'license' stands twice (line 4); both are read",
        "bomb": "YAML not readable (its aliases expand to too much data or it is nested too deeply)",
        "list": "YAML not readable (it is no mapping of keys to values)",
        "deep": "YAML not readable (it is nested too deeply)",
    }.items():
        warned = f"warning: models/bad/{name}/README.md: {reason}"
        assert warned in said or f"{warned}; reading it key by key" in said
    assert any(line.startswith("warning: models/bad/tabs/README.md: YAML not readable") for line in said)
    assert "failed: models/bad/??: its name is no UTF-8" in said
    assert said[-1].startswith(f"{len(BAD) + 1} new, 0 changed, 0 unchanged, 0 removed, 3 failed")

    ran = almanac("ask", QUESTION, "--json")
    found = {item["id"] for item in json.loads(ran.out)["items"]}
    assert {"den/owl", "bad/twice", "bad/tabs", "bad/front"} <= found
    again = almanac("ingest", den.root)
    assert again.code == PARTLY, "what failed still fails"
    assert again.err.splitlines()[-1].startswith(f"0 new, 0 changed, {len(BAD) + 1} unchanged, 0 removed, 3 failed")


def test_a_file_without_permission(filled: Almanac, den: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def denied(path: Path, *args: object, **kwargs: object) -> object:
        if path.parent.name == "wren":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *args, **kwargs)  # type: ignore[call-overload]

    den.write("den/wren", OWL)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", denied)
        ran = filled("ingest", den.root)
    assert ran.code == PARTLY
    assert "failed: models/den/wren/README.md: cannot be read (Permission denied)" in ran.err
    answers(filled, "den/owl")


# -- stores


def test_asking_before_anything_was_ingested(almanac: Almanac, store: Path) -> None:
    for command in (("ask", QUESTION), ("stats",), ("show", "den/owl"), ("export", "facts", "--output", "x.jsonl")):
        ran = almanac(*command)
        assert ran.code == MUST_ACT
        assert complaint(ran) == f"no store at {store}. Make one: almanac ingest FOLDER --store {store}"
    assert not store.exists()
    assert not Path("x.jsonl").exists()


def test_a_store_that_is_a_folder_of_something_else(almanac: Almanac, den: Cards, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("years of work")
    for command in (("ask", QUESTION), ("ingest", den.root), ("ingest", den.root, "--rebuild")):
        ran = almanac(*command, "--store", tmp_path / "thesis")
        assert ran.code == MUST_ACT
        assert complaint(ran).endswith(
            "thesis is not an Almanac store. Name another folder with --store or ALMANAC_STORE."
        )
    assert [file.name for file in (tmp_path / "thesis").iterdir()] == ["chapter.tex"]


def generation(store: Path) -> Path:
    return store / "generations" / (store / "current").read_text()


def test_a_store_of_a_newer_layout_or_schema_says_how_to_rebuild_it(filled: Almanac, den: Cards, store: Path) -> None:
    with sqlite3.connect(generation(store) / "catalog.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    for command in (("ask", QUESTION), ("ingest", den.root)):
        ran = filled(*command)
        assert ran.code == MUST_ACT
        assert "has schema 99, this version reads schema" in (said := complaint(ran))
        assert said.endswith("Rebuild it: almanac ingest FOLDER --rebuild")
    (store / "almanac.json").write_text('{"layout": 99}')
    for command in (("ask", QUESTION), ("ingest", den.root)):
        ran = filled(*command)
        assert ran.code == MUST_ACT
        assert "has layout 99, this version reads 1. Rebuild it" in complaint(ran)
    assert filled("ingest", den.root, "--rebuild").code == DONE
    answers(filled, "den/owl")


def test_an_index_of_another_embedder(filled: Almanac, den: Cards, store: Path) -> None:
    manifest = generation(store) / "passages" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("wordllama", "openai:text-embedding-3-small"))
    for command in (("ask", "How high does it fly?"), ("ingest", den.root)):
        ran = filled(*command)
        assert ran.code == MUST_ACT
        said = complaint(ran)
        assert "were embedded with openai:text-embedding-3-small, the embedder set is wordllama. Set it back" in said
        assert "ALMANAC_EMBEDDER=openai:text-embedding-3-small" in said


def small_disk(patch: pytest.MonkeyPatch) -> None:
    quick = store_module._build_quickly

    def limited(connection: sqlite3.Connection, record: object) -> None:
        quick(connection, record)
        connection.execute("PRAGMA max_page_count = 20")

    patch.setattr(store_module, "_build_quickly", limited)


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "fill_disk",
    [
        small_disk,
        lambda patch: patch.setattr(shutil, "copytree", full),
        lambda patch: patch.setattr(os, "fsync", full),
        lambda patch: patch.setattr("catalog.generations.write_atomically", full),
        lambda patch: patch.setattr(Path, "mkdir", full),
    ],
    ids=["database", "copying the passages", "bringing to disk", "the pointer", "the first folder"],
)
def test_a_full_disk_leaves_the_old_generation_answering(
    fill_disk: Callable[[pytest.MonkeyPatch], None],
    filled: Almanac,
    den: Cards,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    den.write("den/wren", OWL)
    with monkeypatch.context() as patch:
        fill_disk(patch)
        ran = filled("ingest", den.root)
    assert ran.code == MUST_ACT
    assert "is full; the store is as it was before. Free some space and run it again." in complaint(ran)
    answers(filled, "den/owl")
    assert [path.name for path in (store / "generations").iterdir()] == [generation(store).name]
    assert filled("ingest", den.root).code == DONE
    answers(filled, "den/owl", "den/wren")


def obeying_permissions() -> list[str]:
    """What to put before a command so that permissions hold for it, also where the tests run as root."""
    if os.getuid():
        return []
    prefix = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"]
    if not shutil.which("setpriv") or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("permissions do not hold for root, and setpriv cannot make them")
    return prefix


def test_a_store_that_cannot_be_written_can_be_read(sample_store: Path, tmp_path: Path, den: Cards) -> None:
    prefix = obeying_permissions()
    place = shutil.copytree(sample_store, tmp_path / "read-only", copy_function=copy_sparsely)
    for path in [*place.rglob("*"), place]:
        path.chmod(0o555 if path.is_dir() else 0o444)

    def almanac(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = "import sys; from agent.cli import run; sys.exit(run(sys.argv[1:]))"
        command = [*prefix, sys.executable, "-c", program, *arguments, "--store", str(place)]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    listed = almanac("ask", QUESTION)
    assert (listed.returncode, listed.stderr) == (DONE, "")
    assert "distilbert-base-cased-distilled-squad" in listed.stdout
    counted = almanac("stats", "--json")
    assert (counted.returncode, counted.stderr) == (DONE, "")
    assert json.loads(counted.stdout)["passages"] > 300
    refused = almanac("ingest", str(den.root))
    assert refused.returncode == MUST_ACT
    assert (
        refused.stderr == f"almanac: {place} cannot be written (Permission denied). Name another folder with --store.\n"
    )
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755)


def test_a_damaged_catalogue(filled: Almanac, store: Path) -> None:
    (generation(store) / "catalog.sqlite").write_text("scribbled over " * 500)
    ran = filled("ask", QUESTION)
    assert ran.code == MUST_ACT
    assert "file is not a database" in complaint(ran)


def test_damaged_passages(filled: Almanac, store: Path) -> None:
    shutil.rmtree(generation(store) / "passages" / "shard")
    ran = filled("ask", "How high does it fly?")
    assert ran.code == MUST_ACT
    assert "almanac ingest FOLDER --rebuild" in complaint(ran)


def test_two_ingests_at_once(filled: Almanac, den: Cards, store: Path) -> None:
    from catalog.generations import StoreFolder

    with StoreFolder(store).writing():
        ran = filled("ingest", den.root)
        answers(filled, "den/owl")
    assert ran.code == MUST_ACT
    assert complaint(ran) == f"another ingest is writing to {store}. Wait until it has finished."


# -- names, questions and settings


def test_an_unknown_asset_offers_near_misses(filled: Almanac) -> None:
    ran = filled("show", "den/owl-v2")
    assert ran.code == MUST_ACT
    assert complaint(ran) == "no model or dataset 'den/owl-v2' in the catalogue. Did you mean: den/owl?"
    assert complaint(filled("show", "zebra")) == "no model or dataset 'zebra' in the catalogue."


def test_near_misses_from_hostile_cards_cannot_steer_the_terminal(filled: Almanac, den: Cards) -> None:
    den.write("den/trap", '---\ndatasets: ["\\e]0;owned\\a\\e[2Jnightingale song"]\n---\n# Trap\n')
    assert filled("ingest", den.root).code == DONE
    for ran in (
        filled("show", "nightingale songs"),
        filled("show", "den/trap"),
        filled("ask", "What is den/trap trained on?"),
    ):
        assert "nightingale" in ran.out + ran.err
        assert not {"\x1b", "\x07"} & set(ran.out + ran.err)


@pytest.mark.parametrize("question", ["?", "\x00", "\udcff\ud800", "a" * 100_000, "数据" * 500, "'; DROP TABLE"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_any_question_is_answered_or_declined(question: str, form: list[str], sample_almanac: Almanac) -> None:
    ran = sample_almanac("ask", question, *form)
    assert ran.code == DONE, ran.err
    assert ran.err == ""
    if form:
        assert json.loads(ran.out)["text"]


@pytest.fixture
def sample_almanac(almanac: Almanac, sample_store: Path, monkeypatch: pytest.MonkeyPatch) -> Almanac:
    monkeypatch.setenv("ALMANAC_STORE", str(sample_store))
    return almanac


def test_a_batch_with_bad_lines(sample_almanac: Almanac, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "good", "question": QUESTION}),
        "not json",
        "[1, 2]",
        '{"id": "empty"}',
        '{"id": "number", "question": 7}',
        "",
        "[" * 50_000,
        json.dumps({"id": "separators", "question": "Which models\u2028were trained on SQuAD?"}, ensure_ascii=False),
        json.dumps({"turns": ["Which models were trained on SQuAD?", "How many models were trained on SQuAD?"]}),
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    ran = sample_almanac("batch", questions, "--output", tmp_path / "answers.jsonl")
    assert ran.code == PARTLY
    assert [line.split(": not a question (")[0] for line in ran.err.splitlines()] == [
        f"almanac: {questions}:{number}" for number in (2, 3, 4, 5, 7)
    ]
    assert all(line.endswith('a line is {"id": …, "question": …}') for line in ran.err.splitlines())
    answered = [
        json.loads(line) for line in (tmp_path / "answers.jsonl").read_text(encoding="utf-8").split("\n") if line
    ]
    assert [answer["id"] for answer in answered] == ["good", "separators", "9"]


def test_a_batch_file_that_cannot_be_read(sample_almanac: Almanac, tmp_path: Path) -> None:
    output = tmp_path / "answers.jsonl"
    assert "No such file or directory" in complaint(ran := sample_almanac("batch", "nowhere.jsonl", "--output", output))
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "caf\xe9"}')
    assert ran.code == MUST_ACT
    assert complaint(sample_almanac("batch", tmp_path / "latin.jsonl", "--output", output)).endswith(
        "Name a UTF-8 file of JSON lines."
    )
    assert not output.exists()


@pytest.mark.parametrize("arguments", [("export", "facts"), ("batch", "QUESTIONS")])
def test_an_output_that_cannot_be_written(arguments: tuple[str, ...], sample_almanac: Almanac, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}))
    given = [str(questions) if argument == "QUESTIONS" else argument for argument in arguments]
    for output, reason in (
        (tmp_path / "nowhere" / "x.jsonl", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ):
        ran = sample_almanac(*given, "--output", output)
        assert ran.code == MUST_ACT
        assert complaint(ran) == f"{output} cannot be written ({reason}). Name another file with --output."


def test_earlier_answers_are_kept_where_nothing_can_be_answered(almanac: Almanac, tmp_path: Path) -> None:
    questions, output = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    questions.write_text(json.dumps({"question": QUESTION}))
    output.write_text("the answers of yesterday")
    assert almanac("batch", questions, "--output", output).code == MUST_ACT
    assert output.read_text() == "the answers of yesterday"


def test_a_model_that_nobody_knows(sample_almanac: Almanac) -> None:
    ran = sample_almanac("ask", QUESTION, "--model", "oracle")
    assert ran.code == MUST_ACT
    assert "'oracle'" in complaint(ran)


@pytest.mark.parametrize("command", [["ask", QUESTION], ["stats"], ["ingest", "models"]])
def test_a_setting_that_cannot_work(
    command: list[str], almanac: Almanac, monkeypatch: pytest.MonkeyPatch, den: Cards, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALMANAC_JOBS", "many")
    ran = almanac(*command)
    assert ran.code == MUST_ACT
    assert complaint(ran).startswith("setting 'jobs': input should be a valid integer")
    assert "(got 'many'). Correct the option, ALMANAC_JOBS or " in ran.err
    monkeypatch.delenv("ALMANAC_JOBS")
    config_file().parent.mkdir(parents=True)
    config_file().write_text("jobs = ")
    ran = almanac(*command)
    assert ran.code == MUST_ACT
    assert f"the configuration file {config_file()} is not readable" in complaint(ran)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("EMBEDDER", "oracle", "oracle"),
        ("DATABASE_URL", "nonsense", "database_url cannot be used"),
        ("QDRANT_URL", "http://127.0.0.1:9", "the Qdrant server did not do what was asked"),
    ],
)
def test_a_part_that_cannot_be_had(
    name: str, value: str, said: str, almanac: Almanac, den: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"ALMANAC_{name}", value)
    ran = almanac("ingest", den.root)
    assert ran.code == MUST_ACT
    assert said in complaint(ran)
