"""What is read of a model file before it is loaded, and what a person reads where it is none."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_models import LLAMA, WEIGHTS, needs_smollm2, write_gguf

from agent.gguf import read_gguf
from agent.llama import _path_of
from agent.llama_load import Load, fitted, free_memory
from catalog.errors import SettingError

GIB = 1 << 30


def test_the_header_tells_size_context_and_template(tmp_path: Path) -> None:
    gguf = read_gguf(write_gguf(tmp_path / "tiny.gguf", LLAMA, WEIGHTS))
    assert (gguf.name, gguf.architecture, gguf.context) == ("Tiny", "llama", 4096)
    assert gguf.parameters == 2048 * 5632 + 2048 * 32000
    assert gguf.template == "{{ messages[0]['content'] }}"


def test_a_token_of_context_takes_keys_and_values_of_all_layers(tmp_path: Path) -> None:
    gguf = read_gguf(write_gguf(tmp_path / "tiny.gguf", LLAMA, WEIGHTS))
    assert gguf.cache_bytes == 22 * 4 * (64 + 64) * 2


def test_layers_may_differ_in_heads(tmp_path: Path) -> None:
    pairs = LLAMA | {"llama.attention.head_count_kv": [4, 8], "llama.block_count": 2}
    assert read_gguf(write_gguf(tmp_path / "tiny.gguf", pairs, WEIGHTS)).cache_bytes == 12 * (64 + 64) * 2


def test_a_model_in_several_files_is_one_model(tmp_path: Path) -> None:
    first = write_gguf(tmp_path / "big-00001-of-00002.gguf", LLAMA, {"a": (10, 10)})
    second = write_gguf(tmp_path / "big-00002-of-00002.gguf", {}, {"b": (5, 5)})
    gguf = read_gguf(first)
    assert gguf.parameters == 125
    assert gguf.bytes == first.stat().st_size + second.stat().st_size


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    first = write_gguf(tmp_path / "big-00001-of-00002.gguf", LLAMA, WEIGHTS)
    with pytest.raises(SettingError, match=r"is one of 2 files and big-00002-of-00002.gguf is missing"):
        read_gguf(first)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read|not a GGUF file"),
        (b"PK\x03\x04 a zip", "is not a GGUF file"),
        (b"GGUF\x01\x00\x00\x00" + b"\0" * 16, "is GGUF version 1"),
        (b"GGUF\x03\x00\x00\x00" + b"\xff" * 16, "is damaged or not complete"),
        (b"GGUF\x03\x00\x00", "is damaged or not complete"),
    ],
)
def test_what_is_no_model_is_said_in_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "other.gguf"
    file.write_bytes(content)
    with pytest.raises(SettingError, match=said) as raised:
        read_gguf(file)
    assert "\n" not in str(raised.value)


def test_a_download_that_was_cut_off_is_not_complete(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", LLAMA, WEIGHTS)
    file.write_bytes(file.read_bytes()[:-120])
    with pytest.raises(SettingError, match=r"is damaged or not complete\. Fetch it again"):
        read_gguf(file)


def test_a_vocabulary_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="holds no language model"):
        read_gguf(write_gguf(tmp_path / "vocab.gguf", LLAMA, {}))


@given(cut=st.integers(0, 400), noise=st.binary(max_size=40))
def test_a_damaged_header_never_crashes(tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes) -> None:
    file = write_gguf(tmp_path_factory.mktemp("noise") / "tiny.gguf", LLAMA, WEIGHTS, data=0)
    raw = file.read_bytes()
    file.write_bytes(raw[:cut] + noise + raw[cut + len(noise) :])
    with contextlib.suppress(SettingError):
        assert read_gguf(file).parameters > 0


@pytest.mark.parametrize("spec", ["local:", "local:nothing", "local:some/folder"])
def test_a_spec_that_names_nothing_says_what_does(spec: str) -> None:
    with pytest.raises(SettingError, match=r"Name a file: local:PATH.gguf, or local:smollm2"):
        _path_of(spec)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingError, match=r"there is no model file .*gone\.gguf"):
        read_gguf(_path_of("local:gone.gguf"))


def test_the_context_is_what_fits_the_model_and_the_memory(tmp_path: Path) -> None:
    gguf = read_gguf(write_gguf(tmp_path / "tiny.gguf", LLAMA, WEIGHTS))
    assert fitted(gguf, Load(0, 2), 8 * GIB).context == 4096
    assert fitted(gguf, Load(1000, 2), 8 * GIB).context == 1000
    assert fitted(gguf, Load(9999, 2), 8 * GIB).context == 4096
    room_for_3000 = gguf.bytes + (150 << 20) + 3000 * gguf.cache_bytes
    assert fitted(gguf, Load(0, 2), room_for_3000).context == 3000


def test_too_little_memory_is_said_before_loading(tmp_path: Path) -> None:
    gguf = read_gguf(write_gguf(tmp_path / "tiny.gguf", LLAMA, WEIGHTS))
    with pytest.raises(SettingError, match=r"needs about 0\.2 GiB with a context of 2048 tokens, 0\.1 GiB .* are free"):
        fitted(gguf, Load(0, 2), 100 << 20)


def test_free_memory_is_the_smaller_of_machine_and_container(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 4000 kB\n")
    assert free_memory(tmp_path / "meminfo", tmp_path) == 4000 << 10
    (tmp_path / "memory.current").write_text("500\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory(tmp_path / "meminfo", tmp_path) == 4000 << 10
    (tmp_path / "memory.max").write_text("1500\n")
    assert free_memory(tmp_path / "meminfo", tmp_path) == 1000
    assert free_memory(tmp_path / "nothing", tmp_path) is None


@needs_smollm2
def test_the_model_of_the_package_is_found_without_importing_it() -> None:
    gguf = read_gguf(_path_of("local:smollm2"))
    assert gguf.parameters == 134_515_008
    assert gguf.context == 8192
