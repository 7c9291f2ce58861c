"""How well documents and passages are found: `python -m evals.retrieval --questions FILE --store S`.

A question line has `question`, `cards` (paths or folders of the documents that answer it) and perhaps `quote`, a text
of one of them. Document figures are of the first 1, 5 and 10 documents, quote figures of as many passages; a quote that
two neighbouring passages share is found where both are. Questions without cards, or with a quote that stands in none of
the store's files, are left out and counted.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from catalog.embedding import Embedder, Endpoint, make_embedder
from catalog.settings import Settings, load_settings
from catalog.snapshot import Snapshot, open_snapshot
from evals.rankings import Found, Ranking, chosen_ranking, passage_rankings, profile_rankings

_DEPTHS = (1, 5, 10)
#: questions that are not answered from one document alone, or by none
_LEFT_OUT = ("unanswerable", "followup")


@dataclass(frozen=True)
class Question:
    """A question with where its answer stands."""

    id: str
    text: str
    cards: tuple[str, ...]
    quote: str | None


@dataclass(frozen=True)
class Score:
    """Shares of questions (0 to 1) at depths 1, 5 and 10; `quotes` is None where no question has one."""

    documents: tuple[float, float, float]
    recall: float
    quotes: tuple[float, float, float] | None
    missed: tuple[str, ...]


def read_questions(path: Path, snapshot: Snapshot) -> tuple[list[Question], int]:
    """The questions that can be measured on this store, and how many cannot."""
    found, left_out = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        raw: dict[str, Any] = json.loads(line) if line.strip() else {}
        if not raw or raw.get("type") in _LEFT_OUT:
            continue
        one = Question(raw["id"], raw["question"], tuple(raw.get("cards", ())), raw.get("quote"))
        usable = bool(one.cards) and (one.quote is None or _stands(one, snapshot))
        found += [one] if usable else []
        left_out += not usable
    return found, left_out


def _stands(question: Question, snapshot: Snapshot) -> bool:
    texts = (snapshot.catalog.text(card) or "" for card in question.cards)
    return any(_folded(question.quote or "") in _folded(text) for text in texts)


def score(ranking: Ranking, questions: Sequence[Question]) -> Score:
    """The figures of one ranking."""
    hits, quotes, recall, missed = [0] * 3, [0] * 3, 0.0, []
    quoted = [question for question in questions if question.quote]
    for question in questions:
        found = ranking(question.text)
        paths = list(dict.fromkeys(one.path for one in found))[: _DEPTHS[-1]]
        at = [any(_is_gold(path, question) for path in paths[:depth]) for depth in _DEPTHS]
        hits = [count + hit for count, hit in zip(hits, at, strict=True)]
        recall += sum(any(_below(path, card) for path in paths) for card in question.cards) / len(question.cards)
        if question.quote:
            has = [_has_quote(found[:depth], question.quote) for depth in _DEPTHS]
            quotes = [count + hit for count, hit in zip(quotes, has, strict=True)]
            at = has
        missed += [] if at[1] else [question.id]
    whole = len(questions) or 1
    return Score(
        documents=_shares(hits, whole),
        recall=recall / whole,
        quotes=_shares(quotes, len(quoted)) if quoted and any(found_text for found_text in quotes) else None,
        missed=tuple(missed),
    )


def _shares(counts: Sequence[int], whole: int) -> tuple[float, float, float]:
    first, second, third = (count / whole for count in counts)
    return first, second, third


def _is_gold(path: str, question: Question) -> bool:
    return any(_below(path, card) for card in question.cards)


def _below(path: str, card: str) -> bool:
    return path == card or path.startswith(card.rstrip("/") + "/")


def _has_quote(found: Sequence[Found], quote: str) -> bool:
    wanted = _folded(quote)
    in_order = sorted(found, key=lambda one: (one.path, one.line_start))
    single = any(wanted in _folded(one.text) for one in in_order)
    pairs = pairwise(in_order)
    return single or any(
        wanted in f"{_folded(one.text)} {_folded(other.text)}" for one, other in pairs if one.path == other.path
    )


def _folded(text: str) -> str:
    return " ".join(text.split())


def table(scores: dict[str, Score]) -> Iterator[str]:
    """A Markdown table of figures."""
    quoted = any(one.quotes for one in scores.values())
    yield "| ranking | document @1 / 5 / 10 | recall@10 |" + (" quote @1 / 5 / 10 |" if quoted else "")
    yield "|---|---|---|" + ("---|" if quoted else "")
    for name, one in scores.items():
        documents = " / ".join(f"{share:.2f}" for share in one.documents)
        quotes = " / ".join(f"{share:.2f}" for share in one.quotes) if one.quotes else ""
        yield f"| {name} | {documents} | {one.recall:.2f} |" + (f" {quotes} |" if quoted else "")


@click.command(help=__doc__)
@click.option("--questions", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--store", type=click.Path(path_type=Path), help="Folder of the store [ALMANAC_STORE].")
@click.option("--embedder", "specs", multiple=True, help="A further embedder of profiles to measure.")
@click.option("--passages-too", is_flag=True, help="Embed all passages with the further embedders as well (slow).")
@click.option("--missed", is_flag=True, help="Name the questions that are missed at depth 5.")
def main(questions: Path, store: Path | None, specs: tuple[str, ...], passages_too: bool, missed: bool) -> None:
    settings = load_settings(store=store)
    snapshot = open_snapshot(settings)
    asked, left_out = read_questions(questions, snapshot)
    embedders = [_embedder(spec, settings) for spec in specs]
    rankings = passage_rankings(snapshot, embedders if passages_too else ())
    rankings |= profile_rankings(snapshot, embedders)
    rankings["Almanac, chosen by the question"] = chosen_ranking(snapshot)
    scores = {name: score(ranking, asked) for name, ranking in rankings.items()}
    click.echo(f"{len(asked)} questions, {left_out} left out\n")
    click.echo("\n".join(table(scores)))
    for name, one in scores.items() if missed else ():
        click.echo(f"{name} misses {' '.join(one.missed)}", err=True)


def _embedder(spec: str, settings: Settings) -> Embedder:
    key = settings.embedder_api_key.get_secret_value() if settings.embedder_api_key else None
    return make_embedder(spec, Endpoint(base_url=settings.embedder_base_url, api_key=key))


if __name__ == "__main__":
    main()
