"""How the rules read a question, told to a model as a hint that it may overrule."""

import json

from agent.offline.reading import Reading
from agent.offline.wording import ATTRIBUTES, understood

_KINDS = ("model", "dataset", "language", "task", "license", "metric", "organization")


def hint(reading: Reading) -> str:
    """One line: the names that were found, and the look-up that the rules would make."""
    named = [
        f"{mention.words!r} is the {mention.kind} {' + '.join(mention.ids)}"
        for mention in reading.mentions
        if mention.kind in _KINDS
    ]
    return "; ".join([*named, _asked(reading)])


def _asked(reading: Reading) -> str:
    if reading.query:
        conditions = reading.query.model_dump(mode="json", exclude_defaults=True)
        return f"asks for {reading.intent} of {understood(reading.query)}; as a query {json.dumps(conditions)}"
    subjects = [subject.id for subject in (reading.subject, *reading.others) if subject]
    about = f" of {', '.join(subjects)}" if subjects else ""
    wanted = ATTRIBUTES.get(reading.attribute or "", reading.attribute or "")
    through = f" through its {reading.through}" if reading.through else ""
    return f"asks for {wanted or ('a score' if reading.intent == 'score' else 'text')}{about}{through}"
