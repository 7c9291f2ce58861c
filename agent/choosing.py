"""A closed choice made by a model: which of a few given words it takes to be the likeliest end of a prompt.

The likelihoods are calibrated: what a model would say to any question (it has favourite words) counts only for what the
question makes of it, as in Zhao et al., "Calibrate Before Use" (2021).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.llama_engine import Engine
from prompts import render

_NEUTRAL = "N/A"
_CALIBRATED = 0.5
_LONGEST_QUESTION = 400


@dataclass(frozen=True)
class Chosen:
    """The likeliest option, its `lead` in nats over the one that stands if in doubt, and the `tokens` read."""

    option: str
    lead: float
    tokens: int


@dataclass
class Chooser:
    """Chooses with one loaded model and one prompt, whose only variable is `question`."""

    engine: Engine
    prompt: str
    _usual: dict[str, float] = field(default_factory=dict)

    def choose(self, question: str, options: Sequence[str], stopped: Callable[[], bool]) -> Chosen | None:
        """One of `options`; the first of them stands if in doubt. None where stopped."""
        new = [option for option in options if option not in self._usual]
        usual = self._likelihoods(_NEUTRAL, new, stopped) if new else {}
        found = self._likelihoods(question[:_LONGEST_QUESTION], options, stopped)
        if usual is None or found is None:
            return None
        self._usual |= usual
        score = {option: found[option] - _CALIBRATED * self._usual[option] for option in options}
        best = max(options[1:], key=score.__getitem__)
        return Chosen(best, score[best] - score[options[0]], self._tokens(question, options))

    def _likelihoods(
        self, question: str, options: Sequence[str], stopped: Callable[[], bool]
    ) -> dict[str, float] | None:
        endings = [self.engine.tokens(f" {option}\n") for option in options]
        found = self.engine.likelihoods(self._prompt(question), endings, stopped)
        return None if found is None else dict(zip(options, found, strict=True))

    def _prompt(self, question: str) -> list[int]:
        return self.engine.tokens(render(self.prompt, question=" ".join(question.split())))

    def _tokens(self, question: str, options: Sequence[str]) -> int:
        return len(self._prompt(question)) + sum(len(self.engine.tokens(f" {option}\n")) for option in options)
