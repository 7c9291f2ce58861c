"""What an asset is (`what is bert-base-uncased?`): the summary of its card and the facts that the card states."""

from agent.answer import Answer, AnswerItem, Row
from agent.citations import Citations
from agent.offline.mentions import without
from agent.offline.phrases import phrases
from agent.offline.reading import Reading, Subject
from agent.offline.summaries import first_sentence, summary_evidence
from agent.offline.values import shown_value
from agent.offline.wording import ATTRIBUTES
from catalog.snapshot import Snapshot
from catalog.values import Value, values_of

_TOLD = ("task", "language", "license", "base_models", "training_data", "params", "size", "organization", "paper")
_MOST_VALUES, _MOST_CITED = 8, 3


def asks_what_it_is(reading: Reading) -> bool:
    """Whether a question names one asset in full and asks for nothing else."""
    subject = reading.subject
    if subject is None or reading.intent != "prose" or reading.others or reading.carried:
        return False
    names = [m for m in reading.mentions if m.id == subject.id and m.kind == subject.kind and not m.weak]
    makers = [m for m in reading.mentions if m.kind == "organization"]
    rest = without(reading.question.lower(), [*names, *makers])
    return bool(names) and phrases().says("what_it_is", " ".join(rest.split()))


def overview(snapshot: Snapshot, subject: Subject) -> Answer | None:
    """The first sentence of what the card says of its asset, and a row for each kind of fact; None without either."""
    asset = snapshot.catalog.asset(subject.kind, subject.id)
    citations = Citations(snapshot.catalog)
    if asset is None:
        return None
    said = citations.cite(asset.id, summary_evidence(snapshot, asset), most=1)
    rows = [row for name in _TOLD for row in _row(snapshot, subject, name, citations)]
    if not (said or rows):
        return None
    told = first_sentence(asset.summary) if said else ""
    return Answer(
        headline=f"{asset.id}: {told} {''.join(f'[{marker}]' for marker in said)}".rstrip(" :"),
        columns=("what", "stated"),
        rows=tuple(rows),
        understood=f"what {asset.id} is",
        items=(AnswerItem(kind=subject.kind, id=asset.id),),
        total=1,
        citations=citations.all(),
    )


def _row(snapshot: Snapshot, subject: Subject, name: str, citations: Citations) -> list[Row]:
    """One row with all stated values of an attribute; none where the card states none."""
    values = [v for v in values_of(snapshot.catalog, subject.kind, [subject.id], name) if v.stated]
    if not values:
        return []
    evidence = snapshot.catalog.evidence([value.fact for value in values[:_MOST_CITED]])
    markers = citations.cite(subject.id, [piece for told in evidence.values() for piece in told[:1]])
    shown = list(dict.fromkeys(_shown(name, value) for value in values))
    more = f" and {len(shown) - _MOST_VALUES} more" if len(shown) > _MOST_VALUES else ""
    return [Row(label=ATTRIBUTES.get(name, name), details=(", ".join(shown[:_MOST_VALUES]) + more,), markers=markers)]


def _shown(name: str, value: Value) -> str:
    return f"{shown_value(name, value.value)}{f' ({value.detail})' if value.detail else ''}"
