"""Errors of Slack told apart: those with which the bot cannot go on, and those that concern one message."""

import tomllib
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from catalog.errors import StoreError, UnavailableError
from catalog.records import Record

_FILE = Path(__file__).parent / "data" / "errors.toml"
#: whatever a call of Slack may raise: what it says, what it cannot be made to understand, and the network
SLACK: tuple[type[Exception], ...] = (SlackClientError, URLError, HTTPException, OSError)
#: what may go wrong with one question or click
FAILURES: tuple[type[Exception], ...] = (*SLACK, StoreError)


class _Codes(Record):
    fatal: dict[str, str]
    passing: dict[str, str]


@lru_cache
def _codes() -> _Codes:
    return _Codes(**tomllib.loads(_FILE.read_text(encoding="utf-8")))


def code_of(error: Exception) -> str:
    """The code that Slack gave, `channel_not_found`; empty where it gave none."""
    return str(error.response.get("error") or "") if isinstance(error, SlackApiError) else ""


def is_fatal(error: Exception) -> bool:
    """Whether the token is no longer good."""
    return code_of(error) in _codes().fatal


def told(error: Exception) -> str:
    """What is wrong, for a person in Slack."""
    code = code_of(error)
    return _codes().passing.get(code) or (f"Slack says: {code}" if code else "Slack cannot be reached")


def refused(which: str, setting: str, code: str) -> UnavailableError:
    """A token that is no longer good, with the cure."""
    why = _codes().fatal.get(code, "Slack does not take it")
    return UnavailableError(
        f"Slack refuses the {which} ({code}): {why}. Install the app again where it is missing, "
        f"and set {setting} to its present token."
    )
