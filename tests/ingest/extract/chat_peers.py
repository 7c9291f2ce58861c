"""What the tests of the extraction by a model talk to: a scripted chat model, and an OpenAI-compatible server."""

import contextlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

Claims = list[dict[str, Any]]


class ScriptedChat(BaseChatModel):
    """Gives the answers of its script in turn and fails when the script ends; an exception in it is raised."""

    script: list[Any]
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    form: str = ""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "ScriptedChat":
        self.form = tools[0]["title"]
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.asked.append(messages)
        assert self.script, "the model was asked more often than its script has answers"
        answer = self.script.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        call = {"name": self.form, "args": {"facts": answer}, "id": "1"}
        usage = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}
        message = AIMessage("", tool_calls=[call], usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=message)])


@dataclass(frozen=True)
class Served:
    """An HTTP answer: a chat completion with some text, or an error."""

    status: int = 200
    body: dict[str, Any] | str = ""
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0


def completion(text: str, finish: str = "stop") -> Served:
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}
    return Served(body=_completion(choice))


def said(*claims: dict[str, Any]) -> Served:
    """An answer in the form of a JSON schema."""
    return completion(json.dumps({"facts": list(claims)}))


def called(*claims: dict[str, Any]) -> Served:
    """An answer as the call of a function."""
    function = {"name": "ModelFacts", "arguments": json.dumps({"facts": list(claims)})}
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "1", "type": "function", "function": function}],
    }
    return Served(body=_completion({"index": 0, "finish_reason": "tool_calls", "message": message}))


def refused(status: int, message: str, code: str | None = None, **headers: str) -> Served:
    return Served(status, {"error": {"message": message, "type": "error", "code": code}}, headers)


def _completion(choice: dict[str, Any]) -> dict[str, Any]:
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}


class ScriptedServer:
    """A server on this machine that gives the answers of its script in turn; `unasked` counts what came after it."""

    def __init__(self) -> None:
        self.script: list[Served] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.unasked = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, key: str, request: dict[str, Any]) -> Served:
        self.requests.append(request)
        self.keys.append(key)
        if path != "/v1/chat/completions" or not self.script:
            self.unasked += 1
            return refused(400, "the script has ended")
        return self.script.pop(0)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                served = peer.answer(self.path, self.headers.get("authorization", ""), request)
                time.sleep(served.pause)
                body = served.body if isinstance(served.body, str) else json.dumps(served.body)
                self.send_response(served.status)
                self.send_header("content-type", "application/json" if isinstance(served.body, dict) else "text/html")
                self.send_header("content-length", str(len(body.encode())))
                for name, value in served.headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                with contextlib.suppress(OSError):  # whoever asked may have gone
                    self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
