"""The benchmark of the extraction says how fast it is and what takes the time."""

import json
from pathlib import Path

from click.testing import CliRunner

from evals.bench_extraction import main

CORPUS = Path(__file__).parents[2] / "evals" / "corpus"


def test_the_speed_and_the_dearest_steps_are_told() -> None:
    ran = CliRunner().invoke(main, [str(CORPUS), "--runs", "1", "--least", "1", "--json"])
    told = json.loads(ran.stdout)
    assert told["cards"] > 0
    assert told["cards_per_second"] >= 1
    assert told["steps"]
    assert all(0 < share <= 1 for share in told["steps"].values())


def test_it_fails_where_the_extraction_is_slower_than_asked_for() -> None:
    ran = CliRunner().invoke(main, [str(CORPUS), "--runs", "1", "--least", "1e9"])
    assert ran.exit_code == 1
    assert "fewer than" in ran.output
