"""What an answer took."""

from collections.abc import Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.mark import Mark


def spending(_: Case, answer: Answer, __: Library) -> Mapping[str, Mark]:
    """Seconds, tokens, and US dollars where the model's price is known."""
    usage = answer.usage
    marks = {
        "seconds": Mark(value=answer.seconds),
        "model_asked": Mark(value=float(bool(usage.input_tokens))),
        "input_tokens": Mark(value=usage.input_tokens),
        "output_tokens": Mark(value=usage.output_tokens),
    }
    return marks if usage.cost is None else marks | {"cost": Mark(value=usage.cost)}
