"""llama.cpp as it is imported: which of its kernels are used."""

from types import SimpleNamespace

import pytest

from catalog import llama_library as module


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch):
    """llama.cpp as if compiled for a processor with, or without, matrix tiles; gives how models are loaded then."""

    def with_info(info: bytes) -> SimpleNamespace:
        low = SimpleNamespace(llama_model_default_params=lambda: SimpleNamespace(use_extra_bufts=True))
        found = {"llama_cpp": SimpleNamespace(llama_print_system_info=lambda: info), "llama_cpp.llama_cpp": low}
        monkeypatch.setattr(module, "importlib", SimpleNamespace(import_module=found.__getitem__))
        module.llama_library.__wrapped__()
        return low.llama_model_default_params()

    return with_info


def test_tile_kernels_that_end_the_process_are_not_used(compiled) -> None:
    assert compiled(b"CPU : AVX512 = 1 | AMX_INT8 = 1 | ").use_extra_bufts is False


def test_other_processors_use_what_they_have(compiled) -> None:
    assert compiled(b"CPU : AVX2 = 1 | ").use_extra_bufts is True
