"""`almanac eval`: suites, models and a store in; a kept run out."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from agent.wiring import Almanac
from catalog.errors import SourceError
from catalog.settings import Settings
from evals.cases import Suite, find_suites, load_suites
from evals.catalogue import SAMPLE, store_of
from evals.gold import gold_suites
from evals.library import library_of
from evals.plan import Plan, cards_digest, chosen, code_digest
from evals.progress import AskingDisplay
from evals.running import Ask, Harness, execute
from evals.runs import Run, begin, finish


@dataclass(frozen=True)
class Wanted:
    """What a person asked to be evaluated."""

    suites: tuple[str, ...] = ()
    models: tuple[str, ...] = ("offline",)
    gold: Path | None = None
    corpus: tuple[Path, ...] = ()
    has_store: bool = False
    epochs: int = 1
    limit: int | None = None
    tags: tuple[str, ...] = ()
    jobs: int = 1
    errors_allowed: float = 0.05


def evaluate(wanted: Wanted, settings: Settings, folder: Path, now: Callable[[], str]) -> Run:
    """Ask what is wanted and keep the run in `folder`; goes on with the one that is there.

    The store is the one of the settings, or where `wanted` names none, one made of folders of cards. Raises SourceError
    where nothing can be asked.
    """
    suites = wanted_suites(wanted)
    if not wanted.has_store:
        settings = settings.model_copy(update={"store": store_of(wanted.corpus or SAMPLE, settings)})
    with closing(Almanac(settings)) as almanac:
        snapshot = almanac.snapshot
        roots = [folder for folder in snapshot.roots.values() if folder.is_dir()]
        plan = Plan(
            suites=tuple(chosen(suite) for suite in suites),
            models=wanted.models,
            epochs=wanted.epochs,
            tags=wanted.tags,
            limit=wanted.limit,
            roots=tuple(str(root) for root in roots),
            cards=cards_digest(roots) if roots else snapshot.name,
            code=code_digest(),
        )
        kept = begin(folder, plan, now())
        with AskingDisplay(plan.answers) as display:
            harness = Harness(
                lambda spec: lambda: _asker(settings.model_copy(update={"model": spec})),
                library_of(snapshot),
                wanted.jobs,
                wanted.errors_allowed,
                display.step,
            )
            results = execute(plan, suites, harness, folder / "logs")
    return finish(folder, kept, results, now())


def wanted_suites(wanted: Wanted) -> list[Suite]:
    """The suites with the cases that are wanted; raises SourceError where there are none."""
    if wanted.gold:
        suites = gold_suites(wanted.gold)
        names = set(wanted.suites) or {suite.name for suite in suites}
        if unknown := names - {suite.name for suite in suites}:
            known = ", ".join(suite.name for suite in suites)
            raise SourceError(f"{wanted.gold} has no {', '.join(sorted(unknown))}. It has: {known}.")
        suites = [suite for suite in suites if suite.name in names]
    else:
        suites = load_suites(find_suites(wanted.suites))
    found = [suite.chosen(wanted.tags, wanted.limit) for suite in suites]
    if not any(suite.cases for suite in found):
        tagged = f" with the tag {' or '.join(wanted.tags)}" if wanted.tags else ""
        raise SourceError(f"there is no case{tagged} in {', '.join(suite.name for suite in suites) or 'no suite'}.")
    return [suite for suite in found if suite.cases]


def _asker(settings: Settings) -> Ask:
    almanac = Almanac(settings)
    return lambda turns: almanac.ask(*turns)


def too_many_failed(run: Run, allowed: float) -> bool:
    """Whether more cases failed, of any model, than are allowed."""
    failed = [result.model for result in run.failed]
    return any(failed.count(model) > allowed * run.plan.answers / len(run.plan.models) for model in run.plan.models)
