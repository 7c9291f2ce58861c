"""The tools: each a plain typed function; names and docstrings are what a model reads of them.

Names of assets, languages, licences, ... are given as people write them. Tools only read. A wrong argument or an
unknown name raises `ToolError`, which says how to call it right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.tools.descent import Descent, Direction
from agent.tools.describing import Description
from agent.tools.filters import DatasetFilter, Filter, Kind, ModelFilter, Names, Order
from agent.tools.found import Entry, Found
from agent.tools.listing import Listing
from agent.tools.reading import Lines, Texts
from catalog import names as n
from catalog.records import AssetKind, Record, Role
from catalog.snapshot import Snapshot


@dataclass(frozen=True)
class Tools:
    """Look-ups in one generation of a store."""

    snapshot: Snapshot

    def find_models(self, where: ModelFilter) -> Found:
        """All models that fit every condition on training data, base model, language, task, licence, maker, results.

        The list is complete; its set key stands for all of it, also for what is not shown.
        """
        return self._listing.assets("find_models", "model", where, _told(where))

    def find_datasets(
        self, where: DatasetFilter | None = None, used_by: ModelFilter | None = None, role: Role | None = None
    ) -> Found:
        """All datasets that fit; with used_by, the datasets those models were trained on (role: in that phase)."""
        if used_by is not None:
            arguments = {"used_by": _told(used_by)} | ({"role": role} if role else {})
            return self._listing.used_for(used_by, role, arguments)
        where = where or DatasetFilter()
        return self._listing.assets("find_datasets", "dataset", where, {"where": _told(where)})

    def count(self, kind: Kind = "model", where: ModelFilter | None = None) -> Found:
        """How many models or datasets fit, from the whole catalogue."""
        wanted: Filter = where or ModelFilter()
        return self._listing.assets("count", kind, wanted, {"kind": kind, "where": _told(wanted)})

    def get_assets(self, ids: Names, fields: Names = ()) -> Found:
        """What the cards of some models or datasets state: license, language, task, params, hardware, paper, arxiv,
        organization, size, training_data, base_models, results, hyper.learning_rate, hyper.epochs, ...
        """
        return self._description.fields("get_assets", ids, fields, {"ids": [*ids], "fields": [*fields]})

    def compare(self, ids: Names, fields: Names = ()) -> Found:
        """The same fields of several models or datasets side by side."""
        return self._description.fields("compare", ids, fields, {"ids": [*ids], "fields": [*fields]})

    def lineage(
        self, asset: str, direction: Direction = "up", depth: int | None = None, to: str | None = None
    ) -> Found:
        """up: what a model was built on and trained on; down: everything that was built with a model or dataset.

        With `to`: how the two are related, step by step.
        """
        if to:
            return self._descent.path(asset, to, {"asset": asset, "to": to})
        arguments = {"asset": asset, "direction": direction} | ({"depth": depth} if depth else {})
        return self._descent.lineage(asset, direction, depth, arguments)

    def rank_results(self, order: Order) -> Found:
        """Models by a result they report, best first: one metric on one dataset. Other results cannot be compared."""
        return self._listing.ranking(order, _told(order))

    def search_passages(self, query: str, assets: Names = (), limit: int = 6) -> Found:
        """Passages of cards and documents for what is no field: limitations, intended use, how data was made.

        Name the assets where the question is about some.
        """
        return self._texts.search(query, assets, limit, {"query": query, "assets": [*assets], "limit": limit})

    def read_card(
        self, asset: str, section: str | None = None, first_line: int | None = None, last_line: int | None = None
    ) -> Found:
        """Text of one card: a section by its heading, or lines; at most 120 lines at once."""
        chosen = {"section": section, "first_line": first_line, "last_line": last_line}
        given = {name: value for name, value in chosen.items() if value is not None}
        return self._texts.read(asset, Lines(first_line, last_line, section), {"asset": asset} | given)

    def resolve_name(self, name: str) -> Found:
        """Which models and datasets a name may mean, with near misses; for names that another tool did not know."""
        names = n.Names(self.snapshot.catalog)
        kinds: tuple[AssetKind, ...] = ("model", "dataset")
        entries, notes = [], []
        for kind in kinds:
            resolution = names.resolve(kind, name)
            meant = [resolution.id] if resolution.id else []
            near = [candidate.id for candidate in resolution.candidates]
            notes.append(f"{kind}: {resolution.how}")
            for id_ in dict.fromkeys([*meant, *near]):
                how = "is meant" if id_ in meant else "near"
                entries.append(Entry(kind=kind, label=id_, id=id_, details=(kind, how), about=id_))
        return Found(
            tool="resolve_name",
            arguments={"name": name},
            says=f"what {name!r} may mean",
            total=len(entries),
            entries=tuple(entries),
            exhaustive=False,
            columns=("asset", "kind", ""),
            notes=tuple(notes),
        )

    def all(self) -> dict[str, Callable[..., Found]]:
        """Name → function, in the order in which a model reads of them."""
        return {name: getattr(self, name) for name in NAMES}

    @property
    def _listing(self) -> Listing:
        return Listing(self.snapshot.catalog)

    @property
    def _description(self) -> Description:
        return Description(self.snapshot.catalog)

    @property
    def _descent(self) -> Descent:
        return Descent(self.snapshot.catalog)

    @property
    def _texts(self) -> Texts:
        return Texts(self.snapshot)


NAMES = (
    "find_models",
    "find_datasets",
    "count",
    "get_assets",
    "compare",
    "lineage",
    "rank_results",
    "search_passages",
    "read_card",
    "resolve_name",
)


def _told(given: Record) -> dict[str, Any]:
    """Arguments as they were written, without what was left open."""
    return given.model_dump(mode="json", exclude_defaults=True)
