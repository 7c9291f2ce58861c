"""Values as people read them: as printed, with what makes them readable or comparable beside."""

from catalog.execution import Result
from catalog.languages import language_name
from catalog.quantities import parse_count, parse_number


def shown_value(name: str, value: str) -> str:
    """`German (de)`, `110M (110,000,000)`, `2e-5 (2e-05)`; anything else as printed."""
    if name == "language":
        return f"{language_name(value)} ({value})"
    beside = _normalised(name, value)
    return value if beside in (None, value) else f"{value} ({beside})"


def shown_score(result: Result) -> str:
    """`F1 86.1 %` as printed; a share that is printed as a fraction with its percentage beside: `F1 0.861 (86.1 %)`."""
    unit = f" {result.unit}" if result.unit else ""
    printed = parse_number(result.value)
    scaled = result.score is not None and printed is not None and abs(result.score - printed) > 1e-6
    beside = f" ({result.score:g} %)" if scaled else ""
    return f"{result.metric_printed or result.metric or 'score'} {result.value}{unit}{beside}"


def _normalised(name: str, value: str) -> str | None:
    if name == "params":
        count = parse_count(value)
        return f"{count:,.0f}" if count is not None and count >= 1 else None
    number = parse_number(value) if name == "hyper.learning_rate" else None
    return f"{number:g}" if number is not None else None
