"""Numbers as cards print them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.quantities import comparable_score, parse_count, parse_number


@pytest.mark.parametrize(
    ("printed", "count"),
    [
        ("110M", 110e6),
        ("110 M parameters", 110e6),
        ("33M params", 33e6),
        ("124.5 million", 124.5e6),
        ("498,488,636", 498_488_636),
        ("6.7b", 6.7e9),
        ("1.1 Billion parameters", 1.1e9),
        ("about 7B", 7e9),
        ("1.6T", 1.6e12),
        ("12 layers", 12),
        ("no idea", None),
        ("", None),
    ],
)
def test_a_parameter_count(printed: str, count: float | None) -> None:
    assert parse_count(printed) == (pytest.approx(count) if count is not None else None)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("88.1", 88.1),
        ("88", 88),
        (".5", 0.5),
        ("0.91 ± 0.2", 0.91),
        ("78,4 %", 78.4),
        ("1,234", 1234),
        ("1,234,567", 1_234_567),
        ("12,345.6", 12_345.6),
        ("1e-07", 1e-07),
        ("-3.5", -3.5),
        ("−3.5", -3.5),
        ("~ 90%", 90),
        ("**88.2**", 88.2),
        ("n/a", None),
        ("-", None),
        ("", None),
    ],
)
def test_the_number_that_a_value_begins_with(printed: str, number: float | None) -> None:
    assert parse_number(printed) == number


@pytest.mark.parametrize(
    ("metric", "value", "unit", "score"),
    [
        ("f1", "0.861", None, 86.1),
        ("f1", "86.1", None, 86.1),
        ("f1", "86.1", "%", 86.1),
        ("f1", "0.9", "%", 0.9),
        ("accuracy", "1", None, 100),
        ("perplexity", "1.4", None, 1.4),
        ("some metric of ours", "0.5", None, 0.5),
        (None, "0.5", None, 0.5),
        ("f1", "high", None, None),
    ],
)
def test_one_scale_per_metric(metric: str | None, value: str, unit: str | None, score: float | None) -> None:
    assert comparable_score(metric, value, unit) == score


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert isinstance(parse_number(text), float | None)
    assert isinstance(parse_count(text), float | None)


@given(st.floats(0, 1e9).map(lambda number: round(number, 3)))
def test_a_printed_number_comes_back(number: float) -> None:
    assert parse_number(f"{number:.3f}") == pytest.approx(number)
    assert parse_number(f"{number:,.3f}") == pytest.approx(number)
