"""In which phase a dataset was used, where the words of the card leave it open: pre-training or fine-tuning."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from catalog.records import Attribute, DerivedFrom, Fact, Role, TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.patterns import load
from ingest.extract.triggers import words


def roles(card: CardText, facts: Iterable[Fact]) -> list[Fact]:
    """The facts with the phase of every training dataset that the card leaves open decided, where it can be."""
    given = list(facts)
    known = {_identity(fact.dataset): fact.role for fact in given if isinstance(fact, TrainedOn) and fact.role}
    default = _default_role(card, given)
    raw_text = default != "finetune" or (_reads_text(card, given) and not _is_tuned_for_task(given))
    decided: list[Fact] = []
    for fact in given:
        if isinstance(fact, TrainedOn) and fact.role is None:
            id_ = _identity(fact.dataset)
            role = known.get(id_) or _role_of(id_, default, raw_text)
            fact = fact.model_copy(update={"role": role})
        decided.append(fact)
    return decided


def _identity(name: str) -> str:
    return vocabulary("datasets").find(name, weak=True) or squash(name)


def _role_of(id_: str, default: Role | None, raw_text: bool) -> Role:
    """The phase for one dataset: its kind decides where the card leaves it open or raw text is to be expected."""
    if id_ in _kinds("raw") and raw_text:
        return "pretrain"
    known = id_ in vocabulary("datasets").terms and id_ not in _kinds("raw")
    return "finetune" if known else default or "pretrain"


def _default_role(card: CardText, facts: Sequence[Fact]) -> Role | None:
    """A model with a parent was fine-tuned; one without is fine-tuned where its task needs labelled data.

    None where the card tells neither: then the kind of the dataset decides.
    """
    relations = {fact.relation for fact in facts if isinstance(fact, DerivedFrom)}
    tasks = _tasks(facts)
    if relations & _kinds("relations"):
        return "finetune"
    if relations and relations != {"distillation"}:
        return "pretrain"
    if tasks & _kinds("unlabelled_tasks"):
        return "pretrain"
    said = f"{card.name} {card.document.title}"
    if tasks & _kinds("labelled_tasks") or words().labelled.search(said):
        return "finetune"
    return "pretrain" if words().language_model.search(_gist(card, facts)) else None


def _reads_text(card: CardText, facts: Sequence[Fact]) -> bool:
    return bool(words().language_model.search(_gist(card, facts)))


def _is_tuned_for_task(facts: Sequence[Fact]) -> bool:
    """Whether a model with a parent has a task that needs labels or pairs."""
    relations = {fact.relation for fact in facts if isinstance(fact, DerivedFrom)}
    return bool(relations & _kinds("relations") and _tasks(facts) & _kinds("supervised"))


def _tasks(facts: Sequence[Fact]) -> set[str]:
    return {fact.value for fact in facts if isinstance(fact, Attribute) and fact.name == "task"}


def _gist(card: CardText, facts: Sequence[Fact]) -> str:
    told = [fact.value for fact in facts if isinstance(fact, Attribute) and fact.name in ("task", "tag")]
    return " ".join([card.document.title, card.asset.summary, *told])


@lru_cache
def _kinds(table: str) -> frozenset[str]:
    return frozenset(load("corpora")[table])
