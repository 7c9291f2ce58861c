"""Which drafts are accepted: those that are named, or those that a person says yes to, one after the other."""

import json
import sys
from collections.abc import Sequence

import click

from agent.layout import inert
from catalog.errors import SourceError
from evals.cases import Case
from evals.reviewing import Draft, case_line, case_of, read_draft

_KEYS = "[y]es, [n]o, [e]dit, [q]uit"


def chosen_drafts(drafts: Sequence[Draft], ids: Sequence[str], *, everything: bool) -> tuple[list[Case], list[str]]:
    """Cases of the named drafts, and why some cannot be one. Raises SourceError for an id that no draft has."""
    if unknown := set(ids) - {draft.id for draft in drafts}:
        raise SourceError(
            f"there is no draft {', '.join(sorted(unknown))}. There are: {', '.join(d.id for d in drafts)}."
        )
    cases, refused = [], []
    for draft in drafts:
        if everything or draft.id in ids:
            try:
                cases.append(case_of(draft))
            except SourceError as error:
                refused.append(str(error))
    return cases, refused


def looked_through(drafts: Sequence[Draft]) -> tuple[list[Case], list[str]]:
    """Cases of the drafts that a person accepts. Raises SourceError where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise SourceError("there is nobody to ask. Name drafts with --accept ID, or accept what is right with --all.")
    cases: list[Case] = []
    for number, draft in enumerate(drafts, start=1):
        click.echo(f"\n{number} of {len(drafts)}")
        found = _asked(draft)
        if found is None:
            break
        cases += found
    return cases, []


def _asked(draft: Draft) -> list[Case] | None:
    """The case or none; None where the person has had enough."""
    while True:
        case = _shown(draft)
        key = click.prompt(_KEYS, type=click.Choice([*"yneq"]), show_choices=False, default="y" if case else "e")
        if key == "e":
            draft = _edited(draft)
        elif key != "y":
            return None if key == "q" else []
        elif case:
            return [case]


def _shown(draft: Draft) -> Case | None:
    """Print a draft and the case that it would be; None where it is none yet."""
    verdict = f"({draft.verdict}{f': {draft.comment}' if draft.comment else ''})" if draft.verdict else ""
    click.secho(inert(f"{draft.id} {verdict}"), bold=True)
    click.echo(inert(f"question: {draft.question}\nanswered: {draft.answered}"))
    try:
        case = case_of(draft)
    except SourceError as error:
        click.secho(inert(str(error)), fg="yellow")
        return None
    click.echo(inert(f"case:     {case_line(case)}"))
    return case


def _edited(draft: Draft) -> Draft:
    """The draft as the person left it in an editor; as it was where that is none."""
    text = click.edit(json.dumps(draft.raw, ensure_ascii=False, indent=1), extension=".json")
    try:
        return read_draft(json.loads(text), "edited") if text else draft
    except (ValueError, SourceError) as error:
        click.secho(inert(f"not taken: {error}"), fg="yellow")
        return draft
