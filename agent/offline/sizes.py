"""Models by their number of parameters: the members of a family, the smallest of those just listed."""

from agent.answer import Answer, AnswerItem, Row
from agent.citations import Citations
from catalog.execution import execute
from catalog.query import CatalogQuery
from catalog.store import Catalog
from catalog.values import values_of


def by_size(catalog: Catalog, query: CatalogQuery) -> Answer | None:
    """The models of a query with their stated sizes, in its order; None where no card states one."""
    found = execute(catalog, query)
    ids = [item.id for item in found.items]
    values = {value.asset: value for value in reversed(values_of(catalog, "model", ids, "params")) if value.stated}
    known = [id_ for id_ in ids if id_ in values]
    if not known:
        return None
    citations = Citations(catalog)
    evidence = catalog.evidence([values[id_].fact for id_ in known])
    rows = tuple(
        Row(
            label=id_,
            details=(f"{values[id_].value} parameters",),
            markers=citations.cite(id_, evidence[values[id_].fact]),
        )
        for id_ in known
    )
    silent = len(ids) - len(known)
    end = {None: f"{len(known)} models:", 1: "The largest:" if query.descending else "The smallest:"}
    return Answer(
        headline=end.get(query.limit, f"{len(known)} models:"),
        columns=("model", "size"),
        rows=rows,
        notes=(f"{silent} more do not state their size.",) if silent else (),
        understood="models by number of parameters",
        items=tuple(AnswerItem(kind="model", id=id_) for id_ in known),
        total=len(known),
        exhaustive=not silent,
        citations=citations.all(),
    )
