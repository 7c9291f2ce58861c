"""Records `docs/chat.md` and `docs/chat.png` anew from a real run: `python tests/agent/chat/recording.py FONT.ttf`.

The program answers from the sample catalogue on a pseudo-terminal; FONT is a monospaced font with its bold beside it
(`DejaVuSansMono.ttf`, `DejaVuSansMono-Bold.ttf`; Pillow is needed, both come with matplotlib).
"""

import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from terminals import ROOT, Terminal

COLUMNS, LINES = 96, 46
BEGIN, END = "model\n`offline`:\n```\n", "\n```\n\n## Commands"
#: what is typed, and what is seen once it was answered
SESSION = (
    ("Which models were fine-tuned on SQuAD 2.0?", "Understood as: models · fine-tuned on squad_v2"),
    ("And which of those are under cc-by-4.0?", "licence cc-by-4.0\n›"),
    ("/sources 2", "▸"),
    ("/lineage roberta-base", "microsoft/codebert-base"),
)
TYPED, COMPLETED = "What licence has deepset/rob", "deepset/roberta-large-squad2"
AFTER = (
    ("What are the limitations of roberta-base?", "text about: limitations"),
    ("/why", "Answered by offline"),
    ("/good", "Noted: good."),
)
_COLOURS = {
    "default": "#d0d0d0", "black": "#101418", "brightblack": "#7d8590", "cyan": "#56b6c2", "brown": "#d7a93b",
    "red": "#e06c75", "green": "#98c379", "blue": "#61afef", "magenta": "#c678dd", "white": "#ffffff",
}  # fmt: skip
_GROUND, _SIZE, _MARGIN = "#101418", 15, 12


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="almanac-recording-") as folder:
        os.environ |= {f"XDG_{name}_HOME": folder for name in ("STATE", "CONFIG", "DATA")}
        store = str(Path(folder) / "store")
        ingested = Terminal("ingest", "evals/corpus/models", "evals/corpus/datasets", "--store", store)
        assert ingested.ends() == 0, ingested.everything
        chat = Terminal("chat", "--store", store, columns=COLUMNS, lines=LINES)
        chat.sees("›")
        said(chat, SESSION)
        chat.types(TYPED)
        chat.sees(COMPLETED)
        picture(chat, Path(sys.argv[1])).save(ROOT / "docs" / "chat.png", optimize=True)
        chat.types("\x03")
        time.sleep(0.5)
        said(chat, AFTER)
        chat.enters("/quit")
        assert chat.ends() == 0
        write(chat.everything)


def said(chat: Terminal, lines: tuple[tuple[str, str], ...]) -> None:
    for line, seen in lines:
        chat.enters(line)
        chat.sees(seen)
        time.sleep(0.5)


def write(everything: str) -> None:
    """Put a session into the page."""
    page = ROOT / "docs" / "chat.md"
    text = page.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    told = re.sub(r"\n› *\n(?=›|\n)", "\n", everything[everything.index("Almanac ·") :].rstrip())
    page.write_text(text[:begin] + told + text[end:], encoding="utf-8")


def picture(chat: Terminal, font: Path) -> Any:
    """The screen as an image, each character in its cell."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = [ImageFont.truetype(str(name), _SIZE) for name in (font, font.with_name(f"{font.stem}-Bold.ttf"))]
    wide, high = round(fonts[0].getlength("M")), _SIZE + 5
    image = Image.new("RGB", (COLUMNS * wide + 2 * _MARGIN, LINES * high + 2 * _MARGIN), _GROUND)
    draw = ImageDraw.Draw(image)
    for row in range(LINES):
        for column in range(COLUMNS):
            cell = chat._screen.buffer[row][column]
            ink, ground = _COLOURS.get(cell.fg, f"#{cell.fg}"), _COLOURS.get(cell.bg, f"#{cell.bg}")
            ground = _GROUND if cell.bg == "default" else ground
            if cell.reverse:
                ink, ground = ground, ink
            at = (_MARGIN + column * wide, _MARGIN + row * high)
            draw.rectangle((*at, at[0] + wide, at[1] + high), fill=ground)
            draw.text(at, cell.data, font=fonts[cell.bold], fill=ink)
    return image


if __name__ == "__main__":
    main()
