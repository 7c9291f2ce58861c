"""What the bot writes to its log, without tokens, secrets, and addresses that hold them."""

import logging
import re
from collections.abc import Sequence

from pydantic import SecretStr

from catalog.settings import Settings

LOGGERS = ("almanac.slack", "slack_bolt", "slack_sdk")
_TOKEN = re.compile(r"\b(?:xox[a-z]|xapp|xwfp)-[\w%.-]+|(?<=ticket=)[^\s&\"']+|(?<=hooks\.slack\.com/)[^\s\"']+")
_HIDDEN = "…"


class Redacting(logging.Formatter):
    """Formats like its parent, then takes out tokens by their form and secrets by their text."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return _TOKEN.sub(_HIDDEN, text)


def log_to_stderr(settings: Settings, level: int) -> logging.Handler:
    """Write what the bot and Slack's libraries log to stderr; the handler, to be removed at the end."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(_secrets(settings)))
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.addHandler(handler)
        logger.propagate = False
    return handler


def stop_logging(handler: logging.Handler) -> None:
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
        logger.propagate = True


def _secrets(settings: Settings) -> list[str]:
    values = [getattr(settings, name) for name in type(settings).model_fields]
    return [secret.get_secret_value() for secret in values if isinstance(secret, SecretStr)]
