"""Embedders: the one in the wheel, and an API on a loopback server."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalog.embedding import Embedder, Endpoint, OpenAIEmbedder, WordLlamaEmbedder, make_embedder
from catalog.errors import EmbedderError


@dataclass
class Api:
    """An embeddings API that counts letters; `failures` are answered first, as (status, headers, body)."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    failures: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Any] = lambda asked: {
        "object": "list",
        "model": asked["model"],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
        # Last first: the order is in `index`.
        "data": [
            {"object": "embedding", "index": index, "embedding": _letters(text)[: asked.get("dimensions", 3)]}
            for index, text in reversed(list(enumerate(asked["input"])))
        ],
    }


def _letters(text: str) -> list[float]:
    return [float(text.count("a")), float(text.count("b")), 1.0]


@pytest.fixture
def api() -> Iterator[Api]:
    state = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.asked.append(asked | {"authorization": self.headers["authorization"], "path": self.path})
            status, headers, body = (
                state.failures.pop(0) if state.failures else (200, {}, json.dumps(state.answer(asked)))
            )
            self.send_response(status)
            for name, value in ({"content-type": "application/json"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def endpoint(api: Api, pauses: list[float]) -> Endpoint:
    return Endpoint(base_url=api.url, api_key="secret-key", sleep=pauses.append)


@pytest.fixture(scope="module")
def wordllama() -> Embedder:
    return WordLlamaEmbedder()


def test_wordllama_makes_unit_vectors_of_its_dimension(wordllama: Embedder) -> None:
    vectors = wordllama.embed(["a model for questions", "a corpus of speeches"])
    assert vectors.shape == (2, wordllama.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])


def test_wordllama_places_similar_texts_near_each_other(wordllama: Embedder) -> None:
    cat, kitten, tax = wordllama.embed(["the cat sleeps", "a kitten naps", "quarterly tax report"])
    assert cat @ kitten > cat @ tax


def test_wordllama_makes_the_same_vectors_one_by_one_as_together(wordllama: Embedder) -> None:
    texts = [f"text {number} " * number for number in range(1, 130)]
    one_by_one = np.concatenate([wordllama.embed([text]) for text in texts])
    assert wordllama.embed(texts) == pytest.approx(one_by_one, abs=1e-6)


def test_wordllama_agrees_with_its_own_library(wordllama: Embedder) -> None:
    import wordllama as library

    folder = Path(library.__file__).parent
    theirs = library.WordLlama.load(cache_dir=folder, disable_download=True).embed(["how large is it?"], norm=True)
    assert wordllama.embed(["how large is it?"]) == pytest.approx(theirs, abs=1e-6)


def test_wordllama_gives_an_empty_text_a_zero_vector_and_no_texts_no_rows(wordllama: Embedder) -> None:
    assert not wordllama.embed([""]).any()
    assert wordllama.embed([]).shape == (0, 256)


def test_wordllama_leaves_the_logging_of_the_program_alone() -> None:
    code = (
        "import logging; from catalog.embedding import WordLlamaEmbedder; WordLlamaEmbedder().embed(['x']); "
        "root = logging.getLogger(); print(root.level, root.handlers)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.stdout.strip() == f"{logging.WARNING} []"


def test_the_api_is_asked_with_model_and_key_and_answers_are_put_in_order(api: Api, endpoint: Endpoint) -> None:
    vectors = OpenAIEmbedder("tiny", endpoint).embed(["aaaa", "bb"])
    assert vectors == pytest.approx(np.array([[4, 0, 1], [0, 2, 1]]) / np.sqrt([[17], [5]]))
    assert api.asked[0]["model"] == "tiny"
    assert api.asked[0]["authorization"] == "Bearer secret-key"
    assert api.asked[0]["path"] == "/v1/embeddings"


def test_many_texts_are_asked_for_in_batches(api: Api, endpoint: Endpoint) -> None:
    vectors = OpenAIEmbedder("tiny", endpoint).embed(["a" * number for number in range(150)])
    assert [len(asked["input"]) for asked in api.asked] == [64, 64, 22]
    assert list(vectors[:, 0].argsort(kind="stable")) == list(range(150))


def test_the_dimension_is_asked_for_once_unless_it_is_known(api: Api, endpoint: Endpoint) -> None:
    embedder = OpenAIEmbedder("tiny", endpoint)
    assert (embedder.dimension, embedder.dimension, len(api.asked)) == (3, 3, 1)
    after_embedding = OpenAIEmbedder("tiny", endpoint)
    after_embedding.embed(["a"])
    assert (after_embedding.dimension, len(api.asked)) == (3, 2)


def test_a_dimension_in_the_spec_is_asked_of_the_server_and_part_of_the_name(api: Api, endpoint: Endpoint) -> None:
    embedder = make_embedder("openai:tiny@2", endpoint)
    assert embedder.name == "openai:tiny@2"
    assert embedder.dimension == 2
    assert api.asked == []
    assert embedder.embed(["ab"]).shape == (1, 2)
    assert api.asked[0]["dimensions"] == 2


def test_a_server_that_ignores_the_dimension_is_told(endpoint: Endpoint) -> None:
    with pytest.raises(EmbedderError, match="openai:tiny@3"):
        OpenAIEmbedder("tiny", endpoint, dimension=7).embed(["a"])


def test_no_texts_cost_no_request_where_the_dimension_is_known(api: Api, endpoint: Endpoint) -> None:
    assert OpenAIEmbedder("tiny", endpoint, dimension=3).embed([]).shape == (0, 3)
    assert api.asked == []


def test_an_empty_text_is_not_sent(api: Api, endpoint: Endpoint) -> None:
    OpenAIEmbedder("tiny", endpoint).embed(["", "  "])
    assert all(text.strip() for text in api.asked[0]["input"])


def test_a_busy_server_is_asked_again_after_the_pause_that_it_wants(
    api: Api, endpoint: Endpoint, pauses: list[float]
) -> None:
    api.failures = [(429, {"retry-after": "7"}, "{}"), (503, {}, "{}"), (500, {}, "oops")]
    assert len(OpenAIEmbedder("tiny", endpoint).embed(["a"])) == 1
    assert pauses == [7, 2, 4]


def test_a_server_that_stays_busy_is_told_in_one_line(api: Api, endpoint: Endpoint, pauses: list[float]) -> None:
    api.failures = [(429, {"retry-after": "3600"}, '{"error": {"message": "slow\\ndown"}}')] * 9
    with pytest.raises(EmbedderError, match=r"5 attempts.*HTTP 429") as caught:
        OpenAIEmbedder("tiny", endpoint).embed(["a"])
    assert "\n" not in str(caught.value)
    assert pauses == [30] * 4


def test_a_server_that_is_not_there_is_told_with_its_url(pauses: list[float]) -> None:
    endpoint = Endpoint("http://127.0.0.1:9/v1", sleep=pauses.append)
    with pytest.raises(EmbedderError, match=r"http://127\.0\.0\.1:9/v1.*ALMANAC_EMBEDDER_BASE_URL"):
        OpenAIEmbedder("tiny", endpoint).embed(["a"])


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_not_tried_again_and_never_shows_the_key(
    api: Api, endpoint: Endpoint, pauses: list[float], status: int
) -> None:
    api.failures = [(status, {}, '{"error": {"message": "no such model"}}')]
    with pytest.raises(EmbedderError, match=f"HTTP {status}.*no such model.*ALMANAC_EMBEDDER") as caught:
        OpenAIEmbedder("tiny", endpoint).embed(["a"])
    assert pauses == []
    assert "secret-key" not in f"{caught.value} {endpoint!r}"


@pytest.mark.parametrize("body", ["<html>a web page</html>", '{"hello": 1}', "null", '{"data": []}'])
def test_an_answer_that_holds_no_vectors_is_told(api: Api, endpoint: Endpoint, body: str) -> None:
    kind = "text/html" if body.startswith("<") else "application/json"
    api.failures = [(200, {"content-type": kind}, body)]
    with pytest.raises(EmbedderError, match=api.url):
        OpenAIEmbedder("tiny", endpoint).embed(["a"])


def test_an_answer_that_is_no_json_is_told(api: Api, endpoint: Endpoint) -> None:
    api.failures = [(200, {}, "{broken")]
    with pytest.raises(EmbedderError, match=api.url):
        OpenAIEmbedder("tiny", endpoint).embed(["a"])


def test_without_key_and_server_the_setting_is_named() -> None:
    with pytest.raises(EmbedderError, match="ALMANAC_EMBEDDER_API_KEY"):
        make_embedder("openai:tiny").embed(["a"])


@pytest.mark.parametrize(("spec", "name"), [("wordllama", "wordllama"), (" openai:org/m@v2 ", "openai:org/m@v2")])
def test_a_spec_names_an_embedder(spec: str, name: str) -> None:
    assert make_embedder(spec).name == name


@pytest.mark.parametrize("spec", ["", "word2vec", "openai", "openai:", "openai:@3", "wordllama:large"])
def test_a_spec_that_names_none_is_told_what_can_be_written(spec: str) -> None:
    with pytest.raises(EmbedderError, match=r"wordllama|openai:MODEL"):
        make_embedder(spec)
