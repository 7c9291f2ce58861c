"""Mutated cards through the whole reading path: no crash, no quote that is not in its file, no superlinear time."""

import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import Evidence, Source
from ingest.formats import claim, readers
from ingest.parsing import parse
from ingest.sources import Bundle, Folder, RawFile

CORPUS = Path(__file__).parents[2] / "evals" / "corpus"

TFHUB = """# Module acme/speech/tiny-encoder/3
Turns speech into vectors.
<!-- task: audio-embedding -->
<!-- dataset: librispeech, voxceleb -->
<!-- language: en -->
<!-- fine-tunable: true -->
<!-- license: apache-2.0 -->

## Overview
It has 11M parameters and was trained on LibriSpeech.

| Dataset | Accuracy |
|---------|----------|
| ESC-50  | 81.2     |
"""
METAFILE = """Collections:
  - Name: DuckNet
    Metadata: {Training Data: [ImageNet-1k], Architecture: [Duck Block]}
    Paper: {Title: 'DuckNet: nets for ducks', URL: https://arxiv.org/abs/2301.01234}
Models:
  - Name: ducknet-s
    In Collection: DuckNet
    Metadata:
      FLOPs: 1100000000
      Parameters: 5500000
    Results:
      - Dataset: ImageNet-1k
        Metrics: {Top 1 Accuracy: 71.5}
        Task: Image Classification
    Converted From: {Weights: https://example.org/duck_small-1a2b.pth}
"""
ZOO = """# duck-detection-0001

## Use Case and High-Level Description

Finds ducks with a MobileNetV2 backbone.

## Specification

| Metric    | Value  |
|-----------|--------|
| MParams   | 1.8    |
| AP (COCO) | 91.2%  |

## Accuracy

| Metric | Original model | Converted model |
|--------|----------------|-----------------|
| mAP    | 40.1%          | 40.0%           |
"""
MODEL = "description: Finds ducks.\ntask_type: detection\nframework: pytorch\nlicense: https://example.org/LICENSE\n"
CROISSANT = """{"@context": {"@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/"},
 "@type": "sc:Dataset", "name": "ducks", "description": "Pictures of ducks.",
 "license": "https://creativecommons.org/licenses/by/4.0/",
 "distribution": [{"@type": "cr:FileObject", "name": "a.zip"}]}
"""
JUNK = (
    *(
        "\n",
        "\n\n",
        "|",
        '"',
        "'",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        ":",
        ": ",
        "- ",
        "\t",
        "#",
        "\n# ",
        "```",
        "`",
    ),
    *(
        "**",
        "_",
        "~~",
        "<!--",
        "-->",
        "---\n",
        "\n---\n",
        "&a ",
        "*a",
        "%",
        "$",
        "\\",
        "!",
        "null",
        "true",
        "1e309",
        "½",
    ),
    *(
        "\r",
        "\r\n",
        "\x00",
        "\x0b",
        "\x0c",
        "\x1b[2J",
        "\x85",
        "\u2028",
        "\u200b",
        "\u202e",
        "\ufeff",
        "é́",
        "🦆",
        "\ud800",
    ),
    *(
        "<table><tr><td>",
        "</table>",
        "<a href='x'>",
        "| a | b |\n|---|---|\n",
        "  " * 40,
        "> " * 30,
        "- " * 60,
        "9" * 400,
    ),
    *(" trained on SQuAD ", " fine-tuned from bert-base-uncased ", "\nF1: 88.1\n", " [x](https://huggingface.co/a/b) "),
    *(
        "license: ",
        "\ndatasets:\n- squad\n",
        "@article{a, title={",
        "⟦D0⟧",
        "⟦M99⟧",
        "https://arxiv.org/abs/1234.56789",
    ),
)


@cache
def seeds() -> tuple[tuple[str, dict[str, str]], ...]:
    """(root, files below it) of cards of every kind."""
    cards = [
        (f"{folder.name}", {f"{path.parent.relative_to(folder)}/README.md": path.read_text(encoding="utf-8")})
        for folder in (CORPUS / "models", CORPUS / "datasets")
        for path in sorted(folder.rglob("README.md"))[::6]
    ]
    zoo = {"duck/README.md": ZOO, "duck/model.yml": MODEL}
    family = {"ducknet/metafile.yml": METAFILE, "ducknet/README.md": "# DuckNet\n\nDuckNet tells ducks from geese.\n"}
    return (*cards, ("hub", {"1.md": TFHUB}), ("zoo", zoo), ("family", family), ("data", {"ducks.json": CROISSANT}))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, dict[str, bytes]]:
    """The files of a seed, one of them with pieces put in, left out, doubled or taken from elsewhere."""
    root, files = draw(st.sampled_from(seeds()))
    path = draw(st.sampled_from(sorted(files)))
    text = files[path]
    for _ in range(draw(st.integers(1, 6))):
        at, to = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        piece = draw(st.one_of(st.sampled_from(JUNK), st.text(max_size=8)))
        change = draw(st.sampled_from(("put in", "leave out", "double", "cut off")))
        if change == "put in":
            text = text[:at] + piece * draw(st.integers(1, 3)) + text[at:]
        elif change == "leave out":
            text = text[:at] + text[min(to, at + 60) :]
        elif change == "double":
            text = text[:to] + text[at : min(to, at + 200)] + text[to:]
        else:
            text = text[:to]
    data = {name: value.encode("utf-8", "surrogatepass") for name, value in files.items()}
    return root, data | {path: text.encode("utf-8", "surrogatepass")}


def folders(root: str, files: dict[str, bytes]) -> Iterator[Folder]:
    """Folders in memory."""
    for below in sorted({name.rpartition("/")[0] for name in files}):
        kept = {}
        for name, data in files.items():
            if name.rpartition("/")[0] == below:
                file = RawFile(root, name, Path("/nowhere") / name)
                file.__dict__["data"] = data
                kept[file.name] = file
        yield Folder(root, below, kept)


def read(bundle: Bundle) -> Source:
    """What the whole path reads of a bundle; it must not fail."""
    parsed = parse(bundle)
    assert not parsed.failure, parsed.failure
    assert parsed.source is not None
    return parsed.source


def told(source: Source) -> Iterator[Evidence]:
    for asset in source.assets:
        yield from (fact.evidence for fact in asset.facts)


def folded(text: str) -> str:
    return " ".join(text.split())


@settings(max_examples=150)
@given(mutated())
def test_a_mutated_card_is_read_and_every_quote_stands_on_its_lines(made: tuple[str, dict[str, bytes]]) -> None:
    root, files = made
    for bundle in (bundle for folder in folders(root, files) for bundle in claim(folder, readers())):
        source = read(bundle)
        lines = {source.path: source.text.split("\n")}
        lines |= {path: text.split("\n") for path, text in source.companions.items()}
        for piece in told(source):
            quoted = "\n".join(lines[piece.path][piece.line_start - 1 : piece.line_end])
            assert piece.quote.strip(), piece
            assert folded(piece.quote) in folded(quoted), piece
        for passage in source.passages:
            cited = "\n".join(lines[passage.path][passage.line_start - 1 : passage.line_end])
            assert passage.text.strip() in cited or folded(passage.text) in folded(cited), passage


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    for name in ("README.md", "x.html", "x.txt", "x.json", "x.csv", "x.ipynb", "x.eml", "x.rst"):
        for folder in folders("models", {f"lab/model/{name}": data}):
            for bundle in claim(folder, readers()):
                parse(bundle)  # a document that is none is reported; it must not raise


SENTENCE = "The model bert-base-uncased was fine-tuned on SQuAD 2.0 for 3 epochs and reaches 88.1 F1, "

#: name → a card of about `n` characters
LARGE: dict[str, Callable[[int], str]] = {
    "a long line": lambda n: "# X\n" + SENTENCE * (n // len(SENTENCE)),
    "a long paragraph": lambda n: "# X\n" + (SENTENCE + "\n") * (n // len(SENTENCE)),
    "a paragraph without an end": lambda n: "fine-tuned from\n" * (n // 16),
    "many items": lambda n: "- SQuAD: 88.1\n" * (n // 14),
    "items in items": lambda n: ("- " * 5_000 + "\n") * (n // 10_000 + 1),
    "items indented": lambda n: "".join("  " * level + "- a\n" for level in range(int(n**0.5))),
    "quotes in quotes": lambda n: ("> " * 5_000 + "\n") * (n // 10_000 + 1),
    "a tall table": lambda n: "| Model | F1 |\n|---|---|\n" + "| bert | 88.1 |\n" * (n // 15),
    "a wide table": lambda n: f"|{' F1 |' * (n // 14)}\n|{'---|' * (n // 14)}\n|{' 8.1 |' * (n // 14)}\n",
    "a table in HTML": lambda n: "<table>" + "<tr><td>F1</td><td>1</td></tr>\n" * (n // 31) + "</table>",
    "tables never closed": lambda n: "<table>\n" * (n // 8),
    "comments never closed": lambda n: "<!-- " * (n // 5),
    "emphasis never closed": lambda n: "**a " * (n // 4),
    "links never closed": lambda n: "[a](b" * (n // 5),
    "tags never closed": lambda n: "<a href=" * (n // 8),
    "a fence never closed": lambda n: "```\n" + "python train.py --lr 1e-5 --model bert\n" * (n // 38),
    "a long front matter": lambda n: "---\ndatasets:\n" + "- squad\n" * (n // 8) + "---\n# X\n",
    "a deep front matter": lambda n: "---\na: " + "[" * n + "\n---\n",
    "anchors upon anchors": lambda n: (
        "---\na0: &a0 [1, 1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, n // 24)) + "---\n"
    ),
    "citations never closed": lambda n: "@misc{a, title={" * (n // 16),
    "digits": lambda n: "1" * n,
    "blanks": lambda n: "a" + " " * n + "b",
    "training on training": lambda n: "trained on " * (n // 11),
}
SMALL, GROWTH = 12_000, 4
#: a quadratic reader takes 16 times as long for four times the text; noise of a busy machine is below this
MOST = 9.0
#: what is over sooner than this (seconds) says nothing about growth
SHORTEST = 0.02


@pytest.mark.parametrize("card", LARGE.values(), ids=LARGE)
def test_four_times_the_text_does_not_take_more_than_linear_time(card: Callable[[int], str]) -> None:
    small, large = (min(cpu_seconds(card(SMALL * factor)) for _ in range(2)) for factor in (1, GROWTH))
    assert large <= MOST * max(small, SHORTEST)


def cpu_seconds(text: str) -> float:
    (folder,) = folders("models", {"lab/model/README.md": text.encode()})
    (bundle,) = claim(folder, readers())
    start = time.process_time()
    read(bundle)
    return time.process_time() - start


def test_a_line_of_a_megabyte_is_read() -> None:
    (folder,) = folders("models", {"lab/model/README.md": b"# Owl\n\nFine-tuned on SQuAD.\n\n" + b"word " * 200_000})
    (bundle,) = claim(folder, readers())
    source = read(bundle)
    assert any("SQuAD" in piece.quote for piece in told(source))
