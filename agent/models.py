"""Model specs → chat models: `offline`, `openai:NAME`, `local:PATH.gguf`, and chains of them, `a → b → offline`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.keys import api_key
from catalog.errors import SettingError, UnavailableError
from catalog.prices import Price, list_price
from catalog.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from agent.failures import Told

OFFLINE = "offline"
OPENAI = "https://api.openai.com/v1"
KNOWN = "offline, openai:NAME, local:PATH.gguf, local:smollm2, or a chain such as openai:NAME,offline"
_LINK = re.compile(r"\s*(?:,|→|->)\s*")


@dataclass
class Manners:
    """What was learned about a server: whether it can be told to call a tool, and to answer in a form; how little fits.

    `mute`: it called no tool so far, so it is asked only once, and for a short reply.
    """

    tool_choice: bool = True
    forms: bool = True
    narrow: int = 0
    mute: bool = False


@dataclass(frozen=True)
class Chat:
    """What the loop needs of a chat model.

    `context` is how many tokens fit, None where that is not known; `small` models are asked for less, see `small.py`;
    `price` None is unknown; `told` turns the errors of its server into messages.
    """

    spec: str
    model: "BaseChatModel"
    context: int | None = None
    small: bool = False
    price: Price | None = None
    told: "Told | None" = None
    manners: Manners = field(default_factory=Manners)


def chain(spec: str) -> tuple[str, ...]:
    """The specs of a chain, first choice first. Raises SettingError where one is none."""
    links = tuple(link for link in _LINK.split(spec.strip()) if link)
    for link in links:
        kind, _, name = link.partition(":")
        if link != OFFLINE and (kind not in _MAKERS or not name):
            raise SettingError(f"no model {link!r}. Known are: {KNOWN}. Set --model or ALMANAC_MODEL.")
    if not links:
        raise SettingError(f"no model {spec!r}. Known are: {KNOWN}. Set --model or ALMANAC_MODEL.")
    return links


def make_chat(settings: Settings, spec: str) -> Chat:
    """The chat model of one spec. Raises SettingError or UnavailableError, with the cure."""
    return _MAKERS[spec.partition(":")[0]](settings, spec)


def _openai(settings: Settings, spec: str) -> Chat:
    key = api_key(settings)
    where = settings.base_url or OPENAI
    own_server = where.rstrip("/") != OPENAI
    if not (key or own_server):
        raise SettingError(f"no API key for {spec}. Set OPENAI_API_KEY, or name your own server with --base-url.")
    try:
        from agent.openai_chat import OpenAIChat
    except ImportError as error:
        raise UnavailableError(f"langchain-openai is not installed ({error}). pip install langchain-openai") from error
    from agent.failures import Told
    from agent.limits import limits

    name = spec.partition(":")[2]
    model = OpenAIChat(
        model=name,
        base_url=where,
        # A server of one's own often wants no key, but the client insists on one.
        api_key=lambda: key or "none",
        timeout=min(limits().timeout, settings.answer_seconds),
        max_retries=limits().retries,
        stream_usage=True,
        use_responses_api=False,
    )
    price = None if own_server else list_price(name)
    return Chat(spec, model, settings.context_tokens, price=price, told=Told(spec, _shown(where), key or ""))


def _local(settings: Settings, spec: str) -> Chat:
    from agent.llama import local_chat  # type: ignore[import-not-found,unused-ignore]

    found: Chat = local_chat(settings, spec)
    return found


def _shown(url: str) -> str:
    """An address without the name and password that it may hold."""
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]


_MAKERS: dict[str, Callable[[Settings, str], Chat]] = {"openai": _openai, "local": _local}
