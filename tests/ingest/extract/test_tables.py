"""Tables of every notation become grids with the line of each row."""

import pytest

from ingest.document import read_markdown
from ingest.extract.tables import Grid, grids


def only(text: str) -> Grid:
    found = list(grids(read_markdown("x.md", text)))
    assert len(found) == 1
    return found[0]


def test_a_markdown_table_keeps_its_lines_and_link_targets() -> None:
    grid = only("# T\n\n| a | F1 |\n|---|---|\n| [x](https://x.org/m) | **0.9** |\n")
    assert grid.header == ("a", "F1")
    assert (grid.rows[0].cells, grid.rows[0].line) == (("x", "0.9"), 5)
    assert grid.rows[0].targets[0] == "https://x.org/m"


def test_a_pipe_table_inside_a_fence_is_a_table() -> None:
    grid = only("```\n| a | F1 |\n+---+----+\n| x | 0.9 |\n| y | 0.8 |\n```\n")
    assert [row.cells for row in grid.rows] == [("x", "0.9"), ("y", "0.8")]


def test_a_header_without_its_corner_cell_is_set_right() -> None:
    grid = only("```\n     precision | recall\n|---|---|---|\n| x | 0.9 | 0.8 |\n| y | 0.7 | 0.6 |\n```\n")
    assert grid.header == ("", "precision", "recall")


def test_console_columns_are_aligned_to_the_right() -> None:
    grid = only(
        "```\n        precision  recall   f1-score\n\n   x        0.8     0.7      0.6\n"
        "   accuracy                  0.9\n```\n"
    )
    assert grid.rows[-1].cells == ("accuracy", "", "", "0.9")
    assert grid.rows[-1].line == 5


def test_an_html_table_with_blank_lines_is_one_table() -> None:
    grid = only(
        "<table>\n<tr><th colspan='2'>a</th><th>b</th></tr>\n\n<tr><td>1</td><td>2</td><td>3</td></tr>\n</table>\n"
    )
    assert grid.header == ("a", "a", "b")
    assert grid.rows[0].line == 4


def test_an_html_cell_is_repeated_over_the_rows_and_columns_that_it_spans() -> None:
    grid = only(
        "<table><tr><th rowspan='2'>a</th><th colspan='2'>b</th></tr><tr><th>c</th><th>d</th></tr>\n"
        "<tr><td rowspan='9999999'>1<br>2</td><td>3</td><td>4</td></tr><tr><td>5</td><td>6</td></tr></table>"
    )
    assert grid.header == ("a", "b", "b")
    assert [row.cells for row in grid.rows] == [("a", "c", "d"), ("1 2", "3", "4"), ("5", "6", "")]


def test_rows_of_another_width_are_padded() -> None:
    grid = only("<table><tr><td>a</td><td>b</td></tr><tr><td>1</td></tr></table>")
    assert grid.rows[0].cells == ("1", "")


@pytest.mark.parametrize(
    "text", ["just | one | pipe line", "```python\nx = {'a': 1}\n```", "<table></table>", "| a |\n|---|\n| 1 |\n"]
)
def test_what_is_no_table_gives_none(text: str) -> None:
    assert list(grids(read_markdown("x.md", text))) == []
