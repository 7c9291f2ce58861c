"""Settings as data: built once at the front door (`agent/cli.py`, `agent/wiring.py`) and passed in.

Sources, strongest first: command-line options, environment variables `ALMANAC_<NAME>`, the configuration file
(TOML, `ALMANAC_CONFIG` or `<user config folder>/almanac/config.toml`), the defaults below.
"""

import os
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from catalog.errors import SettingError


def default_store() -> Path:
    """The user's data folder for Almanac."""
    return Path(platformdirs.user_data_dir("almanac")) / "store"


def default_history() -> Path:
    """Where what was typed in chats is kept."""
    return Path(platformdirs.user_state_dir("almanac")) / "chat_history"


def config_file() -> Path:
    """Where the configuration file is looked for."""
    named = os.environ.get("ALMANAC_CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir("almanac")) / "config.toml"


def _check_config_file() -> None:
    """A file that a person named must be there; the one in the configuration folder need not."""
    named = os.environ.get("ALMANAC_CONFIG")
    if named and not Path(named).is_file():
        raise SettingError(f"there is no configuration file {named}. Correct or unset ALMANAC_CONFIG.")


class Settings(BaseSettings):
    """Every setting of Almanac."""

    model_config = SettingsConfigDict(env_prefix="ALMANAC_", env_ignore_empty=True, frozen=True, extra="forbid")

    store: Path = Field(default_factory=default_store, description="Folder of the store")
    database_url: str | None = Field(None, description="SQLAlchemy URL of the catalogue; unset: SQLite in the store")
    journal_url: str | None = Field(
        None, description="SQLAlchemy URL of conversations and feedback; unset: `journal.db` in the store"
    )
    qdrant_url: str | None = Field(None, description="URL of a Qdrant server; unset: Qdrant Edge in the store")
    qdrant_api_key: SecretStr | None = Field(None, description="API key of the Qdrant server")
    embedder: str = Field("wordllama", description="Embedder of passages: `wordllama`, `openai:MODEL`, ...")
    profile_embedder: str | None = Field(None, description="Embedder of asset profiles; unset: that of passages")
    reranker: str | None = Field(None, description="Cross-encoder that looks at the best passages again; unset: none")
    passages_found: int = Field(12, ge=1, le=100, description="How many passages a question is answered from")
    passage_characters: int = Field(1_200, ge=200, le=20_000, description="Characters of a card's passage, at most")
    passage_joined: int = Field(800, ge=0, le=20_000, description="Sections of cards below this length are joined")
    fusion_meaning: float = Field(0.15, ge=0, le=1, description="Share of meaning against words within a document")
    fusion_document: float = Field(2.0, ge=0, description="What a document's rank counts against a passage's in it")
    embedder_base_url: str | None = Field(None, description="Base URL of the embedder's OpenAI-compatible server")
    embedder_api_key: SecretStr | None = Field(None, description="API key of the embedder's server")
    base_url: str | None = Field(None, description="Base URL of the OpenAI-compatible server of `openai:NAME` models")
    api_key: SecretStr | None = Field(None, description="API key of that server; unset: OPENAI_API_KEY")
    model: str = Field("offline", description="Model that answers, or a chain of them: `openai:NAME,offline`")
    answer_seconds: float = Field(90, gt=0, description="Seconds a model may take for an answer")
    answer_tokens: int = Field(100_000, gt=0, description="Tokens a model may take for an answer")
    context_tokens: int | None = Field(None, ge=1_000, description="Tokens that fit into the model; unset: found out")
    trace: Path | None = Field(None, description="File to which every model and tool call is appended, as JSON lines")
    local_threads: int = Field(0, ge=0, description="Threads of a local model; 0: one per core")
    local_gpu_layers: int = Field(0, ge=-1, description="Layers of a local model on the GPU; -1: all")
    local_thoughts: int = Field(256, ge=0, description="Tokens that a local model that thinks may think; 0: none")
    local_profile: Literal["auto", "small", "agent"] = Field(
        "auto", description="How a local model answers: `small`, `agent`, or by its number of parameters"
    )
    chat_history: Path = Field(default_factory=default_history, description="File of what was typed in chats")
    jobs: int = Field(0, ge=0, description="Worker processes of an ingest; 0: one per core")
    max_file_mb: float = Field(20, gt=0, description="Files larger than this are skipped when ingesting, in MB")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, then environment, then the configuration file, then the variable that OpenAI's own tools read."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        key = os.environ.get("OPENAI_API_KEY")
        return init_settings, env_settings, file, InitSettingsSource(settings_cls, {"api_key": key} if key else {})


def load_settings(**options: Any) -> Settings:
    """Settings from all sources; options that are None do not count. Raises SettingError with the cure."""
    _check_config_file()
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(map(str, problem["loc"]))
        got = "" if name.endswith("key") else f" (got {problem.get('input')!r})"
        raise SettingError(
            f"setting {name!r}: {problem['msg'].lower()}{got}. "
            f"Correct the option, ALMANAC_{name.upper()} or {config_file()}."
        ) from error
    except (ValueError, OSError) as error:
        raise SettingError(f"the configuration file {config_file()} is not readable: {error}") from error
