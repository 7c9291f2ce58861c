"""What an extraction with a language model will cost, told before it starts."""

from dataclasses import dataclass

from catalog.prices import Price
from ingest.extract.patterns import load


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
        return self.price.of(self.input_tokens, self.output_tokens)

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
