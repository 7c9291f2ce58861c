"""Asset profiles: needs in other words, facets as wishes, families, embedders of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import Cards

from catalog.errors import EmbedderError
from catalog.facets import facets_had
from catalog.profiles import Need
from catalog.settings import Settings
from catalog.snapshot import Snapshot, open_snapshot
from ingest.pipeline import ingest_roots


def front(task: str, language: str, licence: str = "mit") -> str:
    return f"---\npipeline_tag: {task}\nlanguage: {language}\nlicense: {licence}\n---\n"


CARDS = {
    "den/moods-nl": front("text-classification", "nl") + "# moods\n\nThis model tells angry letters from happy ones.",
    "den/moods-fi": front("text-classification", "fi", "cc-by-nc-4.0")
    + "# moods\n\nThis model tells angry letters from happy ones in Finnish.",
    "den/ears": front("automatic-speech-recognition", "en") + "# ears\n\nThis model writes down spoken English words.",
    "kin/one-1": front("fill-mask", "en") + "# one\n\nA masked language model with 1 layers for general purposes.",
    "kin/one-2": front("fill-mask", "en") + "# one\n\nA masked language model with 2 layers for general purposes.",
}


@pytest.fixture
def settings(models: Cards, store: Path) -> Settings:
    for name, text in CARDS.items():
        models.write(name, text)
    made = Settings(store=store, jobs=1)
    ingest_roots([models.root], made)
    return made


@pytest.fixture
def snapshot(settings: Settings) -> Iterator[Snapshot]:
    opened = open_snapshot(settings)
    yield opened
    opened.close()


def test_a_need_finds_what_does_it(snapshot: Snapshot) -> None:
    found = snapshot.profiles.find(Need("sort furious letters from content ones"))
    assert found[0].asset.id.startswith("den/moods")


def test_facets_are_wishes_and_are_told(snapshot: Snapshot) -> None:
    need = Need("angry letters", tasks=frozenset({"text-classification"}), languages=frozenset({"fi"}))
    found = snapshot.profiles.find(need)
    assert found[0].asset.id == "den/moods-fi"
    assert found[0].facets == ("text-classification", "fi")
    assert "den/ears" in [fit.asset.id for fit in found], "a wish is no condition"


def test_who_sells_wants_what_may_be_sold(snapshot: Snapshot) -> None:
    found = {fit.asset.id: fit.facets for fit in snapshot.profiles.find(Need("angry letters", commercial=True))}
    assert "commercial use" in found["den/moods-nl"]
    assert "commercial use" not in found["den/moods-fi"]


def test_assets_that_say_the_same_of_themselves_are_one(snapshot: Snapshot) -> None:
    found = [fit for fit in snapshot.profiles.find(Need("a masked language model")) if fit.asset.id.startswith("kin")]
    assert [(fit.asset.id, fit.alike) for fit in found] in (
        [("kin/one-1", ("kin/one-2",))],
        [("kin/one-2", ("kin/one-1",))],
    )


def test_what_few_assets_have_says_more_than_what_many_have(snapshot: Snapshot) -> None:
    assets = snapshot.catalog.assets("model", list(CARDS))
    english, finnish = (
        facets_had(snapshot.catalog, Need("letters", languages=frozenset({code})), assets) for code in ("en", "fi")
    )
    assert english["model", "den/ears"].facets == ("en",)
    assert finnish["model", "den/moods-fi"].weight > english["model", "den/ears"].weight > 0


def test_a_need_is_heard_by_what_people_say_much_like_it(snapshot: Snapshot) -> None:
    """No word of the need stands in the profile, nor in the synonyms of what it does."""
    found = snapshot.profiles.find(Need("somebody talks and it is put on paper"))
    assert found[0].asset.id == "den/ears"


def test_profiles_follow_their_cards(settings: Settings, models: Cards) -> None:
    models.remove("den/ears")
    models.write("den/moods-nl", CARDS["den/moods-nl"].replace("angry letters", "sad songs"))
    ingest_roots([models.root], settings)
    snapshot = open_snapshot(settings)
    told = {profile.asset: profile.text for profile in snapshot.profile_index.passages_of() if profile.asset}
    assert set(told) == set(CARDS) - {"den/ears"}
    assert "sad songs" in told["den/moods-nl"]
    snapshot.close()


def test_profiles_are_refused_by_another_embedder_than_made_them(settings: Settings) -> None:
    snapshot = open_snapshot(settings.model_copy(update={"profile_embedder": "gguf:owl.gguf"}))
    assert snapshot.meta["profile_embedder"] == "wordllama"
    said = r"profiles in .* embedded with wordllama, .* gguf:owl.gguf.* \(ALMANAC_PROFILE_EMBEDDER=wordllama\)"
    with pytest.raises(EmbedderError, match=said):
        snapshot.profile_index.count()
    assert snapshot.passages.count() > 0, "passages have an embedder of their own"
    snapshot.close()
