"""How well a model does, by its own card: results in tables, console output, lists and sentences."""

from collections.abc import Iterator
from itertools import islice

from catalog.records import Evaluation, Fact
from catalog.vocabulary import squash, vocabulary
from ingest.document import Block
from ingest.extract import result_lines, result_prose, result_tables
from ingest.extract.card_text import CardText
from ingest.extract.result_setting import Setting, Surroundings
from ingest.extract.result_tables import TableResult

#: more values for one metric on one dataset are a log, or no results at all
_MAX_VALUES = 20
_MAX_RESULTS = 2_000
_TEXT = ("paragraph", "item", "heading", "html")


def extract(card: CardText) -> Iterator[Fact]:
    """Every result of the card's model once, tables first; nothing for data set cards."""
    if card.kind != "model":
        return
    seen: dict[tuple[str, str], list[float]] = {}
    for evaluation in islice(_evaluations(card), _MAX_RESULTS):
        said = seen.setdefault(_key(evaluation), [])
        value = float(evaluation.value)
        if len(said) < _MAX_VALUES and not any(_is_same(value, other) for other in said):
            said.append(value)
            yield _settled(evaluation)


def _key(evaluation: Evaluation) -> tuple[str, str]:
    metric = vocabulary("metrics").find(evaluation.metric or "", weak=True) or squash(evaluation.metric or "")
    return vocabulary("datasets").find(evaluation.dataset or "") or squash(evaluation.dataset or ""), metric


def _settled(evaluation: Evaluation) -> Evaluation:
    """The result with spellings that mean a dataset or a metric only among results (`PTB`, `acc`) made canonical."""
    weak: dict[str, str | None] = {}
    if evaluation.dataset and not vocabulary("datasets").find(evaluation.dataset):
        weak["dataset"] = vocabulary("datasets").find(evaluation.dataset, weak=True)
    if evaluation.metric and not vocabulary("metrics").find(evaluation.metric):
        weak["metric"] = vocabulary("metrics").find(evaluation.metric, weak=True)
    return evaluation.model_copy(update={name: id_ for name, id_ in weak.items() if id_})


def _is_same(value: float, other: float) -> bool:
    """Whether two numbers are one result, rounded or cut off: 78.80 and 78.80064."""
    coarser = min(_decimals(value), _decimals(other), 4)
    return abs(value - other) < float(10**-coarser)


def _decimals(value: float) -> int:
    """Digits behind the point; a whole number is not taken for a rounded one."""
    digits = len(f"{value:.4f}".rstrip("0").partition(".")[2])
    return digits or 4


def _evaluations(card: CardText) -> Iterator[Evaluation]:
    """Those of tables, then those of lines and sentences; of the log of a training run what nothing else tells."""
    around = Surroundings(card)
    in_tables: set[int] = set()
    tabled: list[TableResult] = []
    for grid in card.grids:
        in_tables.update(range(grid.line_start, grid.line_end + 1))
        tabled += result_tables.evaluations(card, grid, around)
    # A break-down by language is left out where the whole is reported, like the classes of a report.
    whole = {found.evaluation.metric for found in tabled if not found.is_part}
    told = [found for found in tabled if not (found.is_part and found.evaluation.metric in whole)]
    stated = [found.evaluation for found in told if not found.is_logged]
    for block in card.document.blocks:
        if block.line_start in in_tables or block.kind == "table" or not any(map(str.isdigit, block.text)):
            continue
        setting = around.of(block.line_start, block.line_end, block.headings)
        if not setting.elsewhere:
            stated += _in_block(card, block, setting)
    yield from stated
    metrics = {_key(evaluation)[1] for evaluation in stated}
    yield from (found.evaluation for found in told if found.is_logged and _key(found.evaluation)[1] not in metrics)


def _in_block(card: CardText, block: Block, setting: Setting) -> Iterator[Evaluation]:
    listed = list(result_lines.in_lines(card, block, setting))
    yield from listed
    lines = {result.evidence.line_start for result in listed}
    for sentence in block.sentences if block.kind in _TEXT else ():
        if lines.isdisjoint(range(sentence.line_start, sentence.line_end + 1)):
            yield from result_prose.in_sentence(card, sentence, setting)
