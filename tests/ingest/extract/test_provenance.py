"""Training data and parents of whole cards: commands, odd input, and the hand-read gold where it is at hand."""

import json
from pathlib import Path

import pytest

from catalog.records import AssetCard, DerivedFrom, TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.document import read_markdown
from ingest.extract import provenance
from ingest.extract.card_text import CardText

SHARED = Path(__file__).parents[4] / "shared"
GOLD = SHARED / "gold"
MODELS = SHARED / "corpus" / "hf-models"


def card_of(text: str, id_: str = "lab/model") -> CardText:
    document = read_markdown(f"hf-models/{id_}/README.md", text)
    return CardText(document, AssetCard(id=id_, kind="model", title=document.title))


def datasets(text: str) -> list[str]:
    return [fact.dataset for fact in provenance.extract(card_of(text)) if isinstance(fact, TrainedOn)]


def test_a_training_command_names_its_task() -> None:
    text = "# X\n\n```bash\npython run_glue.py --task_name STS-B --do_train --model_name_or_path roberta-large\n```"
    assert datasets(text) == ["STS-B"]


def test_a_script_that_only_runs_the_model_names_nothing() -> None:
    assert datasets("# X\n\n```bash\npython run_generation.py --model_name_or_path gpt2 --dataset xsum\n```") == []


def test_a_configuration_names_data_and_parent() -> None:
    text = "# X\n\n```yaml\nbase_model: org/foo-7b\ndatasets:\n  - path: tatsu-lab/alpaca\n    type: alpaca\n```"
    facts = list(provenance.extract(card_of(text)))
    assert {fact.base for fact in facts if isinstance(fact, DerivedFrom)} == {"org/foo-7b"}
    assert datasets(text) == ["tatsu-lab/alpaca"]


@pytest.mark.parametrize(
    "text",
    [
        "# x\n\ntrained on " + "SQuAD and " * 50_000,
        "# x\n\nfine-tuned " + "(" * 4_000 + " of bert",
        "# x\n\n## Training data\n" + "\n".join(f"- Dataset {i} from SQuAD v2" for i in range(2_000)),
        "```\n" + "--model_name_or_path a --do_train\n" * 5_000 + "```",
    ],
    ids=["a long line", "open brackets", "a long list", "a long command"],
)
def test_odd_input_is_read_to_its_end(text: str) -> None:
    for fact in provenance.extract(card_of(text)):
        assert fact.evidence.quote in text


@pytest.mark.skipif(not GOLD.exists(), reason="needs the hand-read cards of shared/gold and shared/corpus")
def test_prose_facts_of_the_gold_cards_are_found() -> None:
    aliases = {squash(k): squash(v) for k, v in json.loads((GOLD / "aliases.json").read_text())["datasets"].items()}
    scored = {squash(name) for name in json.loads((GOLD / "aliases.json").read_text())["scored_datasets"]}

    def key(name: str) -> str:
        canonical = squash(vocabulary("datasets").find(name, weak=True) or name)
        return aliases.get(canonical, canonical)

    wanted: set[tuple[str, str]] = set()
    found: set[tuple[str, str]] = set()
    either: set[tuple[str, str]] = set()
    for line in (GOLD / "facts.jsonl").read_text().splitlines():
        gold = json.loads(line)
        card = card_of((MODELS / gold["id"] / "README.md").read_text(), gold["id"])
        either |= {(gold["id"], key(row["name"])) for row in gold["train_datasets"]}
        wanted |= {(gold["id"], key(r["name"])) for r in gold["train_datasets"] if r["stated_in"] == "prose"}
        stated = (fact for fact in provenance.extract(card) if fact.evidence.origin != "inferred")
        found |= {(gold["id"], key(fact.dataset)) for fact in stated if isinstance(fact, TrainedOn)}
    wanted = {pair for pair in wanted if pair[1] in scored}
    found = {pair for pair in found if pair[1] in scored}
    assert len(found & wanted) / len(wanted) >= 0.84
    assert len(found & either) / len(found) >= 0.93
