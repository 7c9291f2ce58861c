"""Many people at once, in small; `python -m evals.slack_load` does it in large."""

from pathlib import Path

from evals.slack_load import Plan, load


def test_of_many_questions_none_is_lost_or_answered_twice_and_threads_keep_their_order(sample_store: Path) -> None:
    found = load(sample_store, Plan(questions=40, users=10, seconds=2, waves=2, workers=2))
    assert found.questions == 80
    assert (found.lost, found.twice, found.unkept, found.out_of_order, found.refused) == (0, 0, 0, 0, ())
    assert found.acknowledged_p99 < 3  # Slack's own limit; the benchmark tells how fast it is where nothing else runs
    _, first, second = found.memory
    assert second < first + 50
