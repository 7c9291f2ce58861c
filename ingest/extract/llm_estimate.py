"""What an extraction with a language model will cost, told before it starts."""

import re
from dataclasses import dataclass

from ingest.extract.patterns import load

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float


@dataclass(frozen=True)
class Estimate:
    """`asked` cards will be sent, for `cached` the answer is there already; tokens are of what will be sent."""

    model: str
    asked: int
    cached: int
    input_tokens: int
    output_tokens: int
    price: Price | None

    @property
    def dollars(self) -> float | None:
        """None where the price of the model is not known."""
        if self.price is None:
            return None
        return (self.input_tokens * self.price.input + self.output_tokens * self.price.output) / 1e6

    def __str__(self) -> str:
        cost = "unknown price" if self.dollars is None else f"about ${self.dollars:,.2f}"
        return (
            f"{self.model} will be asked about {self.asked:,} cards ({self.cached:,} more are in the cache): "
            f"about {self.input_tokens:,} tokens in and {self.output_tokens:,} out, {cost}"
        )


def estimate(model: str, characters: list[int], cached: int, price: Price | None) -> Estimate:
    """The estimate for questions of so many characters each."""
    rates = load("llm")["estimate"]
    sent = sum(characters) // int(rates["characters_per_token"])
    answered = len(characters) * int(rates["output_tokens_per_card"])
    return Estimate(model, len(characters), cached, sent, answered, price)


def list_price(model: str) -> Price | None:
    """The price of a model of api.openai.com; None for one that `data/prices.toml` does not list."""
    prices = load("prices")["models"]
    found = prices.get(model) or prices.get(_DATED.sub("", model))
    return Price(**found) if found else None
