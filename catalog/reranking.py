"""A second look at the best passages by a model that reads question and passage together (a cross-encoder).

Off by default: `ALMANAC_RERANKER` names one, `sentence-transformers:MODEL` or `fastembed:MODEL`; MODEL is a folder or a
model that the library has in its cache or may fetch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from catalog.errors import EmbedderError, UnavailableError
from catalog.passages import embedding_text
from catalog.records import Passage

_DEPTH = 30


class Reranker(Protocol):
    """Something that says how well each of a few passages answers a question."""

    @property
    def depth(self) -> int:
        """How many of the best passages are looked at again."""
        ...

    def scores(self, question: str, passages: Sequence[Passage]) -> list[float]:
        """A score for each passage, higher is better."""
        ...


@dataclass
class CrossEncoder:
    """A cross-encoder of sentence-transformers."""

    model: str
    depth: int = _DEPTH

    def scores(self, question: str, passages: Sequence[Passage]) -> list[float]:
        pairs = [(question, embedding_text(passage)) for passage in passages]
        return [float(score) for score in self._loaded.predict(pairs, show_progress_bar=False)] if pairs else []

    @cached_property
    def _loaded(self) -> Any:
        try:
            from sentence_transformers import CrossEncoder as Encoder
        except ImportError as error:
            raise UnavailableError("the reranker needs sentence-transformers. pip install 'almanac[minilm]'") from error
        try:
            return Encoder(self.model)
        except (OSError, ValueError) as error:
            raise _missing("sentence-transformers", self.model, error) from error


@dataclass
class OnnxCrossEncoder:
    """A cross-encoder of fastembed, on ONNX."""

    model: str
    depth: int = _DEPTH

    def scores(self, question: str, passages: Sequence[Passage]) -> list[float]:
        texts = [embedding_text(passage) for passage in passages]
        return [float(score) for score in self._loaded.rerank(question, texts)] if texts else []

    @cached_property
    def _loaded(self) -> Any:
        try:
            from fastembed.rerank.cross_encoder import TextCrossEncoder
        except ImportError as error:
            raise UnavailableError("the reranker needs fastembed. pip install 'almanac[fastembed]'") from error
        try:
            return TextCrossEncoder(self.model)
        except (OSError, ValueError) as error:
            raise _missing("fastembed", self.model, error) from error


_MAKERS: dict[str, Callable[[str], Reranker]] = {"sentence-transformers": CrossEncoder, "fastembed": OnnxCrossEncoder}


def make_reranker(spec: str) -> Reranker:
    """The reranker that a spec names; nothing is loaded before its first use."""
    kind, _, model = spec.strip().partition(":")
    if kind not in _MAKERS or not model:
        known = ", ".join(f"`{name}:MODEL`" for name in sorted(_MAKERS))
        raise EmbedderError(f"no reranker {spec!r}. Known are {known}; set ALMANAC_RERANKER to one, or unset it.")
    return _MAKERS[kind](model)


def _missing(library: str, model: str, error: Exception) -> EmbedderError:
    said = " ".join(str(error).split())[:200]
    return EmbedderError(
        f"{library} cannot load the reranker {model!r} ({said}). "
        "Name a folder that holds it, or let it be fetched once while there is a network."
    )
