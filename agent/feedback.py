"""Feedback as draft eval cases: a person checks each, and fills in what the right answer is where it was wrong."""

from typing import Any

from agent.journal import Feedback


def draft(given: Feedback) -> dict[str, Any]:
    """A case of the form that the eval questions have, marked as a draft.

    After 👍 the answer is what is expected; after 👎 `items` and `cards` are null, to be filled in, and the comment
    says what was wrong. `answered` is what the answer was.
    """
    answer = given.answer
    items = [item.model_dump(mode="json", exclude_none=True) for item in given.items]
    cards = sorted({citation.path for citation in given.evidence})
    right = given.verdict == "good"
    case: dict[str, Any] = {"id": f"{given.conversation}-{given.turn}", "type": "draft", "question": given.question}
    if len(given.turns) > 1:
        case["turns"] = list(given.turns)
    return case | {
        "items": items if right else None,
        "cards": cards if right else None,
        "abstained": answer.abstained if right else None,
        "verdict": given.verdict,
        "comment": given.comment,
        "given": given.given,
        "answered": {
            "text": answer.text,
            "items": items,
            "cards": cards,
            "understood": given.understood,
            "query": [call.model_dump(mode="json", include={"name", "arguments", "total"}) for call in given.query],
            "evidence": [citation.model_dump(mode="json") for citation in given.evidence],
            "model": answer.model,
        },
    }
