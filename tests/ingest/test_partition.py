"""Documents of any kind into text that can be quoted and parts under their headings."""

import contextlib
import json
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import (
    body,
    bomb,
    encrypted_office,
    encrypted_pdf,
    pdf,
    scanned_pdf,
    slide_with_table,
    slides,
    word,
)

from catalog.errors import SourceError
from catalog.records import Passage
from ingest.chunk import chunk_parts
from ingest.partition import english
from ingest.partition.kinds import kind_of
from ingest.partition.partitioning import PartitionedDocument, partition
from ingest.partition.web import visible_lines

LONG = "Owls hunt by night and sleep by day. " * 26


def read(name: str, data: bytes | str) -> PartitionedDocument:
    kind = kind_of(name)
    assert kind
    return partition(f"docs/{name}", data.encode() if isinstance(data, str) else data, kind)


def passages(name: str, data: bytes | str) -> list[Passage]:
    """The passages of a document; each stands on its lines of the document's text, white space aside."""
    document = read(name, data)
    found = chunk_parts(f"docs/{name}", document.text, document.parts)
    lines = document.text.split("\n")
    for passage in found:
        assert folded(passage.text) in folded("\n".join(lines[passage.line_start - 1 : passage.line_end]))
    return list(found)


def folded(text: str) -> str:
    return " ".join(text.split())


def with_words(found: list[Passage], words: str) -> Passage:
    (passage,) = [one for one in found if words in folded(one.text)]
    return passage


def failure(name: str, data: bytes | str) -> str:
    with pytest.raises(SourceError) as raised:
        read(name, data)
    return str(raised.value)


# ------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    ["a.pdf", "a.PDF", "a.docx", "a.pptx", "a.html", "a.htm", "a.txt", "a.rst", "a.csv", "a.tsv", "a.eml", "a.ipynb"],
)
def test_documents_are_known_by_their_suffix(name: str) -> None:
    assert kind_of(name)


@pytest.mark.parametrize(
    "name",
    ["a.md", "a.bin", "pdf", "a.json", "a.doc", "vocab.txt", "merges.txt", "requirements-dev.txt"],
)
def test_what_programs_read_is_no_document(name: str) -> None:
    assert kind_of(name) is None


# -------------------------------------------------------------------------------------------------------------- HTML

PAGE = f"""<!DOCTYPE html>
<html>
<head><title>Owl handbook</title>
<style>p {{ color: red }}</style>
<script>
if (a < b) {{ alert("<p>no text</p>") }}
</script></head>
<body>
<nav><a href="/">Home</a></nav>
<h1>Owls</h1>
<p>The <b>br</b>own owl &amp; the
  grey owl were
  trained on <i>night sounds</i>.</p>
<h2>Data</h2>
<table><tr><th>split</th><th>size</th></tr>
<tr><td>train</td><td>1&nbsp;200</td></tr></table>
<!-- a remark <p>of nobody</p> -->
<h2>Costs</h2>
<p>{LONG}</p>
</body>
</html>
"""


def test_a_page_is_quoted_by_the_lines_of_its_file() -> None:
    passage = with_words(passages("a.html", PAGE), "The brown owl & the grey owl were trained on night sounds.")
    assert (passage.line_start, passage.headings) == (10, ("Owl handbook", "Owls"))
    assert "grey owl were" in read("a.html", PAGE).text.split("\n")[11]


def test_headings_and_tables_of_a_page_are_kept() -> None:
    found = passages("a.html", PAGE)
    assert with_words(found, "1 200").headings == ("Owl handbook", "Owls", "Data")
    assert with_words(found, "sleep by day. Owls hunt").headings == ("Owl handbook", "Owls", "Costs")


def test_what_nobody_sees_of_a_page_is_not_read() -> None:
    told = read("a.html", PAGE).text
    assert not any(hidden in told for hidden in ("color", "alert", "no text", "nobody"))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='<>/!-"=&;# \n\tabp1script', max_size=200))
def test_a_page_without_its_markup_has_as_many_lines_as_the_file(text: str) -> None:
    assert visible_lines(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("text", ["<!--" * 50_000, "<p" * 50_000, "<script>" * 50_000, "<" * 100_000, "&" * 100_000])
def test_broken_markup_takes_no_longer_than_markup(text: str) -> None:
    assert len(visible_lines(text)) <= 100_000


@pytest.mark.parametrize("page", ["", "<!-- nothing -->", "<html></html>", "<p>&nbsp;</p>"])
def test_an_empty_page_has_no_passages(page: str) -> None:
    assert passages("a.html", page) == []


def test_a_page_in_another_encoding_is_read() -> None:
    page = "<h1>Käuze</h1><p>Die Käuze hören über große Entfernungen, und zwar schärfer als Füchse.</p>"
    assert "Käuze hören über große" in passages("a.html", page.encode("cp1252"))[0].text


# --------------------------------------------------------------------------------------------------------------- PDF


def test_pages_of_a_pdf_are_numbered_and_lines_make_paragraphs() -> None:
    first = body("Our owl was trained on forty thousand hours", "of night sounds, which took four days.")
    found = passages("a.pdf", pdf([first, body("It costs nothing.")]))
    assert [(one.page, one.text) for one in found] == [
        (1, "Our owl was trained on forty thousand hours of night sounds, which took four days."),
        (2, "It costs nothing."),
    ]


def test_headings_of_a_pdf_are_set_larger_or_bolder() -> None:
    page = [
        (20, True, "Owl handbook"),
        *body("A guide to owls and what they eat at night."),
        (14, True, "Data"),
        *body("The data are sounds of forests and of barns."),
        (10, True, "Licence"),
        *body("Everything here is free for all uses by all."),
    ]
    document = read("a.pdf", pdf([page]))
    paths = [part.headings for part in document.parts if part.kind == "paragraph"]
    assert paths == [("Owl handbook",), ("Owl handbook", "Data"), ("Owl handbook", "Data", "Licence")]


def test_bookmarks_say_what_the_headings_of_a_pdf_are() -> None:
    gap = (10.0, False, "")
    pages = [
        [*body("1 Introduction"), gap, *body(*["We describe owls of all kinds here."] * 3), (16, True, "Figure one")],
        [*body("2 Data"), gap, *body(*["We describe their sounds at night here."] * 3)],
    ]
    document = read("a.pdf", pdf(pages, [("Introduction", 1), ("2 Data", 2)]))
    headings = [part.headings[-1] for part in document.parts if part.kind == "heading"]
    assert headings == ["1 Introduction", "2 Data"]


def test_what_every_page_repeats_is_left_out() -> None:
    pages = [body("Owl handbook, draft", f"Text of page {word} alone.", f"{n} / 3") for n, word in enumerate("abc", 1)]
    assert [one.text for one in passages("a.pdf", pdf(pages))] == [f"Text of page {word} alone." for word in "abc"]


def test_points_of_a_pdf_stay_apart() -> None:
    page = body("We need:", "• an owl that hunts by night", "• a wren that sings by day", "and sleeps at night")
    told = passages("a.pdf", pdf([page]))[0].text
    points = ["• an owl that hunts by night", "• a wren that sings by day and sleeps at night"]
    assert told.split("\n") == ["We need:", "", *points]


def test_a_scanned_page_among_others_is_named() -> None:
    assert failure("a.pdf", scanned_pdf(2)) == (
        "this PDF file holds no text on its 2 pages. Run OCR over it (ocrmypdf) and ingest the result."
    )


# --------------------------------------------------------------------------------------------------- Word, PowerPoint


def test_a_word_file_has_headings_lists_and_tables() -> None:
    document = word(
        ("Title", "Owl design"),
        ("Heading 1", "Data"),
        ("Normal", "Sounds of the night"),
        ("List Bullet", "forests"),
        ("List Bullet", "barns"),
        ("Heading 2", "Splits"),
        [["split", "size"], ["train", "1200"]],
    )
    assert "Sounds of the night\n\nforests\nbarns" in read("a.docx", document).text
    table = with_words(passages("a.docx", document), "train | 1200")
    assert (table.headings, table.text, table.page) == (
        ("Owl design", "Data", "Splits"),
        "split | size\ntrain | 1200",
        None,
    )


def test_a_slide_is_a_page_under_its_title_and_its_notes_come_last() -> None:
    found = passages("a.pptx", slides(("Owls", ["They fly", "They sleep"], "Smile."), ("Wrens", ["They sing"], "")))
    assert [(one.page, one.headings, folded(one.text)) for one in found] == [
        (1, ("Owls",), "Owls They fly They sleep Smile."),
        (2, ("Wrens",), "Wrens They sing"),
    ]


def test_tables_of_slides_are_read_row_by_row() -> None:
    found = passages("a.pptx", slide_with_table("Results", [["model", "F1"], ["owl", "88.1"]]))
    assert (found[-1].text, found[-1].headings) == ("model | F1\nowl | 88.1", ("Results",))


# ------------------------------------------------------------------------------------------------------- plain files


def test_a_text_file_has_paragraphs_and_headings_that_stand_alone() -> None:
    text = f"NOTES\n\nWe trained the owl\nfor two days.\n\n- first\n- second\n\nOpen questions\n\n{LONG}\n"
    found = passages("a.txt", text)
    assert found[0].line_start == 1
    assert found[0].text.startswith("NOTES\n\nWe trained the owl\nfor two days.\n\n- first\n- second")
    assert with_words(found, "Owls hunt by night").headings == ("Open questions",)


def test_every_line_of_a_text_file_is_in_a_passage() -> None:
    lines = [f"line {number} of the file" + "\n" * (number % 3) for number in range(200)]
    told = folded(" ".join(one.text for one in passages("a.txt", "\n".join(lines))))
    assert told == folded(" ".join(lines))


RESTRUCTURED = f"""\
===========
Owl toolkit
===========

Reads sounds::

    owl = load("owl")

Data
====

.. include:: /etc/passwd

* forests
* barns

Splits
------
{LONG}
"""


def test_sections_of_restructured_text_rank_as_their_marks_appear() -> None:
    found = passages("a.rst", RESTRUCTURED)
    assert with_words(found, "Splits").headings == ("Owl toolkit", "Data", "Splits")
    assert with_words(found, "load(").line_start <= 7


def test_directives_are_words_and_read_no_other_file() -> None:
    told = read("a.rst", RESTRUCTURED).text
    assert told == RESTRUCTURED
    assert ".. include:: /etc/passwd" in folded(" ".join(one.text for one in passages("a.rst", RESTRUCTURED)))


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_rows_of_a_table_stand_under_the_names_of_the_columns(name: str, mark: str) -> None:
    rows = [["model", "data", "F1"], *([f"owl-{number}", "squad", f"{number}.5"] for number in range(200))]
    found = passages(name, "\n".join(mark.join(row) for row in rows))
    last = with_words(found, folded(mark.join(rows[-1])))
    assert last.headings == ("model, data, F1",)
    assert last.line_end == 201


def test_a_table_without_names_of_columns_is_rows_only() -> None:
    assert passages("a.csv", "1,2,3\n4,5,6\n")[0].headings == ()


# ---------------------------------------------------------------------------------------------------------- notebook

CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# Owl\n", "\n", "We *load* it.\n"]},
    {
        "cell_type": "code",
        "metadata": {},
        "outputs": [
            {"output_type": "stream", "text": ["F1 is 88.1\n"]},
            {"output_type": "display_data", "data": {"image/png": "iVBORw0", "text/plain": ["<Figure>"]}},
        ],
        "source": ['owl = load("owl")\n', "print(owl.f1)"],
    },
    {"cell_type": "markdown", "metadata": {}, "source": f"## Later\n\n{LONG}"},
]


def test_cells_of_a_notebook_are_quoted_by_the_lines_of_its_file() -> None:
    text = json.dumps({"cells": CELLS, "nbformat": 4}, indent=1)
    found = passages("a.ipynb", text)
    code = with_words(found, 'owl = load("owl") print(owl.f1)')
    assert "F1 is 88.1" in code.text
    assert code.headings == ("Owl",)
    line = text.split("\n").index('    "print(owl.f1)"')
    assert read("a.ipynb", text).text.split("\n")[line] == "print(owl.f1)"
    assert with_words(found, "sleep by day. Owls hunt").headings == ("Owl", "Later")


def test_a_notebook_on_one_line_is_read() -> None:
    found = passages("a.ipynb", json.dumps({"cells": CELLS}))
    assert {(one.line_start, one.line_end) for one in found} == {(1, 1)}
    assert "iVBORw0" not in read("a.ipynb", json.dumps({"cells": CELLS})).text


# -------------------------------------------------------------------------------------------------------------- mail

MAIL = """\
From: Ada <ada@example.org>
To: Bob <bob@example.org>
Subject: Licence of owl-small
Date: Tue, 3 Feb 2026 10:00:00 +0000
Content-Type: text/plain; charset=utf-8

Hi Bob,

we may ship owl-small, since it was
trained on free data only.
"""


def test_a_mail_is_quoted_by_the_lines_of_its_file() -> None:
    assert read("a.eml", MAIL).text == MAIL
    (passage,) = passages("a.eml", MAIL)
    assert (passage.line_start, passage.line_end, passage.headings) == (1, 10, ("Licence of owl-small",))


def test_an_encoded_mail_is_quoted_as_it_reads() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ädä <ada@example.org>", "bob@example.org", "Über owl-small"
    mail.set_content("Grüße,\n\nit was trained on four GPUs.\n", cte="base64")
    mail.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="weights.bin")
    (passage,) = passages("a.eml", mail.as_bytes())
    assert passage.headings == ("Über owl-small",)
    assert "From: Ädä <ada@example.org>" in passage.text
    assert "it was trained on four GPUs." in passage.text


# ---------------------------------------------------------------------------------------- what cannot be read, and why


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.pdf", encrypted_pdf(), "this PDF file is encrypted. Save it without a password."),
        ("a.docx", encrypted_office(), "this Word file is encrypted. Save it without a password."),
        ("a.pptx", encrypted_office(), "this PowerPoint file is encrypted. Save it without a password."),
        ("a.pdf", b"%PDF-1.4 and nothing more", "this PDF file is damaged"),
        ("a.pdf", b"", "this PDF file is damaged"),
        ("a.docx", b"", "this Word file is damaged"),
        ("a.docx", b"/etc/passwd", "this Word file is damaged"),
        ("a.docx", slides(("Owls", [], "")), "this Word file holds no word/document.xml"),
        ("a.pptx", word(("Normal", "Owls")), "this PowerPoint file holds no ppt/presentation.xml"),
        (
            "a.docx",
            bomb("word/document.xml", 80),
            "this Word file unpacks to 80 MB in 1 files, which is more than is read",
        ),
        ("a.pptx", bomb("ppt/presentation.xml", 80), "this PowerPoint file unpacks to 80 MB"),
        ("a.ipynb", b"{cells", "this notebook holds no cells that can be read"),
        ("a.eml", b"no mail", "this mail does not begin with header fields"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_reason(name: str, data: bytes, told: str) -> None:
    message = failure(name, data)
    assert message.startswith(told)
    assert "\n" not in message
    assert message.endswith(".")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_reported(data: st.DataObject) -> None:
    whole = {
        "a.pdf": pdf([body("Owls", "and wrens")]),
        "a.docx": word(("Heading 1", "Owls"), ("Normal", "and wrens")),
        "a.html": PAGE.encode(),
        "a.ipynb": json.dumps({"cells": CELLS}).encode(),
        "a.eml": MAIL.encode(),
        "a.csv": b'a,b\n"1,2\n3"',
        "a.txt": b"Owls\n\nand wrens",
        "a.rst": RESTRUCTURED.encode(),
    }
    name = data.draw(st.sampled_from(sorted(whole)))
    damaged = bytearray(whole[name])
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SourceError):
        passages(name, bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


# ---------------------------------------------------------------------------------------------------- language model


def test_without_the_english_model_auxiliary_verbs_tell_sentences_from_headings() -> None:
    read_by = english.load()
    assert isinstance(read_by, english.PlainEnglish)
    words = read_by("It was trained. On what?")
    assert [word.text for word in words if word.tag_] == ["was"]
    assert [sentence.text for sentence in words.sents] == ["It was trained.", "On what?"]
    found = [part.headings for part in read("a.txt", "Owls in barns\n\nWe will use four owls\n\nmore words").parts]
    assert found == [("Owls in barns",)] * 3


def test_the_english_model_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacy.util, "is_package", lambda name: name == "en_core_web_sm")
    monkeypatch.setattr(spacy, "load", lambda name, exclude: f"{name} without {exclude[0]}")
    assert english.load() == "en_core_web_sm without ner"


# ------------------------------------------------------------------------------------- no network, no process, no peak


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document of every kind."""
    root = tmp_path_factory.mktemp("documents")
    made: dict[str, bytes] = {
        "a.pdf": pdf([[(20, True, "Owls"), *body("They were trained by day.")]]),
        "a.docx": word(("Heading 1", "Owls"), ("Normal", "They were trained by day.")),
        "a.pptx": slides(("Owls", ["They were trained by day."], "Smile.")),
        "a.html": PAGE.encode(),
        "a.txt": b"Owls\n\nThey were trained by day.\n",
        "a.rst": RESTRUCTURED.encode(),
        "a.csv": b"model,F1\nowl,88.1\n",
        "a.tsv": b"model\tF1\nowl\t88.1\n",
        "a.eml": MAIL.encode(),
        "a.ipynb": json.dumps({"cells": CELLS}).encode(),
    }
    for name, data in made.items():
        (root / name).write_bytes(data)
    return root


READING = """
import sys
from pathlib import Path

REFUSED = ("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto", "subprocess.Popen", "os.exec",
           "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "urllib.Request")

def refuse(event, arguments):
    if event.startswith(REFUSED):
        print("REFUSED", event, arguments, flush=True)
        raise PermissionError(event)

sys.modules["torch"] = None  # spaCy imports it where it is installed, and it starts a process
sys.addaudithook(refuse)
from ingest.chunk import chunk_parts
from ingest.partition.kinds import kind_of
from ingest.partition.partitioning import partition

for path in sorted(Path(sys.argv[1]).iterdir()):
    document = partition(path.name, path.read_bytes(), kind_of(path.name))
    print(path.name, len(chunk_parts(path.name, document.text, document.parts)))
# not getrusage: its peak is that of the parent process too, as long as the child has not grown beyond it
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print("peak", int(status["VmHWM"].split()[0]) // 1024)
"""


def read_alone(folder: Path) -> dict[str, int]:
    """Read a folder in a process of its own: file name → passages, and `peak` → megabytes."""
    ran = subprocess.run(
        [sys.executable, "-c", READING, str(folder)], capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    assert "REFUSED" not in ran.stdout
    assert "Unstructured" not in ran.stdout + ran.stderr, "an advertisement"
    return {line.split()[0]: int(line.split()[1]) for line in ran.stdout.splitlines()}


linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")


@linux
def test_reading_opens_no_connection_and_starts_no_process(folder: Path) -> None:
    told = read_alone(folder)
    assert told.pop("peak") < 1_500
    assert set(told) == {path.name for path in folder.iterdir()}
    assert all(count > 0 for count in told.values())


@linux
def test_large_documents_take_little_memory(tmp_path: Path) -> None:
    lines = body(*["the owl was trained on sounds of the night by people who sleep by day"] * 45)
    (tmp_path / "long.pdf").write_bytes(pdf([[(16, True, f"Chapter {n}"), *lines] for n in range(300)]))
    rows = "\n".join(f'owl-{n},squad,"a remark, of some length, about owls",{n % 100}' for n in range(2_000))
    (tmp_path / "rows.csv").write_text(f"model,data,remark,F1\n{rows}\n")
    section = f"<h2>Part</h2><p>{LONG * 4}</p><p>It has <b>many</b> parts.</p>\n"
    (tmp_path / "large.html").write_text(f"<html><body>{section * (5_000_000 // len(section))}</body></html>")
    told = read_alone(tmp_path)
    assert told["peak"] < 1_500
    assert told["long.pdf"] >= 300
    assert told["rows.csv"] >= 100
    assert told["large.html"] >= 3_000
