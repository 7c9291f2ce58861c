"""A name that stands again in brackets behind itself: `multilingual BERT (mbert-uncased)`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from agent.offline.mentions import Mention

#: a name as cards write it, and not as people say it
_IS_ID = re.compile(r"[\w.][-/_][\w.]")


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
