"""How sure a mean is, and whether two runs differ: seeded bootstrap and paired sign-flip test, the same every time."""

import math
from collections.abc import Sequence

import numpy as np

from catalog.records import Record

_SEED = 20_240_229
_RESAMPLES = 2_000
_FLIPS = 10_000
_MOST_EXACT = 12
_BLOCK = 500


class Interval(Record):
    """A mean with its 95 % confidence interval."""

    mean: float
    low: float
    high: float


def interval(values: Sequence[float]) -> Interval:
    """Percentile bootstrap over cases; `values` has one value per case and is not empty."""
    sample = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(sample)):
        raise ValueError(f"a value is no number: {values}")
    random = np.random.default_rng(_SEED)
    means = np.concatenate(
        [
            sample[random.integers(0, len(sample), (_BLOCK, len(sample)))].mean(axis=1)
            for _ in range(_RESAMPLES // _BLOCK)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(mean=float(sample.mean()), low=float(low), high=float(high))


def paired_p(differences: Sequence[float]) -> float:
    """The chance of a mean difference at least this large if the two runs were alike (two-sided).

    Every sign of a difference is as likely as the other then. Few differences are flipped in all ways, many 10,000
    times at random.
    """
    moved = np.asarray([difference for difference in differences if difference], dtype=float)
    if not len(moved):
        return 1.0
    seen = abs(moved.sum()) - 1e-12
    if len(moved) <= _MOST_EXACT:
        ways = np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1
        return float((np.abs((1 - 2 * ways) @ moved) >= seen).mean())
    random = np.random.default_rng(_SEED)
    reached = 0
    for _ in range(_FLIPS // _BLOCK):
        signs = random.choice((-1.0, 1.0), (_BLOCK, len(moved)))
        reached += int((np.abs(signs @ moved) >= seen).sum())
    return (1 + reached) / (1 + _FLIPS)


def holm(chances: Sequence[float]) -> list[float]:
    """Chances corrected for how many differences were looked at, in the order given."""
    adjusted, highest = [0.0] * len(chances), 0.0
    for rank, index in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, chances[index] * (len(chances) - rank)))
        adjusted[index] = highest
    return adjusted


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values (0 to 1) do not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]
