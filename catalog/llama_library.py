"""llama.cpp, imported so that it runs well and on every machine."""

import importlib
import os
from functools import lru_cache
from types import ModuleType


@lru_cache(maxsize=1)
def llama_library() -> ModuleType:
    """The module `llama_cpp`. Raises ImportError, OSError or RuntimeError where it is not installed, or broken."""
    # Threads of OpenMP that wait for each other by spinning make a busy machine thirty times slower: let them sleep.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    library = importlib.import_module("llama_cpp")
    if b"AMX_INT8 = 1" in library.llama_print_system_info():
        _without_tiles(importlib.import_module("llama_cpp.llama_cpp"))
    return library


def _without_tiles(functions: ModuleType) -> None:
    """Load models without the kernels for matrix tiles (AMX).

    Compiled with GCC 12 they end the process with an illegal instruction (`tilezero` before the tiles are set up), and
    neither an environment variable nor an argument of `Llama` turns them off.
    """
    made = functions.llama_model_default_params

    def llama_model_default_params() -> object:
        parameters = made()
        parameters.use_extra_bufts = False
        return parameters

    functions.llama_model_default_params = llama_model_default_params  # type: ignore[attr-defined]
