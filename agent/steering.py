"""Middleware of the loop: what each model call is sent, what is made of its reply, and when it is over.

LangChain's own middleware counts calls, tries again and clears old results; here is what is particular to us: the
final answer as one more tool, a request that is narrowed until it fits, and replies that call tools in plain text.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import openai
from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse, hook_config
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage, convert_to_openai_messages
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.failures import FOREIGN, is_overflow, is_refused_setting
from agent.final import NAME, FinalAnswer
from agent.limits import Narrow, limits
from agent.models import Chat
from agent.run import Run
from agent.tools.calling import description, schema
from agent.tools.toolbox import NAMES
from agent.tracing import Trace
from catalog.errors import AlmanacError, ToolError
from prompts import render

_FEW = ("find_models", "get_assets", "search_passages", NAME)
_CUT = "… (cut)"
Request = ModelRequest[None]
Response = ModelResponse[Any]
Handler = Callable[[Request], Response]


def tools_of(run: Run) -> list[BaseTool]:
    """The look-ups and the final answer as LangChain tools; a wrong call is told to the model."""
    made = [_tool(name, description(name), schema(name), _looking_up(run, name)) for name in NAMES]
    form = _form()
    return [*made, _tool(NAME, str(form.pop("description", "")), form, lambda **given: run.finish(given))]


def _tool(name: str, words: str, form: dict[str, Any], function: Callable[..., str]) -> BaseTool:
    def told(**given: Any) -> str:
        try:
            return function(**given)
        except ToolError as error:
            raise ToolException(str(error)) from error

    return StructuredTool(name=name, description=words, args_schema=form, func=told, handle_tool_error=True)


def _looking_up(run: Run, name: str) -> Callable[..., str]:
    return lambda **given: run.look_up(name, given)


def _form() -> dict[str, Any]:
    function: dict[str, Any] = convert_to_openai_tool(FinalAnswer)["function"]
    form: dict[str, Any] = function["parameters"] | {"description": function["description"]}
    return form


@dataclass
class Steering(AgentMiddleware[AgentState[Any], None, Any]):
    """Steers one run; `_as_form` asks for the final answer as structured output instead of a call."""

    run: Run
    chat: Chat
    trace: Trace
    tools: Sequence[BaseTool] = field(default=(), init=False)
    _as_form: bool = False

    @hook_config(can_jump_to=["end"])
    def before_model(self, state: AgentState[Any], runtime: Any) -> dict[str, Any] | None:
        return {"jump_to": "end"} if self.run.over else None

    def wrap_model_call(self, request: Request, handler: Handler) -> Response:
        """One model call, narrowed until it fits; its reply with every call where a call belongs."""
        self.run.budget.model_calls += 1
        response = self._fitted(self._steered(request), handler)
        replies = [_with_calls(m) if isinstance(m, AIMessage) else m for m in response.result]
        for message in replies:
            if isinstance(message, AIMessage) and message.usage_metadata:
                self.run.budget.input_tokens += message.usage_metadata["input_tokens"]
                self.run.budget.output_tokens += message.usage_metadata["output_tokens"]
        return ModelResponse(result=replies)

    @hook_config(can_jump_to=["end", "model"])
    def after_model(self, state: AgentState[Any], runtime: Any) -> dict[str, Any] | None:
        """A refusal ends the run; a reply that calls nothing is asked for again, a few times."""
        reply = next((m for m in reversed(state["messages"]) if isinstance(m, AIMessage)), None)
        if reply is None:
            return None
        if reply.tool_calls:
            self.chat.manners.mute = False
            return None
        refusal = _refusal(reply)
        if refusal:
            self.run.gave_up = refusal
            return {"jump_to": "end"}
        self.run.refuse()
        if self.run.over:
            self.chat.manners.mute = self.run.is_mute
            return {"jump_to": "end"}
        looked_up = bool(self.run.ledger.sets)
        self._as_form = looked_up and self.chat.manners.forms and not reply.invalid_tool_calls
        said = render("call_final_answer" if looked_up else "look_up_first")
        return {"jump_to": "model", "messages": [HumanMessage(said)]}

    def _steered(self, request: Request) -> Request:
        """With every tool and a call demanded; only the final answer where it is time for it."""
        if self._as_form and self.chat.manners.forms:
            form = {"type": "json_schema", "json_schema": {"name": NAME, "schema": _form()}}
            return request.override(tools=[], model_settings={"response_format": form, "stream": False})
        if self.run.enough:
            final = [tool for tool in request.tools if _name(tool) == NAME]
            request = request.override(tools=final, messages=[*request.messages, HumanMessage(render("answer_now"))])
        if self.chat.manners.mute:
            request = request.override(model_settings={"extra_body": {"max_tokens": limits().mute}})
        return request.override(tool_choice="any" if self.chat.manners.tool_choice else None)

    def _fitted(self, request: Request, handler: Handler) -> Response:
        """The reply to the request, or to one that is narrower or has fewer settings where the server refuses it."""
        while True:
            try:
                return self._traced(_narrowed(request, self.chat.manners.narrow), handler)
            except (openai.OpenAIError, ContextOverflowError) as error:
                if not self._learned(error):
                    raise self._told(error) from error
                request = self._steered(request.override(model_settings={}))
            except FOREIGN as error:
                raise self._told(error) from error

    def _learned(self, error: Exception) -> bool:
        """Whether the error taught something about the server that makes another attempt worth it."""
        manners = self.chat.manners
        if is_overflow(error) and manners.narrow < len(limits().narrow):
            manners.narrow += 1
        elif manners.tool_choice and not self._as_form and is_refused_setting(error, "tool_choice"):
            manners.tool_choice = False
        elif manners.forms and self._as_form and is_refused_setting(error, "response_format"):
            manners.forms = self._as_form = False
        else:
            return False
        return True

    def _told(self, error: Exception) -> Exception:
        if isinstance(error, AlmanacError) or self.chat.told is None:
            return error
        return self.chat.told.unavailable(error)

    def _traced(self, request: Request, handler: Handler) -> Response:
        self.trace.write(
            "model_call",
            model=self.chat.spec,
            messages=convert_to_openai_messages([*filter(None, [request.system_message]), *request.messages]),
            tools=[_name(tool) for tool in request.tools],
        )
        try:
            response = handler(request)
        except FOREIGN as error:
            self.trace.write("model_error", model=self.chat.spec, error=f"{type(error).__name__}: {error}")
            raise
        for message in response.result:
            usage = message.usage_metadata if isinstance(message, AIMessage) else None
            self.trace.write("model_reply", message=convert_to_openai_messages(message), usage=usage)
        return response


def _narrowed(request: Request, stage: int) -> Request:
    """The request as it is sent at a stage of narrowness; 0 is all of it."""
    if stage == 0:
        return request
    narrow = limits().narrow[stage - 1]
    tools = [tool for tool in request.tools if narrow.tools == "all" or _name(tool) in _FEW]
    return request.override(messages=_shortened(request.messages, narrow), tools=tools)


def _shortened(messages: Sequence[AnyMessage], narrow: Narrow) -> list[AnyMessage]:
    """Results of look-ups cut: the newest to `newest` characters, the ones before to `older`."""
    newest = next((m for m in reversed(messages) if isinstance(m, ToolMessage)), None)
    kept: list[AnyMessage] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            longest = narrow.newest if message is newest else narrow.older
            text = str(message.content)
            message = message.model_copy(update={"content": text if len(text) <= longest else text[:longest] + _CUT})
        kept.append(message)
    return kept


def _name(tool: BaseTool | dict[str, Any]) -> str:
    return tool.name if isinstance(tool, BaseTool) else str(tool.get("name", ""))


def _refusal(reply: AIMessage) -> str:
    """Why a model does not want to answer, or may not; empty where it does."""
    if reply.additional_kwargs.get("refusal"):
        return "it declined to answer"
    filtered = reply.response_metadata.get("finish_reason") == "content_filter"
    return "its provider's content filter stopped it" if filtered else ""


def _with_calls(reply: AIMessage) -> AIMessage:
    """Calls that were written as text become calls; a final answer beside look-ups waits for their results."""
    calls = list(reply.tool_calls) or _written_calls(reply.text)
    if len({call["name"] == NAME for call in calls}) > 1:
        calls = [call for call in calls if call["name"] != NAME]
    return reply if calls == reply.tool_calls else reply.model_copy(update={"tool_calls": calls})


def _written_calls(text: str) -> list[Any]:
    """The calls, or the final answer, that stand as JSON in a reply; empty where there are none."""
    decoder, found, at = json.JSONDecoder(), [], text.find("{")
    while at >= 0:
        try:
            given, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        found.append(given)
        at = text.find("{", end)
    named = (_as_call(given, f"written-{len(text)}-{number}") for number, given in enumerate(found))
    return [call for call in named if call]


def _as_call(given: Any, id_: str) -> dict[str, Any] | None:
    if not isinstance(given, dict):
        return None
    if "kind" in given and "name" not in given:
        return {"name": NAME, "args": given, "id": id_, "type": "tool_call"}
    arguments = given.get("arguments", given.get("parameters"))
    if given.get("name") in (*NAMES, NAME) and isinstance(arguments, dict):
        return {"name": given["name"], "args": arguments, "id": id_, "type": "tool_call"}
    return None
