"""Asset profiles: for each model and dataset with a card, what it is and what it is for, in a few lines.

A need told in people's own words is compared with these and not with passages, which tell details. A profile is a
`Passage` of the card, so that it is indexed as one; it has no lines of its own.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from catalog import tables
from catalog.languages import language_name
from catalog.needs import phrases
from catalog.records import Passage
from catalog.snapshot import Draft
from catalog.store import Rows

_EMBEDDED_AT_ONCE = 512
_MAX_CHARACTERS = 700
_MOST_LANGUAGES, _MOST_TASKS, _MOST_TAGS = 12, 6, 8
_SHOWN_LANGUAGES = 6
_FACETS = (tables.tasks, tables.languages, tables.tags)
#: tags that say how a file is stored or was made, and not what it is for
_TECHNICAL = re.compile(
    r"(?:fp|int|bf)\d+(?:-int\d+)?|monolingual|(?:not )?fine-?tunable|saved_model.*|hub|tfjs|lite|.*:.*|adamw?|sgd.*"
    r"|lamb|weight decay|endpoints_compatible|autotrain.*|pytorch|tf|jax|onnx|safetensors|transformers|other",
    re.I,
)
_ADDRESS = re.compile(r"https?://\S+")
_SEPARATOR = re.compile(r"[-_/.]+")


def write_profiles(draft: Draft, rows: Rows) -> None:
    """Bring the profiles of a draft up to those of its catalogue; only new ones are embedded.

    What people say for what they need stands beside them.
    """
    wanted = {profile.key: profile for profile in (*profiles(rows), *phrases())}
    there = draft.profiles.keys()
    gone, new = sorted(there - wanted.keys()), sorted(wanted.keys() - there)
    if gone:
        draft.profiles.delete_keys(gone)
    for start in range(0, len(new), _EMBEDDED_AT_ONCE):
        some = [wanted[key] for key in new[start : start + _EMBEDDED_AT_ONCE]]
        draft.profiles.upsert(some, draft.profile_embedder.embed([profile.text for profile in some]))
    draft.profiles.flush()


def profiles(rows: Rows) -> list[Passage]:
    """The profile of every asset with a card."""
    facets = {table.name: _values(rows.of.get(table.name, ())) for table in _FACETS}
    found = (asset for asset in rows.of.get(tables.assets.name, ()) if asset["has_card"] and asset["path"])
    return [_profile(asset, {name: values.get(_key(asset), []) for name, values in facets.items()}) for asset in found]


def _values(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[str]]:
    """(kind, asset id) → the values that its card states."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row["stated"]:
            found[row["kind"], row["asset_id"]].append(row["value"])
    return found


def _key(asset: Mapping[str, Any]) -> tuple[str, str]:
    return asset["kind"], asset["id"]


def _profile(asset: Mapping[str, Any], facets: Mapping[str, list[str]]) -> Passage:
    tasks = [_spaced(task) for task in facets["tasks"] if task != "other"][:_MOST_TASKS]
    tags = [_spaced(tag) for tag in facets["tags"] if not _TECHNICAL.fullmatch(tag)][:_MOST_TAGS]
    name = _spaced(asset["id"])
    lines = (
        f"{asset['title']} ({name})" if asset["title"] != asset["id"] else name,
        f"{asset['kind']} for {', '.join(tasks)}" if tasks else asset["kind"],
        _spoken(facets["languages"]),
        ", ".join(tags),
        _ADDRESS.sub("", asset["summary"]),
    )
    return Passage(
        path=asset["path"],
        asset=asset["id"],
        kind=asset["kind"],
        headings=(),
        line_start=1,
        line_end=1,
        text="\n".join(line for line in lines if line)[:_MAX_CHARACTERS],
    )


def _spoken(codes: list[str]) -> str:
    if len(codes) > _MOST_LANGUAGES:
        return "multilingual"
    return ", ".join(language_name(code) for code in codes[:_SHOWN_LANGUAGES])


def _spaced(name: str) -> str:
    return _SEPARATOR.sub(" ", name).strip()
