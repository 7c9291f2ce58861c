"""What else a card says of the same: licences and languages of its text that the metadata overrule, data not used."""

from collections.abc import Sequence

from agent.answer import marked
from agent.citations import Citations
from agent.offline.reading import Reading, Subject
from agent.offline.values import shown_value
from catalog.licences import one_family
from catalog.records import AssetKind, Evidence
from catalog.store import Catalog
from catalog.values import Value, values_of

_OVERRULED = ("license", "language")
_OF_TEXT = ("prose", "table")
_LONGEST = 240


def otherwise(catalog: Catalog, reading: Reading, found: Sequence[Value], citations: Citations) -> tuple[str, ...]:
    """Notes that tell the other side, cited, where a card contradicts what answers a question about one attribute."""
    subject, name = reading.subject, reading.attribute
    if subject is None:
        return ()
    if name in _OVERRULED:
        return _overruled(catalog, subject, name, found, citations)
    if name == "training_data":
        return _denied(catalog, reading, found, citations)
    return ()


def disputed(
    catalog: Catalog, kind: AssetKind, id_: str, name: str, found: Sequence[Value]
) -> list[tuple[Value, list[Evidence]]]:
    """What the text states of a licence or language and the metadata overrule, less what only says less."""
    told = [value for value in values_of(catalog, kind, [id_], name) if not value.stated] if name in _OVERRULED else []
    evidence = catalog.evidence([value.fact for value in told])
    pairs = [(value, _of_text(evidence[value.fact])) for value in told]
    stated = [value.value for value in found]
    return [
        (value, pieces) for value, pieces in pairs if pieces and not any(one_family(value.value, o) for o in stated)
    ]


def _overruled(
    catalog: Catalog, subject: Subject, name: str, found: Sequence[Value], citations: Citations
) -> tuple[str, ...]:
    """`The card's text says otherwise: mit, “…” [2]`; `names more` where the same line confirms the rest."""
    told = disputed(catalog, subject.kind, subject.id, name, found)
    if not told:
        return ()
    stated = catalog.evidence([value.fact for value in found])
    lines = {(piece.path, piece.line_start) for _, pieces in told for piece in pieces}
    also = any((piece.path, piece.line_start) in lines for value in found for piece in stated[value.fact])
    names = ", ".join(shown_value(name, value.value) for value, _ in told)
    cited = [marker for _, pieces in told for marker in citations.cite(subject.id, pieces, most=1)]
    says = "names more" if also else "says otherwise"
    words = f", “{_quoted(told[0][1][0])}”" if name == "license" and len(told) == 1 else ""
    return (f"The card's text {says}: {names}{words}{marked(tuple(dict.fromkeys(cited)))}",)


def _denied(catalog: Catalog, reading: Reading, found: Sequence[Value], citations: Citations) -> tuple[str, ...]:
    """What the card says of data that it names or the question names, and that were not used: in its own words."""
    subject = reading.subject
    if subject is None:
        return ()
    asked = {mention.id for mention in reading.mentions if mention.kind == "dataset"}
    about = asked | {value.value for value in found}
    told = [v for v in values_of(catalog, subject.kind, [subject.id], "not_trained_on") if v.value in about]
    evidence = catalog.evidence([value.fact for value in told])
    notes = []
    for piece in dict.fromkeys(piece for value in told for piece in evidence[value.fact][:1]):
        notes.append(f"The card also says: “{_quoted(piece)}”{marked(citations.cite(subject.id, [piece], most=1))}")
    return tuple(notes)


def _quoted(piece: Evidence) -> str:
    """The words of a card in one line, cut where they are many."""
    quote = " ".join(piece.quote.split())
    return quote if len(quote) <= _LONGEST else quote[:_LONGEST].rsplit(" ", 1)[0] + " …"


def _of_text(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [piece for piece in evidence if piece.origin in _OF_TEXT]
