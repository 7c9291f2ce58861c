"""Files of JSON lines that commands write."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from catalog.errors import SourceError


def write_lines(output: Path, objects: Iterator[dict[str, Any]]) -> None:
    """Write JSON lines, and say how many they were."""
    try:
        with output.open("w", encoding="utf-8") as stream:
            number = sum(bool(stream.write(json.dumps(item, ensure_ascii=False) + "\n")) for item in objects)
    except OSError as error:
        raise SourceError(f"{output} cannot be written ({error.strerror}). Name another file with --output.") from error
    click.echo(f"{number} line{'' if number == 1 else 's'} written to {output}", err=True)
