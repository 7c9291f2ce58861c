"""Options that several commands have."""

from pathlib import Path

import click

store = click.option("--store", type=click.Path(path_type=Path), help="Folder of the store [ALMANAC_STORE].")
model = click.option(
    "--model", help="offline, openai:NAME, local:FILE.gguf, local:smollm2, or a chain: A,B [ALMANAC_MODEL]."
)
base_url = click.option("--base-url", help="OpenAI-compatible server of openai:NAME models [ALMANAC_BASE_URL].")
trace = click.option("--trace", type=click.Path(path_type=Path), help="Append every model and tool call to a file.")
