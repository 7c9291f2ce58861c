"""Reports of a run: a summary on the terminal, one HTML page, Markdown and JSON."""

from pathlib import Path

from evals.reports.page import page
from evals.reports.plain import as_json_text, as_markdown
from evals.runs import Run, write


def write_reports(run: Run) -> list[Path]:
    """Write all reports of a run into its folder; the page first."""
    texts = {"report.html": page(run), "report.md": as_markdown(run), "report.json": as_json_text(run)}
    for name, text in texts.items():
        write(run.folder / name, text)
    return [run.folder / name for name in texts]
