"""llama.cpp in this process: one loaded model, one generation at a time, ended within a moment when it is stopped.

The model computes in a thread of its own, so that the one that waits can be interrupted (Ctrl-C) while a long prompt
is read; llama.cpp asks between two steps of a computation whether to go on. What the last prompt and this one have in
common is not computed again.
"""

import codecs
import ctypes
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal, TypeVar

from agent.gguf import Gguf
from agent.llama_load import Load, library, loaded
from agent.llama_template import ChatTemplate
from catalog.errors import SettingError

Finish = Literal["stop", "length", "stopped"]
Stopped = Callable[[], bool]
_T = TypeVar("_T")

_LOOK_EVERY = 0.02
_PIECE_BYTES = 512
_PENALTY = 1.1


class _StoppedError(Exception):
    """The computation was stopped from outside."""


@dataclass(frozen=True)
class Wanted:
    """What is to be generated: under a `grammar` (GBNF), at most `tokens`, until one of the `stops` (left out)."""

    tokens: int
    grammar: str | None = None
    temperature: float = 0.0
    stops: tuple[str, ...] = ()


@dataclass
class Generated:
    """What a generation came to; `reused` of the `prompt` tokens were not computed again."""

    prompt: int
    reused: int = 0
    tokens: list[int] = field(default_factory=list)
    finish: Finish = "length"


class Engine:
    """A loaded model. `stopped` is asked, every fiftieth of a second, whether to go on."""

    def __init__(self, gguf: Gguf, load: Load) -> None:
        self.gguf, self.context = gguf, load.context
        self._busy = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="llama")
        self._abort = False
        self._llama = self._computed(lambda: loaded(gguf, load), lambda: False)
        self._callback = library().ggml_abort_callback(lambda _: self._abort)
        library().llama_set_abort_callback(self._llama.ctx, self._callback, ctypes.c_void_p(0))

    @cached_property
    def template(self) -> ChatTemplate:
        """The model's chat template. Raises SettingError where it has none."""
        if not self.gguf.template:
            raise SettingError(
                f"{self.gguf.path} has no chat template, it is not made for conversation. Name an instruct model."
            )
        model = self._llama._model
        first, last = model.token_bos(), model.token_eos()
        bos, eos = (model.token_get_text(token) if token >= 0 else "" for token in (first, last))
        return ChatTemplate(self.gguf.template, bos, eos, str(self.gguf.path))

    def tokens(self, text: str) -> list[int]:
        """Text as tokens; the special ones are read as such."""
        return list(self._llama.tokenize(text.encode("utf-8", "replace"), add_bos=False, special=True))

    def generate(self, prompt: Sequence[int], wanted: Wanted, stopped: Stopped) -> tuple[Iterator[str], Generated]:
        """Continue a prompt: the pieces of text as they come, and what it came to once they have ended."""
        told = Generated(len(prompt))
        return self._pieces(list(prompt), wanted, stopped, told), told

    def likelihoods(
        self, prompt: Sequence[int], endings: Iterable[Sequence[int]], stopped: Stopped
    ) -> list[float] | None:
        """The logarithm of how likely each ending follows the prompt, which is read once; None where stopped."""
        with _Turn(self._busy, stopped):
            try:
                return [self._computed(partial(self._likelihood, prompt, ending), stopped) for ending in endings]
            except _StoppedError:
                return None

    def close(self) -> None:
        self._abort = True
        self._worker.shutdown()
        self._llama.close()

    def _pieces(self, prompt: list[int], wanted: Wanted, stopped: Stopped, told: Generated) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            with _Turn(self._busy, stopped):
                told.reused = self._in_common(prompt)
                texts = (decoder.decode(piece) for piece in self._generated(prompt, wanted, stopped, told))
                yield from _until(wanted.stops, texts, told)
        except _StoppedError:
            told.finish = "stopped"

    def _generated(self, prompt: list[int], wanted: Wanted, stopped: Stopped, told: Generated) -> Iterator[bytes]:
        """The bytes of each token; `told` is kept up to date."""
        grammar = library().LlamaGrammar.from_string(wanted.grammar) if wanted.grammar else None
        # Small models repeat themselves without end; under a grammar, whose strings end, a penalty only spoils syntax.
        penalty = 1.0 if grammar else _PENALTY
        tokens = self._llama.generate(prompt, temp=wanted.temperature, grammar=grammar, repeat_penalty=penalty)
        for _ in range(min(wanted.tokens, self.context - len(prompt))):
            token = self._computed(lambda: next(tokens), stopped)
            if library().llama_vocab_is_eog(self._llama._model.vocab, token):
                told.finish = "stop"
                return
            told.tokens.append(token)
            yield self._piece(token)

    def _likelihood(self, prompt: Sequence[int], ending: Sequence[int]) -> float:
        """All of the prompt but its last token is kept; that one and the ending are read with their logits."""
        import numpy as np

        llama, head, tail = self._llama, list(prompt[:-1]), [prompt[-1], *ending[:-1]]
        kept = min(self._in_common(head), len(head))
        llama.n_tokens = kept if llama._ctx.kv_cache_seq_rm(-1, kept, -1) else 0
        if not llama.n_tokens:
            llama.reset()
        llama.eval(head[llama.n_tokens :])
        llama._batch.set_batch(batch=tail, n_past=len(head), logits_all=True)
        llama._ctx.decode(llama._batch)
        logits = np.ctypeslib.as_array(llama._ctx.get_logits(), shape=(len(tail), llama.n_vocab())).astype(np.float64)
        highest = logits.max(axis=1)
        whole = np.log(np.exp(logits - highest[:, None]).sum(axis=1)) + highest
        return float((logits[np.arange(len(tail)), list(ending)] - whole).sum())

    def _in_common(self, prompt: Sequence[int]) -> int:
        """How many tokens at the beginning of a prompt the model has already read."""
        read = self._llama.input_ids[: self._llama.n_tokens].tolist()
        pairs = enumerate(zip(read, prompt, strict=False))
        return next((i for i, (one, other) in pairs if one != other), min(len(read), len(prompt)))

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        vocabulary = self._llama._model.vocab
        size = library().llama_token_to_piece(vocabulary, token, buffer, _PIECE_BYTES, 0, True)
        return buffer.raw[: max(0, size)]

    def _computed(self, work: Callable[[], _T], stopped: Stopped) -> _T:
        """Have the worker do it. Whatever ends the wait (a stop, Ctrl-C) ends the computation as well."""
        if stopped():  # also between tokens that take less than the time between two looks
            raise _StoppedError
        self._abort = False
        future = self._worker.submit(work)
        try:
            while not wait([future], _LOOK_EVERY).done:
                if stopped():
                    raise _StoppedError
        except BaseException:
            self._abort = True
            wait([future])
            raise
        return future.result()


class _Turn:
    """A lock that is waited for as long as nobody stops it."""

    def __init__(self, lock: threading.Lock, stopped: Stopped) -> None:
        self._lock, self._stopped = lock, stopped

    def __enter__(self) -> None:
        while not self._lock.acquire(timeout=_LOOK_EVERY):
            if self._stopped():
                raise _StoppedError

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _until(stops: Sequence[str], texts: Iterable[str], told: Generated) -> Iterator[str]:
    """Texts up to the first of the stops; what may become a stop is held back until it is none."""
    held = ""
    for text in texts:
        held += text
        found = [held.index(stop) for stop in stops if stop in held]
        if found:
            told.finish = "stop"
            yield held[: min(found)]
            return
        kept = max((_overlap(held, stop) for stop in stops), default=0)
        if len(held) > kept:
            yield held[: len(held) - kept]
            held = held[len(held) - kept :]
    if held:
        yield held


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of a text may be the beginning of a stop."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
