"""Figures of retrieval: what counts as found."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from stores import Cards

from catalog.records import Passage
from catalog.settings import Settings
from evals.rankings import Found
from evals.replicas import cards, generated, replicate
from evals.retrieval import Question, main, score
from ingest.pipeline import ingest_roots

ASKED = Question("q", "where does the owl sleep?", ("models/den/owl",), "sleeps in a barn")
CARD = "models/den/owl/README.md"


@pytest.mark.parametrize(
    ("found", "documents", "quotes"),
    [
        ([Found(CARD, "An owl that sleeps in a  barn.")], (1, 1, 1), (1, 1, 1)),
        ([Found("models/fox/README.md", "a fox"), Found(CARD, "sleeps in a barn")], (0, 1, 1), (0, 1, 1)),
        ([Found(CARD, "It sleeps in", 1), Found(CARD, "a barn, mostly", 2)], (1, 1, 1), (0, 1, 1)),
        ([Found("models/den/owlet/README.md", "it sleeps in a tree")], (0, 0, 0), None),
    ],
)
def test_documents_and_quotes_are_counted_at_each_depth(
    found: list[Found], documents: tuple[float, ...], quotes: tuple[float, ...] | None
) -> None:
    told = score(lambda _: found, [ASKED])
    assert (told.documents, told.quotes) == (documents, quotes)


def test_the_command_prints_a_table(models: Cards, store: Path, tmp_path: Path) -> None:
    models.write("den/owl", "# Owl\n\nThe owl sleeps in a barn all day long.")
    models.write("den/fox", "# Fox\n\nThe fox runs through the wood at night.")
    ingest_roots([models.root], Settings(store=store, jobs=1))
    asked = {"id": "q", "question": ASKED.text, "cards": [CARD], "quote": ASKED.quote}
    lost = asked | {"id": "r", "quote": "stands nowhere"}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(f"{json.dumps(asked)}\n{json.dumps(lost)}\n")
    ran = CliRunner().invoke(main, ["--questions", str(questions), "--store", str(store)])
    assert ran.exit_code == 0, ran.output
    assert "1 questions, 1 left out" in ran.output
    assert "| Almanac, chosen by the question | 1.00 / 1.00 / 1.00 | 1.00 | 1.00 / 1.00 / 1.00 |" in ran.output


def test_a_corpus_is_replicated_under_changed_names(models: Cards, tmp_path: Path) -> None:
    models.write("den/owl", "# owl\n\nThe owl.")
    assert replicate(cards([models.root]), 3, tmp_path / "many") == 3
    texts = {path.read_text() for path in (tmp_path / "many").rglob("README.md")}
    assert texts == {f"# owl-v{copy}\n\nThe owl-v{copy}." for copy in range(3)}


def test_generated_passages_are_the_same_each_time() -> None:
    text = "the owl sleeps in a barn"
    seed = [Passage(path="a", asset="a", kind="model", headings=(), line_start=1, line_end=1, text=text)]
    assert list(generated(seed, 30)) == list(generated(seed, 30))
    assert len({passage.key for passage in generated(seed, 30)}) == 30
