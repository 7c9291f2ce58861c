"""Almanac under Inspect: a model of the API `almanac`, a task for each suite, and a scorer for each measure.

An answer travels as the metadata of the model's output; the marks of all scorers are made once and kept in the store
of the sample.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState, generate
from inspect_ai.tool import ToolChoice, ToolInfo

from agent.answer import Answer
from evals.cases import Case, Suite
from evals.library import Library
from evals.measures import measures
from evals.plan import Chosen
from evals.running import Opening
from evals.scorers import score

_MARKS = "almanac:marks"


@modelapi("almanac")
class AlmanacAPI(ModelAPI):
    """Asks Almanac; `told` is called after each question, also one that failed."""

    def __init__(self, model_name: str, opening: Opening, jobs: int, told: Callable[[], None]) -> None:
        super().__init__(model_name)
        self.qualified_model_name = f"almanac/{model_name}"
        self._opening, self._told, self._jobs = opening, told, jobs
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="almanac-eval")
        self._own = local()

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        """The answer to the last message of a user; the earlier ones are the conversation."""
        turns = tuple(message.text for message in input if message.role == "user")
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, turns)
        finally:
            self._told()
        output = ModelOutput.from_content(self.model_name, answer.text)
        output.metadata = {"answer": answer.model_dump(mode="json")}
        usage = answer.usage
        output.usage = ModelUsage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            total_tokens=usage.input_tokens + usage.output_tokens,
            total_cost=usage.cost,
        )
        return output

    def max_connections(self) -> int:
        return self._jobs

    async def aclose(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(self, turns: tuple[str, ...]) -> Answer:
        if not hasattr(self._own, "ask"):
            self._own.ask = self._opening()
        answer: Answer = self._own.ask(turns)
        return answer


def almanac_model(spec: str, opening: Opening, jobs: int, told: Callable[[], None]) -> Model:
    """The Inspect model `almanac/SPEC`."""
    api: ModelAPI = AlmanacAPI(spec, opening, jobs, told)
    return Model(api, GenerateConfig(max_connections=jobs))


def suite_tasks(
    suites: Sequence[tuple[Suite, Chosen]], library: Library, too_many: Callable[[Chosen], bool | float]
) -> list[Task]:
    """A task for each suite, which fails with `too_many` failures, after all its cases were asked.

    Its digest is an argument, so that logs of other cases are not taken for its own.
    """
    cases = {chosen.digest: suite.cases for suite, chosen in suites}
    limits = {chosen.digest: too_many(chosen) for _, chosen in suites}
    scorers = _scorers(library)

    @task
    def almanac_suite(name: str, digest: str) -> Task:
        dataset = MemoryDataset([_sample(case) for case in cases[digest]], name=name)
        return Task(
            dataset=dataset,
            solver=generate(),
            scorer=scorers,
            name=name,
            fail_on_error=limits[digest],
            continue_on_fail=True,
        )

    return [almanac_suite(name=suite.name, digest=chosen.digest) for suite, chosen in suites]


def _sample(case: Case) -> Sample:
    messages: list[ChatMessage] = [ChatMessageUser(content=turn) for turn in case.asked]
    return Sample(id=case.id, input=messages, metadata={"case": case.model_dump(mode="json", exclude_defaults=True)})


def _scorers(library: Library) -> list[Scorer]:
    """A scorer for each measure that is made of the answer alone."""
    return [_scorer(name, library) for name, measure in measures().items() if measure.group != "graded"]


def _scorer(name: str, library: Library) -> Scorer:
    @scorer(metrics=[mean(), stderr()], name=name)
    def measured() -> Scorer:
        async def marked(state: TaskState, _: Target) -> Score | None:
            marks = state.store.get(_MARKS)
            if marks is None:
                marks = _marks(state, library)
                state.store.set(_MARKS, marks)
            mark = marks.get(name)
            return Score(value=mark["value"], explanation=mark["why"] or None) if mark else None

        return marked

    made: Scorer = measured()
    return made


def _marks(state: TaskState, library: Library) -> dict[str, Any]:
    case = Case.model_validate(state.metadata["case"])
    answer = Answer.model_validate((state.output.metadata or {})["answer"])
    return {name: mark.model_dump() for name, mark in score(case, answer, library).items()}
