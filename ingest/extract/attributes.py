"""Single properties that a card states: size, hardware, hyper-parameters, paper, people and licence."""

from collections.abc import Callable, Iterable, Iterator

from catalog.records import Attribute, Fact
from ingest.extract import hyperparameters, licence_text, occasion, publication, sizes
from ingest.extract.card_text import CardText
from ingest.extract.hardware import hardware

_MODEL: tuple[Callable[[CardText], Iterable[Attribute]], ...] = (
    sizes.parameters,
    hardware,
    hyperparameters.hyperparameters,
    occasion.occasions,
)
_ANY: tuple[Callable[[CardText], Iterable[Attribute]], ...] = (
    publication.papers,
    publication.people,
    licence_text.licences,
)


def extract(card: CardText) -> Iterator[Fact]:
    """Each property once per value; those of training for models only."""
    seen: set[tuple[str, str]] = set()
    for reader in (*_MODEL, *_ANY) if card.kind == "model" else _ANY:
        for attribute in reader(card):
            key = (attribute.name, attribute.value)
            if key not in seen:
                seen.add(key)
                yield attribute
