"""Who is answered where: allowed and denied channels, people and groups, and how many questions a minute."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from agent.slack.asked import Question
from agent.slack.trouble import SLACK
from agent.slack.workspaces import Workspaces
from catalog.settings import Settings, SlackChannel

log = logging.getLogger("almanac.slack")

EVERYWHERE = "*"
_CHANNEL, _GROUP = ("C", "G", "D"), "S"
_GROUP_SECONDS = 600
_MINUTE = 60.0


def rules_of(settings: Settings, channel: str) -> SlackChannel:
    """The rules of a channel, else those of `*`."""
    rules = settings.slack_channels
    return rules.get(channel) or rules.get(EVERYWHERE) or SlackChannel()


class Permission:
    """Says why a question is not answered; None where it is."""

    def __init__(self, settings: Settings, workspaces: Workspaces, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._workspaces = workspaces
        self._clock = clock
        self._asked: dict[tuple[str, str], deque[float]] = {}
        self._groups: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}
        self._one_at_a_time = threading.Lock()

    def refusal(self, question: Question) -> str | None:
        settings, rules = self._settings, rules_of(self._settings, question.channel)
        channels = [id_ for id_ in settings.slack_allowed if id_.startswith(_CHANNEL)]
        if question.channel in settings.slack_denied or (channels and question.channel not in channels):
            return "I do not answer in this channel."
        for allowed, denied in ((settings.slack_allowed, settings.slack_denied), (rules.allowed, rules.denied)):
            people = [id_ for id_ in allowed if not id_.startswith(_CHANNEL)]
            if self._among(question, denied) or (people and not self._among(question, people)):
                return "You are not among those whom I may answer here. Whoever runs me can change that."
        return None

    def hurry(self, question: Question) -> str | None:
        """Why a person has to wait: too many questions within a minute; else this one counts."""
        now, most = self._clock(), self._settings.slack_per_minute
        with self._one_at_a_time:
            for person in [person for person, times in self._asked.items() if now - times[-1] >= _MINUTE]:
                del self._asked[person]
            times = self._asked.setdefault((question.team, question.user), deque(maxlen=most))
            if len(times) == most and now - times[0] < _MINUTE:
                seconds = int(_MINUTE - (now - times[0])) + 1
                return f"You asked {most} questions within a minute. Ask again in {seconds} s."
            times.append(now)
        return None

    def _among(self, question: Question, ids: Iterable[str]) -> bool:
        """Whether the person is one of `ids`, or in one of their groups."""
        listed = list(ids)
        groups = [id_ for id_ in listed if id_.startswith(_GROUP)]
        return question.user in listed or any(question.user in self._members(question, group) for group in groups)

    def _members(self, question: Question, group: str) -> frozenset[str]:
        """Who is in a user group; asked again after ten minutes."""
        key = (question.team, group)
        known = self._groups.get(key)
        if known and self._clock() - known[0] < _GROUP_SECONDS:
            return known[1]
        workspace = self._workspaces.of(question.team)
        try:
            users = workspace.client.usergroups_users_list(usergroup=group).get("users") if workspace else ()
        except SLACK as error:
            log.error("the members of group %s are not to be had (%s): nobody counts as one", group, error)
            return known[1] if known else frozenset()
        members = frozenset(map(str, users or ()))
        self._groups[key] = (self._clock(), members)
        return members
