"""Which events of Slack are a question to the bot, and what its text is; nothing else is answered."""

import html
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent.slack.asked import Question, Via
from catalog.records import Record
from catalog.settings import SlackChannel

_FILE = Path(__file__).parent / "data" / "hearing.toml"
_ESCAPE = re.compile(r"<([^<>]*)>")
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")

Event = Mapping[str, Any]
Joined = Callable[[str], bool]


class _Words(Record):
    question_words: tuple[str, ...]
    written: tuple[str, ...]


@lru_cache
def _words() -> _Words:
    return _Words(**tomllib.loads(_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Ears:
    """What is heard in one workspace: `bot` is the bot's user there, `joined` whether it is in a conversation."""

    team: str
    bot: str
    rules: Callable[[str], SlackChannel]
    joined: Joined

    def question(self, event: Event, *, in_pane: bool = False) -> Question | None:
        """The question that a message or mention is; None where the bot is not meant."""
        if not self._written_by_a_person(event):
            return None
        channel, ts, raw = str(event["channel"]), str(event["ts"]), str(event.get("text") or "")
        thread = str(event.get("thread_ts") or ts)
        via: Via | None = "pane" if in_pane else self._via(event, raw, f"{self.team}:{channel}:{thread}")
        if via is None:
            return None
        hidden = self.rules(channel).ephemeral and via not in ("direct", "pane")
        return Question(
            team=self.team,
            channel=channel,
            user=str(event["user"]),
            ts=ts,
            thread=thread,
            text=plain(raw, self.bot),
            via=via,
            ephemeral=hidden,
        )

    def _written_by_a_person(self, event: Event) -> bool:
        if event.get("bot_id") or event.get("bot_profile") or not event.get("user") or event["user"] == self.bot:
            return False
        subtype = event.get("subtype")
        return bool(event.get("channel") and event.get("ts")) and (subtype is None or subtype in _words().written)

    def _via(self, event: Event, raw: str, conversation: str) -> Via | None:
        people = _PERSON.findall(raw)
        if event.get("channel_type") == "im":
            return "direct"
        if self.bot in people or event.get("type") == "app_mention":
            return "mention"
        if people:
            return None  # it is said to somebody else
        if event.get("thread_ts") and event["thread_ts"] != event["ts"]:
            return "thread" if self.joined(conversation) else None
        asks = self.rules(str(event["channel"])).answer == "questions" and is_question(plain(raw, self.bot))
        return "question" if asks else None


def is_question(text: str) -> bool:
    """Whether a text asks something: it ends a sentence with `?`, or begins like a question."""
    if re.search(r"\w\W*\?(?:\s|$)", text):
        return True
    begins = " ".join(text.casefold().split()[:2])
    return any(begins == word or begins.startswith(f"{word} ") for word in _words().question_words)


def plain(raw: str, bot: str) -> str:
    """The text as a person wrote it: without the mention of the bot, links and mentions as they look."""
    shown = _ESCAPE.sub(lambda match: _shown(match[1], bot), raw)
    return " ".join(html.unescape(shown).split())


def _shown(inside: str, bot: str) -> str:
    target, _, label = inside.partition("|")
    if target == f"@{bot}":
        return " "
    if target[:1] in ("@", "#"):
        return f"{target[0]}{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    return label or target
