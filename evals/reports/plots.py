"""Plots as inline SVG: bars with confidence intervals, and distributions. Colours come from the page's style sheet."""

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from agent.layout import inert
from evals.reports.tables import Cell, Table

_LABEL, _BAR, _VALUE, _ROW = 170, 420, 150, 18
_WIDE, _HIGH = 420, 150
_SCORE_BINS = 10


def bars(table: Table) -> Markup:
    """Horizontal bars of 0 to 1, a group for each row and a bar for each model."""
    parts, top = [], 4
    for line in table.lines:
        height = _ROW * len(table.columns)
        middle = top + height / 2
        parts.append(_text(_LABEL - 8, middle, line.name, "end"))
        for place, cell in enumerate(line.cells):
            parts.append(_bar(top + place * _ROW, place, cell))
        top += height + 8
    width = _LABEL + _BAR + _VALUE
    return _svg(width, top, "".join(parts), f"{table.title}: bars")


def _bar(top: float, place: int, cell: Cell) -> str:
    if cell.share is None:
        return _text(_LABEL + 4, top + _ROW / 2, cell.text, "start")
    length = max(cell.share, 0.0) * _BAR
    drawn = [
        f'<rect class="track" x="{_LABEL}" y="{top + 3}" width="{_BAR}" height="{_ROW - 6}" rx="3"/>',
        f'<rect class="m{place % 6}" x="{_LABEL}" y="{top + 3}" width="{length:.1f}" height="{_ROW - 6}" rx="3"/>',
    ]
    if cell.low is not None and cell.high is not None and cell.low < cell.high:
        low, high, middle = _LABEL + cell.low * _BAR, _LABEL + cell.high * _BAR, top + _ROW / 2
        drawn.append(f'<path class="whisker" d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8'
                     f'M{high:.1f} {middle - 4}v8"/>')  # fmt: skip
    drawn.append(_text(_LABEL + _BAR + 8, top + _ROW / 2, cell.text, "start"))
    return "".join(drawn)


def scores(by_model: Mapping[str, Sequence[float]]) -> Markup:
    """How many answers have which score: ten bins from 0 to 1, and one for the full score."""
    counts = {model: _binned([int(value * _SCORE_BINS) for value in values], _SCORE_BINS + 1)
              for model, values in by_model.items()}  # fmt: skip
    labels = [*(f"≥{number / _SCORE_BINS:.1f}" for number in range(_SCORE_BINS)), "1"]
    return _columns(counts, labels, "scores")


def seconds(by_model: Mapping[str, Sequence[float]]) -> Markup:
    """How many answers took how long: bins that double, from a hundredth of a second."""
    binned = {model: [_doubling(value) for value in values] for model, values in by_model.items()}
    most = max((max(bins, default=0) for bins in binned.values()), default=0) + 1
    labels = [f"<{_edge(number):g}" for number in range(most)]
    return _columns({model: _binned(bins, most) for model, bins in binned.items()}, labels, "seconds")


def _doubling(value: float) -> int:
    return max(0, math.ceil(math.log2(max(value, 1e-9) / 0.01)))


def _edge(number: int) -> float:
    return float(f"{0.01 * 2**number:.2g}")


def _binned(places: Sequence[int], bins: int) -> list[int]:
    return [sum(place == number for place in places) for number in range(bins)]


def _columns(counts: Mapping[str, Sequence[int]], labels: Sequence[str], of: str) -> Markup:
    """Columns beside each other, a group for each bin."""
    highest = max((max(one, default=0) for one in counts.values()), default=0) or 1
    step = _WIDE / max(len(labels), 1)
    width = step * 0.8 / max(len(counts), 1)
    parts = []
    for place, one in enumerate(counts.values()):
        for number, count in enumerate(one):
            height = count / highest * _HIGH
            x, y = 30 + number * step + place * width, 18 + _HIGH - height
            parts.append(f'<rect class="m{place % 6}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                         f'height="{height:.1f}"><title>{count}</title></rect>')  # fmt: skip
            if count:
                parts.append(_text(x + width / 2, y - 6, str(count), "middle"))
    for number, label in enumerate(labels):
        parts.append(_text(30 + number * step + step * 0.4, _HIGH + 32, label, "middle"))
    parts.append(f'<path class="whisker" d="M26 {_HIGH + 18}H{30 + _WIDE}"/>')
    return _svg(_WIDE + 40, _HIGH + 44, "".join(parts), f"distribution of {of}")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="middle">{escape(inert(text))}</text>'
    )


def _svg(width: float, height: float, body: str, title: str) -> Markup:
    return Markup(
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" aria-label="{escape(title)}">'
        f"{body}</svg>"
    )
