"""Passages for questions: named assets, what they were trained on, comparisons, families of cards."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from stores import Cards

from catalog.passages import Filters, Hit
from catalog.records import Passage
from catalog.retrieval import Retriever
from catalog.settings import Settings
from catalog.snapshot import Snapshot, open_snapshot
from catalog.wording import wording
from ingest.pipeline import ingest_roots

FILLER = "The night is long and the forest is quiet, and nobody hears what is said among the trees. " * 12


def card(title: str, *sections: tuple[str, str], front: str = "license: mit") -> str:
    told = "".join(f"## {heading}\n\n{text} {FILLER}\n\n" for heading, text in sections)
    return f"---\n{front}\n---\n\n# {title}\n\n{told}"


@pytest.fixture
def snapshot(models: Cards, datasets: Cards, store: Path) -> Iterator[Snapshot]:
    owl = card("Owl", ("Model", "Owl answers riddles."), ("Hardware", "Owl was trained on four V100."),
               front="license: mit\ndatasets: [barn-riddles]")  # fmt: skip
    models.write("den/owl-riddles", owl)
    models.write("den/wren-songs", card("Wren", ("Model", "Wren sings."), ("Hardware", "Wren took one TPU.")))
    datasets.write(
        "barn-riddles",
        card("Barn Riddles", ("Annotation", "Three students marked the riddles."), ("Source", "Collected in barns.")),
    )
    for language in ("tr", "fi", "da"):
        models.write(f"kin/small-{language}", card(f"small {language}", ("Model", "A reduced model of many tongues.")))
    settings = Settings(store=store, jobs=1)
    ingest_roots([models.root, datasets.root], settings)
    opened = open_snapshot(settings)
    yield opened
    opened.close()


def find(snapshot: Snapshot, question: str, limit: int = 10, within: Filters | None = None) -> list[Hit]:
    vector = snapshot.embedder.embed([question])[0]
    return snapshot.retriever.find(question, vector, limit, within or Filters())


def assets(hits: Sequence[Hit]) -> list[str | None]:
    return [hit.passage.asset for hit in hits]


def test_a_named_model_is_answered_from_its_own_card(snapshot: Snapshot) -> None:
    hits = find(snapshot, "Which GPU was owl-riddles trained with?")
    assert assets(hits)[0] == "den/owl-riddles"
    assert any("four V100" in hit.passage.text for hit in hits[:2])


def test_of_two_named_models_some_passages_of_each_come_first(snapshot: Snapshot) -> None:
    hits = find(snapshot, "hardware of owl-riddles vs wren-songs")
    assert set(assets(hits)[:2]) == {"den/owl-riddles", "den/wren-songs"}


def test_a_question_through_a_model_finds_the_dataset_that_it_was_trained_on(snapshot: Snapshot) -> None:
    hits = find(snapshot, "Who labelled the dataset that owl-riddles was trained on?")
    assert "barn-riddles" in assets(hits)[:2]
    assert any("Three students" in hit.passage.text for hit in hits[:4])


def test_a_family_of_cards_is_found_once_with_its_number(snapshot: Snapshot) -> None:
    hits = [hit for hit in find(snapshot, "a reduced model of many tongues") if "reduced" in hit.passage.text]
    assert len(hits) == 1
    assert {hits[0].passage.asset, *hits[0].alike} == {"kin/small-tr", "kin/small-fi", "kin/small-da"}


def test_only_what_is_allowed_is_searched(snapshot: Snapshot) -> None:
    hits = find(snapshot, "owl-riddles hardware", within=Filters(assets=("den/wren-songs",)))
    assert set(assets(hits)) == {"den/wren-songs"}
    assert find(snapshot, "owl-riddles hardware", within=Filters(assets=())) == []


@pytest.mark.parametrize("question", ["", "?", "the of and", "zzzz qqqq"])
def test_questions_without_telling_words_are_no_error(question: str, snapshot: Snapshot) -> None:
    assert isinstance(find(snapshot, question), list)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How large is den/owl-riddles?", True),
        ("what does the wren songs card say", True),
        ("we need something that reads invoices aloud", False),
    ],
)
def test_a_question_names_something_or_tells_it_in_other_words(question: str, named: bool, snapshot: Snapshot) -> None:
    assert snapshot.retriever.names_something(question) is named


def test_a_reranker_orders_the_best_passages_anew(snapshot: Snapshot) -> None:
    class Longest:
        depth = 5

        def scores(self, question: str, passages: Sequence[Passage]) -> list[float]:
            return [float(len(passage.text)) for passage in passages]

    retriever = Retriever(snapshot.catalog, snapshot.passages, reranker=Longest())
    hits = retriever.find("owl", snapshot.embedder.embed(["owl"])[0])
    lengths = [len(hit.passage.text) for hit in hits[:5]]
    assert lengths == sorted(lengths, reverse=True)


def test_british_words_find_american_cards() -> None:
    assert "license" in wording().spelled("Under which licence is it?")
    assert "annotators" in wording().beside("Who labelled it?").split()
    assert wording().through("what data was it trained on?") == ("training_data",)
    assert wording().through("which checkpoint was it initialized from?") == ("base_models",)
    assert wording().through("how fast is it?") == ()
