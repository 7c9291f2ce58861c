"""Linking: names become ids, equal facts become one, and the order of cards does not matter."""

import random
from typing import Any

import pytest

from catalog.names import RANK_ID
from catalog.records import AssetCard, AssetKind, Attribute, DerivedFrom, Evaluation, Evidence, Fact, Source, TrainedOn
from catalog.store import Rows
from ingest.linking import canonical_metric, link


def said(line: int = 1, origin: Any = "prose", path: str = "m/x/README.md") -> Evidence:
    return Evidence(path=path, line_start=line, line_end=line, quote=f"line {line}", origin=origin)


def trained(dataset: str, role: Any = None, line: int = 1, origin: Any = "prose") -> TrainedOn:
    return TrainedOn(dataset=dataset, role=role, evidence=said(line, origin))


def card(id_: str, *facts: Fact, kind: AssetKind = "model", names: tuple[str, ...] = (), path: str = "") -> Source:
    asset = AssetCard(id=id_, kind=kind, title=id_, path=path or f"m/{id_}", names=names, facts=facts)
    return Source(path=path or f"m/{id_}", reader="test", text="", assets=(asset,))


def rows(table: str, *sources: Source) -> list[dict[str, Any]]:
    return link(sources).of[table]


def datasets_of(*sources: Source) -> list[str]:
    return [row["dataset_id"] for row in rows("training", *sources)]


@pytest.mark.parametrize(
    ("mention", "id_"),
    [
        ("squad_v2", "squad_v2"),
        ("SQuAD 2.0", "squad_v2"),
        ("the SQuAD v2 dataset", "squad_v2"),
        ("Owl Notes", "den/owl-notes"),
        ("owl_notes", "den/owl-notes"),
        ("den/Owl-Notes", "den/owl-notes"),
        ("owl-noets", "owl-noets"),
        ("Night sounds of the barn", "Night sounds of the barn"),
    ],
)
def test_a_mention_becomes_the_id_of_the_card_it_means(mention: str, id_: str) -> None:
    cards = [card("den/owl-notes", kind="dataset", names=("Owl Notes",)), card("squad_v2", kind="dataset")]
    assert datasets_of(*cards, card("den/owl", trained(mention))) == [id_]


@pytest.mark.parametrize(
    ("mention", "id_"),
    [
        ("Welsh SQuAD1.1", "squad-cy-translated"),
        ("SQuAD v1 (Welsh)", "squad-cy-translated"),
        ("SQuAD 2.0 machine-translated into Welsh", "squad_v2-cy-translated"),
        ("Welsh-translated XSum", "xsum-cy-translated"),
        ("Polish SQuAD1.1", "squad-pl-translated"),
        ("German CoNLL-2003", "German CoNLL-2003"),
        ("English SQuAD", "English SQuAD"),
        ("Welsh reviews", "Welsh reviews"),
    ],
)
def test_a_translation_of_an_english_dataset_has_one_name(mention: str, id_: str) -> None:
    assert datasets_of(card("den/owl", trained(mention))) == [id_]


def test_the_name_of_a_part_is_not_that_of_the_whole() -> None:
    whole = card("wikitext", kind="dataset", names=("wikitext-2",))
    assert datasets_of(whole, card("den/owl", trained("WikiText-2"))) == ["wikitext/wikitext-2"]


def test_a_long_name_with_one_slip_is_the_name_it_is_nearest_to() -> None:
    cards = [card("den/night-sounds-2020", kind="dataset"), card("den/night-sounds-2021", kind="dataset")]
    assert datasets_of(*cards, card("den/owl", trained("den/night-suonds-2021"))) == ["den/night-sounds-2021"]
    assert datasets_of(*cards, card("den/owl", trained("night sounds 2022"))) == ["night sounds 2022"]


@pytest.mark.parametrize(
    "words",
    [
        *("custom dataset", "the dataset", "None", "n/a", "private", "imagefolder", "generator", "pretraining corpus"),
        *("training data", "the training set", "test set", "training, etc", "int8", "30k sentences", "example.com"),
    ],
)
def test_words_that_name_no_dataset_never_become_one(words: str) -> None:
    assert datasets_of(card("den/owl", trained(words, origin="metadata"))) == []


@pytest.mark.parametrize(
    ("mention", "id_"),
    [
        ("https://github.com/den/owl-calls/tree/main", "owl-calls"),
        ("https://huggingface.co/datasets/den/owl-calls", "den/owl-calls"),
        ("Owl calls (night)", "Owl calls (night)"),
        ("C4", "c4"),
    ],
)
def test_an_address_names_what_it_leads_to_and_brackets_stay_closed(mention: str, id_: str) -> None:
    assert datasets_of(card("den/owl", trained(mention))) == [id_]


def test_a_name_of_two_cards_is_resolved_to_none_of_them() -> None:
    cards = [card("den/night-sounds", kind="dataset"), card("nest/night-sounds", kind="dataset")]
    assert datasets_of(*cards, card("den/owl", trained("night-sounds"))) == ["night-sounds"]


def test_the_id_of_a_well_known_model_is_no_last_part_of_another_id() -> None:
    derived = DerivedFrom(base="bert-base-german-cased", relation="finetune", evidence=said())
    named = rows("derivation", card("dbmdz/bert-base-german-cased"), card("den/owl", derived))
    assert [row["base_id"] for row in named] == ["bert-base-german-cased"]


def test_a_well_known_model_is_the_card_under_its_newer_id() -> None:
    derived = DerivedFrom(base="bert-base-uncased", relation="finetune", evidence=said())
    named = rows("derivation", card("google-bert/bert-base-uncased"), card("den/owl", derived))
    assert [row["base_id"] for row in named] == ["google-bert/bert-base-uncased"]


def test_a_card_under_an_organisation_is_what_the_well_known_name_means() -> None:
    assert datasets_of(card("den/owl", trained("SQuAD 2.0"))) == ["squad_v2"]
    assert datasets_of(card("den/owl", trained("SQuAD 2.0")), card("rajpurkar/squad_v2", kind="dataset")) == [
        "rajpurkar/squad_v2"
    ]


def test_what_is_only_named_is_an_asset_without_a_card() -> None:
    assets = rows(
        "assets",
        card("den/owl", trained("Barn sounds"), DerivedFrom(base="den/egg", relation="finetune", evidence=said())),
    )
    assert [(row["kind"], row["id"], row["has_card"]) for row in assets] == [
        ("model", "den/egg", 0),
        ("model", "den/owl", 1),
        ("dataset", "Barn sounds", 0),
    ]


def test_spellings_of_one_unknown_name_are_one_asset() -> None:
    assert datasets_of(
        card("den/owl", trained("Barn Sounds")), card("den/wren", trained("the barn-sounds corpus"))
    ) == [
        "Barn Sounds",
        "Barn Sounds",
    ]


def test_a_subset_knows_its_collection() -> None:
    assets = rows("assets", card("den/owl", trained("glue/sst2")))
    parents = {row["id"]: row["parent"] for row in assets if row["kind"] == "dataset"}
    assert parents == {"glue": None, "glue/sst2": "glue"}


def test_one_fact_said_three_times_has_three_pieces_of_evidence_the_surest_first() -> None:
    linked = link(
        [
            card(
                "den/owl",
                trained("squad", line=9),
                trained("SQuAD", line=5),
                trained("squad", line=1, origin="metadata"),
            )
        ]
    )
    (fact,) = linked.of["training"]
    assert fact["stated"] == 1
    evidence = [(row["fact"], row["position"], row["line_start"]) for row in linked.of["evidence"]]
    assert evidence == [(fact["fact"], 0, 1), (fact["fact"], 1, 5), (fact["fact"], 2, 9)]


def test_what_is_only_inferred_is_not_stated() -> None:
    (fact,) = rows("training", card("den/owl", trained("squad", origin="inferred")))
    assert fact["stated"] == 0


def test_a_phase_told_in_one_place_holds_for_the_other() -> None:
    linked = link([card("den/owl", trained("squad", origin="metadata"), trained("squad", "finetune", line=7))])
    (fact,) = linked.of["training"]
    assert fact["role"] == "finetune"
    assert len(linked.of["evidence"]) == 2


def test_both_phases_are_two_facts() -> None:
    assert [
        row["role"] for row in rows("training", card("den/owl", trained("c4", "pretrain"), trained("c4", "finetune")))
    ] == [
        "finetune",
        "pretrain",
    ]


def test_no_model_is_its_own_base() -> None:
    assert rows("derivation", card("den/owl", DerivedFrom(base="owl", relation="finetune", evidence=said()))) == []


def test_two_files_about_one_asset_are_one_card() -> None:
    linked = link([card("den/owl", trained("squad"), path="m/b.md"), card("den/owl", trained("c4"), path="m/a.md")])
    assert [(row["id"], row["path"]) for row in linked.of["assets"] if row["kind"] == "model"] == [
        ("den/owl", "m/a.md")
    ]
    assert len(linked.of["training"]) == 2


def test_a_model_and_a_dataset_may_share_an_id() -> None:
    linked = link([card("den/owl"), card("den/owl", kind="dataset", path="d/den/owl")])
    assert [(row["kind"], row["id"]) for row in linked.of["assets"]] == [("model", "den/owl"), ("dataset", "den/owl")]


def test_scores_come_on_one_scale() -> None:
    facts = [
        Evaluation(dataset="squad", split=None, metric=m, value=v, evidence=said())
        for m, v in (("F1", "0.91"), ("eval_f1", "90"))
    ]
    assert [(row["metric"], row["score"]) for row in rows("evaluations", card("den/owl", *facts))] == [
        ("f1", 91.0),
        ("f1", 90.0),
    ]


@pytest.mark.parametrize(("printed", "metric"), [("F1", "f1"), ("Own Score", "own score"), ("  ", None), (None, None)])
def test_the_canonical_metric(printed: str | None, metric: str | None) -> None:
    assert canonical_metric(printed) == metric


def test_the_size_of_a_model_is_a_number() -> None:
    facts = [Attribute(name="params", value="110M parameters", evidence=said())]
    (asset,) = rows("assets", card("den/owl", *facts))
    assert asset["params"] == 110e6


def test_the_id_of_a_card_is_never_taken_by_another_name() -> None:
    linked = link([card("den/owl", names=("wren",)), card("wren"), card("den/wren")])
    meaning = {
        row["id"]
        for row in linked.of["aliases"]
        if row["kind"] == "model" and row["squashed"] == "wren" and row["rank"] == RANK_ID
    }
    assert meaning == {"wren"}


CARDS = [
    card("squad", kind="dataset"),
    card("den/owl-notes", kind="dataset", names=("Owl Notes", "notes")),
    card("nest/owl-notes", kind="dataset", names=("Owl notes",)),
    card("glue", kind="dataset"),
    card("den/owl", trained("SQuAD"), trained("owl notes"), trained("Barn Sounds"), trained("SST-2")),
    card(
        "den/wren",
        trained("barn-sounds"),
        trained("squad", "finetune"),
        DerivedFrom(base="owl", relation="finetune", evidence=said()),
    ),
    card(
        "nest/owl",
        trained("the barn sounds dataset"),
        DerivedFrom(base="BERT base uncased", relation="finetune", evidence=said()),
    ),
    card(
        "lark",
        DerivedFrom(base="nest/owl", relation="merge", evidence=said()),
        DerivedFrom(base="wren", relation="merge", evidence=said()),
    ),
]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_cards_does_not_matter(seed: int) -> None:
    shuffled = random.Random(seed).sample(CARDS, len(CARDS))
    assert link(shuffled).of == link(CARDS).of


def test_no_two_rows_share_a_key() -> None:
    linked: Rows = link(CARDS)
    keys_of = {
        "aliases": ("kind", "squashed", "id"),
        "assets": ("kind", "id"),
        "evidence": ("fact", "position"),
        "words": ("kind", "word", "id"),
        "training": ("fact",),
        "derivation": ("fact",),
    }
    for name, keys in keys_of.items():
        found = [tuple(row[key] for key in keys) for row in linked.of[name]]
        assert len(found) == len(set(found)), name
