"""`almanac doctor --model`: what a person is told about a model's server."""

import pytest
from scripted_server import KEY, Reply, ScriptedServer, call, refused
from stores import Almanac


@pytest.fixture
def doctor(almanac: Almanac, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Almanac:
    monkeypatch.setenv("ALMANAC_API_KEY", KEY)
    return lambda *more: almanac("doctor", "--model", "openai:m", "--base-url", server.url, *more)


def test_a_good_model_is_told_with_its_latency_and_abilities(doctor: Almanac, server: ScriptedServer) -> None:
    server.models = {"object": "list", "data": [{"id": "m", "object": "model", "max_model_len": 8192}]}
    server.plays(call("legs", owls=3, dogs=2), Reply(text='{"owls": 3, "dogs": 2}'))
    out = doctor().out
    assert "✓ model openai:m  answered in 0." in out
    assert "100 tokens in, 10 out" in out
    assert "✓ tool calling  calls tools" in out
    assert "✓ structured output  answers in a given form" in out
    assert "✓ context  8,192 tokens" in out
    assert [tool["function"]["name"] for tool in server.requests[0]["tools"]] == ["legs"]
    assert server.keys == [f"Bearer {KEY}"] * 2


def test_what_a_model_cannot_do_is_told_with_what_that_means(doctor: Almanac, server: ScriptedServer) -> None:
    server.plays(
        refused(400, "tool_choice is not supported"), Reply(text="16 legs"), refused(400, "response_format? no")
    )
    out = doctor().out
    assert "– tool calling  it does not call tools; most answers will be by rules" in out
    assert "– structured output  refused" in out
    assert "– context  the server does not say" in out


def test_a_wrong_key_is_told_with_the_cure(doctor: Almanac, server: ScriptedServer) -> None:
    server.plays(*[refused(401, f"bad key {KEY}")] * 2)
    ran = doctor()
    assert "✗ model openai:m" in ran.out
    assert "refused the key. Correct OPENAI_API_KEY" in ran.out
    assert KEY not in ran.out + ran.err
    assert ran.code == 1


def test_offline_needs_no_model(almanac: Almanac) -> None:
    assert "✓ model offline  no model is needed" in almanac("doctor", "--model", "offline").out
