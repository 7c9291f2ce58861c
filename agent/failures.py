"""What goes wrong between us and a model's server, told apart by who can mend it.

Passing trouble is tried again; what a person must mend becomes an `UnavailableError` with the cure; a context that is
too small is narrowed down to.
"""

import re

import httpx
import openai
from langchain_core.exceptions import ContextOverflowError

from catalog.errors import UnavailableError

_OVERFLOW = re.compile(r"context (?:length|size|window)|maximum context|too many tokens|exceeds? the context")
#: what LangChain and the client raise for a reply that is none of a chat API, or that broke off
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError)
_NO_REPLY: tuple[type[Exception], ...] = (*_BROKEN, httpx.TransportError)
_SHOWN = 200


class Told:
    """Errors of one server as messages for people: `spec` as they named it, `where` it is, never with the `key`."""

    def __init__(self, spec: str, where: str, key: str = "") -> None:
        self.spec = spec
        self.where = where
        self._key = key

    def without_key(self, text: str) -> str:
        """Servers may repeat the key in what they say of it."""
        return text.replace(self._key, "…") if self._key else text

    def unavailable(self, error: Exception) -> UnavailableError:
        """Why the model cannot answer, and the cure."""
        reason = self._reason(error)
        for kind, cure in self._cures(reason).items():
            if isinstance(error, kind):
                return UnavailableError(cure)
        if isinstance(error, openai.RateLimitError) and getattr(error, "code", None) == "insufficient_quota":
            return UnavailableError(
                f"the quota at {self.where} is used up ({reason}). Raise it, or use another --model."
            )
        if is_overflow(error):
            return UnavailableError(
                f"the question does not fit into the context of {self.spec} ({reason}). Use a model with a larger one."
            )
        return UnavailableError(
            f"{self.spec} at {self.where} gives no usable reply ({reason}). Ask again later, or use another --model."
        )

    def _cures(self, reason: str) -> dict[type[Exception], str]:
        where = self.where
        return {
            openai.AuthenticationError: f"{where} refused the key. Correct OPENAI_API_KEY or ALMANAC_API_KEY.",
            openai.PermissionDeniedError: f"the key may not use {self.spec} at {where} ({reason}). "
            "Name another --model, or another key with ALMANAC_API_KEY.",
            openai.NotFoundError: f"{where} has no {self.spec} ({reason}). Check --model and --base-url.",
            openai.APITimeoutError: f"{where} did not answer in time. Ask again later, or use another --model.",
            openai.APIConnectionError: f"{where} cannot be reached. Check the network and --base-url.",
        }

    def _reason(self, error: Exception) -> str:
        status = getattr(error, "status_code", None)
        said = " ".join(str(getattr(error, "message", "") or error).split()) or type(error).__name__
        said = self.without_key(said)[:_SHOWN]
        return f"HTTP {status}: {said.removeprefix(f'Error code: {status} - ')}" if status else said


def is_overflow(error: Exception) -> bool:
    """Whether the server says that the request is too long for its model."""
    if isinstance(error, ContextOverflowError):
        return True
    return isinstance(error, openai.APIStatusError) and bool(_OVERFLOW.search(str(error).lower()))


def is_refused_setting(error: Exception, setting: str) -> bool:
    """Whether the server does not know, or does not want, a setting of the request such as `tool_choice`."""
    refused = isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError | openai.InternalServerError)
    return refused and not is_overflow(error) and setting in str(error)


def is_passing(error: Exception) -> bool:
    """Whether the same request may go better at once: the reply was cut off, or is none of a chat API.

    The client itself tries again where the server is busy, broken or out of reach, and waits as long as it is asked to.
    """
    if isinstance(error, openai.APIStatusError | openai.APIConnectionError):
        return False
    return isinstance(error, (openai.APIError, *_NO_REPLY))


#: every error of a call that is the server's and not ours
FOREIGN: tuple[type[Exception], ...] = (openai.OpenAIError, ContextOverflowError, *_NO_REPLY)
#: those that only a server causes, wherever they come up
SERVERS: tuple[type[Exception], ...] = (openai.OpenAIError, ContextOverflowError, httpx.TransportError)
