"""From a model's final answer to the `Answer`: code prints lists and values in full and numbers the citations."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from agent.answer import Answer, AnswerItem, Row
from agent.citations import Citations
from agent.claims import Claim, Claims
from agent.final import REFUSALS, AnswerKind, FinalAnswer
from agent.ledger import Ledger
from agent.plain_words import plain
from agent.tools.found import Entry, Found
from agent.tools.resolving import Resolver
from catalog.errors import ToolError
from catalog.store import Catalog

_IN_LINE = 3
_LONGEST_TOPIC = 80


@dataclass
class Composer:
    """Composes the answer to one question from what was found for it."""

    catalog: Catalog
    ledger: Ledger
    question: str
    citations: Citations = field(init=False)
    claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        self.citations = Citations(self.catalog)
        self.claims = Claims(self.ledger, self.citations, self.question)

    def compose(self, final: FinalAnswer) -> Answer | None:
        """The answer; None where nothing of it holds, or where a list was promised and no set is there."""
        if final.kind in REFUSALS:
            return self._refusal(final)
        said = [claim for statement in final.statements if (claim := self.claims.check(statement))]
        if final.kind == "text":
            return self._text(said)
        made = self._from_sets(final, said)
        return made or self._text(said)

    def _text(self, said: Sequence[Claim]) -> Answer | None:
        if not said:
            return None
        rows = tuple(Row(label=claim.text, markers=claim.markers) for claim in said[1:])
        return self._cited(Answer(headline=said[0].marked, columns=("",) if rows else (), rows=rows, total=len(said)))

    def _from_sets(self, final: FinalAnswer, said: Sequence[Claim]) -> Answer | None:
        sets = [self.ledger.sets[key] for key in dict.fromkeys(final.sets) if key in self.ledger.sets]
        self.claims.dropped += len(set(final.sets) - set(self.ledger.sets)) + self._unknown(sets, final.only)
        found = [(one, self._chosen(one, final)) for one in sets]
        entries = _distinct(entry for _, chosen in found for entry in chosen)
        if not entries:
            return None
        rows = tuple(_row(entry, self.citations) for entry in entries)
        whole = not final.only and all(one.exhaustive for one in sets)
        total = len(entries) if final.only or len(sets) > 1 else max(sets[0].total, len(entries))
        make = self._values if final.kind == "values" else self._list
        made = make(entries, rows, [one.says for one in sets])
        items = (AnswerItem(kind="number", value=total),) if final.kind == "count" else made.items
        notes = (*(note for one in sets for note in one.notes), *(claim.marked for claim in said))
        update = {"total": total, "exhaustive": whole, "items": items, "notes": notes}
        return self._cited(made.model_copy(update=update))

    def _list(self, entries: Sequence[Entry], rows: tuple[Row, ...], says: Sequence[str]) -> Answer:
        return Answer(
            headline=f"{_counted(entries)} ({'; '.join(says)}):",
            columns=(entries[0].kind,),
            rows=rows,
            understood="; ".join(says),
            items=_items(entries),
        )

    def _values(self, entries: Sequence[Entry], rows: tuple[Row, ...], says: Sequence[str]) -> Answer:
        title = "; ".join(says)
        if len(entries) > _IN_LINE or len({entry.about for entry in entries}) > 1:
            led = tuple(_led(entry, row) for entry, row in zip(entries, rows, strict=True))
            return Answer(headline=f"{title.capitalize()}:", rows=led, understood=title, items=_items(entries))
        told = ", ".join(f"{row.label}{''.join(f' [{m}]' for m in row.markers)}" for row in rows)
        return Answer(headline=f"{title[:1].upper()}{title[1:]}: {told}", understood=title, items=_items(entries))

    def _chosen(self, found: Found, final: FinalAnswer) -> list[Entry]:
        """The entries that are the answer: all, or those that `only` names."""
        wanted = {name.casefold() for name in final.only}
        if not wanted:
            return list(found.entries)
        return [entry for entry in found.entries if wanted & _names(entry)]

    def _unknown(self, sets: Sequence[Found], only: Sequence[str]) -> int:
        """How many names of `only` stand in none of the sets."""
        known = {name for one in sets for entry in one.entries for name in _names(entry)}
        return sum(name.casefold() not in known for name in only)

    def _cited(self, made: Answer) -> Answer | None:
        """With its citations; None where it has none."""
        cited = self.citations.all()
        return made.model_copy(update={"citations": cited, "dropped": self.claims.dropped}) if cited else None

    def _refusal(self, final: FinalAnswer) -> Answer:
        """One of the kinds of no, in words of ours."""
        words: dict[AnswerKind, Callable[[FinalAnswer], tuple[str, tuple[str, ...]]]] = {
            "not_stated": self._not_stated,
            "not_found": self._not_found,
            "out_of_scope": lambda _: (OUT_OF_SCOPE, ()),
        }
        headline, notes = words[final.kind](final)
        return Answer(headline=headline, notes=notes, abstained=True, dropped=self.claims.dropped)

    def _not_stated(self, final: FinalAnswer) -> tuple[str, tuple[str, ...]]:
        topic = self._topic(final.missing) or "this"
        try:
            kind, id_ = Resolver(self.catalog).either(final.about)
        except ToolError:
            return f"Nothing in the catalogue states {topic}.", ()
        asset = self.catalog.asset(kind, id_)
        if asset is None or not asset.has_card:
            return f"{id_} has no card in the catalogue; other cards only name it.", ()
        return f"The card of {id_} does not state {topic}.", ()

    def _not_found(self, final: FinalAnswer) -> tuple[str, tuple[str, ...]]:
        name = self._topic(final.about)
        if not name:
            return "Nothing in the catalogue answers this.", ()
        try:
            _, id_ = Resolver(self.catalog).either(name)
        except ToolError as error:
            near = str(error).partition("Near: ")[2].partition(". ")[0]
            return f"{name} is not in the catalogue.", (f"Did you mean: {near}?",) if near else ()
        return "Nothing in the catalogue answers this.", (f"Did you mean: {id_}?",)

    def _topic(self, words: str) -> str:
        """A few words of the model, where they are the question's own; else nothing."""
        topic = plain(words)[:_LONGEST_TOPIC].strip(" .")
        asked = self.question.casefold()
        known = [word for word in topic.casefold().split() if word.strip("'’s,.") in asked or len(word) <= _SHORT]
        return topic if topic and len(known) == len(topic.split()) else ""


_SHORT = 4
OUT_OF_SCOPE = (
    "I answer questions about machine-learning models and datasets from their cards; this is none that they answer."
)


def _counted(entries: Sequence[Entry]) -> str:
    kind = entries[0].kind
    return f"{len(entries)} {kind}{'' if len(entries) == 1 else 's'}"


def _items(entries: Iterable[Entry]) -> tuple[AnswerItem, ...]:
    items = (AnswerItem(kind=e.item_kind, id=e.id, value=e.value) for e in entries if e.item_kind)
    return tuple(dict.fromkeys(items))


def _distinct(entries: Iterable[Entry]) -> list[Entry]:
    """Each asset once; the same value of two assets stays two."""
    found: dict[object, Entry] = {}
    for entry in entries:
        found.setdefault((entry.kind, entry.id) if entry.kind in ("model", "dataset") and entry.id else entry, entry)
    return list(found.values())


def _names(entry: Entry) -> set[str]:
    """What `only` may call an entry."""
    names = {entry.label, entry.id or "", str(entry.value or ""), *(piece.key for piece in entry.evidence)}
    return {name.casefold() for name in names if name}


def _row(entry: Entry, citations: Citations) -> Row:
    return Row(label=entry.label, details=entry.details, markers=citations.cite(entry.about, entry.evidence))


def _led(entry: Entry, row: Row) -> Row:
    """A value led by the asset that states it."""
    return Row(label=entry.about or "", details=(*(d for d in row.details if d), row.label), markers=row.markers)
