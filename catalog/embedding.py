"""Dense embedders: texts in, L2-normalised float32 vectors out.

`make_embedder` reads a spec: `wordllama`, `openai:MODEL[@DIMENSION]`, or one of `encoders.py`. Nothing heavy is
imported, loaded or asked for before the first `embed`, or before the dimension of one that must be asked for it, so
naming an embedder costs nothing.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from catalog.errors import EmbedderError
from catalog.vectors import normalised as normalised

if TYPE_CHECKING:
    import numpy as np
    import openai
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Something that turns texts into vectors of one length."""

    @property
    def name(self) -> str:
        """What the index remembers: two embedders with one name make the same vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of the vectors; may cost a request."""
        ...

    def embed(self, texts: Sequence[str]) -> "Vectors":
        """Array (len(texts), dimension), every row of length 1, or 0 where a text has no token.

        Raises EmbedderError where vectors cannot be had.
        """
        ...


class WordLlamaEmbedder:
    """The embedder that works anywhere: token vectors from the wordllama wheel, averaged; no network."""

    name = "wordllama"
    dimension = 256
    _BATCH = 64

    def embed(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        tokenizer, table = self._loaded
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), self._BATCH):
            encodings = tokenizer.encode_batch_fast(list(texts[start : start + self._BATCH]), add_special_tokens=False)
            for row, encoding in enumerate(encodings, start=start):
                if encoding.ids:
                    vectors[row] = table[encoding.ids].mean(axis=0)
        return normalised(vectors)

    @cached_property
    def _loaded(self) -> tuple[Any, "Vectors"]:
        """Tokenizer and token vectors (vocabulary, 256).

        wordllama's own `embed` pads every text of a batch to the longest: the same vectors at a third of the speed.
        """
        try:
            with _logging_untouched():
                import wordllama

            folder = Path(wordllama.__file__).parent
            model = wordllama.WordLlama.load(cache_dir=folder, dim=self.dimension, disable_download=True)
        except (ImportError, FileNotFoundError) as error:
            raise EmbedderError(f"the embedder wordllama cannot be loaded ({error}). pip install wordllama") from error
        model.tokenizer.no_padding()
        return model.tokenizer, model.embedding


@contextmanager
def _logging_untouched() -> Iterator[None]:
    """Keep wordllama from calling `logging.basicConfig` to effect: it would print every library's INFO to stderr."""
    root, guard = logging.getLogger(), logging.NullHandler()
    root.addHandler(guard)
    try:
        yield
    finally:
        root.removeHandler(guard)


@dataclass(frozen=True)
class Endpoint:
    """Where and how an OpenAI-compatible embeddings API is asked; `timeout` and `pause` in seconds."""

    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    attempts: int = 5
    pause: float = 1.0
    sleep: Callable[[float], None] = time.sleep


_OPENAI = "https://api.openai.com/v1"


class OpenAIEmbedder:
    """Vectors from any server with OpenAI's embeddings API."""

    #: what the smallest of the known servers take in one request
    _BATCH = 64
    _LONGEST_PAUSE = 30.0

    def __init__(self, model: str, endpoint: Endpoint | None = None, dimension: int | None = None) -> None:
        self.model, self.endpoint, self._asked = model, endpoint or Endpoint(), dimension
        self.name = f"openai:{model}" + (f"@{dimension}" if dimension else "")
        self._length = dimension

    @property
    def dimension(self) -> int:
        if self._length is None:
            self._length = len(self._request(["length"])[0])
        return self._length

    def embed(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        starts = range(0, len(texts), self._BATCH)
        rows = [row for start in starts for row in self._request(texts[start : start + self._BATCH])]
        self._length = self._length or len(rows[0])
        for row in rows:
            if len(row) != self._length:
                raise EmbedderError(
                    f"{self.name} at {self._url} made a vector of {len(row)} numbers, not {self._length}. "
                    f"Name the length that it makes: openai:{self.model}@{len(row)}"
                )
        return normalised(np.array(rows, dtype=np.float32))

    @property
    def _url(self) -> str:
        return self.endpoint.base_url or _OPENAI

    @cached_property
    def _client(self) -> "openai.OpenAI":
        import openai

        if not self.endpoint.api_key and not self.endpoint.base_url:
            raise EmbedderError(f"no API key for the embedder {self.name}. Set ALMANAC_EMBEDDER_API_KEY.")
        # A server of one's own often wants no key, but the client insists on one.
        key = self.endpoint.api_key or "none"
        return openai.OpenAI(api_key=key, base_url=self._url, timeout=self.endpoint.timeout, max_retries=0)

    def _request(self, texts: Sequence[str]) -> list[list[float]]:
        """One batch, tried again while the server is busy, unreachable or broken."""
        import openai

        # APIs refuse empty texts; a blank one has no content either.
        asked = [text if text.strip() else "-" for text in texts]
        for attempt in range(1, self.endpoint.attempts + 1):
            try:
                return self._ask(asked)
            except (openai.RateLimitError, openai.APIConnectionError, openai.InternalServerError) as error:
                if attempt == self.endpoint.attempts:
                    raise EmbedderError(
                        f"{self.name} at {self._url} did not answer in {attempt} attempts ({_reason(error)}). "
                        "Try again later, or name another server with ALMANAC_EMBEDDER_BASE_URL."
                    ) from error
                self.endpoint.sleep(self._pause(error, attempt))
            except openai.APIError as error:
                raise EmbedderError(
                    f"{self.name} at {self._url} refused the request ({_reason(error)}). "
                    "Check ALMANAC_EMBEDDER, ALMANAC_EMBEDDER_BASE_URL and ALMANAC_EMBEDDER_API_KEY."
                ) from error
        raise EmbedderError(f"{self.name}: the number of attempts must be at least 1, not {self.endpoint.attempts}")

    def _ask(self, texts: list[str]) -> list[list[float]]:
        # `float`, because the client's default, base64, is not known to every server.
        wanted: dict[str, Any] = {"dimensions": self._asked} if self._asked else {}
        try:
            answer = self._client.embeddings.create(model=self.model, input=texts, encoding_format="float", **wanted)
        except json.JSONDecodeError:
            answer = None
        data = getattr(answer, "data", None) or ()
        if len(data) != len(texts):
            raise EmbedderError(
                f"{self.name} at {self._url} made {len(data)} vectors for {len(texts)} texts: no embeddings API? "
                "Check ALMANAC_EMBEDDER_BASE_URL."
            )
        return [item.embedding for item in sorted(data, key=lambda item: item.index)]

    def _pause(self, error: "openai.APIError", attempt: int) -> float:
        """Seconds to wait: what the server asks for, else doubling."""
        response = getattr(error, "response", None)
        asked = response.headers.get("retry-after", "") if response is not None else ""
        try:
            return min(float(asked), self._LONGEST_PAUSE)
        except ValueError:
            return float(min(self.endpoint.pause * 2 ** (attempt - 1), self._LONGEST_PAUSE))


def _reason(error: "openai.APIError") -> str:
    """One line: the status and the start of what the server said."""
    status = getattr(error, "status_code", None)
    said = " ".join(str(error.message).split())[:200]
    return f"HTTP {status}: {said}" if status else said


def _wordllama(rest: str, endpoint: Endpoint) -> Embedder:
    if rest:
        raise EmbedderError(f"the embedder wordllama takes no model name (got {rest!r}). Write: wordllama")
    return WordLlamaEmbedder()


def _openai(rest: str, endpoint: Endpoint) -> Embedder:
    model, _, size = rest.rpartition("@") if rest.rpartition("@")[2].isdigit() else (rest, "", "")
    if not model:
        raise EmbedderError("the embedder openai needs a model. Write: openai:MODEL or openai:MODEL@DIMENSION")
    return OpenAIEmbedder(model, endpoint, int(size) if size else None)


def _minilm(rest: str, endpoint: Endpoint) -> Embedder:
    if rest:
        raise EmbedderError(f"the embedder minilm takes no model name (got {rest!r}). Write: minilm")
    from catalog.encoders import SentenceTransformerEmbedder, minilm_folder

    return SentenceTransformerEmbedder("minilm", minilm_folder)


def _sentence_transformers(rest: str, endpoint: Endpoint) -> Embedder:
    from catalog.encoders import SentenceTransformerEmbedder

    model = _needed("sentence-transformers", rest)
    return SentenceTransformerEmbedder(f"sentence-transformers:{model}", lambda: model)


def _fastembed(rest: str, endpoint: Endpoint) -> Embedder:
    from catalog.encoders import FastEmbedder

    return FastEmbedder(_needed("fastembed", rest))


def _gguf(rest: str, endpoint: Endpoint) -> Embedder:
    from catalog.encoders import GgufEmbedder

    return GgufEmbedder(_needed("gguf", rest))


def _needed(kind: str, model: str) -> str:
    if not model:
        raise EmbedderError(f"the embedder {kind} needs a model or a path. Write: {kind}:MODEL")
    return model


_MAKERS: dict[str, Callable[[str, Endpoint], Embedder]] = {
    "wordllama": _wordllama,
    "openai": _openai,
    "minilm": _minilm,
    "sentence-transformers": _sentence_transformers,
    "fastembed": _fastembed,
    "gguf": _gguf,
}


def make_embedder(spec: str, endpoint: Endpoint | None = None) -> Embedder:
    """The embedder that a spec names; raises EmbedderError for one that is not known."""
    kind, _, rest = spec.strip().partition(":")
    maker = _MAKERS.get(kind)
    if maker is None:
        raise EmbedderError(f"no embedder {spec!r}. Known are {_listed(_MAKERS)}; set ALMANAC_EMBEDDER to one of them.")
    return maker(rest, endpoint or Endpoint())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
