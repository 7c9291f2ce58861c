"""Almanac beside a stack that one would otherwise build, on the same folder: `python -m evals.bench --corpus FOLDER`.

Ingest in cards a second, peak memory, query p50 and p95, each side in a process of its own, at several sizes of the
corpus (replicated under changed names); then the index alone at larger sizes. Writes bench.json, bench.md, bench.png.
The peer needs the extra `bench`.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from catalog.records import Passage
from evals.replicas import cards, replicate

_QUESTIONS = 60
_QUESTION = "What data was {name} trained on, and under which licence may it be used?"


@click.command(help=__doc__)
@click.option("--corpus", "roots", multiple=True, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--cards", "most", type=int, help="How many cards are taken of it; all where not given.")
@click.option("--times", multiple=True, type=int, default=(1, 5, 25), show_default=True, help="Sizes of the corpus.")
@click.option("--peer-most", type=int, default=1_000, show_default=True, help="No larger corpus for the peer.")
@click.option("--index", "indexes", multiple=True, type=int, default=(20_000, 200_000), show_default=True)
@click.option("--local-most", type=int, default=20_000, show_default=True, help="No larger index for qdrant-client.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("bench"), show_default=True)
def main(roots: tuple[Path, ...], most: int | None, output: Path, **sizes: Any) -> None:
    found = cards(roots, most)
    told: dict[str, Any] = {
        "corpus": _corpus(found, sizes["times"], sizes["peer_most"]),
        "index": _indexes(found, sizes["indexes"], sizes["local_most"]),
    }
    output.mkdir(parents=True, exist_ok=True)
    (output / "bench.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    (output / "bench.md").write_text("\n".join(table(told)) + "\n", encoding="utf-8")
    plot(told, output / "bench.png")
    click.echo("\n".join(table(told)))


def _corpus(found: Sequence[Path], times: Sequence[int], peer_most: int) -> list[dict[str, Any]]:
    results = []
    for count in times:
        with tempfile.TemporaryDirectory(prefix="almanac-bench-") as work:
            folder = Path(work) / "cards"
            total = replicate(found, count, folder)
            for side in ("almanac", "peer") if total <= peer_most else ("almanac",):
                results.append({"side": side, "times": count} | _side(side, folder, Path(work) / side))
    return results


def _side(side: str, folder: Path, work: Path) -> dict[str, Any]:
    """One side, measured in a process of its own."""
    work.mkdir()
    names = [card.parent.name for card in sorted(folder.rglob("README.md"))]
    step = max(len(names) // _QUESTIONS, 1)
    questions = work / "questions.json"
    questions.write_text(json.dumps([_QUESTION.format(name=name) for name in names[::step][:_QUESTIONS]]))
    command = [sys.executable, "-m", "evals.bench_sides", side, str(folder), str(work), str(questions)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise click.ClickException(f"{side} failed: {ran.stderr.strip().splitlines()[-1:]}")
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    milliseconds = sorted(1_000 * seconds for seconds in told.pop("query_seconds"))
    return told | {
        "cards_per_second": round(told["cards"] / told["ingest_seconds"], 2),
        "p50_ms": round(statistics.median(milliseconds), 2),
        "p95_ms": round(milliseconds[int(0.95 * len(milliseconds))], 2),
    }


def _indexes(found: Sequence[Path], sizes: Sequence[int], local_most: int) -> list[dict[str, Any]]:
    from evals.bench_index import edge_query, local_query

    seed = [_whole(card) for card in found[:200]]
    questions = [_QUESTION.format(name=f"made {number}") for number in range(_QUESTIONS)]
    results = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="almanac-bench-") as work:
            results.append({"side": "almanac"} | edge_query(seed, questions, size, Path(work) / "index"))
        if size <= local_most:
            results.append({"side": "qdrant-client local"} | local_query(seed, questions, size))
    return results


def _whole(card: Path) -> Passage:
    text = card.read_text(encoding="utf-8", errors="replace")
    return Passage(
        path=str(card), asset=card.parent.name, kind="model", headings=(), line_start=1, line_end=1, text=text
    )


def table(told: dict[str, Any]) -> Iterator[str]:
    """Markdown tables: both sides with their ratios, then the index alone."""
    yield "| corpus | side | passages | ingest cards/s | peak MB | query p50 / p95 ms |"
    yield "|---|---|---|---|---|---|"
    for one in told["corpus"]:
        queries = f"{one['p50_ms']:.1f} / {one['p95_ms']:.1f}"
        speed = f"{one['cards_per_second']:.1f}{_ratio(one, told['corpus'])}"
        size = f"{one['cards']} cards | {one['side']} | {one['passages']}"
        yield f"| {size} | {speed} | {one['peak_mb']:.0f} | {queries} |"
    yield ""
    yield "| index | passages | built s | query p50 / p95 ms |"
    yield "|---|---|---|---|"
    for one in told["index"]:
        queries = f"{one['p50_ms']:.1f} / {one['p95_ms']:.1f}"
        yield f"| {one['side']} | {one['passages']} | {one['build_seconds']} | {queries} |"


def _ratio(one: dict[str, Any], results: Sequence[dict[str, Any]]) -> str:
    peers = [other for other in results if other["times"] == one["times"] and other["side"] == "peer"]
    if one["side"] == "peer" or not peers:
        return ""
    return f" ({one['cards_per_second'] / peers[0]['cards_per_second']:.0f}×)"


def plot(told: dict[str, Any], file: Path) -> None:
    """Ingest speed and query time of both sides over the size of the corpus."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for side in dict.fromkeys(one["side"] for one in told["corpus"]):
        mine = [one for one in told["corpus"] if one["side"] == side]
        left.plot([one["cards"] for one in mine], [one["cards_per_second"] for one in mine], marker="o", label=side)
    for side in dict.fromkeys(one["side"] for one in told["index"]):
        mine = [one for one in told["index"] if one["side"] == side]
        right.plot([one["passages"] for one in mine], [one["p50_ms"] for one in mine], marker="o", label=side)
    for axes, across, up in ((left, "cards", "cards ingested a second"), (right, "passages in the index", "p50, ms")):
        axes.set(xlabel=across, ylabel=up, xscale="log", yscale="log")
        axes.grid(visible=True, alpha=0.3)
        axes.legend()
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


if __name__ == "__main__":
    main()
