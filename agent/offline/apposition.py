"""Names that stand beside each other: two models that the same is asked of, or one that is named twice."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from agent.offline.mentions import Mention

#: a name as cards write it, and not as people say it
_IS_ID = re.compile(r"[\w.][-/_][\w.]")
_AND = re.compile(r"\W*(?:and|or|&|as well as|\W)\W*(?:the|of|that of|also)?\W*", re.I)


def named_again(question: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, one that is named again in brackets with what stands there: `multilingual BERT (mbert-uncased)`."""
    kept = list(mentions)
    for a, b in pairwise(mentions):
        again = a.kind == b.kind == "model" and question[a.end : b.start].strip() == "("
        if again and _IS_ID.search(b.words) and question[b.end :].lstrip().startswith(")"):
            kept[kept.index(a)] = replace(
                a, ids=b.ids, end=b.end, words=question[a.start : b.end], weak=b.weak, carded=b.carded
            )
            kept.remove(b)
    return kept


def paired(question: str, mentions: Sequence[Mention]) -> bool:
    """Whether two models with cards are named with nothing but `and` between: `the licences of A and B`."""
    named = [m for m in mentions if m.kind == "model" and m.carded and not m.weak]
    return any(_AND.fullmatch(question[a.end : b.start]) for a, b in pairwise(named))
