"""The tools over the sample catalogue: complete results, what was left out, and errors that say how to call right."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stores import Cards

from agent.tools import Found, Tools, told
from agent.tools.calling import arguments_of, call, description, schema
from agent.tools.sections import sections
from agent.tools.toolbox import NAMES
from catalog.errors import ToolError
from catalog.settings import Settings
from catalog.snapshot import open_snapshot
from ingest.pipeline import ingest_roots


@pytest.fixture(scope="module")
def tools(sample_store: Path) -> Iterator[Tools]:
    snapshot = open_snapshot(Settings(store=sample_store))
    yield Tools(snapshot)
    snapshot.close()


def ids(found: Found) -> list[str | None]:
    return [entry.id for entry in found.entries]


@pytest.mark.parametrize("name", NAMES)
def test_every_tool_says_what_it_does_and_takes(name: str) -> None:
    assert description(name)
    form = schema(name)
    assert form["type"] == "object"
    assert set(form["properties"]) == set(arguments_of(name).model_fields)
    assert "Infinity" not in json.dumps(form)


def test_names_are_given_as_people_write_them(tools: Tools) -> None:
    found = call(tools, "find_models", {"trained_on": "SQuAD 2.0", "language": "English", "license": "CC BY 4.0"})
    same = call(
        tools, "find_models", {"trained_on": {"any_of": ["squad_v2"]}, "language": "en", "license": "cc-by-4.0"}
    )
    assert ids(found) == ids(same) != []
    assert "'SQuAD 2.0' was read as squad_v2" in found.read_as


def test_every_entry_has_evidence_that_stands_in_its_card(tools: Tools) -> None:
    for entry in call(tools, "find_models", {"trained_on": "squad_v2"}).entries:
        assert entry.evidence
        for piece in entry.evidence:
            text = tools.snapshot.catalog.text(piece.path) or ""
            assert " ".join(piece.quote.split()) in " ".join(text.split())


def test_the_same_look_up_has_the_same_key_however_it_was_written(tools: Tools) -> None:
    one = call(tools, "find_models", {"trained_on": "squad_v2"})
    other = call(tools, "find_models", {"trained_on": {"any_of": ["squad_v2"]}})
    another = call(tools, "find_models", {"trained_on": "squad"})
    assert one.key == other.key != another.key


def test_a_list_that_does_not_fit_says_what_is_not_shown(tools: Tools) -> None:
    found = call(tools, "find_models", {})
    short = json.loads(told(found, 500))
    assert short["total"] == found.total == 72
    assert len(short["entries"]) < 72
    hidden = 72 - len(short["entries"])
    assert short["not_shown"].startswith(f"{hidden} more are in {found.key}")
    assert len(json.loads(told(found, 100_000))["entries"]) == 72


def test_a_count_is_the_length_of_the_list(tools: Tools) -> None:
    where = {"organization": "deepset"}
    counted = call(tools, "count", {"where": where})
    assert counted.total == call(tools, "find_models", where).total > 0
    assert "entries" not in json.loads(told(counted))
    assert call(tools, "count", {"kind": "dataset"}).total == 32


def test_datasets_may_be_asked_for_by_who_used_them(tools: Tools) -> None:
    found = call(tools, "find_datasets", {"used_by": {"ids": "gpt2"}})
    assert found.total == len(found.entries) > 0
    assert {entry.kind for entry in found.entries} == {"dataset"}


def test_several_assets_are_described_at_once_and_silence_is_told(tools: Tools) -> None:
    found = call(tools, "get_assets", {"ids": ["gpt2", "no-such-owl"], "fields": ["license", "hardware"]})
    assert [(entry.about, entry.value) for entry in found.entries] == [("gpt2", "mit")]
    assert any("no model 'no-such-owl'" in note for note in found.notes)
    assert "gpt2 does not state its training hardware." in found.notes


def test_results_of_a_model_are_as_printed(tools: Tools) -> None:
    found = call(tools, "get_assets", {"ids": "gpt2", "fields": "results"})
    assert "35.13" in [entry.value for entry in found.entries]


def test_a_lineage_goes_up_and_down_and_connects(tools: Tools) -> None:
    up = call(tools, "lineage", {"asset": "deepset/minilm-uncased-squad2"})
    assert {"microsoft/MiniLM-L12-H384-uncased", "squad_v2"} <= set(ids(up))
    down = call(tools, "lineage", {"asset": "squad_v2", "direction": "down"})
    assert "deepset/minilm-uncased-squad2" in ids(down)
    path = call(tools, "lineage", {"asset": "distilgpt2", "to": "gpt2"})
    assert [entry.details[0].split(":")[0] for entry in path.entries] == ["distilgpt2"]
    apart = call(tools, "lineage", {"asset": "distilgpt2", "to": "t5-small"})
    assert apart.total == 0
    assert apart.notes == ("no card says that one of distilgpt2 and t5-small was built with the other",)


def test_results_are_ranked_only_where_they_compare(tools: Tools) -> None:
    found = call(tools, "rank_results", {"metric": "F1", "dataset": "SQuAD 2.0", "top": 2})
    scores = [float(str(entry.value).split()[0]) for entry in found.entries]
    assert scores == sorted(scores, reverse=True)
    assert found.left_out == found.total - 2
    with pytest.raises(ToolError, match=r"f1 on different datasets cannot be ranked\. Name one: "):
        call(tools, "rank_results", {"metric": "F1"})
    with pytest.raises(ToolError, match="They report: "):
        call(tools, "rank_results", {"metric": "bleu", "dataset": "squad_v2"})


def test_passages_are_searched_in_the_cards_that_are_named(tools: Tools) -> None:
    found = call(tools, "search_passages", {"query": "training data", "assets": ["gpt2"], "limit": 3})
    assert {entry.about for entry in found.entries} == {"gpt2"}
    assert "WebText" in told(found)


def test_passages_that_say_almost_the_same_are_one_and_counted(models: Cards, store: Path) -> None:
    said = "The owl family was trained on two years of barn recordings, cleaned of every other animal by hand."
    for size in ("small", "base", "large"):
        models.write(f"den/owl-{size}", f"# owl-{size}\n\n{said}")
    settings = Settings(store=store, jobs=1)
    ingest_roots([models.root], settings)
    snapshot = open_snapshot(settings)
    found = call(Tools(snapshot), "search_passages", {"query": "what recordings were cleaned by hand"})
    assert found.total == 1
    assert found.entries[0].details[-1].startswith("almost the same text in 2 more: den/owl-")
    snapshot.close()


def test_a_card_is_read_by_section_or_lines(tools: Tools) -> None:
    section = call(tools, "read_card", {"asset": "gpt2", "section": "training data"})
    assert "WebText" in section.entries[0].label
    lines = call(tools, "read_card", {"asset": "gpt2", "first_line": 1, "last_line": 3})
    assert lines.entries[0].label == "---\nlanguage: en\nlicense: mit"
    assert lines.more == "read_card with first_line 4"
    assert lines.left_out == lines.total - 3


def test_headings_in_code_are_none() -> None:
    text = "# A\n```\n# no heading\n```\n## B\nwords\n# C\n"
    assert [(one.title, one.first, one.last) for one in sections(text)] == [("A", 1, 6), ("B", 5, 6), ("C", 7, 8)]


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("find_models", {"trained_on": "SQuAD 17"}, "Near: squad"),
        ("find_models", {"language": "Owlish"}, "no language 'Owlish' in the catalogue. "),
        ("find_models", {"task": "hooting"}, "Give a hub task, e.g. text-classification."),
        ("find_models", {"license": "the owl licence"}, "Give a licence key"),
        ("find_models", {"organization": "deepsett"}, "Near: deepset"),
        ("find_models", {"params": {"at_least": "many"}}, "params.at_least: input should be a valid number"),
        ("find_models", {"flies": True}, "Its arguments are: ids, named, language"),
        ("count", {"kind": "dataset", "where": {"trained_on": "squad"}}, "conditions on models"),
        ("get_assets", {"ids": ["no-such-owl"]}, "no model 'no-such-owl'"),
        ("get_assets", {"ids": []}, "name at least one model or dataset"),
        ("get_assets", {"ids": "gpt2", "fields": "colour"}, "no field 'colour'. Fields are: license"),
        ("lineage", {"asset": "gpt2", "direction": "sideways"}, "input should be 'up' or 'down'"),
        ("search_passages", {"query": " "}, "`query` is empty"),
        ("read_card", {"asset": "gpt2", "section": "recipes"}, "Its sections: "),
        ("read_card", {"asset": "gpt2", "first_line": 9, "last_line": 3}, "has lines 1 to"),
        ("fly", {}, "no tool 'fly'. Tools are: find_models"),
    ],
)
def test_a_wrong_call_says_how_to_call_right(name: str, arguments: dict[str, Any], said: str, tools: Tools) -> None:
    with pytest.raises(ToolError) as raised:
        call(tools, name, arguments)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_name_that_is_nearly_right_is_resolved(tools: Tools) -> None:
    found = call(tools, "resolve_name", {"name": "GPT 2"})
    assert ("gpt2", "is meant") in [(entry.id, entry.details[1]) for entry in found.entries]


def test_commercial_use_is_a_condition_on_the_licence(tools: Tools) -> None:
    allowed, barred = (call(tools, "find_models", {"commercial_use": use}) for use in (True, False))
    assert allowed.entries
    assert not set(ids(allowed)) & set(ids(barred))
