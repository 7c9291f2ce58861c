"""Loading a model with llama.cpp: is it installed, does it fit into memory, how much context and how many cores."""

import ctypes
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from agent.gguf import Gguf
from catalog.errors import SettingError, UnavailableError
from catalog.llama_library import llama_library

#: context that is enough for a question with its look-ups; more only takes memory and time
_CONTEXT, _LEAST_CONTEXT = 8_192, 2_048
#: what llama.cpp takes beside the weights and the context, measured with 135M parameters
_BESIDE = 150 << 20
_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")
_GIB = 1 << 30
_ERROR = 4

#: errors that llama.cpp logged, and its callback, which must live as long as the process
_said: list[str] = []
_kept: list[Any] = []


@dataclass(frozen=True)
class Load:
    """How a model is loaded: tokens of context, threads, and layers on the GPU (-1: all)."""

    context: int
    threads: int
    gpu_layers: int = 0


def fitted(gguf: Gguf, wanted: Load, memory: int | None) -> Load:
    """A load that fits into `memory` bytes (None: not known); 0 in `wanted` is as much as is good.

    Raises SettingError where it does not fit.
    """
    threads = wanted.threads or cores()
    trained = gguf.context or _CONTEXT
    context = min(wanted.context or _CONTEXT, trained)
    if memory is None or wanted.gpu_layers:
        return Load(context, threads, wanted.gpu_layers)
    room = memory - gguf.bytes - _BESIDE
    if not wanted.context and gguf.cache_bytes:
        context = min(context, max(room // gguf.cache_bytes, min(_LEAST_CONTEXT, trained)))
    if context * gguf.cache_bytes > room:
        needed = gguf.bytes + _BESIDE + context * gguf.cache_bytes
        raise SettingError(
            f"{gguf.path} needs about {needed / _GIB:.1f} GiB with a context of {context} tokens, "
            f"{memory / _GIB:.1f} GiB of memory are free. Use a smaller model or quantisation, "
            "or set ALMANAC_CONTEXT_TOKENS lower."
        )
    return Load(context, threads, 0)


def free_memory(meminfo: Path = _MEMINFO, cgroup: Path = _CGROUP) -> int | None:
    """Bytes that may be used: what the machine has free, or less where the container is limited; None: not known."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) << 10
    except (OSError, KeyError, ValueError):
        return None
    try:
        limit, used = ((cgroup / name).read_text().strip() for name in ("memory.max", "memory.current"))
        return min(free, int(limit) - int(used))
    except (OSError, ValueError):  # no cgroup, or no limit ("max")
        return free


def cores() -> int:
    """The cores that this process may use; many share one core's arithmetic units, so more than eight bring little."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, 8)


@lru_cache(maxsize=1)
def library() -> ModuleType:
    """llama.cpp. Raises UnavailableError where it is not installed."""
    try:
        llama_cpp = llama_library()
    except (ImportError, OSError, RuntimeError) as error:
        raise UnavailableError(
            f"local models need llama.cpp ({error}). Install it: pip install 'almanac[local]'"
        ) from error
    _kept.append(llama_cpp.llama_log_callback(_keep_error))
    llama_cpp.llama_log_set(_kept[0], ctypes.c_void_p(0))
    return llama_cpp


def _keep_error(level: int, text: bytes, _: object) -> None:
    if level == _ERROR:
        _said.append(text.decode("utf-8", "replace").strip())


def loaded(gguf: Gguf, load: Load) -> Any:
    """A `llama_cpp.Llama`. Raises SettingError with what llama.cpp says where it cannot load the model."""
    _said.clear()
    try:
        return library().Llama(
            str(gguf.path),
            n_ctx=load.context,
            n_threads=load.threads,
            n_threads_batch=load.threads,
            n_gpu_layers=load.gpu_layers,
            verbose=False,
        )
    except (ValueError, RuntimeError, AssertionError) as error:
        why = "; ".join(_said[:1]) or str(error)
        raise SettingError(
            f"llama.cpp cannot load {gguf.path} ({why}). Update llama-cpp-python or use another file."
        ) from error
