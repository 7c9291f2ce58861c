"""Settings: where they come from, what wins, and what a person reads when one cannot work."""

import re
from pathlib import Path

import pytest

from catalog.errors import SettingError
from catalog.settings import Settings, config_file, load_settings

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def configuration() -> Path:
    file = config_file()
    file.parent.mkdir(parents=True)
    return file


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_and_documented(name: str) -> None:
    assert Settings.model_fields[name].description
    assert re.search(rf"\bALMANAC_{name.upper()}\b", README.read_text(encoding="utf-8")), f"README lacks {name}"


def test_the_readme_documents_no_setting_that_is_gone() -> None:
    documented = set(re.findall(r"\bALMANAC_([A-Z_]+)\b", README.read_text(encoding="utf-8")))
    assert documented <= {name.upper() for name in Settings.model_fields} | {"CONFIG"}


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.model == "offline"
    assert settings.store.is_relative_to(Path.home())


def test_options_win_over_the_environment_which_wins_over_the_file(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration.write_text('embedder = "of the file"\nmodel = "of the file"\njobs = 3\n')
    monkeypatch.setenv("ALMANAC_EMBEDDER", "of the environment")
    monkeypatch.setenv("ALMANAC_MODEL", "of the environment")
    settings = load_settings(model="of the option", store=None)
    assert (settings.model, settings.embedder, settings.jobs) == ("of the option", "of the environment", 3)


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load_settings()
    for name in ("STORE", "DATABASE_URL", "JOBS", "MODEL"):
        monkeypatch.setenv(f"ALMANAC_{name}", "")
    assert load_settings() == expected


def test_another_file_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text("jobs = 7")
    monkeypatch.setenv("ALMANAC_CONFIG", str(tmp_path / "mine.toml"))
    assert load_settings().jobs == 7


def test_a_file_that_is_named_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_CONFIG", str(tmp_path / "typo.toml"))
    with pytest.raises(SettingError, match=r"no configuration file .*typo.toml. Correct or unset ALMANAC_CONFIG"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JOBS", "many", "setting 'jobs': input should be a valid integer"),
        ("JOBS", "-1", "setting 'jobs': input should be greater than or equal to 0"),
        ("MAX_FILE_MB", "0", "setting 'max_file_mb': input should be greater than 0"),
    ],
)
def test_a_wrong_value_in_the_environment(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"ALMANAC_{name}", value)
    with pytest.raises(SettingError) as raised:
        load_settings()
    assert said in str(raised.value)
    assert f"got {value!r}" in str(raised.value)
    assert f"ALMANAC_{name}" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"jobs = 'many'", "setting 'jobs': input should be a valid integer"),
        (b"colour = 'red'", "setting 'colour': extra inputs are not permitted"),
        (b"jobs =", "is not readable"),
        (b"\xff\xfe", "is not readable"),
    ],
)
def test_a_wrong_configuration_file(text: bytes, said: str, configuration: Path) -> None:
    configuration.write_bytes(text)
    with pytest.raises(SettingError) as raised:
        load_settings()
    assert said in str(raised.value)
    assert str(configuration) in str(raised.value)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMANAC_QDRANT_API_KEY", "sesame")
    assert "sesame" not in repr(load_settings())


def test_the_variable_of_openai_is_the_last_place_where_a_key_is_looked_for(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().api_key is None
    monkeypatch.setenv("OPENAI_API_KEY", "of OpenAI")
    for place in ("of OpenAI", "of the file", "of Almanac"):
        if place == "of the file":
            configuration.write_text(f'api_key = "{place}"')
        if place == "of Almanac":
            monkeypatch.setenv("ALMANAC_API_KEY", place)
        key = load_settings().api_key
        assert key
        assert key.get_secret_value() == place


def test_a_key_of_a_wrong_kind_is_not_repeated(configuration: Path) -> None:
    configuration.write_text("api_key = 31415926")
    with pytest.raises(SettingError, match="setting 'api_key'") as raised:
        load_settings()
    assert "31415926" not in str(raised.value)
