"""What an answer is, for every front end and every model: the contract's JSON object and what it is rendered from."""

from typing import Any, Literal

from pydantic import Field

from catalog.records import Record

ItemKind = Literal["model", "dataset", "language", "number", "value"]


class AnswerItem(Record):
    """One thing that was asked for: an asset by `id`, a language by code, a number or value as the card prints it."""

    kind: ItemKind
    id: str | None = None
    value: str | int | float | None = None


class Citation(Record):
    """A line of evidence; `quote` is an exact substring of the file, white space aside; `page` where it has pages."""

    marker: int
    asset: str | None
    path: str
    line_start: int
    line_end: int
    quote: str
    page: int | None = None

    @property
    def place(self) -> str:
        """`path:line` or `path:first-last`; `path, page n` where the file has pages."""
        if self.page is not None:
            return f"{self.path}, page {self.page}"
        lines = f"{self.line_start}" if self.line_start == self.line_end else f"{self.line_start}-{self.line_end}"
        return f"{self.path}:{lines}"


class ToolCall(Record):
    """A look-up that the answer rests on."""

    name: str
    arguments: dict[str, Any]
    seconds: float
    total: int


class Usage(Record):
    """Tokens that a model took and gave; `cost` in US dollars, None where the model's price is not known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0


class Row(Record):
    """One line of a list: what it is about, what is said of it, and the markers of its citations."""

    label: str
    details: tuple[str, ...] = ()
    markers: tuple[int, ...] = ()


class Answer(Record):
    """An answer. `headline` says it in a sentence, `rows` list it under `columns`, `notes` qualify it.

    `dropped` counts what a model claimed without evidence; `stopped` is True where somebody did not wait for the end.
    """

    headline: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    understood: str = ""
    items: tuple[AnswerItem, ...] = ()
    total: int = 0
    exhaustive: bool = False
    abstained: bool = False
    citations: tuple[Citation, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    model: str = "offline"
    seconds: float = 0.0
    usage: Usage = Field(default_factory=Usage)
    dropped: int = 0
    stopped: bool = False

    @property
    def text(self) -> str:
        """The whole answer as a person reads it, with markers."""
        lines = [f"- {row.label}{_joined(row.details)}{marked(row.markers)}" for row in self.rows]
        return "\n".join([self.headline, *lines, *self.notes])

    def as_json(self, id_: str | None = None) -> dict[str, Any]:
        """The object that the contract describes; `id_` is the question's id in batch mode."""
        shown = ("items", "total", "exhaustive", "abstained", "citations", "tools", "model", "seconds", "usage")
        body = {"text": self.text} | self.model_dump(mode="json", include=set(shown))
        if not (self.usage.input_tokens or self.usage.output_tokens):
            del body["usage"]["cost"]
        return ({"id": id_} if id_ is not None else {}) | body


def marked(markers: tuple[int, ...]) -> str:
    """` [1] [2]`, or nothing."""
    return "".join(f" [{marker}]" for marker in markers)


def _joined(details: tuple[str, ...]) -> str:
    told = [detail for detail in details if detail]
    return f" — {', '.join(told)}" if told else ""
