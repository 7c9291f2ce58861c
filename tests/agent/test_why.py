"""`almanac why` and the command line with a model: what is kept of the last answer, and how it is made again."""

import json
import signal
import threading
from pathlib import Path

import pytest
from scripted_server import KEY, Reply, Request, ScriptedServer, call, final, refused, set_key
from stores import Almanac

from agent.remembering import place

QUESTION = "Which models were trained on SQuAD 2.0?"


@pytest.fixture
def sample(almanac: Almanac, sample_store: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Almanac:
    """The command line on the sample catalogue with the scripted server as its model."""
    monkeypatch.setenv("ALMANAC_STORE", str(sample_store))
    monkeypatch.setenv("ALMANAC_BASE_URL", server.url)
    monkeypatch.setenv("ALMANAC_API_KEY", KEY)
    return almanac


def listing(server: ScriptedServer) -> None:
    server.plays(
        call("find_models", trained_on="squad_v2"), lambda request: final(kind="list", sets=[set_key(request)])
    )


def test_nothing_asked_is_nothing_to_explain(almanac: Almanac) -> None:
    ran = almanac("why")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == 'almanac: nothing was asked yet. Ask something: almanac ask "…"\n'


def test_the_last_answer_is_told_with_its_look_ups_and_evidence(sample: Almanac, server: ScriptedServer) -> None:
    listing(server)
    asked = sample("ask", QUESTION, "--model", "openai:m")
    assert "openai:m · " in asked.out
    assert "200 tokens in, 20 out, price unknown" in asked.out
    out = sample("why").out
    assert f"Asked: {QUESTION}" in out
    assert "1. find_models: trained_on squad_v2 → " in out
    assert "Understood as: models · trained on squad_v2" in out
    assert "deepset/minilm-uncased-squad2/README.md" in out


@pytest.mark.parametrize("model", ["openai:m", "offline"])
def test_look_ups_are_made_again_without_a_model(model: str, sample: Almanac, server: ScriptedServer) -> None:
    if model != "offline":
        listing(server)
    total = json.loads(sample("ask", QUESTION, "--model", model, "--json").out)["total"]
    asked_before = len(server.requests)
    assert "   again: the same\n" in sample("why", "--replay").out
    assert json.loads(sample("why", "--replay", "--json").out)["replayed"] == [total]
    assert len(server.requests) == asked_before


def test_what_is_kept_is_for_its_owner_and_holds_no_key(sample: Almanac, server: ScriptedServer) -> None:
    listing(server)
    sample("ask", QUESTION, "--model", "openai:m")
    assert place().stat().st_mode & 0o077 == 0
    assert KEY not in place().read_text()


def test_a_file_of_another_version_is_one_line(sample: Almanac) -> None:
    place().parent.mkdir(parents=True)
    place().write_text('{"old": 1}')
    assert "is of another version" in sample("why").err


def test_usage_and_cost_are_in_the_json_of_a_model(sample: Almanac, server: ScriptedServer) -> None:
    listing(server)
    answer = json.loads(sample("ask", QUESTION, "--model", "openai:m", "--json").out)
    assert answer["usage"] == {"input_tokens": 200, "output_tokens": 20, "cost": None}
    assert answer["model"] == "openai:m"


def test_a_trace_may_be_named_on_the_command_line(sample: Almanac, server: ScriptedServer, tmp_path: Path) -> None:
    listing(server)
    sample("ask", QUESTION, "--model", "openai:m", "--trace", tmp_path / "t.jsonl")
    assert '"event": "model_call"' in (tmp_path / "t.jsonl").read_text()


def test_ctrl_c_prints_what_there_is_and_is_130(sample: Almanac, server: ScriptedServer) -> None:
    def interrupting(_: Request) -> Reply:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return Reply(text="never read", pause=20)

    server.plays(call("get_assets", ids=["gpt2"], fields=["license"]), interrupting)
    ran = sample("ask", "What is the licence of gpt2?", "--model", "openai:m")
    assert ran.code == 130
    assert "mit" in ran.out
    assert "Stopped: this is what was found so far." in ran.out


def test_a_batch_goes_on_after_a_question_that_failed(sample: Almanac, server: ScriptedServer, tmp_path: Path) -> None:
    lines = [json.dumps({"id": id_, "question": QUESTION}) for id_ in ("a", "b")]
    (tmp_path / "q.jsonl").write_text("\n".join(lines))
    server.plays(refused(400, "what?"))
    listing(server)
    ran = sample("batch", tmp_path / "q.jsonl", "--output", tmp_path / "a.jsonl", "--model", "openai:m")
    assert ran.code == 3
    assert "question a: openai:m at" in ran.err
    first, second = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert (first["id"], first["abstained"], first["citations"]) == ("a", True, [])
    assert second["total"] > 0


def test_a_batch_that_can_answer_nothing_is_one_line(sample: Almanac, server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": "a", "question": QUESTION}))
    server.plays(refused(401, "bad key"))
    ran = sample("batch", tmp_path / "q.jsonl", "--output", tmp_path / "a.jsonl", "--model", "openai:m")
    assert ran.code == 1
    assert "refused the key" in ran.err
