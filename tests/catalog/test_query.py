"""`CatalogQuery`, run on a small catalogue in SQLite and, with ALMANAC_TEST_DATABASE_URL, in PostgreSQL."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from catalog.execution import QueryResult, execute
from catalog.query import Between, CatalogQuery, DerivedFromAny, OneOf, Ranking, Threshold, TrainedOnAny
from catalog.records import (
    AssetCard,
    AssetKind,
    Attribute,
    DerivedFrom,
    Evaluation,
    Evidence,
    Fact,
    Origin,
    Source,
    TrainedOn,
)
from catalog.store import Catalog, sqlite_catalog, url_catalog
from catalog.values import ancestors, values_of
from ingest.linking import link


def said(line: int = 1, origin: Origin = "metadata") -> Evidence:
    return Evidence(path="m/x", line_start=line, line_end=line, quote=f"line {line}", origin=origin)


def trained(dataset: str, role: Any = None, origin: Origin = "metadata") -> TrainedOn:
    return TrainedOn(dataset=dataset, role=role, evidence=said(1, origin))


def derived(base: str, relation: Any = "finetune", origin: Origin = "metadata") -> DerivedFrom:
    return DerivedFrom(base=base, relation=relation, evidence=said(2, origin))


def scored(dataset: str, metric: str, value: str, split: str | None = None, unit: str | None = None) -> Evaluation:
    return Evaluation(dataset=dataset, metric=metric, value=value, split=split, unit=unit, evidence=said(3, "table"))


def stated(**values: str) -> list[Attribute]:
    return [Attribute(name=name, value=value, evidence=said(4)) for name, value in values.items()]


def card(id_: str, *facts: Fact, kind: AssetKind = "model") -> Source:
    asset = AssetCard(id=id_, kind=kind, title=f"The {id_.rpartition('/')[2]}", path=f"m/{id_}", facts=facts)
    return Source(path=f"m/{id_}/README.md", reader="test", text="", assets=(asset,))


SOURCES = [
    card("squad", *stated(license="cc-by-4.0", language="en"), kind="dataset"),
    card("squad_v2", *stated(license="cc-by-4.0", language="en"), kind="dataset"),
    card("glue", *stated(language="en", license="other"), kind="dataset"),
    card("nest/minutes", *stated(language="nl"), kind="dataset"),
    card("den/root", trained("wikipedia", "pretrain"), *stated(license="mit", params="110M", language="en", tag="old")),
    card("den/small", derived("den/root", "distillation"), *stated(license="apache-2.0", params="66M", language="en")),
    card(
        "den/quiz",
        derived("den/small"),
        trained("squad_v2", "finetune"),
        trained("wikipedia", "pretrain"),
        scored("squad_v2", "f1", "84.5", "dev", "%"),
        scored("squad_v2", "exact_match", "81.0", "dev", "%"),
        *stated(license="cc-by-4.0", language="en", task="question-answering", tag="quiz", params="66M"),
    ),
    card(
        "nest/quiz",
        derived("den/root"),
        trained("squad_v2", "finetune"),
        trained("squad", "finetune"),
        scored("squad_v2", "f1", "0.791", "validation"),
        scored("squad_v2", "f1", "0.70", "test"),
        *stated(license="cc-by-nc-4.0", task="question-answering", params="110M"),
        Attribute(name="language", value="en", evidence=said(4)),
        Attribute(name="language", value="nl", evidence=said(5)),
    ),
    card(
        "nest/mood",
        derived("den/small"),
        trained("glue/sst2", "finetune"),
        trained("squad", origin="inferred"),
        scored("glue/sst2", "accuracy", "91.3", "dev"),
        *stated(license="unknown", language="nl", task="text-classification"),
    ),
    card("nest/mood-4bit", derived("nest/mood", "quantization"), scored("glue/sst2", "accuracy", "0.913", "dev")),
    card("owl", derived("den/quiz", origin="inferred"), scored("wikitext", "perplexity", "18.2", "test")),
    card("lark", scored("wikitext", "perplexity", "21.7", "test"), *stated(params="1.5B", tag="quiz")),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def catalog(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_database_url: str | None
) -> Iterator[Catalog]:
    if request.param == "sqlite":
        written = sqlite_catalog(tmp_path_factory.mktemp("catalog") / "catalog.sqlite", writable=True)
    elif test_database_url:
        written = url_catalog(test_database_url)
    else:
        pytest.skip("set ALMANAC_TEST_DATABASE_URL to a PostgreSQL database that may be overwritten")
    written.write(link(SOURCES), {"generation": "one"})
    yield written
    written.close()


def ids(found: QueryResult) -> list[str]:
    return [item.id for item in found.items]


FILTERS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("trained on one", {"trained_on": TrainedOnAny(any_of=("squad_v2",))}, ["den/quiz", "nest/quiz"]),
    ("any of two", {"trained_on": TrainedOnAny(any_of=("squad", "glue/sst2"))}, ["nest/mood", "nest/quiz"]),
    ("all of two", {"trained_on": TrainedOnAny(all_of=("squad", "squad_v2"))}, ["nest/quiz"]),
    ("on one, not the other", {"trained_on": TrainedOnAny(any_of=("squad_v2",), none_of=("squad",))}, ["den/quiz"]),
    ("a subset counts for the collection", {"trained_on": TrainedOnAny(any_of=("glue",))}, ["nest/mood"]),
    ("a collection does not count for its subset", {"trained_on": TrainedOnAny(any_of=("glue/mnli",))}, []),
    ("in one phase", {"trained_on": TrainedOnAny(any_of=("wikipedia",), role="finetune")}, []),
    (
        "in the other phase",
        {"trained_on": TrainedOnAny(any_of=("wikipedia",), role="pretrain")},
        ["den/quiz", "den/root"],
    ),
    (
        "not in one phase",
        {
            "trained_on": TrainedOnAny(none_of=("squad_v2",), role="pretrain"),
            "task": OneOf(any_of=("question-answering",)),
        },
        ["den/quiz", "nest/quiz"],
    ),
    ("evaluated on", {"evaluated_on": OneOf(any_of=("glue",))}, ["nest/mood", "nest/mood-4bit"]),
    (
        "evaluated, but not trained",
        {"evaluated_on": OneOf(any_of=("glue",)), "trained_on": TrainedOnAny(none_of=("glue",))},
        ["nest/mood-4bit"],
    ),
    ("directly derived", {"derived_from": DerivedFromAny(any_of=("den/root",))}, ["den/small", "nest/quiz"]),
    (
        "derived by one relation",
        {"derived_from": DerivedFromAny(any_of=("den/root",), relation="distillation")},
        ["den/small"],
    ),
    (
        "two steps down",
        {"derived_from": DerivedFromAny(any_of=("den/root",), depth=2)},
        ["den/quiz", "den/small", "nest/mood", "nest/quiz"],
    ),
    (
        "at any distance",
        {"derived_from": DerivedFromAny(any_of=("den/root",), depth=None)},
        ["den/quiz", "den/small", "nest/mood", "nest/mood-4bit", "nest/quiz"],
    ),
    ("from one of two", {"derived_from": DerivedFromAny(any_of=("den/quiz", "nest/mood"))}, ["nest/mood-4bit"]),
    ("one language", {"language": OneOf(any_of=("nl",))}, ["nest/mood", "nest/quiz"]),
    ("both languages", {"language": OneOf(all_of=("nl", "en"))}, ["nest/quiz"]),
    ("one language, not the other", {"language": OneOf(any_of=("nl",), none_of=("en",))}, ["nest/mood"]),
    ("task", {"task": OneOf(any_of=("question-answering",))}, ["den/quiz", "nest/quiz"]),
    ("licence", {"license": OneOf(any_of=("mit", "apache-2.0"))}, ["den/root", "den/small"]),
    (
        "not that licence",
        {"license": OneOf(none_of=("cc-by-nc-4.0",)), "task": OneOf(any_of=("question-answering",))},
        ["den/quiz"],
    ),
    (
        "licence of the training data, also of what they are a part of",
        {"data_license": OneOf(any_of=("other", "cc-by-4.0"))},
        ["den/quiz", "nest/mood", "nest/quiz"],
    ),
    (
        "not that licence of the training data",
        {"data_license": OneOf(none_of=("cc-by-4.0",)), "trained_on": TrainedOnAny(any_of=("squad_v2", "glue"))},
        ["nest/mood"],
    ),
    ("tag", {"tag": OneOf(any_of=("quiz",))}, ["den/quiz", "lark"]),
    ("organisation in any case", {"organization": OneOf(any_of=("Den",))}, ["den/quiz", "den/root", "den/small"]),
    ("not of an organisation", {"organization": OneOf(none_of=("den", "nest"))}, ["lark", "owl"]),
    ("with a licence", {"has_license": True, "organization": OneOf(any_of=("nest",))}, ["nest/quiz"]),
    (
        "without a known licence",
        {"has_license": False, "organization": OneOf(any_of=("nest",))},
        ["nest/mood", "nest/mood-4bit"],
    ),
    ("by id", {"ids": ("owl", "lark", "nobody/knows")}, ["lark", "owl"]),
    ("by words of the name", {"named": ("quiz",)}, ["den/quiz", "nest/quiz"]),
    ("at least so large", {"params": Between(at_least=1e8)}, ["den/root", "lark", "nest/quiz"]),
    ("at most so large", {"params": Between(at_most=66e6)}, ["den/quiz", "den/small"]),
    ("more than so large", {"params": Between(more_than=110e6)}, ["lark"]),
    ("less than so large", {"params": Between(less_than=110e6)}, ["den/quiz", "den/small"]),
    (
        "two results at once",
        {
            "metric": Threshold(dataset="squad_v2", metric="f1", op=">", value=75),
            "metrics": (Threshold(dataset="squad_v2", metric="exact_match", op=">", value=80),),
        },
        ["den/quiz"],
    ),
    ("between", {"params": Between(at_least=1e8, at_most=1e9)}, ["den/root", "nest/quiz"]),
    (
        "above a percentage, reported as a fraction",
        {"metric": Threshold(dataset="squad_v2", metric="f1", op=">", value=79)},
        ["den/quiz", "nest/quiz"],
    ),
    (
        "above a fraction, reported as a percentage",
        {"metric": Threshold(dataset="squad_v2", metric="f1", op=">", value=0.8)},
        ["den/quiz"],
    ),
    ("below", {"metric": Threshold(dataset="squad_v2", metric="f1", op="<", value=75)}, ["nest/quiz"]),
    (
        "exactly",
        {"metric": Threshold(dataset="glue/sst2", metric="accuracy", op="=", value=91.3)},
        ["nest/mood", "nest/mood-4bit"],
    ),
    (
        "above on the test set",
        {"metric": Threshold(dataset="squad_v2", metric="f1", split="test", op=">=", value=70)},
        ["nest/quiz"],
    ),
    (
        "dev and validation are one",
        {"metric": Threshold(dataset="squad_v2", metric="f1", split="dev", op=">", value=0)},
        ["den/quiz", "nest/quiz"],
    ),
    ("any result by a metric", {"metric": Threshold(metric="perplexity")}, ["lark", "owl"]),
    ("a scale of its own", {"metric": Threshold(metric="perplexity", op="<", value=20)}, ["owl"]),
]


@pytest.mark.parametrize(("conditions", "expected"), [row[1:] for row in FILTERS], ids=[row[0] for row in FILTERS])
def test_the_models_that_fulfil_every_condition(catalog: Catalog, conditions: Any, expected: Sequence[str]) -> None:
    found = execute(catalog, CatalogQuery(**conditions))
    assert ids(found) == expected
    assert (found.total, found.left_out) == (len(expected), 0)
    assert execute(catalog, CatalogQuery(**conditions, select="count")).total == len(expected)


def test_every_model_with_a_card_without_conditions(catalog: Catalog) -> None:
    assert ids(execute(catalog, CatalogQuery())) == sorted(
        s.assets[0].id for s in SOURCES if s.assets[0].kind == "model"
    )


def test_datasets_are_asked_for_in_the_same_way(catalog: Catalog) -> None:
    english = CatalogQuery(kind="dataset", language=OneOf(any_of=("en",)))
    assert ids(execute(catalog, english)) == ["glue", "squad", "squad_v2"]
    licensed = CatalogQuery(kind="dataset", has_license=True)
    assert ids(execute(catalog, licensed)) == ["squad", "squad_v2"]


def test_what_is_only_named_has_no_card(catalog: Catalog) -> None:
    named = execute(catalog, CatalogQuery(kind="dataset", has_card=False))
    assert {"wikipedia", "glue/sst2", "wikitext"} <= set(ids(named))
    everything = execute(catalog, CatalogQuery(kind="dataset", has_card=None, select="count"))
    assert everything.total == named.total + 4


def test_inferred_facts_count_only_where_they_are_asked_for(catalog: Catalog) -> None:
    query = CatalogQuery(trained_on=TrainedOnAny(any_of=("squad",)))
    assert ids(execute(catalog, query)) == ["nest/quiz"]
    assert ids(execute(catalog, query, inferred=True)) == ["nest/mood", "nest/quiz"]
    below = CatalogQuery(derived_from=DerivedFromAny(any_of=("den/quiz",)))
    assert ids(execute(catalog, below)) == []
    assert ids(execute(catalog, below, inferred=True)) == ["owl"]


def test_each_item_names_the_facts_it_was_found_by(catalog: Catalog) -> None:
    query = CatalogQuery(trained_on=TrainedOnAny(any_of=("squad_v2",)), language=OneOf(all_of=("en", "nl")))
    (item,) = execute(catalog, query).items
    evidence = catalog.evidence(item.facts)
    assert sorted(piece.line_start for pieces in evidence.values() for piece in pieces) == [1, 4, 5]


def test_offset_and_limit_page_through_everything_and_tell_the_total(catalog: Catalog) -> None:
    whole = ids(execute(catalog, CatalogQuery()))
    pages = [execute(catalog, CatalogQuery(offset=start, limit=3)) for start in range(0, len(whole), 3)]
    assert [id_ for page in pages for id_ in ids(page)] == whole
    assert {page.total for page in pages} == {len(whole)}
    assert pages[0].left_out == len(whole) - 3


def test_an_offset_without_a_limit_leaves_the_first_out(catalog: Catalog) -> None:
    found = execute(catalog, CatalogQuery(offset=2))
    assert (found.total, found.left_out, len(found.items)) == (8, 2, 6)


def test_order_by_size_with_the_unknown_at_a_stable_end(catalog: Catalog) -> None:
    sized = CatalogQuery(params=Between(at_least=0), order="params", descending=True)
    assert ids(execute(catalog, sized)) == ["lark", "den/root", "nest/quiz", "den/quiz", "den/small"]
    largest = execute(catalog, CatalogQuery(order="params", descending=True, limit=1))
    assert ids(largest) == ["lark"]
    smallest = execute(catalog, CatalogQuery(order="params", limit=1))
    assert ids(smallest) == ["den/quiz"]
    assert ids(execute(catalog, CatalogQuery(order="params")))[-3:] == ["nest/mood", "nest/mood-4bit", "owl"]


def test_order_by_title(catalog: Catalog) -> None:
    found = execute(catalog, CatalogQuery(organization=OneOf(any_of=("den",)), order="title", descending=True))
    assert [item.title for item in found.items] == ["The small", "The root", "The quiz"]


def test_an_attribute_of_each_model(catalog: Catalog) -> None:
    query = CatalogQuery(ids=("nest/quiz", "owl"), select="attribute", attribute="language")
    found = execute(catalog, query)
    assert [(value.asset, value.value) for value in found.values] == [("nest/quiz", "en"), ("nest/quiz", "nl")]
    assert found.total == 2


def test_more_values_than_assets_leave_nothing_out(catalog: Catalog) -> None:
    query = CatalogQuery(ids=("nest/quiz",), select="attribute", attribute="language", limit=1)
    assert execute(catalog, query).left_out == 0


def test_the_union_of_training_data(catalog: Catalog) -> None:
    query = CatalogQuery(task=OneOf(any_of=("question-answering",)), select="training_data")
    found = execute(catalog, query)
    told = {(value.asset, value.value, value.detail) for value in found.values}
    assert told == {
        ("den/quiz", "squad_v2", "finetune"),
        ("den/quiz", "wikipedia", "pretrain"),
        ("nest/quiz", "squad", "finetune"),
        ("nest/quiz", "squad_v2", "finetune"),
    }
    assert found.total == 3
    assert execute(catalog, query.model_copy(update={"role": "pretrain"})).total == 1


def test_a_limit_on_training_data_counts_datasets(catalog: Catalog) -> None:
    query = CatalogQuery(task=OneOf(any_of=("question-answering",)), select="training_data", limit=1)
    found = execute(catalog, query)
    assert {value.value for value in found.values} == {"squad_v2"}, "the one that most models share comes first"
    assert (found.total, found.left_out) == (3, 2)


def test_the_base_models(catalog: Catalog) -> None:
    found = execute(catalog, CatalogQuery(organization=OneOf(any_of=("nest",)), select="base_models"))
    assert {(value.value, value.detail) for value in found.values} == {
        ("den/root", "finetune"),
        ("den/small", "finetune"),
        ("nest/mood", "quantization"),
    }


def test_the_results_of_a_model(catalog: Catalog) -> None:
    found = execute(catalog, CatalogQuery(ids=("nest/quiz",), select="results", results_on="squad_v2"))
    assert [(r.split, r.metric, r.value, r.score) for r in found.results] == [
        ("test", "f1", "0.70", 70.0),
        ("validation", "f1", "0.791", 79.1),
    ]
    assert found.total == 1
    assert execute(catalog, CatalogQuery(ids=("nest/quiz",), select="results", results_on="glue")).results == ()


def test_the_results_by_one_metric_on_one_split(catalog: Catalog) -> None:
    query = CatalogQuery(ids=("den/quiz", "nest/quiz"), select="results", results_by="f1", results_split="dev")
    assert [(r.model, r.value) for r in execute(catalog, query).results] == [
        ("den/quiz", "84.5"),
        ("nest/quiz", "0.791"),
    ]


def test_base_models_further_back(catalog: Catalog) -> None:
    query = CatalogQuery(ids=("nest/mood-4bit",), select="base_models", has_card=None)
    assert {value.value for value in execute(catalog, query).values} == {"nest/mood"}
    two = execute(catalog, query.model_copy(update={"depth": 2}))
    assert {value.value for value in two.values} == {"nest/mood", "den/small"}
    whole = execute(catalog, query.model_copy(update={"depth": None}))
    assert {value.value for value in whole.values} == {"nest/mood", "den/small", "den/root"}


def ranked(catalog: Catalog, **ranking: Any) -> list[tuple[str, str]]:
    found = execute(catalog, CatalogQuery(select="ranking", ranking=Ranking(**ranking)))
    first = {result.model: result.value for result in reversed(found.results)}
    return [(id_, first[id_]) for id_ in ids(found)]


def test_a_ranking_takes_the_best_of_each_model_whatever_the_scale(catalog: Catalog) -> None:
    assert ranked(catalog, dataset="squad_v2", metric="f1") == [("den/quiz", "84.5"), ("nest/quiz", "0.791")]


def test_a_ranking_from_the_other_end_takes_the_worst_of_each(catalog: Catalog) -> None:
    assert ranked(catalog, dataset="squad_v2", metric="f1", highest=False) == [
        ("nest/quiz", "0.70"),
        ("den/quiz", "84.5"),
    ]


def test_the_better_end_of_perplexity_is_the_low_one(catalog: Catalog) -> None:
    assert ranked(catalog, dataset="wikitext", metric="perplexity") == [("owl", "18.2"), ("lark", "21.7")]
    assert ranked(catalog, metric="perplexity", highest=True) == [("lark", "21.7"), ("owl", "18.2")]


def test_ties_come_in_the_order_of_ids(catalog: Catalog) -> None:
    assert ranked(catalog, dataset="glue", metric="accuracy") == [("nest/mood", "91.3"), ("nest/mood-4bit", "0.913")]


def test_a_ranking_on_one_split(catalog: Catalog) -> None:
    assert ranked(catalog, dataset="squad_v2", metric="f1", split="test") == [("nest/quiz", "0.70")]


def test_a_limited_ranking_tells_how_many_report_the_metric(catalog: Catalog) -> None:
    query = CatalogQuery(select="ranking", ranking=Ranking(dataset="squad_v2", metric="f1"), limit=1)
    found = execute(catalog, query)
    assert (ids(found), found.total, found.left_out) == (["den/quiz"], 2, 1)


def test_a_benchmark_is_ranked_without_a_metric_by_the_usual_one(catalog: Catalog) -> None:
    assert ranked(catalog, dataset="wikitext") == ranked(catalog, dataset="wikitext", metric="perplexity")
    assert ranked(catalog, dataset="glue") == ranked(catalog, dataset="glue", metric="accuracy")


def test_a_ranking_needs_a_metric_or_a_dataset() -> None:
    with pytest.raises(ValidationError, match="needs a metric, a dataset, or both"):
        CatalogQuery(select="ranking", ranking=Ranking())


def test_an_order_by_value_goes_by_the_number_and_leaves_out_who_states_none(catalog: Catalog) -> None:
    query = CatalogQuery(select="attribute", attribute="params", order="value", descending=True, limit=2)
    found = execute(catalog, query)
    numbers = [value.value for value in found.values]
    assert numbers == ["1.5B", "110M"]
    assert found.total > len(found.items) == 2
    lowest = execute(catalog, query.model_copy(update={"descending": False, "limit": 1}))
    assert [value.value for value in lowest.values] == ["66M"]


def test_an_order_by_value_needs_an_attribute() -> None:
    with pytest.raises(ValidationError, match="order 'value' needs select 'attribute'"):
        CatalogQuery(order="value")


def test_about_looks_at_names_titles_summaries_and_tags(catalog: Catalog) -> None:
    assert ids(execute(catalog, CatalogQuery(about=("MOOD",)))) == ["nest/mood", "nest/mood-4bit"]
    assert "den/quiz" in ids(execute(catalog, CatalogQuery(about=("quiz",))))
    assert ids(execute(catalog, CatalogQuery(about=("50%",)))) == []


def test_ancestors_come_nearest_first(catalog: Catalog) -> None:
    steps = [(step.asset, step.value) for step in ancestors(catalog, "nest/mood-4bit")]
    assert steps == [("nest/mood-4bit", "nest/mood"), ("nest/mood", "den/small"), ("den/small", "den/root")]


def test_values_come_in_the_order_of_the_ids(catalog: Catalog) -> None:
    found = values_of(catalog, "model", ["nest/mood", "den/root"], "license")
    assert [(value.asset, value.value) for value in found] == [("nest/mood", "unknown"), ("den/root", "mit")]


def test_a_circle_of_derivations_ends(tmp_path: Any) -> None:
    circle = sqlite_catalog(tmp_path / "catalog.sqlite", writable=True)
    circle.write(link([card("a/one", derived("a/two")), card("a/two", derived("a/one"))]), {})
    query = CatalogQuery(derived_from=DerivedFromAny(any_of=("a/one",), depth=None))
    assert ids(execute(circle, query)) == ["a/one", "a/two"]
    assert [step.value for step in ancestors(circle, "a/one")] == ["a/two", "a/one"]
    circle.close()


def test_hostile_values_are_values(catalog: Catalog) -> None:
    for text in ("'; DROP TABLE assets; --", "%", "\\", "x" * 10_000, "ÅÄÖ 数据"):
        query = CatalogQuery(ids=(text,), license=OneOf(any_of=(text,)), organization=OneOf(none_of=(text,)))
        assert execute(catalog, query).total == 0
    assert execute(catalog, CatalogQuery(select="count")).total == 8


@pytest.mark.parametrize(
    ("wrong", "cure"),
    [
        ({"select": "attribute"}, "needs `attribute`"),
        ({"select": "ranking"}, "needs `ranking`"),
        ({"kind": "dataset", "select": "base_models"}, "ask with kind 'model'"),
        ({"limit": 0}, "greater than or equal to 1"),
        ({"offset": -1}, "greater than or equal to 0"),
        ({"trained": "squad"}, "Extra inputs are not permitted"),
        ({"order": "stars"}, "Input should be 'id', 'title', 'params' or 'value'"),
        ({"derived_from": {"any_of": ["x"], "depth": 0}}, "greater than or equal to 1"),
    ],
)
def test_a_query_that_makes_no_sense_says_why(wrong: dict[str, Any], cure: str) -> None:
    with pytest.raises(ValidationError, match=cure):
        CatalogQuery.model_validate(wrong)


def test_a_query_survives_json() -> None:
    query = CatalogQuery(
        trained_on=TrainedOnAny(any_of=("squad",), role="finetune"), metric=Threshold(metric="f1", value=80.5), limit=3
    )
    assert CatalogQuery.model_validate_json(query.model_dump_json()) == query
