"""What is shown of a document for one part of a question: the best piece, with what it cannot be understood without.

A sentence that leads into a list is shown with the list, an item that its lead-in speaks for with its neighbours, rows
that answer alike together, a sentence with the short paragraph around it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.offline.asked import Part
from agent.offline.extracts import Piece
from agent.offline.overlap import Scored

_MOST, _LONGEST = 4, 700
_ALSO, _NEAR, _TITLED = 0.4, 0.6, 0.25
_ALIKE = 0.9
_LIST, _TABLE = 14, 10
_SHORT_LIST, _SHORT_TABLE, _SHORT = 8, 4, 500
_PARAGRAPH = 600
_LEADS = (":", "：")
_FENCE = "```"


@dataclass(frozen=True)
class Excerpt:
    """Neighbouring pieces that are shown together, and how well the best of them scored."""

    pieces: tuple[Piece, ...]
    score: float

    @property
    def text(self) -> str:
        """As a person reads it, cut where it is too long for an answer; code stands in a fence of its own."""
        told = ""
        for is_code, group in groupby(self.pieces, key=lambda piece: piece.kind == "code"):
            run = list(group)
            part = _fenced(run) if is_code else _said(run)
            told += ("\n" if told and (is_code or told.endswith(_FENCE)) else " " if told else "") + part
        return told


def chosen(part: Part, ranked: Sequence[Scored], pieces: Sequence[Piece]) -> list[Excerpt]:
    """The excerpts for one part, best first; those after the first add something of what is asked."""
    found: list[Excerpt] = []
    shown: set[int] = set()
    covered: frozenset[str] = frozenset()
    place = {id(piece): at for at, piece in enumerate(pieces)}
    for one in ranked:
        at = place[id(one.piece)]
        if at in shown:
            continue
        adds = one.covered - covered
        enough = _ALSO if adds else _NEAR
        if found and one.score < enough * ranked[0].score:
            continue
        group = _group(one, at, ranked, pieces)
        shown.update(group)
        covered |= one.covered
        found.append(Excerpt(tuple(pieces[i] for i in group), one.score))
        if len(found) == _MOST:
            break
    titled = _under_heading(part, ranked, shown, place)
    if titled is None:
        return found
    group = _group(titled, place[id(titled.piece)], ranked, pieces)
    return [*found[: _MOST - 1], Excerpt(tuple(pieces[i] for i in group), titled.score)]


def _under_heading(part: Part, ranked: Sequence[Scored], shown: set[int], place: Mapping[int, int]) -> Scored | None:
    """The best piece under a heading that says what is asked, where none of the pieces shown stands there."""
    if not part.sections or any(part.under(one.piece.headings) for one in ranked if place[id(one.piece)] in shown):
        return None
    return next(
        (one for one in ranked if part.under(one.piece.headings) and one.score >= _TITLED * ranked[0].score), None
    )


def _group(one: Scored, at: int, ranked: Sequence[Scored], pieces: Sequence[Piece]) -> list[int]:
    """The indexes of what is shown with a piece, itself included."""
    kind = one.piece.kind
    if kind == "item":
        return _items(one, at, pieces)
    if kind == "row":
        return _rows(one, at, ranked, pieces)
    if kind == "sentence":
        return _sentences(at, pieces)
    return [at]


def _items(one: Scored, at: int, pieces: Sequence[Piece]) -> list[int]:
    """All items of the list where what is asked stands above it, else the one."""
    siblings = _block(at, pieces)
    short = len(siblings) <= _SHORT_LIST and sum(len(pieces[i].text) for i in siblings) <= _SHORT
    own = not short and one.coverage_alone >= _ALIKE * one.coverage
    if own or len(siblings) > _LIST:
        return [at]
    lead = siblings[0] - 1
    if lead >= 0 and pieces[lead].kind == "sentence" and pieces[lead].text.rstrip("*_ ").endswith(_LEADS):
        return [lead, *siblings]
    return siblings


def _rows(one: Scored, at: int, ranked: Sequence[Scored], pieces: Sequence[Piece]) -> list[int]:
    """The rows of the table that score like the best, in their order."""
    siblings = set(_block(at, pieces))
    if len(siblings) <= _SHORT_TABLE and sum(len(pieces[i].shown) for i in siblings) <= _SHORT:
        return sorted(siblings)
    alike = {id(other.piece) for other in ranked if other.score >= _ALIKE * one.score}
    rows = [i for i in sorted(siblings) if id(pieces[i]) in alike]
    return rows[:_TABLE] if at in rows[:_TABLE] else [at]


def _sentences(at: int, pieces: Sequence[Piece]) -> list[int]:
    """The paragraph where it is short, else the sentence and the next; with the list that it leads into."""
    block = _block(at, pieces)
    length = sum(len(pieces[i].text) for i in block)
    group = block if length <= _PARAGRAPH else [i for i in block if at <= i <= at + 1]
    last = group[-1]
    if pieces[last].text.rstrip("*_ ").endswith(_LEADS) and last + 1 < len(pieces):
        following = _block(last + 1, pieces)
        if pieces[last + 1].kind != "sentence" and pieces[last + 1].passage.path == pieces[last].passage.path:
            group = [*group, *following[:_LIST]]
    return group


def _block(at: int, pieces: Sequence[Piece]) -> list[int]:
    """Indexes of the neighbours that stand in the same list, table or paragraph."""
    first = last = at
    while first > 0 and _together(pieces[first - 1], pieces[at]):
        first -= 1
    while last + 1 < len(pieces) and _together(pieces[last + 1], pieces[at]):
        last += 1
    return list(range(first, last + 1))


def _together(one: Piece, other: Piece) -> bool:
    return one.block == other.block and one.kind == other.kind


def _said(run: Sequence[Piece]) -> str:
    """Sentences one after the other, items and rows apart; a sentence that leads into them before."""
    told = list(dict.fromkeys(piece.shown for piece in run))
    sentences = run[0].kind == "sentence" and run[-1].kind == "sentence"
    if len(told) > 1 and run[0].kind == "sentence" and run[1].kind != "sentence":
        return _cut(f"{told[0]} {'; '.join(told[1:])}")
    return _cut((" " if sentences else "; ").join(told))


def _fenced(run: Sequence[Piece]) -> str:
    code = "\n".join(dict.fromkeys(piece.shown for piece in run))
    return f"{_FENCE}\n{_cut(code)}\n{_FENCE}"


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0] + " …"
