"""Setting the bot up: the command, the manifest, the doctor, and what each says where something is missing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from people import Person
from said import SQUAD, answers
from slack_server import SCOPES, SlackServer, Team
from stores import Almanac

from agent.slack.manifest import permissions
from catalog.errors import SettingError
from catalog.settings import SlackChannel, load_settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], slack: SlackServer) -> Iterator[None]:
    """The settings of the test's bot as variables."""
    for name, value in options.items():
        monkeypatch.setenv(f"ALMANAC_{name.upper()}", str(value))
    return


def test_the_manifest_asks_for_what_is_needed_and_says_why(almanac: Almanac) -> None:
    ran = almanac("slack", "manifest")
    made = yaml.safe_load(ran.out)
    assert made["oauth_config"]["scopes"]["bot"] == [one.name for one in permissions().scopes if not one.optional]
    assert set(made["oauth_config"]["scopes"]["bot"]) == set(SCOPES.split(","))
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["features"]["slash_commands"][0]["command"] == "/almanac"
    assert "url" not in made["features"]["slash_commands"][0]
    assert len(made["display_information"]["description"]) <= 140
    for permission in permissions().scopes[:3]:
        assert f"- {permission.name:<34} # {permission.why}" in ran.out


def test_the_manifest_of_http_mode_has_addresses(almanac: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_SLACK_MODE", "http")
    made = yaml.safe_load(almanac("slack", "manifest").out)
    address = "https://YOUR-HOST/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["socket_mode_enabled"] is False


def test_the_manifest_asks_for_groups_only_where_they_are_named(
    almanac: Almanac, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALMANAC_SLACK_ALLOWED", "C1,S1")
    assert "usergroups:read" in yaml.safe_load(almanac("slack", "manifest").out)["oauth_config"]["scopes"]["bot"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SLACK_BOT_TOKEN", "the Slack bot has no token. Set ALMANAC_SLACK_BOT_TOKEN"),
        ("SLACK_APP_TOKEN", "Socket Mode needs an app-level token. Set ALMANAC_SLACK_APP_TOKEN"),
    ],
)
def test_a_token_that_is_missing_is_told(
    almanac: Almanac, environment: None, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.delenv(f"ALMANAC_{name}")
    ran = almanac("slack")
    assert ran.code == 1
    assert ran.err.startswith(f"almanac: {said}")
    assert ran.err.count("\n") == 1


def test_a_store_that_is_missing_is_told(
    almanac: Almanac, environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALMANAC_STORE", str(tmp_path / "nothing"))
    ran = almanac("slack")
    assert ran.code == 1
    assert "almanac ingest FOLDER" in ran.err


def test_a_bad_token_is_told_in_one_line_without_it(almanac: Almanac, environment: None, slack: SlackServer) -> None:
    slack.teams = (Team(token="xoxb-another"),)
    ran = almanac("slack")
    assert ran.code == 1
    assert "almanac: Slack refuses the bot token (invalid_auth): it is not a valid token." in ran.err
    assert Team().token not in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", [("slack",), ("slack", "manifest"), ("doctor", "--slack")])
def test_without_the_library_the_cure_is_one_line(
    almanac: Almanac, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ran = almanac(*command)
    assert ran.code == 1
    assert ran.err == "almanac: the Slack bot needs slack-bolt. Install it: pip install 'almanac[slack]'\n"


def test_a_secret_of_a_wrong_kind_is_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("slack_bot_token = 31415926")
    monkeypatch.setenv("ALMANAC_CONFIG", str(tmp_path / "config.toml"))
    with pytest.raises(SettingError, match="setting 'slack_bot_token'") as raised:
        load_settings()
    assert "31415926" not in str(raised.value)


def test_channels_have_rules_in_the_configuration_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'slack_allowed = ["C1", "C2", "S9"]\n\n[slack_channels.C1]\nanswer = "questions"\nephemeral = true\n'
        'allowed = ["U1"]\nmodel = "openai:m,offline"\n'
    )
    monkeypatch.setenv("ALMANAC_CONFIG", str(tmp_path / "config.toml"))
    settings = load_settings()
    assert settings.slack_allowed == ("C1", "C2", "S9")
    assert settings.slack_channels == {
        "C1": SlackChannel(answer="questions", ephemeral=True, allowed=("U1",), model="openai:m,offline")
    }


def test_a_rule_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[slack_channels.C1]\nloud = true\n")
    monkeypatch.setenv("ALMANAC_CONFIG", str(tmp_path / "config.toml"))
    with pytest.raises(SettingError, match=r"slack_channels.C1.loud"):
        load_settings()


def test_the_doctor_finds_tokens_scopes_and_socket_good(almanac: Almanac, environment: None) -> None:
    ran = almanac("doctor", "--slack")
    assert ran.code == 0
    assert "✓ slack bot token  workspace team T1 (T1), bot UBOT" in ran.out
    assert "✓ slack scopes  all 10 that are needed" in ran.out
    assert "✓ slack socket  opened and closed" in ran.out


def test_the_doctor_names_scopes_that_are_missing(almanac: Almanac, environment: None, slack: SlackServer) -> None:
    slack.teams = (Team(scopes=SCOPES.replace("reactions:write,", "") + ",admin"),)
    ran = almanac("doctor", "--slack")
    assert ran.code == 1
    assert "✗ slack scopes  team T1 lacks reactions:write  → reinstall the app" in ran.out


def test_the_doctor_finds_bad_tokens(almanac: Almanac, environment: None, slack: SlackServer) -> None:
    slack.app_token = "xapp-another"
    ran = almanac("doctor", "--slack")
    assert ran.code == 1
    assert "✗ slack socket  Slack refuses the app token (invalid_auth)" in ran.out
    slack.teams = ()
    assert "✗ slack bot token  Slack refuses the bot token (invalid_auth)" in almanac("doctor", "--slack").out


def test_the_doctor_finds_names_where_ids_belong(
    almanac: Almanac, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALMANAC_SLACK_ALLOWED", "C012AB3CD,#general,ann")
    assert "✗ slack rules  no ids: #general, ann" in almanac("doctor", "--slack").out


def test_the_doctor_looks_at_http_mode(almanac: Almanac, environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_SLACK_MODE", "http")
    assert "✓ slack address  127.0.0.1:3000" in almanac("doctor", "--slack").out
    monkeypatch.setenv("ALMANAC_SLACK_SIGNING_SECRET", " ")
    assert "✗ slack signing secret  HTTP mode needs the app's signing secret" in almanac("doctor", "--slack").out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_command_answers_until_it_is_told_to_end(
    slack: SlackServer, environment: None, ann: Person, number: signal.Signals, code: int
) -> None:
    """As a process of its own, as people run it."""
    program = "import sys; from agent.cli import main; sys.argv = ['almanac', 'slack']; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            slack.until(lambda: slack.sockets, "a connection", 60)
            answers(slack, ann.mentions(SQUAD))
            process.send_signal(number)
            _, logged = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == code
    assert "listening to team T1" in logged
    assert "Traceback" not in logged
    assert Team().token not in logged
    assert slack.app_token not in logged


def test_a_revoked_token_ends_the_command_with_the_cure(slack: SlackServer, environment: None, ann: Person) -> None:
    program = "import sys; from agent.cli import main; sys.argv = ['almanac', 'slack']; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            slack.until(lambda: slack.sockets, "a connection", 60)
            slack.refuse("chat.postMessage", "token_revoked")
            ann.mentions(SQUAD)
            _, logged = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 1
    last = logged.splitlines()[-1]
    assert last.startswith("almanac: Slack refuses the bot token (token_revoked): the token was revoked. ")
