"""Almanac under Inspect: a model of the API `almanac`, a task of all suites, and a scorer for each group of measures.

An answer travels as the metadata of the model's output.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import local

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
from evals.measures import GRADED, measures
from evals.plan import Plan
from evals.running import Opening
from evals.scorers import score
from evals.scorers.mark import Mark


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


def almanac_task(suites: Sequence[Suite], plan: Plan, library: Library, too_many: bool | float) -> Task:
    """One task of all suites, which fails with `too_many` failures, after all its cases were asked.

    Its digest is an argument, so that logs of other cases are not taken for its own. Inspect takes seconds to set up a
    task, so there is not one for each suite.
    """

    @task
    def almanac(digest: str) -> Task:
        samples = [_sample(case, suite.name) for suite in suites for case in suite.cases]
        return Task(
            dataset=MemoryDataset(samples, name="almanac"),
            solver=generate(),
            scorer=_scorers(library),
            name="almanac",
            fail_on_error=too_many,
            continue_on_fail=True,
            metadata={"digest": digest},
        )

    return almanac(digest=plan.digest)


def _sample(case: Case, suite: str) -> Sample:
    messages: list[ChatMessage] = [ChatMessageUser(content=turn) for turn in case.asked]
    return Sample(
        id=case.id,
        input=messages,
        metadata={"suite": suite, "case": case.model_dump(mode="json", exclude_defaults=True)},
    )


def _scorers(library: Library) -> list[Scorer]:
    """A scorer for each group of measures; Inspect takes its time for each."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, measure in measures().items():
        groups[measure.group].append(name)
    marker = _Marker(library)
    return [_scorer(group, names, marker) for group, names in groups.items() if group != GRADED]


class _Marker:
    """Makes the marks of an answer once, for the scorers of all groups."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._last: tuple[str, dict[str, Mark]] = ("", {})

    def marks(self, state: TaskState) -> dict[str, Mark]:
        if self._last[0] != state.uuid:
            case = Case.model_validate(state.metadata["case"])
            answer = Answer.model_validate((state.output.metadata or {})["answer"])
            self._last = state.uuid, score(case, answer, self._library)
        return self._last[1]


def _scorer(group: str, names: Sequence[str], marker: _Marker) -> Scorer:
    """Inspect leaves out of its means what is no number: that is how a mark says that it does not apply."""

    @scorer(metrics={"*": [mean(), stderr()]}, name=group)
    def of_group() -> Scorer:
        async def marked(state: TaskState, target: Target) -> Score:
            marks = marker.marks(state)
            told = {name: marks[name].why for name in names if name in marks and marks[name].why}
            value = {name: marks[name].value if name in marks else math.nan for name in names}
            return Score(value=value, explanation="; ".join(told.values()) or None, metadata={"why": told})

        return marked

    made: Scorer = of_group()
    return made
