"""Settings as data: built once at the front door (`agent/cli/`, `agent/wiring.py`) and passed in.

Sources, strongest first: command-line options, environment variables `ALMANAC_<NAME>`, the configuration file
(TOML, `ALMANAC_CONFIG` or `<user config folder>/almanac/config.toml`), the defaults below.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from catalog.errors import SettingError

_SECRET = ("key", "token", "secret")


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


def _split(value: Any) -> Any:
    """`C1, U2` of a variable as a list."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


#: ids of Slack: channels (C…, G…, D…), people (U…, W…) and user groups (S…)
SlackIds = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class SlackChannel(BaseModel):
    """What is different in one channel; the channel `*` stands for all that have no rules of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Literal["mentions", "questions"] = "mentions"
    ephemeral: bool = False
    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    model: str | None = None


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
    slack_bot_token: SecretStr | None = Field(None, description="Bot token (xoxb-…), several workspaces: with commas")
    slack_app_token: SecretStr | None = Field(None, description="App-level token (xapp-…) for Socket Mode")
    slack_signing_secret: SecretStr | None = Field(None, description="Signing secret for HTTP mode")
    slack_mode: Literal["socket", "http"] = Field("socket", description="How Slack reaches the bot")
    slack_listen: str = Field("127.0.0.1:3000", description="HOST:PORT of HTTP mode")
    slack_allowed: SlackIds = Field((), description="Ids of channels, people, groups that are answered; empty: all")
    slack_denied: SlackIds = Field((), description="Ids of channels, people and groups that are not answered")
    slack_channels: dict[str, SlackChannel] = Field(default_factory=dict, description="Rules of single channels")
    slack_source_url: str | None = Field(None, description="Base URL of the cited files, which sources then link to")
    slack_workers: int = Field(4, ge=1, le=64, description="Questions answered at the same time")
    slack_queue: int = Field(500, ge=1, description="Questions that may wait; more are told to come back")
    slack_per_minute: int = Field(10, ge=1, description="Questions a person may ask in a minute")
    slack_grace: float = Field(20, ge=0, description="Seconds that questions get when the bot is told to end")
    slack_api_url: str = Field("https://slack.com/api/", description="Where Slack's Web API is")
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
        got = "" if name.endswith(_SECRET) else f" (got {problem.get('input')!r})"
        raise SettingError(
            f"setting {name!r}: {problem['msg'].lower()}{got}. "
            f"Correct the option, ALMANAC_{name.upper()} or {config_file()}."
        ) from error
    except (ValueError, OSError) as error:
        raise SettingError(f"the configuration file {config_file()} is not readable: {error}") from error
