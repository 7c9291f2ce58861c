"""What was answered is kept in the store folder: an interrupted extraction goes on without paying twice.

    STORE/cache/llm/<hash of model, prompt, schema and document>.json

Nothing there is ever out of date: another model, prompt, schema or document has another name. It survives `--rebuild`.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from catalog.generations import write_atomically


class Reply(BaseModel):
    """An answer as it came: the claims unchecked, so that better checks need no new answer.

    `cut` where the model stopped at a limit of length.
    """

    model_config = ConfigDict(frozen=True)

    claims: tuple[Any, ...]
    input_tokens: int = 0
    output_tokens: int = 0
    cut: bool = False


@dataclass(frozen=True)
class ReplyCache:
    """Answers on disk, one file each."""

    folder: Path

    def get(self, key: str) -> Reply | None:
        """The answer kept under a key; None where there is none that can be read."""
        try:
            return Reply.model_validate_json(self._file(key).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def put(self, key: str, reply: Reply) -> None:
        """Keep an answer; raises OSError where the disk does not take it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file(key), reply.model_dump_json())

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def reply_key(*parts: str) -> str:
    """A name for the answer to a question, given everything that the question consists of."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
