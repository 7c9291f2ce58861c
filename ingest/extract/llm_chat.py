"""Asking a chat model for an answer in a given form, through LangChain."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from catalog.errors import SettingError, UnavailableError
from catalog.settings import Settings
from ingest.extract.llm_cache import Reply
from ingest.extract.patterns import load

if TYPE_CHECKING:
    import openai
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

_OPENAI = "https://api.openai.com/v1"
_PREFIX = "openai:"
_LIMITS = load("llm")["limits"]
#: tried in this order; the one that worked is tried first from then on
_METHODS = ("json_schema", "function_calling")
#: what LangChain and the client raise for an answer that is none of a chat API
_NO_CHAT_ANSWER = (ValueError, TypeError, KeyError, AttributeError)


class NoReplyError(Exception):
    """There is no usable answer about this card; `passing` where the server may do better with another one later."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


class _WrongFormError(Exception):
    """The server does not know this way of asking for a form, or its answer does not have it."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


@dataclass
class StructuredChat:
    """A chat model that answers in the form of a JSON schema; `name` as a person gave it, `where` it is reached."""

    model: "BaseChatModel"
    name: str
    where: str = _OPENAI
    key: str = field(default="", repr=False)
    sleep: Callable[[float], None] = time.sleep
    _methods: tuple[str, ...] = _METHODS
    _has_answered: bool = False

    def ask(self, system: str, question: str, schema: Mapping[str, Any]) -> Reply:
        """The claims in a model's answer.

        Raises NoReplyError where this question has none, UnavailableError where no question would.
        """
        problems: list[_WrongFormError] = []
        for method in self._methods:
            try:
                reply = self._asked(method, [("system", system), ("human", question)], schema)
            except _WrongFormError as error:
                problems.append(error)
                continue
            self._has_answered = True
            self._methods = (method, *(other for other in self._methods if other != method))
            return reply
        reasons = dict.fromkeys(map(str, problems))
        raise NoReplyError("; ".join(reasons), passing=any(problem.passing for problem in problems))

    def _asked(self, method: str, messages: list[tuple[str, str]], schema: Mapping[str, Any]) -> Reply:
        import openai

        strict = {"strict": True} if method == "json_schema" else {}
        chain = self.model.with_structured_output(dict(schema), method=method, include_raw=True, **strict)
        try:
            outcome = self._patiently(lambda: chain.invoke(messages))
        except openai.LengthFinishReasonError as error:
            used = error.completion.usage
            tokens = (used.prompt_tokens, used.completion_tokens) if used else (0, 0)
            return _salvaged(error.completion.choices[0].message.content or "", tokens)
        except openai.OpenAIError as error:
            raise self._translated(error) from error
        except _NO_CHAT_ANSWER as error:
            raise _WrongFormError(self._without_key(f"no answer of a chat API: {error}")) from error
        assert isinstance(outcome, dict)  # what include_raw makes of any schema
        return _reply(outcome)

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask again, after growing pauses, while the server is busy, broken or unreachable.

        Not where it is silent for long: it may well be working still at what it was asked first.
        """
        import openai

        for attempt in range(1, _LIMITS["attempts"]):
            try:
                return ask()
            except openai.APITimeoutError:
                raise
            except (openai.RateLimitError, openai.APIConnectionError, openai.InternalServerError) as error:
                if error.code == "insufficient_quota":
                    raise
                self.sleep(_pause(error, attempt))
        return ask()

    def _translated(self, error: "openai.OpenAIError") -> Exception:
        """Who has to act: a person, or nobody because the next card may go better."""
        import openai

        reason = self._without_key(_reason(error))
        cures: dict[type[openai.OpenAIError], str] = {
            openai.AuthenticationError: f"{self.where} refused the key. Correct OPENAI_API_KEY or ALMANAC_API_KEY.",
            openai.PermissionDeniedError: f"the key may not use {self.name} at {self.where} ({reason}). Name another "
            "model with --model, or another key with ALMANAC_API_KEY.",
            openai.NotFoundError: f"{self.where} has no {self.name} ({reason}). Check --model and --base-url.",
        }
        for kind, cure in cures.items():
            if isinstance(error, kind):
                return UnavailableError(cure)
        if isinstance(error, openai.APIConnectionError) and not isinstance(error, openai.APITimeoutError):
            return UnavailableError(f"{self.where} cannot be reached. Check the network and --base-url.")
        if isinstance(error, openai.RateLimitError) and error.code == "insufficient_quota":
            return UnavailableError(f"the quota at {self.where} is used up ({reason}). Raise it, then run it again.")
        if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
            return _WrongFormError(reason)
        if isinstance(error, openai.InternalServerError) and not self._has_answered:
            return _WrongFormError(reason, passing=True)  # some servers break at a form that they do not know
        return NoReplyError(reason, passing=True)

    def _without_key(self, text: str) -> str:
        """Servers may repeat the key in what they say of it."""
        return text.replace(self.key, "…") if self.key else text


def _reply(outcome: Mapping[str, Any]) -> Reply:
    """The claims of what LangChain parsed."""
    raw: AIMessage = outcome["raw"]
    if raw.additional_kwargs.get("refusal"):
        raise NoReplyError(f"the model refused: {_shortened(raw.additional_kwargs['refusal'])}")
    usage = raw.usage_metadata
    tokens = (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)
    if outcome["parsed"] is None and raw.invalid_tool_calls:
        return _salvaged(raw.invalid_tool_calls[0]["args"] or "", tokens)
    parsed = outcome["parsed"]
    claims = parsed.get("facts") if isinstance(parsed, dict) else None
    if not isinstance(claims, list):
        raise _WrongFormError("the answer does not have the form asked for")
    return Reply(claims=tuple(claims), input_tokens=tokens[0], output_tokens=tokens[1])


def _salvaged(text: str, tokens: tuple[int, int]) -> Reply:
    """What is whole in an answer that stops in the middle; what is not will fail its checks."""
    from langchain_core.utils.json import parse_partial_json

    try:
        parsed = parse_partial_json(text)
    except ValueError:
        parsed = None
    claims = parsed.get("facts") if isinstance(parsed, dict) else None
    if not isinstance(claims, list):
        raise NoReplyError("the answer was cut off at the longest that the model may write")
    return Reply(claims=tuple(claims), input_tokens=tokens[0], output_tokens=tokens[1], cut=True)


def _pause(error: "openai.APIError", attempt: int) -> float:
    """Seconds to wait: what the server asks for, else doubling."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    doubled = 2.0 ** (attempt - 1)
    return min(float(asked) if asked.isdigit() else doubled, float(_LIMITS["longest_pause"]))


def _reason(error: "openai.OpenAIError") -> str:
    status = getattr(error, "status_code", None)
    said = _shortened(str(getattr(error, "message", "") or error))
    return f"HTTP {status}: {said.removeprefix(f'Error code: {status} - ')}" if status else said


def _shortened(text: str) -> str:
    return " ".join(text.split())[:200]


def openai_chat(settings: Settings) -> StructuredChat:
    """The chat model that the settings name. Raises SettingError or UnavailableError, with the cure."""
    spec = settings.model
    if not spec.startswith(_PREFIX) or spec == _PREFIX:
        raise SettingError(f"no extraction with the model {spec!r}. Name one that can: --model openai:NAME")
    if not (settings.api_key or has_own_server(settings)):
        raise SettingError(f"no API key for {spec}. Set OPENAI_API_KEY, or name your own server with --base-url.")
    try:
        from langchain_openai import ChatOpenAI
    except ImportError as error:
        raise UnavailableError(f"langchain-openai is not installed ({error}). pip install langchain-openai") from error
    # A server of one's own often wants no key, but the client insists on one.
    key = settings.api_key or SecretStr("none")
    where = settings.base_url or _OPENAI
    model = ChatOpenAI(
        model=spec.removeprefix(_PREFIX),
        base_url=where,
        api_key=key,
        timeout=_LIMITS["timeout"],
        max_retries=0,
        **(load("llm")["own_server"] if has_own_server(settings) else {}),
    )
    return StructuredChat(model, spec, _shown(where), key.get_secret_value() if settings.api_key else "")


def has_own_server(settings: Settings) -> bool:
    """Whether the settings name another server than OpenAI's."""
    return (settings.base_url or _OPENAI).rstrip("/") != _OPENAI


def _shown(url: str) -> str:
    """An address without the name and password that it may hold."""
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]
