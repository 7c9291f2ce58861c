"""Names that a model wrote → ids of the catalogue, and its filters → a `CatalogQuery`; what is unknown is its error."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agent.tools.filters import DerivedFrom, Filter, ModelFilter, OneOf, Reported, TrainedOn
from catalog import query as q
from catalog.errors import ToolError
from catalog.languages import language_codes
from catalog.licences import licence_key
from catalog.names import NamedKind, Names
from catalog.records import AssetKind
from catalog.store import Catalog
from catalog.vocabulary import squash, vocabulary

_ASSETS: tuple[AssetKind, ...] = ("model", "dataset")
_SUGGESTED = 5
_ALIKE = 60.0


class Resolver:
    """Resolves the names in one catalogue; `read_as` collects the names that were not ids, with what they mean."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = Names(catalog)
        self.read_as: dict[str, str] = {}

    def told(self) -> tuple[str, ...]:
        """The names that were not ids, and what they were taken for."""
        return tuple(f"{name!r} was read as {meant}" for name, meant in self.read_as.items())

    # -- assets

    def asset(self, kind: AssetKind, name: str) -> str:
        """The id that `name` means. Raises ToolError with near misses where it means none or several."""
        resolution = self._names.resolve(kind, name)
        if resolution.id is None:
            raise ToolError(self._unresolved(kind, name))
        return self._noted(name, resolution.id)

    def either(self, name: str) -> tuple[AssetKind, str]:
        """The model or dataset that `name` means; one with a card where both are there."""
        found = [(kind, id_) for kind in _ASSETS if (id_ := self._names.resolve(kind, name).id)]
        if not found:
            raise ToolError(self._unresolved("model", name, self._near("dataset", name)))
        kind, id_ = max(found, key=lambda pair: (pair[1] == name, self._has_card(*pair)))
        return kind, self._noted(name, id_)

    def has_asset(self, name: str) -> bool:
        return any(self._names.resolve(kind, name, fuzzy=False).id for kind in _ASSETS)

    def _has_card(self, kind: AssetKind, id_: str) -> bool:
        asset = self._catalog.asset(kind, id_)
        return asset is not None and asset.has_card

    def _near(self, kind: AssetKind, name: str) -> list[str]:
        return [candidate.id for candidate in self._names.similar(kind, name, _SUGGESTED)]

    def _unresolved(self, kind: AssetKind, name: str, more: Sequence[str] = ()) -> str:
        resolution = self._names.resolve(kind, name)
        near = list(dict.fromkeys([*(candidate.id for candidate in resolution.candidates), *more]))[: _SUGGESTED + 2]
        if resolution.how == "ambiguous":
            return f"{name!r} may mean several {kind}s: {', '.join(near)}. Call again with the id that is meant."
        if near:
            return f"no {kind} {name!r} in the catalogue. Near: {', '.join(near)}. Call again with one if it is meant."
        return f"no {kind} {name!r} in the catalogue and nothing near it. Look for it with search_passages."

    # -- values

    def language(self, name: str) -> tuple[str, ...]:
        known = tuple(alias.id for alias in self._aliases("language", name)) or language_codes(name)
        if not known:
            raise ToolError(self._unknown_value("language", name, "Give a name or an ISO 639 code, e.g. es."))
        return self._values(name, known)

    def task(self, name: str) -> tuple[str, ...]:
        return self._of_vocabulary("task", name, "Give a hub task, e.g. text-classification.")

    def metric(self, name: str) -> str:
        known = vocabulary("metrics").find(name, weak=True)
        return self._noted(name, known) if known else name.strip().lower()

    def license(self, name: str) -> tuple[str, ...]:
        key = licence_key(name)
        known = (key,) if key else tuple(alias.id for alias in self._aliases("license", name)[:1])
        if not known:
            raise ToolError(self._unknown_value("license", name, "Give a licence key, e.g. apache-2.0."))
        return self._values(name, known)

    def organization(self, name: str) -> tuple[str, ...]:
        return self._of_vocabulary("organization", name, "Give the part of an id before the slash.")

    def tag(self, name: str) -> tuple[str, ...]:
        return (name,)

    def _of_vocabulary(self, kind: NamedKind, name: str, cure: str) -> tuple[str, ...]:
        known = self._aliases(kind, name)
        if not known:
            raise ToolError(self._unknown_value(kind, name, cure))
        return self._values(name, (known[0].id,))

    def _aliases(self, kind: NamedKind, name: str) -> list[Any]:
        return sorted(self._catalog.aliases_of(kind, [squash(name)]), key=lambda alias: (alias.rank, alias.id))

    def _unknown_value(self, kind: NamedKind, name: str, cure: str) -> str:
        from rapidfuzz import fuzz, process

        aliases = self._catalog.all_aliases(kind)
        choices = [alias.squashed for alias in aliases]
        hits = process.extract(squash(name), choices, scorer=fuzz.ratio, limit=12, score_cutoff=_ALIKE)
        near = list(dict.fromkeys(aliases[index].id for _, _, index in hits))[:_SUGGESTED]
        meant = f" Near: {', '.join(near)}." if near else ""
        return f"no {kind} {name!r} in the catalogue.{meant} {cure}"

    def _values(self, name: str, ids: Sequence[str]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(ids))
        self._noted(name, " + ".join(found))
        return found

    def _noted(self, name: str, id_: str) -> str:
        if name != id_:
            self.read_as[name] = id_
        return id_

    # -- filters

    def conditions(self, kind: AssetKind, where: Filter) -> dict[str, Any]:
        """The fields of a `CatalogQuery` for a filter."""
        fields: dict[str, Any] = {
            "ids": tuple(self.asset(kind, name) for name in where.ids),
            "named": tuple(word.lower() for word in where.named),
            "has_license": where.has_license,
            "has_card": None if where.also_named else True,
        }
        for name in ("language", "task", "license", "organization", "tag"):
            fields[name] = q.OneOf(**_each(getattr(where, name), getattr(self, name)))
        if where.commercial_use is not None:
            fields["license"] = _allowing(fields["license"], where.commercial_use)
        if not isinstance(where, ModelFilter):
            return fields
        of_models = self._of_models(where)
        if kind == "dataset" and where.model_fields_set - set(Filter.model_fields):
            raise ToolError(f"{', '.join(of_models)} are conditions on models; datasets have none of them.")
        return fields | (of_models if kind == "model" else {})

    def _of_models(self, where: ModelFilter) -> dict[str, Any]:
        return {
            "trained_on": self._trained_on(where.trained_on),
            "evaluated_on": q.OneOf(**_each(where.evaluated_on, self._dataset)),
            "derived_from": self._derived_from(where.derived_from) if where.derived_from else None,
            "metric": self._threshold(where.metric) if where.metric else None,
            "params": where.params,
        }

    def _dataset(self, name: str) -> tuple[str, ...]:
        return (self.asset("dataset", name),)

    def _trained_on(self, wanted: TrainedOn) -> q.TrainedOnAny:
        return q.TrainedOnAny(role=wanted.role, **_each(wanted, self._dataset))

    def _derived_from(self, wanted: DerivedFrom) -> q.DerivedFromAny:
        ids = tuple(self.asset("model", name) for name in wanted.any_of)
        return q.DerivedFromAny(any_of=ids, relation=wanted.relation, depth=wanted.depth or None)

    def _threshold(self, wanted: Reported) -> q.Threshold:
        dataset = self.asset("dataset", wanted.dataset) if wanted.dataset else None
        found = q.Threshold(dataset=dataset, metric=self.metric(wanted.metric), split=wanted.split, op=wanted.op)
        return found if wanted.value is None else found.model_copy(update={"value": wanted.value})


def _each(wanted: OneOf, resolve: Callable[[str], Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The lists of a condition with every name resolved; a name may stand for several ids."""
    lists = {"any_of": wanted.any_of, "all_of": wanted.all_of, "none_of": wanted.none_of}
    return {field: tuple(id_ for name in names for id_ in resolve(name)) for field, names in lists.items()}


def _allowing(named: q.OneOf, allowed: bool) -> q.OneOf:
    """Licences whose terms allow commercial use, or forbid it; of the named ones where there are any."""
    terms = vocabulary("licences").terms.values()
    fitting = tuple(term.id for term in terms if term.extra.get("commercial") is allowed)
    any_of = tuple(id_ for id_ in named.any_of if id_ in fitting) if named.any_of else fitting
    return named.model_copy(update={"any_of": any_of or ("",)})
