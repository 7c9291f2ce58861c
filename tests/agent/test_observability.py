"""Traces to LangSmith and OpenTelemetry: only where their own variables ask for it, and never with a key."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from scripted_server import KEY, ScriptedServer, call, final, set_key

PROGRAM = [sys.executable, "-c", "from agent.cli import main; main()"]
ROOT = Path(__file__).parents[2]
QUESTION = "Which models were trained on SQuAD 2.0?"


class Collector:
    """What was sent to an OpenTelemetry collector on this machine: (path, body) each."""

    def __init__(self) -> None:
        received: list[tuple[str, bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append((self.path, self.rfile.read(int(self.headers["Content-Length"] or 0))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on standard error."""

        self.received = received
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def asked(server: ScriptedServer, store: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    server.plays(
        call("find_models", trained_on="squad_v2"), lambda request: final(kind="list", sets=[set_key(request)])
    )
    arguments = ["ask", QUESTION, "--model", "openai:m", "--base-url", server.url, "--store", str(store)]
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        env=os.environ | {"ALMANAC_API_KEY": KEY} | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )


def test_spans_go_to_a_collector_where_the_variables_name_one(
    server: ScriptedServer, sample_store: Path, collector: Collector
) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    asked(
        server,
        sample_store,
        LANGSMITH_TRACING="true",
        LANGSMITH_TRACING_MODE="otel",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
    )
    assert {path for path, _ in collector.received} == {"/v1/traces"}
    spans = b"".join(body for _, body in collector.received)
    assert b"find_models" in spans
    assert b"squad_v2" in spans
    assert KEY.encode() not in spans


def test_without_these_variables_nothing_is_sent(
    server: ScriptedServer, sample_store: Path, collector: Collector
) -> None:
    asked(server, sample_store, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, LANGSMITH_ENDPOINT=collector.url)
    assert collector.received == []
