"""Answers that the catalogue gives, composed by code and cited by fact; each kind of answer has its module."""

from collections.abc import Callable

from agent.answer import Answer
from agent.offline.asset_facts import AssetFacts
from agent.offline.listing import Listing
from agent.offline.ranking import ranked
from agent.offline.reading import Reading
from catalog.query import CatalogQuery
from catalog.store import Catalog


class StructuredAnswers:
    """Composes answers from one catalogue; None where the catalogue states nothing that answers."""

    def __init__(self, catalog: Catalog) -> None:
        listing, facts = Listing(catalog), AssetFacts(catalog)
        self._several: dict[str, Callable[[CatalogQuery], Answer | None]] = {
            "list": listing.assets,
            "count": listing.count,
            "tally": listing.tally,
            "each": listing.each,
            "training_data": listing.related,
            "base_models": listing.related,
            "ranking": lambda query: ranked(catalog, query),
        }
        self._one: dict[str, Callable[[Reading], Answer | None]] = {"attribute": facts.attribute, "score": facts.score}

    def answer(self, reading: Reading) -> Answer | None:
        if reading.query and reading.intent in self._several:
            return self._several[reading.intent](reading.query)
        return self._one[reading.intent](reading) if reading.intent in self._one else None
