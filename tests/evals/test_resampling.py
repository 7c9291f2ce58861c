"""Intervals and chances: the same every time, and what they should be where that is known."""

import math

import pytest

from evals.resampling import holm, interval, paired_p, percentile


def test_an_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    values = [1.0] * 70 + [0.0] * 30
    found = interval(values)
    assert found == interval(values)
    assert found.mean == pytest.approx(0.7)
    assert found.low == pytest.approx(0.7 - 1.96 * math.sqrt(0.21 / 100), abs=0.02)
    assert found.high == pytest.approx(0.7 + 1.96 * math.sqrt(0.21 / 100), abs=0.02)


def test_what_never_varies_has_no_width() -> None:
    assert (interval([1.0]).low, interval([0.5, 0.5]).high) == (1.0, 0.5)


def test_what_is_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="a value is no number"):
        interval([1.0, math.nan])


@pytest.mark.parametrize(
    ("differences", "chance"),
    [
        ([], 1.0),
        ([0.0, 0.0], 1.0),
        ([1.0], 1.0),
        ([1.0, 1.0, 1.0], 0.25),
        ([0.5] * 10, 2 / 2**10),
        ([1.0, -1.0], 1.0),
    ],
)
def test_few_differences_are_tested_exactly(differences: list[float], chance: float) -> None:
    assert paired_p(differences) == pytest.approx(chance)


def test_many_differences_are_tested_at_random_and_alike_each_time() -> None:
    alike, moved = [0.1, -0.1] * 30, [0.1, 0.1, -0.1] * 30
    assert paired_p(alike) > 0.9
    assert paired_p(moved) < 0.01
    assert paired_p(moved) == paired_p(moved)


def test_chances_are_corrected_for_how_many_there_are() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_percentiles_are_values_that_occurred() -> None:
    values = [number / 100 for number in range(100)]
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile([3.0], 0.95)) == (0.49, 0.94, 3.0)
