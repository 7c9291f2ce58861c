"""The catalogue's tables. `SCHEMA` counts up with every change; a store of another schema is rebuilt, not migrated.

Every fact row has a `fact` key, a content hash under which its evidence stands; `stated` is 0 where all its evidence
is inferred or overruled by a surer origin (a licence of the prose where the metadata states another). Task and
language follow from architecture and name where a card does not spell them out; inferred ones count as stated. Ids are
asset ids; a dataset or base model that is only named in a card is an asset with `has_card` 0.
"""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA = 3

metadata = MetaData()


def _fact_table(name: str, *columns: Column[object]) -> Table:
    return Table(
        name,
        metadata,
        Column("fact", String(12), primary_key=True),
        Column("stated", Integer, nullable=False),
        *columns,
    )


def _id(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, String(300), nullable=nullable, index=True)


meta = Table("meta", metadata, Column("key", String(60), primary_key=True), Column("value", Text, nullable=False))

#: one row per ingested file; `parsed` is the compressed `Source` that linking starts from
documents = Table(
    "documents",
    metadata,
    Column("path", String(1000), primary_key=True),
    Column("root", String(300), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("parsed", LargeBinary, nullable=False),
)

#: companion files of a document (model.yml beside README.md), for citations
companions = Table(
    "companions",
    metadata,
    Column("path", String(1000), primary_key=True),
    _id("document"),
    Column("text", Text, nullable=False),
)

assets = Table(
    "assets",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("id", String(300), primary_key=True),
    Column("has_card", Integer, nullable=False),
    Column("organization", String(300), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("path", String(1000), index=True),
    _id("parent", nullable=True),
    Column("params", Float, index=True),
)

training = _fact_table("training", _id("model_id"), _id("dataset_id"), Column("role", String(10)))

derivation = _fact_table("derivation", _id("model_id"), _id("base_id"), Column("relation", String(30), nullable=False))

#: `value` as printed, `score` on one scale per metric (percent for shares), for comparisons
evaluations = _fact_table(
    "evaluations",
    _id("model_id"),
    _id("dataset_id", nullable=True),
    Column("split", String(60)),
    Column("metric", String(200), index=True),
    Column("metric_printed", Text),
    Column("value", Text, nullable=False),
    Column("unit", String(20)),
    Column("score", Float),
    Column("task", Text),
)


def _facet_table(name: str) -> Table:
    """One value of a closed or open vocabulary per row."""
    table = _fact_table(name, Column("kind", String(10), nullable=False), _id("asset_id"), _id("value"))
    Index(f"{name}_asset", table.c.kind, table.c.asset_id)
    return table


languages = _facet_table("languages")
tasks = _facet_table("tasks")
licences = _facet_table("licences")
tags = _facet_table("tags")

#: everything else that a card states, one value per row
attributes = _fact_table(
    "attributes",
    Column("kind", String(10), nullable=False),
    _id("asset_id"),
    Column("name", String(100), nullable=False, index=True),
    Column("value", Text, nullable=False),
)

evidence = Table(
    "evidence",
    metadata,
    Column("fact", String(12), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("path", String(1000), nullable=False),
    Column("line_start", Integer, nullable=False),
    Column("line_end", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("origin", String(10), nullable=False),
    Column("page", Integer),
)

#: spellings of assets and of facet values; `rank` is how surely the spelling means the asset, 0 is its id
aliases = Table(
    "aliases",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("squashed", String(300), primary_key=True),
    Column("id", String(300), primary_key=True),
    Column("spelling", Text, nullable=False),
    Column("rank", Integer, nullable=False),
)

#: words of the names of assets that have a card, weighted by how few assets share them, for names told loosely
words = Table(
    "words",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("word", String(100), primary_key=True),
    Column("id", String(300), primary_key=True),
    Column("weight", Float, nullable=False),
)

#: where documents that are no cards name assets of the catalogue
mentions = Table(
    "mentions",
    metadata,
    Column("path", String(1000), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("asset_id", String(300), primary_key=True, index=True),
    Column("line_start", Integer, primary_key=True),
    Column("line_end", Integer, nullable=False),
)

#: attribute name → table where its values stand
FACETS = {"language": languages, "task": tasks, "license": licences, "tag": tags}
