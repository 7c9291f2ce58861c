"""Reports: the same figures everywhere, inert whatever cards and models say, and a page that works offline."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from answerers import CASES, declining, half_a_list, oracle
from runs_made import make_run
from stores import Almanac

from agent.answer import Answer
from evals.cases import Case
from evals.reports import write_reports
from evals.reports.page import page
from evals.reports.plain import as_json_text, as_markdown
from evals.runs import Run

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
HOSTILE = '<script>document.title="taken"</script><img src=x onerror="document.title=1"> | \x1b[31m `x`'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("run")
    return make_run(folder, {"offline": oracle, "local:tiny": half_a_list, "mute": declining}, failing=["score"])


class Loads(HTMLParser):
    """What a page would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}={value}" for name, value in attrs
                       if name in ("src", "href", "data", "action") and not (value or "").startswith("#")]  # fmt: skip


def hostile_run(folder: Path) -> Run:
    case = Case.model_validate(
        {"id": HOSTILE, "type": "prose", "question": HOSTILE, "expected": {"must_include": ["peace", HOSTILE]}}
    )
    return make_run(folder, {HOSTILE: lambda _: Answer(headline=HOSTILE, understood=HOSTILE)}, cases=[case])


def test_markdown_has_a_column_for_each_model(run: Run) -> None:
    text = as_markdown(run)
    assert "|  | offline | local:tiny | mute |" in text
    assert "| false completeness (4) | 0.000 | 0.750 [0.25–1.00] | – |" in text
    assert "51 of 51 answers, 3 failed, complete" in text
    assert re.search(r"\| count \| mute \| 0\.00 \| How many models were trained on SNLI\? \| .*declined", text)
    assert "| score | offline | failed | What accuracy does den/owl report on SNLI? | the model is asleep |" in text


def test_json_has_every_figure_by_model_and_type(run: Run) -> None:
    told = json.loads(as_json_text(run))
    assert (told["complete"], told["answers"], len(told["failed"])) == (True, 51, 3)
    figure = told["models"]["offline"]["figures"]["score"]
    assert (figure["mean"], figure["cases"]) == (pytest.approx(16 / 17, abs=1e-6), 17)
    assert told["models"]["mute"]["types"]["unanswerable"]["score"]["mean"] == 1
    assert [one["id"] for one in told["below"]["offline"]] == ["score"]


def test_the_page_loads_nothing_and_shows_everything(run: Run) -> None:
    text = page(run)
    assert Loads(text).found == []
    assert "http://" not in text
    assert "https://" not in text
    for case in CASES:
        assert text.count(f" {case.id} · offline") + text.count(f">{case.id} · offline") == 1
    assert text.count("<details") == 51
    assert text.count("<svg") == 3
    for shown in (
        "missing: den/fox",
        "models/den/owl/README.md:1",
        "# Owl",
        "find_models → 1 in 0.01 s",
        "NOT COMPLETE",
    ):
        assert (shown in text) == (shown != "NOT COMPLETE")


def test_what_cards_and_models_say_stays_text(tmp_path: Path, almanac: Almanac) -> None:
    run = hostile_run(tmp_path)
    write_reports(run)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>document" not in html
    assert "<img" not in html
    assert "\x1b" not in html
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "<script" not in markdown
    assert "\x1b" not in markdown
    (row,) = [line for line in markdown.splitlines() if "| 0.50 |" in line]
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "\x1b" not in almanac("eval", "report", tmp_path).out


def test_a_run_is_reported_again_from_what_was_kept(run: Run, almanac: Almanac) -> None:
    write_reports(run)
    before = {path.name: path.read_text(encoding="utf-8") for path in run.folder.glob("report.*")}
    ran = almanac("eval", "report", run.folder)
    assert ran.code == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in run.folder.glob("report.*")} == before
    assert "51 of 51 answers, 3 failed, complete" in ran.out


def browsed(file: Path, fragment: str = "") -> str:
    """The page as Chromium leaves it after its scripts ran."""
    assert CHROMIUM
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000", "--dump-dom"]
    address = f"{file.as_uri()}{fragment}"
    ran = subprocess.run(
        [CHROMIUM, *flags, f"--user-data-dir={file.parent / 'chromium'}", address],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_the_page_filters_and_searches_in_a_browser(run: Run) -> None:
    write_reports(run)
    file = run.folder / "report.html"
    assert '<output id="count">51 of 51</output>' in browsed(file)
    searched = browsed(file, "#search=hunt%20mute")
    assert '<output id="count">1 of 51</output>' in searched
    assert len(re.findall(r'<details class="case[^>]* hidden=""', searched)) == 50
    failed = browsed(file, "#state=failed&model=offline")
    assert '<output id="count">1 of 51</output>' in failed
    assert browsed(file, "#search=zebra").count('<p id="nothing">No case fits.</p>') == 1


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_nothing_that_was_said_is_run_by_a_browser(tmp_path: Path) -> None:
    write_reports(hostile_run(tmp_path))
    shown = browsed(tmp_path / "report.html")
    assert "<title>Evaluation of &lt;script&gt;" in shown
    assert '<output id="count">1 of 1</output>' in shown
