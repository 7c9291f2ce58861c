"""The measurement of how soon a chat is there: the real program, started once."""

from pathlib import Path

from evals.first_prompt import started


def test_a_start_is_counted_until_the_prompt_is_there(sample_store: Path) -> None:
    one = started(["--store", str(sample_store)])
    assert 0 < one.processor < 5
    assert one.processor <= one.clock * 1.5, "the clock counts at least what the processor did, but for threads"
