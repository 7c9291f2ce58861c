"""Who descends from whom: up to what a model was built on, down to what was built with an asset, paths between two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from agent.tools.filters import Kind
from agent.tools.found import Entry, Found
from agent.tools.resolving import Resolver
from catalog.execution import execute
from catalog.query import CatalogQuery, DerivedFromAny, TrainedOnAny
from catalog.store import Catalog
from catalog.values import Value, ancestors, values_of

Direction = Literal["up", "down"]
_DEEPEST = 40


class Step(NamedTuple):
    """One step of descent: `child` was built with `parent` in the way that `how` says."""

    child: str
    parent: str
    how: str
    fact: str
    distance: int


@dataclass(frozen=True)
class Descent:
    """Follows base models and training data in one catalogue."""

    catalog: Catalog

    def lineage(self, name: str, direction: Direction, depth: int | None, arguments: dict[str, Any]) -> Found:
        """Everything a model was built on, nearest first, or everything built with an asset."""
        resolver = Resolver(self.catalog)
        kind, id_ = resolver.either(name)
        steps = self.steps(kind, id_, direction, depth)
        way = "what {} was built on" if direction == "up" else "what was built with {}"
        entries = self._entries(steps, direction)
        return Found(
            tool="lineage",
            arguments=arguments,
            says=way.format(id_) + (f", at most {depth} steps away" if depth else ""),
            total=len(entries),
            entries=entries,
            columns=("model", "how", "steps away"),
            read_as=resolver.told(),
        )

    def steps(self, kind: Kind, id_: str, direction: Direction, depth: int | None = None) -> list[Step]:
        """Every stated step from an asset up or down, nearest first."""
        most = depth or _DEEPEST
        return self._up(kind, id_, most) if direction == "up" else self._down(kind, id_, most)

    def path(self, one: str, other: str, arguments: dict[str, Any]) -> Found:
        """The steps that lead from one asset to the other, in either direction; none where they are not related."""
        resolver = Resolver(self.catalog)
        (kind, id_), (other_kind, other_id) = resolver.either(one), resolver.either(other)
        steps = _between(self._up(kind, id_, _DEEPEST), other_id) or _between(
            self._up(other_kind, other_id, _DEEPEST), id_
        )
        return Found(
            tool="lineage",
            arguments=arguments,
            says=f"how {id_} and {other_id} are related",
            total=len(steps),
            entries=self._entries(steps, "up"),
            columns=("model", "how", "steps away"),
            notes=() if steps else (f"no card says that one of {id_} and {other_id} was built with the other",),
        )

    def _up(self, kind: Kind, id_: str, depth: int) -> list[Step]:
        if kind == "dataset":
            return []
        found = _stated(ancestors(self.catalog, id_, depth))
        distance = {id_: 0}
        steps = []
        for value in found:
            distance.setdefault(value.value, distance.get(value.asset, 0) + 1)
            steps.append(_step(value, distance[value.value]))
        models = [id_, *(step.parent for step in steps if step.distance < depth)]
        data = _stated(values_of(self.catalog, "model", list(dict.fromkeys(models)), "training_data"))
        return steps + [_step(value, distance[value.asset] + 1, "trained on") for value in data]

    def _down(self, kind: Kind, id_: str, depth: int) -> list[Step]:
        """Level by level; a dataset's first level are the models trained on it."""
        steps: list[Step] = []
        seen, frontier = {id_}, [id_]
        for distance in range(1, depth + 1):
            relation = "training_data" if kind == "dataset" and distance == 1 else "base_models"
            fresh = self._children(relation, frontier, distance)
            fresh = [step for step in fresh if step.child not in seen]
            steps += fresh
            frontier = list(dict.fromkeys(step.child for step in fresh))
            seen.update(frontier)
            if not frontier:
                break
        return steps

    def _children(self, relation: str, parents: Sequence[str], distance: int) -> list[Step]:
        among = tuple(parents)
        conditions: dict[str, Any] = (
            {"trained_on": TrainedOnAny(any_of=among)}
            if relation == "training_data"
            else {"derived_from": DerivedFromAny(any_of=among)}
        )
        found = execute(self.catalog, CatalogQuery(has_card=None, **conditions))
        facts = {fact for item in found.items for fact in item.facts}
        values = values_of(self.catalog, "model", [item.id for item in found.items], relation)
        how = "trained on" if relation == "training_data" else None
        return [_step(value, distance, how) for value in _stated(values) if value.fact in facts]

    def _entries(self, steps: Sequence[Step], direction: Direction) -> tuple[Entry, ...]:
        evidence = self.catalog.evidence([step.fact for step in steps])
        entries = []
        for step in steps:
            id_ = step.parent if direction == "up" else step.child
            kind: Kind = "dataset" if direction == "up" and step.how.startswith("trained on") else "model"
            entries.append(
                Entry(
                    kind=kind,
                    label=id_,
                    id=id_,
                    details=(f"{step.child}: {step.how} {step.parent}", str(step.distance)),
                    about=step.child,
                    evidence=evidence.get(step.fact, ()),
                )
            )
        return tuple(entries)


def _stated(values: Iterable[Value]) -> list[Value]:
    return [value for value in values if value.stated]


def _step(value: Value, distance: int, how: str | None = None) -> Step:
    phase = f" ({value.detail})" if how and value.detail else ""
    said = f"{how}{phase}" if how else f"{value.detail} of"
    return Step(value.asset, value.value, said, value.fact, distance)


def _between(steps: Sequence[Step], goal: str) -> list[Step]:
    """The steps that lead to `goal`, nearest first; empty where none does."""
    arriving = {step.parent: step for step in reversed(steps)}
    path: list[Step] = []
    while goal in arriving and arriving[goal] not in path:
        path.insert(0, arriving[goal])
        goal = arriving[goal].child
    return path
