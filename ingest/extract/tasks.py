"""What a model is for, as pipeline tags: from its tags, title, prose, code, tuning data and architecture."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from catalog.records import Attribute, Evidence, Fact, Origin, TrainedOn
from catalog.vocabulary import vocabulary
from ingest.document import Block
from ingest.extract.card_text import CardText
from ingest.extract.guarded import Guarded
from ingest.extract.patterns import load, pattern
from ingest.extract.terms import terms

_DATA = load("tasks")
_TUNED_FOR = pattern("tasks", "patterns", "tuned_for")
_NOT_TUNED = pattern("tasks", "patterns", "not_tuned")
_OTHER_SECTIONS = pattern("tasks", "patterns", "other_sections")
_PIPELINE = pattern("tasks", "patterns", "pipeline")
_MODEL_CLASS = pattern("tasks", "patterns", "model_class")
_SENTENCE_ENCODER = Guarded(_DATA["patterns"]["sentence_encoder"])
_CROSS_ENCODER = pattern("tasks", "patterns", "cross_encoder")
_SEQ2SEQ = pattern("tasks", "patterns", "seq2seq")
_OF_DATASET = {dataset: task for task, datasets in _DATA["datasets"].items() for dataset in datasets}
_WORDS = [(Guarded(row["pattern"]), tuple(row["tasks"])) for row in _DATA["words"]]
_FAMILIES = [(re.compile(row["pattern"]), tuple(row["tasks"])) for row in _DATA["families"]]

#: tasks that pretraining gives every model of an architecture: they count only where no other task is told
_GENERAL = frozenset({"fill-mask", "text-generation", "text2text-generation", "feature-extraction"})
_NO_TASK = frozenset(_DATA["rules"]["no_task"])
_GENERATIVE_EXCLUDES = frozenset(_DATA["rules"]["generative_excludes"])
_SEVERAL = re.compile(r"\btasks\b|\bsuch as\b|\bdownstream tasks|\bnot\b")
_PLAIN_WORDS = frozenset(load("mentions")["families"]) | frozenset(load("mentions")["modifiers"]) - frozenset(
    _DATA["rules"]["tuned_names"]
)
_SIZE = re.compile(r"v?\d+(?:[.x]\d+)*[a-z]?|[lha]\d+")
_IN_ID = re.compile(r"[-_.\s]")
_USE = pattern("tasks", "patterns", "use_sections")
_OWN = pattern("tasks", "patterns", "own")
_NEW_HEAD = pattern("tasks", "patterns", "new_head")
_HEAD_LINES = 4
_REACH = 60
_MAX_BLOCKS = 25

_Told = list[tuple[str, Evidence]]


def extract(card: CardText) -> Iterator[Fact]:
    """The tasks of a model, by the surest sign that the card gives."""
    if card.kind != "model":
        return
    given = {fact.value for fact in card.asset.facts if isinstance(fact, Attribute) and fact.name == "task"}
    readers = (_by_tags,) if given else _READERS
    told = next(filter(None, (reader(card) for reader in readers)), [])
    if any(task == "sentence-similarity" for task, _ in told):
        told = [*told, ("feature-extraction", told[0][1])]
    if (told or given) and _is_seq2seq(card):
        told = [*told, ("text2text-generation", _named(card, "inferred"))]
    for task, evidence in told:
        if task not in given:
            given.add(task)
            yield Attribute(name="task", value=task, evidence=evidence)


def _is_seq2seq(card: CardText) -> bool:
    return bool(_SEQ2SEQ.search(f"{card.name} {card.document.title}"))


# -------------------------------------------------------------------------------------------------------- the signs


def _by_tags(card: CardText) -> _Told:
    known = vocabulary("tasks")
    tags = [fact for fact in card.asset.facts if isinstance(fact, Attribute) and fact.name == "tag"]
    told = [(known.find(tag.value), tag.evidence) for tag in tags]
    return [(task, evidence) for task, evidence in told if task and task not in _NO_TASK]


def _by_encoder(card: CardText) -> _Told:
    """Sentence encoders say that they make embeddings, whatever they were tuned on."""
    for block in card.document.blocks[:_MAX_BLOCKS]:
        if _SENTENCE_ENCODER.search(block.text[:2_000]) and not _CROSS_ENCODER.search(card.document.title):
            evidence = (
                card.evidence(block, "prose") if block.kind != "code" else card.line_evidence(block.line_start, "prose")
            )
            return [("sentence-similarity", evidence), ("feature-extraction", evidence)]
    return []


def _by_title(card: CardText) -> _Told:
    """Words of a task in the title or, only suggested, in the id."""
    title = _title(card)
    if title:
        told = _fitting(card, _by_words(title.plain))
        if told:
            return [(task, card.evidence(title, "prose")) for task in told]
    told = _fitting(card, _by_words(re.sub(r"[-_.]", " ", card.name)))
    return [(task, _named(card, "inferred")) for task in told]


def _fitting(card: CardText, tasks: tuple[str, ...]) -> tuple[str, ...]:
    """The tasks that the architecture can do: GPT does not tag (`pos` in its name is no part of speech), and an

    encoder tells paraphrases from others, it writes none.
    """
    if _family(card.name) == ("fill-mask",):
        tasks = tuple("text-classification" if task == "text2text-generation" else task for task in tasks)
    if _writes(card):
        tasks = tuple("text-generation" if task == "text2text-generation" else task for task in tasks)
        return tuple(task for task in tasks if task not in _GENERATIVE_EXCLUDES)
    return tasks


def _writes(card: CardText) -> bool:
    return _family(card.name) == ("text-generation",)


def _by_words(text: str) -> tuple[str, ...]:
    for words, tasks in _WORDS:
        if words.search(text):
            return tasks
    return tuple(dict.fromkeys(term.id for term in terms(text, "tasks") if term.id not in _GENERAL | _NO_TASK))


def _by_prose(card: CardText) -> _Told:
    """`fine-tuned for named entity recognition`; not what users could tune it for."""
    for block in card.document.blocks[:_MAX_BLOCKS]:
        section = block.headings[-1] if block.headings else ""
        if block.kind not in ("paragraph", "item", "heading") or _OTHER_SECTIONS.search(section):
            continue
        for sentence in block.sentences:
            if _USE.search(section) and not _OWN.search(sentence.plain):
                continue  # what users may do with a model
            told = _tuned_for(sentence.plain[:800])
            if told:
                return [(task, card.evidence(sentence, "prose")) for task in told]
    return []


def _tuned_for(text: str) -> tuple[str, ...]:
    for match in _TUNED_FOR.finditer(text):
        behind = text[match.end() : match.end() + _REACH]
        if _NOT_TUNED.search(text[: match.start()]) or _SEVERAL.search(text[match.start() : match.end()] + behind):
            continue
        told = _by_words(behind)
        if told:
            return told[:1]
    return ()


def _by_code(card: CardText) -> _Told:
    """The pipeline or the class with a head that the code of the card loads."""
    known = vocabulary("tasks")
    for block in _code(card):
        lines = block.text.split("\n")
        for number, line in enumerate(lines, start=block.line_start):
            called = _PIPELINE.search(line[:400])
            task = known.find(called[1], weak=True) if called else None
            if not called and _gets_new_head(lines[number - block.line_start :]):
                continue
            task = task or next(filter(None, (_of_class(name) for name in _MODEL_CLASS.findall(line[:400]))), None)
            if task and (called or task not in _GENERAL):
                return [(task, card.line_evidence(number, "prose"))]
    return []


def _gets_new_head(lines: Sequence[str]) -> bool:
    """Whether a call tells how many labels the head is to have: then the card shows how to tune the model."""
    call = " ".join(lines[:_HEAD_LINES])[:600]
    return bool(_NEW_HEAD.search(call))


def _code(card: CardText) -> Iterator[Block]:
    for block in card.document.blocks:
        if block.kind == "code" and not _OTHER_SECTIONS.search(block.headings[-1] if block.headings else ""):
            yield block


def _by_tuning_data(card: CardText) -> _Told:
    """What a model was tuned on tells what for: SQuAD, question answering."""
    known = vocabulary("datasets")
    trained = [fact for fact in card.asset.facts if isinstance(fact, TrainedOn)]
    tasks = {_OF_DATASET.get(known.find(fact.dataset) or "") for fact in trained}
    task = tasks.pop() if len(tasks) == 1 and not _writes(card) else None
    return [(task, trained[0].evidence.model_copy(update={"origin": "inferred"}))] if task else []


def _by_title_data(card: CardText) -> _Told:
    about = f"{card.document.title} {re.sub(r'[-_]', ' ', card.name)}"
    tasks = (_OF_DATASET.get(term.id) for term in terms(about, "datasets"))
    task = next(filter(None, tasks), None)
    return [(task, _named(card, "inferred"))] if task and not _writes(card) else []


def _by_plain_name(card: CardText) -> _Told:
    """What its family does, where an id gives a family and a size and nothing else: `roberta-large`."""
    parts = [part for part in _IN_ID.split(card.name.lower()) if part]
    if not all(part in _PLAIN_WORDS or _SIZE.fullmatch(part) for part in parts):
        return []
    return [(task, _named(card, "inferred")) for task in _family(card.name) or ()]


def _by_family(card: CardText) -> _Told:
    """What every model of the architecture does: BERT fills masks, GPT writes on."""
    opening = next((block.plain[:600] for block in card.document.blocks if block.kind == "paragraph"), "")
    families = (_family(about) for about in (card.name, card.document.title, opening))
    tasks = next((tasks for tasks in families if tasks is not None), ())
    return [(task, _named(card, "inferred")) for task in tasks]


def _family(about: str) -> tuple[str, ...] | None:
    about = about.replace("_", "-")
    return next((tasks for family, tasks in _FAMILIES if family.search(about)), None)


def _by_general_class(card: CardText) -> _Told:
    """The class that the code loads, where nothing but its pretraining is known of a model."""
    if _family(card.name) == ():
        return []
    for block in _code(card):
        for number, line in enumerate(block.text.split("\n"), start=block.line_start):
            task = next(filter(None, (_of_class(name) for name in _MODEL_CLASS.findall(line[:400]))), None)
            if task:
                return [(task, card.line_evidence(number, "prose"))]
    return []


_READERS: tuple[Callable[[CardText], _Told], ...] = (
    _by_tags,
    _by_encoder,
    _by_title,
    _by_title_data,
    _by_plain_name,
    _by_prose,
    _by_code,
    _by_tuning_data,
    _by_family,
    _by_general_class,
)


# ------------------------------------------------------------------------------------------------------------ places


def _title(card: CardText) -> Block | None:
    return next((block for block in card.document.blocks if block.kind == "heading"), None)


def _named(card: CardText, origin: Origin) -> Evidence:
    """Evidence by the title, or by the first line where there is none."""
    first = _title(card) or next(iter(card.document.blocks), None)
    return card.evidence(first, origin) if first else card.line_evidence(1, origin)


@lru_cache(maxsize=512)
def _of_class(name: str) -> str | None:
    """The task of a transformers class by the longest ending that is known."""
    endings = [
        (len(ending), task.id)
        for task in vocabulary("tasks").terms.values()
        for ending in task.extra.get("architectures", ())
        if name.endswith(ending)
    ]
    return max(endings)[1] if endings else None
