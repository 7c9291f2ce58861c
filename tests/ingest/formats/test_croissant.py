"""Croissant files of datasets."""

import json

import pytest
from format_reading import make_folder, read_checked, read_one, values
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats import claim
from ingest.formats.croissant import CroissantReader
from ingest.formats.json_leaves import parse_json

#: the early flavour: types with the prefix `sc:`, the old vocabulary of record sets
EARLY = """{
  "@context": {"@vocab": "https://schema.org/", "sc": "https://schema.org/", "ml": "http://mlcommons.org/schema/"},
  "@type": "sc:Dataset",
  "name": "pond-sounds",
  "description": "An hour of ponds. \\u00a9 nobody.",
  "license": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
  "url": "https://example.org/ponds",
  "citation": "@inproceedings{ponds, title={The sound of {P}onds}, author={A. Frog}, year={2021}}",
  "distribution": [
    {"@type": "ml:FileObject", "name": "ponds.zip", "contentSize": "12 MB", "encodingFormat": "application/zip"}
  ],
  "recordSet": [{"@type": "ml:RecordSet", "name": "clips", "field": [
      {"@type": "ml:Field", "name": "loudness", "dataType": "sc:Float", "source": {"distribution": "ponds.zip"}}
  ]}]
}
"""

#: version 1.0 and 1.1: bare names, ids, languages as objects, several values
LATER = """{
  "@context": {
    "@language": "en",
    "cr": "http://mlcommons.org/croissant/",
    "sc": "https://schema.org/"
  },
  "@type": "Dataset",
  "conformsTo": "http://mlcommons.org/croissant/1.1",
  "name": {"@value": "frog-choir"},
  "alternateName": ["frog choir", "FC"],
  "description": {"en": "Frogs that sing.", "de": "Singende Frösche."},
  "license": {"@type": "CreativeWork", "name": "Apache-2.0", "url": "https://example.org"},
  "keywords": [
    "audio",
    "audio-classification"
  ],
  "creator": [
    {"@type": "Organization", "name": "Frog Lab"},
    {"@type": "Person", "name": "A. Toad"}
  ],
  "inLanguage": ["en", {"@type": "Language", "name": "German", "alternateName": "de"}],
  "datePublished": "2025-02-03",
  "version": "1.2.0",
  "sc:isBasedOn": {"@type": "sc:Dataset", "name": "pond-sounds"},
  "citeAs": "Toad (2025). Frogs that sing. arXiv:2502.01234",
  "rai:dataAnnotationProtocol": "Two listeners per clip",
  "recordSet": [
    {
      "@type": "cr:RecordSet",
      "@id": "clips",
      "field": [
        {"@type": "cr:Field", "@id": "clips/audio", "dataType": ["sc:AudioObject", "cr:Audio"]},
        {"@type": "cr:Field", "@id": "clips/frog", "name": "frog", "dataType": "sc:Text",
         "references": {"field": {"@id": "frogs/name"}}}
      ]
    }
  ]
}
"""


def dataset(text: str, name: str = "metadata.json"):
    return read_one(CroissantReader(), "croissants", {name: text})


def evidence(card, name):
    return [fact.evidence for fact in card.assets[0].facts if getattr(fact, "name", None) == name]


def test_a_croissant_file_is_a_dataset_under_its_name():
    (asset,) = dataset(EARLY).assets
    assert (asset.id, asset.kind) == ("pond-sounds", "dataset")
    assert asset.summary == "An hour of ponds. © nobody."


def test_the_early_flavour_gives_its_facts():
    card = dataset(EARLY)
    assert values(card, "license") == ["cc-by-nc-sa-4.0"]
    assert values(card, "paper") == ["The sound of Ponds"]
    assert values(card, "size") == ["12 MB"]
    assert set(values(card, "tag")) == {"url:https://example.org/ponds", "application/zip", "field:loudness (sc:Float)"}


def test_the_later_flavour_gives_its_facts():
    card = dataset(LATER)
    (asset,) = card.assets
    assert (asset.id, asset.names) == ("frog-choir", ("frog choir", "FC"))
    assert asset.summary == "Frogs that sing."
    assert values(card, "license") == ["apache-2.0"]
    assert values(card, "organization") == ["Frog Lab", "A. Toad"]
    assert values(card, "language") == ["en", "de"]
    assert values(card, "source_dataset") == ["pond-sounds"]
    assert values(card, "arxiv") == ["2502.01234"]
    assert values(card, "annotations") == ["Two listeners per clip"]
    tags = {
        "audio",
        "datePublished:2025-02-03",
        "version:1.2.0",
        "field:clips/audio (sc:AudioObject)",
        "field:frog (sc:Text)",
    }
    assert tags <= set(values(card, "tag"))
    assert "field:frogs/name" not in values(card, "tag")


def test_a_keyword_that_is_a_task_says_what_the_dataset_is_for():
    assert values(dataset(LATER), "task") == ["audio-classification"]


def test_evidence_is_the_line_of_the_key():
    (licence,) = evidence(dataset(EARLY), "license")
    assert licence.line_start == licence.line_end == 6
    assert licence.quote == '"license": "https://creativecommons.org/licenses/by-nc-sa/4.0/",'
    assert licence.origin == "metadata"


def test_of_a_minified_file_only_key_and_value_are_quoted():
    minified = json.dumps(json.loads(LATER), separators=(",", ":"))
    card = dataset(minified)
    assert values(card, "language") == ["en", "de"]
    (protocol,) = evidence(card, "annotations")
    assert protocol.quote == '"rai:dataAnnotationProtocol":"Two listeners per clip"'


def test_a_dataset_inside_a_graph_is_found():
    graph = {"@context": {"cr": "x"}, "@graph": [{"@type": "Person"}, {"@type": "sc:Dataset", "name": "inner"}]}
    assert dataset(json.dumps(graph, indent=1)).assets[0].id == "inner"


@pytest.mark.parametrize(
    "text",
    ['{"@type": "Person", "name": "A"}', '{"@type": "Dataset", "name": "plain schema.org"}', '{"name": "x"}', "[]", ""],
)
def test_other_json_is_left_to_other_readers(text):
    assert not list(claim(make_folder("a", {"a.json": text}), [CroissantReader()]))


def test_a_file_that_ends_too_early_keeps_what_was_read_and_warns():
    card = dataset(EARLY[: EARLY.index('"citation"')])
    assert values(card, "license") == ["cc-by-nc-sa-4.0"]
    assert "not readable" in card.warnings[0]


def test_a_dataset_without_a_name_is_a_warning():
    card = dataset('{"@type": "sc:Dataset", "license": "mit"}')
    assert card.assets == ()
    assert "no name" in card.warnings[0]


def test_deep_nesting_is_refused_and_not_followed():
    deep = '{"@type": "sc:Dataset", "name": "deep", "x": ' + "[" * 50_000
    card = dataset(deep)
    assert card.assets[0].id == "deep"
    assert "too deeply" in card.warnings[0]


def test_what_no_database_can_store_is_replaced():
    assert dataset('{"@type": "sc:Dataset", "name": "a\\u0000b\\ud83d"}').assets[0].id == "a\ufffdb\ufffd"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


def leaves_of(value, path=()):
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves_of(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves_of(inner, (*path, index))]
    return [(path, value if isinstance(value, str) or value is None else json.dumps(value))]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4), st.sampled_from([None, 2]))
def test_the_leaves_are_those_of_the_json_module(value, indent):
    data = parse_json(json.dumps(value, indent=indent))
    expected = [(path, text and text.replace("\x00", "\ufffd")) for path, text in leaves_of(value)]
    unstorable = tuple(leaf.path for leaf in data.leaves)
    assert not data.problem
    assert [leaf.value for leaf in data.leaves] == [text for _, text in expected]
    assert [len(path) for path in unstorable] == [len(path) for path, _ in expected]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_never_breaks_the_reader(data):
    text = data.draw(st.sampled_from([EARLY, LATER]))
    at, size = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 60))
    text = text[:at] + data.draw(st.text(max_size=30)) + text[at + size :]
    for bundle in claim(make_folder("a", {"a.json": text}), [CroissantReader()]):
        read_checked(CroissantReader(), bundle)
