"""One suite over both homes of the passage index, and what is special about each."""

import json
import random
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from qdrant_client import QdrantClient

from catalog import server
from catalog.edge import EdgeIndex
from catalog.embedding import Embedder, normalised
from catalog.errors import EmbedderError, StoreError, UnavailableError
from catalog.passages import Filters, Fusion, PassageIndex, PassagePlace, embedding_text
from catalog.points import key_of, point_id
from catalog.records import Passage

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")


class LetterEmbedder:
    """Vectors from words, the same in every process; `meaning` maps a word to the one that it means."""

    dimension = 512

    def __init__(self, name: str = "letters", **meaning: str) -> None:
        self.name, self.meaning = name, meaning

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(self.meaning.get(word, word).encode()) % self.dimension] += 1
        return normalised(vectors)


def passage(text: str, asset: str | None = "org/owl", line: int = 1, **changes: object) -> Passage:
    path = f"cards/{asset}/README.md" if asset else "notes/guide.md"
    fields = {
        "path": path, "asset": asset, "kind": "model" if asset else "document", "headings": ("Owl", "Use"),
        "line_start": line, "line_end": line + 2, "text": text,
    }  # fmt: skip
    return Passage.model_validate(fields | changes)


OWL_DATA = passage("The encoder was tuned on a quiz corpus of 12,000 riddles.", line=10)
OWL_HARDWARE = passage("Training took three days on four accelerators.", line=20)
FOX_DATA = passage("It reads Dutch parliament minutes.", "org/fox", kind="dataset", line=5)
GUIDE = passage("Deploy behind the gateway; riddles are rate limited.", None, headings=(), page=3, line=7)
ALL = [OWL_DATA, OWL_HARDWARE, FOX_DATA, GUIDE]


class NeverClosing(QdrantClient):
    """A server in memory outlives the clients that ask it."""

    def close(self, *args: object, **kwargs: object) -> None:
        pass


Place = Callable[[str], PassagePlace]


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Places of a store by generation name: folders, or collections of one server."""
    client = NeverClosing(":memory:") if request.param == "server" else None
    monkeypatch.setattr(server, "connect", lambda url, key: client)
    url = "http://qdrant.test" if client else None

    def of(name: str) -> PassagePlace:
        folder = tmp_path / "store" / "generations" / name / "passages"
        folder.parent.mkdir(parents=True, exist_ok=True)
        return PassagePlace(name, folder, url)

    return of


@pytest.fixture
def embedder() -> LetterEmbedder:
    return LetterEmbedder(gpus="accelerators", puzzles="riddles")


def fill(index: PassageIndex, embedder: Embedder, passages: Sequence[Passage] = ALL) -> PassageIndex:
    index.upsert(passages, embedder.embed([embedding_text(one) for one in passages]))
    index.flush()
    return index


@pytest.fixture
def index(place: Place, embedder: Embedder) -> PassageIndex:
    return fill(place("one").create(embedder), embedder)


def texts(index: PassageIndex, embedder: Embedder, question: str, filters: Filters | None = None) -> list[str]:
    hits = index.search(question, embedder.embed([question])[0], filters or Filters())
    return [hit.passage.text for hit in hits]


def test_a_passage_comes_back_as_it_was_put_in(index: PassageIndex) -> None:
    assert index.passages_of(path=GUIDE.path) == [GUIDE]


def test_a_question_finds_the_passage_with_its_words(index: PassageIndex) -> None:
    assert [hit.passage for hit in index.lexical("dutch parliaments")] == [FOX_DATA]


def test_the_name_of_the_asset_and_the_headings_are_found_too(index: PassageIndex) -> None:
    assert {hit.passage.asset for hit in index.lexical("fox")} == {"org/fox"}
    assert GUIDE not in [hit.passage for hit in index.lexical("use")]


def test_a_question_in_other_words_finds_the_passage_by_its_meaning(index: PassageIndex, embedder: Embedder) -> None:
    assert index.lexical("gpus") == []
    assert texts(index, embedder, "gpus")[0] == OWL_HARDWARE.text


def test_a_passage_that_both_rankings_find_comes_first_and_scores_fall(index: PassageIndex, embedder: Embedder) -> None:
    hits = index.search("owl riddles", embedder.embed(["owl riddles"])[0])
    assert hits[0].passage == OWL_DATA
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_question_of_stop_words_alone_is_answered_by_meaning(index: PassageIndex, embedder: Embedder) -> None:
    assert index.lexical("the of and") == []
    assert len(texts(index, embedder, "the of and")) == len(ALL)


def test_a_question_without_any_token_finds_nothing(index: PassageIndex, embedder: Embedder) -> None:
    assert texts(index, embedder, "") == []


def test_a_question_that_the_embedder_cannot_read_is_answered_by_words(index: PassageIndex) -> None:
    hits = index.search("riddles", [0.0] * 512)
    assert {hit.passage for hit in hits} == {OWL_DATA, GUIDE}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(assets=["org/owl"]), [OWL_DATA, OWL_HARDWARE]),
        (Filters(kinds=["dataset", "document"]), [FOX_DATA, GUIDE]),
        (Filters(paths=[FOX_DATA.path]), [FOX_DATA]),
        (Filters(assets=["org/owl"], kinds=["dataset"]), []),
        (Filters(assets=[]), []),
    ],
)
def test_filters_restrict_what_is_found(
    index: PassageIndex, embedder: Embedder, filters: Filters, expected: list[Passage]
) -> None:
    question = "riddles training minutes of the owl and the fox gateway"
    assert sorted(texts(index, embedder, question, filters)) == sorted(one.text for one in expected)
    assert {hit.passage for hit in index.lexical(question, filters)} == set(expected)


def test_the_limit_holds(index: PassageIndex, embedder: Embedder) -> None:
    assert len(index.search("owl", embedder.embed(["owl"])[0], limit=1)) == 1
    assert len(index.lexical("riddles", limit=1)) == 1


def test_equal_passages_come_in_file_order(place: Place, embedder: Embedder) -> None:
    same = [passage("More about owls.", line=line) for line in (30, 10, 20)]
    index = fill(place("one").create(embedder), embedder, same)
    assert [hit.passage.line_start for hit in index.lexical("owls")] == [10, 20, 30]
    assert [one.line_start for one in index.passages_of(asset="org/owl")] == [10, 20, 30]


def test_the_keys_are_those_of_the_passages(index: PassageIndex) -> None:
    assert index.keys() == {one.key for one in ALL}
    assert index.count() == len(ALL)


def test_putting_a_passage_in_again_changes_nothing(index: PassageIndex, embedder: Embedder) -> None:
    assert fill(index, embedder).count() == len(ALL)


def test_deleted_files_are_found_no_more(index: PassageIndex, embedder: Embedder) -> None:
    index.delete_paths([OWL_DATA.path, "cards/unknown/README.md"])
    assert index.keys() == {FOX_DATA.key, GUIDE.key}
    assert OWL_DATA.text not in texts(index, embedder, "riddles")


def test_deleting_no_files_deletes_nothing(index: PassageIndex) -> None:
    index.delete_paths([])
    assert index.count() == len(ALL)


def test_an_empty_index_finds_nothing(place: Place, embedder: Embedder) -> None:
    index = place("one").create(embedder)
    assert texts(index, embedder, "riddles") == []
    assert index.keys() == set()


def test_more_passages_than_fit_in_one_page_are_all_listed(place: Place, embedder: Embedder) -> None:
    many = [passage(f"Sentence number {number}.", line=number + 1) for number in range(2_100)]
    index = fill(place("one").create(embedder), embedder, many)
    assert index.passages_of(asset="org/owl") == many
    assert len(index.keys()) == index.count() == len(many)


def test_what_was_flushed_is_there_when_the_index_is_opened_again(place: Place, embedder: Embedder) -> None:
    fill(place("one").create(embedder), embedder).close()
    assert place("one").open(embedder).keys() == {one.key for one in ALL}


def test_a_copy_can_be_changed_and_the_original_stays(place: Place, embedder: Embedder) -> None:
    fill(place("one").create(embedder), embedder).close()
    copy = place("two").copy_of(place("one"), embedder)
    copy.delete_paths([GUIDE.path])
    fill(copy, embedder, [passage("Owls sleep by day.", line=40)]).close()
    assert place("one").open(embedder).keys() == {one.key for one in ALL}
    changed = place("two").open(embedder)
    assert changed.count() == len(ALL)
    assert texts(changed, embedder, "sleep day")[0] == "Owls sleep by day."
    assert texts(changed, embedder, "gpus")[0] == OWL_HARDWARE.text


def test_a_removed_index_is_gone_and_removing_it_again_is_no_error(place: Place, embedder: Embedder) -> None:
    fill(place("one").create(embedder), embedder).close()
    place("one").remove()
    place("one").remove()
    with pytest.raises(StoreError, match="almanac ingest"):
        place("one").open(embedder)


def test_an_index_cannot_be_made_where_one_is(place: Place, embedder: Embedder) -> None:
    place("one").create(embedder).close()
    with pytest.raises(StoreError, match="already"):
        place("one").create(embedder)


def test_another_embedder_is_refused_with_both_cures(place: Place, embedder: Embedder) -> None:
    place("one").create(embedder).close()
    with pytest.raises(EmbedderError, match=r"ALMANAC_EMBEDDER=letters\b.*almanac ingest FOLDER --rebuild"):
        place("one").open(LetterEmbedder("other"))


def test_vectors_of_another_length_are_refused(index: PassageIndex) -> None:
    with pytest.raises(EmbedderError, match="512 numbers"):
        index.search("riddles", [1.0, 0.0])
    with pytest.raises(EmbedderError, match="512 numbers"):
        index.upsert([GUIDE], np.zeros((1, 3), dtype=np.float32))


def test_weights_decide_which_ranking_wins(place: Place, embedder: Embedder) -> None:
    fill(place("one").create(embedder), embedder).close()
    by_words = replace(place("one"), fusion=Fusion(dense=0, lexical=1)).open(embedder)
    assert texts(by_words, embedder, "gpus riddles") == [hit.passage.text for hit in by_words.lexical("riddles")]
    by_meaning = replace(place("one"), fusion=Fusion(dense=1, lexical=0)).open(embedder)
    assert texts(by_meaning, embedder, "gpus")[0] == OWL_HARDWARE.text


def test_a_point_id_is_a_uuid_that_tells_the_key() -> None:
    assert key_of(point_id(GUIDE.key)) == GUIDE.key


def test_both_homes_score_words_and_rank_vectors_alike(tmp_path: Path, embedder: Embedder) -> None:
    dice = random.Random(7)
    words = [f"word{number}" for number in range(40)]
    many = [passage(" ".join(dice.choices(words, k=12)), f"org/m{row % 7}", line=row + 1) for row in range(60)]
    vectors = np.random.default_rng(7).normal(size=(60, embedder.dimension)).astype(np.float32)
    by_meaning = Fusion(dense=1, lexical=0)
    folder = EdgeIndex.create(tmp_path / "edge", embedder, by_meaning)
    collection = server.Server(QdrantClient(":memory:"), by_meaning).create("one", embedder, "me")
    for index in (folder, collection):
        index.upsert(many, vectors)
    for question in ("word1 word2 word3", "word20", "word5 word30 m4"):
        scores = [[hit.score for hit in index.lexical(question)] for index in (folder, collection)]
        assert scores[0] == pytest.approx(scores[1], rel=1e-4)
    found = [[hit.passage for hit in index.search("", vectors[0] + vectors[1])] for index in (folder, collection)]
    assert found[0] == found[1]
    assert set(found[0][:2]) == set(many[:2])


def test_a_missing_folder_is_told_with_the_command_that_makes_it(tmp_path: Path, embedder: Embedder) -> None:
    with pytest.raises(StoreError, match=r"no passage index at .*almanac ingest"):
        EdgeIndex.open(tmp_path / "nowhere", embedder)


@pytest.mark.parametrize("broken", ["", "[]", '{"layout": 1}', "\x00"])
def test_a_broken_manifest_is_told_in_one_line(tmp_path: Path, embedder: Embedder, broken: str) -> None:
    fill(EdgeIndex.create(tmp_path, embedder), embedder).close()
    (tmp_path / "manifest.json").write_text(broken, encoding="utf-8")
    with pytest.raises(StoreError, match="--rebuild") as caught:
        EdgeIndex.open(tmp_path, embedder)
    assert "\n" not in str(caught.value)


def test_another_layout_is_refused(tmp_path: Path, embedder: Embedder) -> None:
    EdgeIndex.create(tmp_path, embedder).close()
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"layout":1', '"layout":99'), encoding="utf-8")
    with pytest.raises(StoreError, match="layout 99"):
        EdgeIndex.open(tmp_path, embedder)


def test_a_shard_that_has_lost_its_files_is_told_in_one_line(tmp_path: Path, embedder: Embedder) -> None:
    fill(EdgeIndex.create(tmp_path, embedder), embedder).close()
    shutil.rmtree(tmp_path / "shard")
    with pytest.raises(StoreError, match="--rebuild"):
        EdgeIndex.open(tmp_path, embedder)


_READER = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
from catalog.edge import EdgeIndex
index = EdgeIndex.open(Path(sys.argv[1]), SimpleNamespace(name="letters"))
for line in sys.stdin:
    heavy = {"qdrant_client", "unstructured", "langchain", "torch", "openai"} & set(sys.modules)
    print(index.search("gpus", json.loads(line))[0].passage.text, index.count(), *heavy, flush=True)
"""


def test_other_processes_search_while_a_new_index_is_built(tmp_path: Path, embedder: Embedder) -> None:
    fill(EdgeIndex.create(tmp_path / "old", embedder), embedder).close()
    command = [sys.executable, "-c", _READER, str(tmp_path / "old")]
    root, pipe = Path(__file__).parents[2], subprocess.PIPE
    readers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=root) for _ in range(2)]
    question = json.dumps(embedder.embed(["gpus"])[0].tolist()) + "\n"
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    draft = EdgeIndex.open(tmp_path / "new", embedder)
    for line in range(3):
        fill(draft, embedder, [passage(f"Draft passage {line} about accelerators.", line=100 + line)])
        for reader in readers:
            assert reader.stdin
            assert reader.stdout
            reader.stdin.write(question)
            reader.stdin.flush()
            assert reader.stdout.readline().strip() == f"{OWL_HARDWARE.text} {len(ALL)}"
    draft.close()
    for reader in readers:
        reader.communicate()
        assert reader.returncode == 0
    assert EdgeIndex.open(tmp_path / "new", embedder).count() == len(ALL) + 3


def test_a_reader_goes_on_when_its_folder_is_removed(tmp_path: Path, embedder: Embedder) -> None:
    fill(EdgeIndex.create(tmp_path / "old", embedder), embedder).close()
    reader = EdgeIndex.open(tmp_path / "old", embedder)
    shutil.rmtree(tmp_path / "old")
    assert texts(reader, embedder, "gpus")[0] == OWL_HARDWARE.text


def test_threads_share_an_index(index: PassageIndex, embedder: Embedder) -> None:
    questions = ["gpus", "puzzles", "dutch parliament", "gateway"] * 25
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: texts(index, embedder, question)[0], questions))
    assert found == [texts(index, embedder, question)[0] for question in questions]


def test_a_store_removes_only_its_own_collections(tmp_path: Path, embedder: Embedder) -> None:
    client = QdrantClient(":memory:")
    mine = server.Server(client)
    for name in ("first", "second", "third"):
        mine.create(name, embedder, "me")
    mine.create("theirs", embedder, "somebody else")
    client.create_collection("unrelated", vectors_config={})
    mine.remove_all_but({"second", "third"}, "me")
    left = {found.name for found in client.get_collections().collections}
    assert left == {"almanac-second", "almanac-third", "almanac-theirs", "unrelated"}


def test_a_server_that_cannot_be_reached_is_told_in_one_line(embedder: Embedder) -> None:
    with pytest.raises(UnavailableError, match="ALMANAC_QDRANT_URL"):
        server.Server(server.connect("http://127.0.0.1:9")).open("one", embedder)


@pytest.mark.parametrize("absent", ["qdrant_client", "numpy", "unstructured", "langchain", "torch", "openai"])
def test_importing_the_passage_index_imports_nothing_heavy(absent: str) -> None:
    code = f"import catalog.passages, catalog.edge, sys; sys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0
