"""An OpenAI-compatible server on this machine that plays a script, streamed or not, and fails when the script ends."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-secret-of-the-tests"
Request = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One answer of the server. `calls` are (tool, arguments as an object or as raw text)."""

    text: str | None = None
    calls: Sequence[tuple[str, dict[str, Any] | str]] = ()
    finish: str = ""
    refusal: str | None = None
    status: int = 200
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    cut: bool = False

    @property
    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.text}
        if self.refusal:
            message["refusal"] = self.refusal
        if self.calls:
            message["tool_calls"] = [_call(number, *call) for number, call in enumerate(self.calls)]
        return message

    @property
    def reason(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")


Step = Reply | Callable[[Request], Reply]


def call(tool: str, /, **arguments: Any) -> Reply:
    """A reply that calls one tool."""
    return Reply(calls=[(tool, arguments)])


def final(**answer: Any) -> Reply:
    """A reply that gives the final answer."""
    return call("final_answer", **answer)


def refused(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """An error in the form of OpenAI's."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": code}})
    return Reply(status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def results(request: Request) -> list[dict[str, Any]]:
    """What the look-ups of a conversation returned so far, as the model reads it."""
    told = [message["content"] for message in request["messages"] if message["role"] == "tool"]
    return [json.loads(text) for text in told if text.startswith("{")]


def set_key(request: Request) -> str:
    """The key of the newest result."""
    return str(results(request)[-1]["set"])


def key_of(request: Request, words: str) -> str:
    """The key of the first entry, of any result, that has these words."""
    for result in results(request):
        for entry in result.get("entries", ()):
            if words.casefold() in json.dumps(entry, ensure_ascii=False).casefold():
                return str(entry["key"])
    raise AssertionError(f"no entry with {words!r} in {results(request)}")


def said_to_model(request: Request) -> str:
    """All that a request says, as one text."""
    return "\n".join(str(message.get("content") or "") for message in request["messages"])


class ScriptedServer:
    """`requests` and `keys` are what was asked and with which key; `unasked` counts what came after the script."""

    def __init__(self) -> None:
        self.script: list[Step] = []
        self.requests: list[Request] = []
        self.keys: list[str] = []
        self.times: list[float] = []
        self.unasked = 0
        self.models: dict[str, Any] = {"object": "list", "data": [{"id": "m", "object": "model"}]}
        self.gone = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def plays(self, *steps: Step) -> None:
        self.script += steps

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, path: str, key: str, request: Request) -> Reply:
        self.requests.append(request)
        self.keys.append(key)
        self.times.append(time.monotonic())
        if path != "/v1/chat/completions" or not self.script:
            self.unasked += 1
            return refused(400, "the script has ended")
        step = self.script.pop(0)
        return step if isinstance(step, Reply) else step(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(200, {"content-type": "application/json"}, [json.dumps(peer.models)])

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                reply = peer.reply(self.path, self.headers.get("authorization", ""), request)
                peer.gone.wait(reply.pause)
                if reply.body is not None:
                    self._send(reply.status, {"content-type": "application/json"} | reply.headers, [reply.body])
                elif request.get("stream"):
                    self._send(200, {"content-type": "text/event-stream"}, _streamed(reply))
                else:
                    self._send(200, {"content-type": "application/json"}, [json.dumps(_completion(reply))])

            def _send(self, status: int, headers: dict[str, str], pieces: Any) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("connection", "close")
                self.end_headers()
                with contextlib.suppress(OSError):  # whoever asked may have gone
                    for piece in pieces:
                        self.wfile.write(piece.encode())
                        self.wfile.flush()
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _call(number: int, name: str, arguments: dict[str, Any] | str) -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": text}}


_USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


def _completion(reply: Reply) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": reply.reason, "message": reply.message}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": _USAGE}


def _streamed(reply: Reply) -> Iterator[str]:
    """Server-sent events: text by words, arguments in small pieces, then usage."""
    yield _event({"role": "assistant", "content": ""})
    for word in re.findall(r"\s*\S+", reply.text or ""):
        yield _event({"content": word})
    if reply.refusal:
        yield _event({"refusal": reply.refusal})
    for index, one in enumerate(reply.message.get("tool_calls", ())):
        function = one["function"]
        yield _event({"tool_calls": [{"index": index, **one, "function": {"name": function["name"], "arguments": ""}}]})
        for start in range(0, len(function["arguments"]), 7):
            piece = function["arguments"][start : start + 7]
            yield _event({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
            if reply.cut:
                return
    if reply.cut:
        return
    yield _event({}, reply.reason)
    yield f"data: {json.dumps(_chunk([], usage=_USAGE))}\n\n"
    yield "data: [DONE]\n\n"


def _event(delta: dict[str, Any], finish: str | None = None) -> str:
    return f"data: {json.dumps(_chunk([{'index': 0, 'delta': delta, 'finish_reason': finish}]))}\n\n"


def _chunk(choices: list[Any], **more: Any) -> dict[str, Any]:
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": choices} | more
