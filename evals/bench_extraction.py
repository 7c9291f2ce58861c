"""How fast facts are extracted: `python -m evals.bench_extraction FOLDER… [--runs N] [--least N]`.

Runs `python -m ingest.clock` in processes of their own and prints the best of them: cards a second on one core, for the
extraction alone, and the steps that take the most of its time. Ends with 1 where it is below `--least`.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

_SHOWN = 3


@click.command(help=__doc__)
@click.argument("roots", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1))
@click.option("--least", default=150.0, show_default=True, help="Cards a second that are asked for.")
@click.option("--json", "as_json", is_flag=True, help="All figures of the best run as one JSON object.")
def main(roots: tuple[Path, ...], runs: int, least: float, as_json: bool) -> None:
    best = max((_run(roots) for _ in range(runs)), key=lambda told: float(told["cards_per_second"]))
    click.echo(json.dumps(best) if as_json else "\n".join(_lines(best)))
    if best["cards_per_second"] < least:
        raise click.ClickException(f"{best['cards_per_second']} cards a second are fewer than {least:g}")


def _run(roots: tuple[Path, ...]) -> dict[str, Any]:
    command = [sys.executable, "-m", "ingest.clock", *map(str, roots)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise click.ClickException(ran.stderr.strip().splitlines()[-1] if ran.stderr.strip() else "it was killed")
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def _lines(told: dict[str, Any]) -> list[str]:
    steps = list(told["steps"].items())
    head = (
        f"{told['cards']} cards, {told['cards_per_second']} a second on one core ({told['extraction_seconds']} s CPU)"
    )
    return [head, f"loading once: {told['loading_seconds']} s", "most expensive, with what they call:"] + [
        f"  {share:5.1%}  {name}" for name, share in steps[:_SHOWN]
    ]


if __name__ == "__main__":
    main()
