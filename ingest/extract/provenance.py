"""Where a model comes from: the facts about its training data and its parents that a card states or suggests."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from catalog.records import Attribute, DerivedFrom, Fact, Relation, TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.extract import commands, corpora, denials, lineage, overviews, titles, training
from ingest.extract.card_text import CardText
from ingest.extract.families import sized
from ingest.extract.statements import Statement, statements

#: Relations of which a model has one parent only, so that the surest mention of one rules out the others.
_SINGLE: frozenset[Relation] = frozenset(
    {
        "finetune",
        "continued-pretraining",
        "initialization",
        "conversion",
        "vocabulary-reduction",
        "quantization",
        "adapter",
    }
)
_MAX_EVIDENCE = 3
_MAX_STATEMENTS = 3_000
_TUNED = re.compile(r"\b(?:this|our) (?:[\w-]+ ){0,3}(?:model|checkpoint|version)\b[^.]{0,40}\bfine-?\s?tuned\b", re.I)
_COMMAND_RANK = 1
_NAMED = 2


def extract(card: CardText) -> Iterator[Fact]:
    """The training data and parents of a card, which keeps them."""
    yield from card.provenance


def read(card: CardText) -> Iterator[Fact]:
    """Training data and parents, stated or suggested; role None where the words leave the phase open."""
    if card.kind != "model":
        return
    said = (*islice(statements(card.document), _MAX_STATEMENTS), *islice(overviews.properties(card), _MAX_STATEMENTS))
    given = [fact for fact in card.asset.facts if isinstance(fact, DerivedFrom | TrainedOn)]
    stated = _parents(card, said, [fact for fact in given if isinstance(fact, DerivedFrom)])
    bases = [fact for fact in (*given, *stated) if isinstance(fact, DerivedFrom)]
    ruled = denials.denied(card, said, bases)
    data = denials.without_denied(_datasets(card, said, bases), ruled)
    suggested = _unless_stated(titles.suggested(card), [*given, *stated, *data])
    yield from (*stated, *data, *suggested)
    for denial in ruled:
        evidence = card.evidence(denial.statement.sentence, denial.statement.origin)
        yield Attribute(name="not_trained_on", value=denial.dataset, evidence=evidence)


# ----------------------------------------------------------------------------------------------------------- parents


def _parents(card: CardText, said: Sequence[Statement], given: Sequence[DerivedFrom]) -> list[Fact]:
    """The parents that the card states, the surest mention of each."""
    ranked: list[tuple[int, DerivedFrom]] = []
    for parent in lineage.parents(card, said):
        evidence = card.evidence(parent.statement.sentence, parent.statement.origin)
        ranked.append((parent.rank, DerivedFrom(base=parent.name, relation=parent.relation, evidence=evidence)))
    for code in commands.parents(card):
        ranked.append((_COMMAND_RANK, DerivedFrom(base=code.name, relation=code.relation, evidence=code.evidence)))
    ranked = sorted(
        ((rank, _titled(card, fact) if rank >= lineage.BARE_FAMILY else fact) for rank, fact in ranked),
        key=lambda pair: pair[0],
    )
    kept: list[DerivedFrom] = []
    denied = _denied([fact for rank, fact in ranked if rank <= _NAMED], given)
    surest: int | None = -1 if given and not denied else None
    for rank, fact in ranked:
        name = squash(fact.base.rpartition("/")[2])
        known = [squash(other.base.rpartition("/")[2]) for other in (*given, *kept)]
        if name in known:
            kept.append(fact)
            continue
        if any(name in other for other in known) or (rank >= lineage.BARE_FAMILY and known):
            continue
        if fact.relation in _SINGLE:
            if surest is not None and not (rank <= _NAMED and _beside(fact, kept)):
                continue
            surest = rank
        kept.append(fact)
    return [*_capped(kept)]


def _denied(told: Sequence[DerivedFrom], given: Sequence[DerivedFrom]) -> bool:
    """Whether the text says outright that the model was fine-tuned from another one than the metadata names.

    Both are kept then, for `lint` to show. What the text says of an adapter, a merge or the parent's parent denies
    nothing.
    """
    names = {squash(fact.base.rpartition("/")[2]) for fact in given}
    tuned = [fact for fact in told if _TUNED.search(fact.evidence.quote)]
    plain = all(fact.relation == "finetune" for fact in (*given, *told))
    return bool(names and tuned and plain) and names.isdisjoint(squash(f.base.rpartition("/")[2]) for f in told)


def _titled(card: CardText, fact: DerivedFrom) -> DerivedFrom:
    """A parent named by its family only, with the size that the title or the id gives: `T5-base`."""
    family = squash(fact.base)
    for text in (card.document.title, card.name, card.asset.summary):
        named = sized(fact.base, text)
        if named and squash(named) != family and not lineage.is_own(card, named):
            return fact.model_copy(update={"base": named})
    return fact


def _beside(fact: DerivedFrom, kept: Iterable[DerivedFrom]) -> bool:
    """Whether a model has several parents that it was initialised from: an encoder and a decoder."""
    return any(other.relation == fact.relation == "initialization" for other in kept)


def _capped(facts: Iterable[DerivedFrom]) -> Iterator[Fact]:
    """One relation per parent, with a few places of evidence."""
    places: dict[str, list[DerivedFrom]] = defaultdict(list)
    for fact in facts:
        places[squash(fact.base.rpartition("/")[2])].append(fact)
    for same in places.values():
        first = same[0]
        evidences = list(dict.fromkeys(fact.evidence for fact in same))[:_MAX_EVIDENCE]
        for evidence in evidences:
            yield first.model_copy(update={"evidence": evidence})


# ---------------------------------------------------------------------------------------------------------- datasets


def _datasets(card: CardText, said: Sequence[Statement], bases: Sequence[DerivedFrom]) -> list[TrainedOn]:
    """The training data that the card states, each with the phase that is told first and a few places of evidence."""
    hits = training.named(card, said, bases)
    facts = [
        TrainedOn(
            dataset=hit.mention.name,
            role=hit.role,
            evidence=card.evidence(hit.statement.sentence, hit.statement.origin),
        )
        for hit in hits
    ]
    sure = bool(hits) and all(hit.sure for hit in hits)
    tables = list(corpora.listed(card))
    sure_tables = [row for row in tables if row.sure] or ([] if sure else tables)
    facts += [TrainedOn(dataset=row.name, role=row.role, evidence=row.evidence) for row in sure_tables]
    facts += [TrainedOn(dataset=code.name, role=None, evidence=code.evidence) for code in commands.datasets(card)]
    places: dict[str, list[TrainedOn]] = defaultdict(list)
    for fact in facts:
        places[denials.identity(fact.dataset)].append(fact)
    wholes = {_parent(name) for name in places}
    merged: list[TrainedOn] = []
    for name, same in places.items():
        if name in wholes:
            continue  # the card names the subset as well
        role = next((fact.role for fact in same if fact.role), None)
        for fact in list({fact.evidence: fact for fact in same}.values())[:_MAX_EVIDENCE]:
            merged.append(fact.model_copy(update={"role": role, "dataset": same[0].dataset}))
    return merged


def _parent(name: str) -> str | None:
    term = vocabulary("datasets").terms.get(name)
    return term.parent if term else None


def _unless_stated(suggested: Iterable[Fact], stated: Sequence[Fact]) -> list[Fact]:
    """What a name suggests counts only where the card says nothing of that kind."""
    kinds = {type(fact) for fact in stated}
    return [fact for fact in suggested if type(fact) not in kinds]
