"""An archive: what goes in, what it says of itself, what comes out again."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.ingest
import index.upkeep
from corpus import Article, Published, Unreadable
from index import Archive, ArchiveError, Filters, Overview
from index.passage import Channel
from tests.fakes import NOON, FakeEncoder
from tests.made_articles import FERRY, MILL, RAIN, on


@pytest.fixture
def archive(place: str, encoder: FakeEncoder) -> Iterator[Archive]:
    """An archive in a folder, and then the same in PostgreSQL."""
    with Archive.create(place, encoder, clock=lambda: NOON) as made:
        yield made


def ids(archive: Archive) -> list[str]:
    return [article.id for article in archive]


# Making and opening one


def test_create_makes_the_folder_and_its_parents(tmp_path: Path, encoder: FakeEncoder) -> None:
    folder = tmp_path / "a" / "b"
    archive = Archive.create(folder, encoder)
    assert repr(archive) == f"Archive({str(folder)!r}, 0 articles)"
    assert list(archive) == []
    assert archive.overview() == Overview(0, 0, {}, None, None, "fake")
    archive.close()
    assert "was closed" in repr(archive)


def test_another_folder_is_gone_to_meanwhile(
    tmp_path: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Archive.create("archive", encoder) as archive:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir("elsewhere")
        archive.add([MILL])
        assert archive.search("mill")[0].article == MILL
        assert archive.address == "archive"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "elsewhere"]


def test_create_where_there_is_one(archive: Archive, place: str) -> None:
    archive.add([FERRY])
    with pytest.raises(ArchiveError) as caught:
        Archive.create(place, FakeEncoder())
    assert str(caught.value) == f"There is an archive in {archive.address} already."
    with Archive.open(place) as opened:
        assert ids(opened) == ["ferry"]


def test_create_where_a_file_is_in_the_way(tmp_path: Path, encoder: FakeEncoder) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(ArchiveError) as caught:
        Archive.create(file, encoder)
    assert str(caught.value) == f"The folder {file} cannot be made: File exists."
    assert file.read_text() == "mine"


def test_an_address_of_another_kind() -> None:
    for make in (Archive.open, Archive.create):
        with pytest.raises(ArchiveError) as caught:
            make("mysql://host/news", FakeEncoder())
        assert str(caught.value) == (
            "No archive can be at mysql://host/news: name a folder, or postgresql://host/database."
        )


def test_open_where_there_is_none(place: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        Archive.open(place)
    assert str(caught.value) == (
        f"There is no archive in {place}: make one with dateline add PATH --archive {place}"
    )
    assert not Path(place).exists()


def test_open_a_later_format(tmp_path: Path) -> None:
    with Archive.create(tmp_path, FakeEncoder()) as archive:
        archive.truth._rows("PRAGMA user_version = 8")
    with pytest.raises(ArchiveError) as caught:
        Archive.open(tmp_path)
    assert str(caught.value) == (
        f"The archive in {tmp_path} has format 8, and this program reads up to format 7: "
        "use the program it was made with, or a newer one."
    )


def test_another_encoder_than_it_was_made_with(archive: Archive, place: str) -> None:
    archive.add([FERRY])
    other = Archive.open(place, FakeEncoder("other"))
    sentence = (
        f"The archive in {archive.address} was made with other weights of the encoder fake than "
        f"other has here: embed it anew with dateline rebuild --archive {archive.address} "
        "--encoder other"
    )
    with pytest.raises(ArchiveError) as caught:
        other.search("ferry")
    assert str(caught.value) == sentence
    with pytest.raises(ArchiveError) as caught:
        other.add([MILL])
    assert str(caught.value) == sentence
    assert list(other) == [FERRY]
    assert other.overview().encoder == "fake"


def test_opened_without_an_encoder_it_loads_its_own(
    archive: Archive, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.add([FERRY])
    asked: list[object] = []

    def load(name: object) -> FakeEncoder:
        asked.append(name)
        return FakeEncoder()

    monkeypatch.setattr(index.upkeep, "load_encoder", load)
    opened = Archive.open(place)
    assert list(opened) == [FERRY]
    assert asked == []
    assert opened.search("ferry")[0].article == FERRY
    assert opened.search("ferry")[0].article == FERRY
    assert asked == ["fake"]


# Adding and removing


def test_added_replaced_unchanged(archive: Archive, encoder: FakeEncoder) -> None:
    report = archive.add([FERRY, MILL])
    assert (report.added, report.changed, report.unchanged) == (["ferry", "mill"], [], [])
    newer = Article("mill", "Mill sold", "The old mill was not sold.", "Harbour Post")
    retitled = Article("ferry", "Ferry very late", FERRY.text, "Harbour Post")
    report = archive.add([RAIN, newer, FERRY])
    assert report.as_dict() == {
        "added": 1,
        "changed": 1,
        "moved": 0,
        "returned": 0,
        "withdrawn": 0,
        "kept": 0,
        "unchanged": 1,
        "copies": 0,
        "embargoed": 0,
        "conflicts": 0,
        "refused": [],
        "failed": [],
        "notes": [],
        "undated": 2,
        "chunks": 2,
        "embedded": 2,
        "seconds": report.as_dict()["seconds"],
    }
    assert (report.added, report.changed, report.unchanged) == (["rain"], ["mill"], ["ferry"])
    assert list(archive) == [FERRY, newer, RAIN]
    assert archive.article("mill") == newer
    assert archive.article("none") is None
    assert archive.search("baker", channels=["lexical"]) == []
    assert archive.search(newer.text)[0].article == newer
    assert [version.article.text for version in archive.versions("mill")] == [MILL.text, newer.text]
    # A headline is shown, so it makes another version, but no other vector.
    report = archive.add([retitled])
    assert (report.changed, report.chunks, report.embedded) == (["ferry"], 1, 0)
    assert archive.article("ferry") == retitled
    assert encoder.asked == [FERRY.text, MILL.text, RAIN.text, newer.text]


def test_another_section_makes_a_version(archive: Archive) -> None:
    archive.add([FERRY])
    assert archive.add([replace(FERRY, section="")]).unchanged == ["ferry"]
    assert archive.add([replace(FERRY, section="Harbour")]).changed == ["ferry"]
    sections = [version.article.section for version in archive.versions("ferry")]
    assert sections == [None, "Harbour"]


def test_where_it_was_found_makes_no_version(archive: Archive) -> None:
    archive.add([Article("a", "T", "Some text.", origin="a.txt")])
    report = archive.add([Article("a", "T", "Some text.", origin="b.txt")])
    assert report.unchanged == ["a"]


@pytest.mark.parametrize("batch", [1, 10**6], ids=["in two batches", "in one"])
def test_one_id_twice_in_a_run(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(index.ingest, "BATCH_CHARACTERS", batch)
    first = Article("a", "First", "The first text.", origin="news.jsonl#1")
    again = Article("a", "First", "The first text.", origin="news.jsonl#2")
    last = Article("a", "Last", "The last text.", origin="news.jsonl#3")
    report = archive.add([first, again, last])
    assert report.failed == [
        Unreadable("news.jsonl#3", "has the same id, a, as news.jsonl#1; the last is kept")
    ]
    assert list(archive) == [last]
    assert [passage.text for passage in archive.search("text")] == ["The last text."]


def test_half_a_surrogate_pair_is_reported(archive: Archive) -> None:
    """As JSON may hold it; nothing could store it, or show it."""
    broken = Article("b", "T", "Smile: \ud83d.", origin="news.jsonl#2")
    unnamed = Article("\udcff", "T", "Text.")
    report = archive.add([FERRY, broken, unnamed])
    reason = "holds half of a surrogate pair, which is no character"
    assert report.failed == [Unreadable("news.jsonl#2", reason), Unreadable("'\\udcff'", reason)]
    assert list(archive) == [FERRY]


def test_remove(archive: Archive) -> None:
    archive.add([FERRY, MILL, RAIN])
    assert archive.remove(["mill", "none", "ferry", "mill"]) == ["mill", "ferry"]
    assert list(archive) == [RAIN]
    assert ("mill" in archive, "rain" in archive, 7 in archive) == (False, True, False)
    assert len(archive) == 1
    assert archive.article("mill") is None
    assert [passage.article for passage in archive.search("the ferry and the mill", k=5)] == [RAIN]
    assert archive.remove([]) == []


def test_iteration_goes_on_over_many_and_while_it_changes(archive: Archive) -> None:
    articles = [Article(f"a{n}", f"T{n}", f"Text number {n}.") for n in range(250)]
    archive.add(articles)
    met = []
    for article in archive:
        met.append(article)
        if article.id == "a10":
            archive.remove(["a230", "a5"])
            archive.add([FERRY])
    assert met == [article for article in articles if article.id != "a230"] + [FERRY]


def test_overview(archive: Archive) -> None:
    report = archive.add(
        [
            Article("1", "", "One.", "Harbour Post", on("2020-02-10"), language="en"),
            Article("2", "", "Two.", "Valley Times", on("2020-02"), language="fr"),
            Article("3", "", "Three.", "Harbour Post", None, language="en"),
            Article("4", "", "Four. " * 200, None, on("2019-12-31")),
            Article("5", "", ""),
            Article("6", "", "Six.", None, on("2020")),
        ]
    )
    overview = archive.overview()
    assert overview == Overview(
        articles=6,
        chunks=6,
        sources={"Harbour Post": 2, "Valley Times": 1},
        first=date(2019, 12, 31),
        last=date(2020, 12, 31),
        encoder="fake",
        languages={"en": 2, "fr": 1},
        months=[("2019-12", 1), ("2020-02", 2)],
        years=[("2019", 1), ("2020", 3)],
        updated=NOON,
        report=report.as_dict(),
    )


def test_each_state_is_counted_once(
    archive: Archive, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = archive.truth.counts
    counted = []
    monkeypatch.setattr(archive.truth, "counts", lambda: counted.append(1) or counts())

    def articles() -> tuple[int, int, int]:
        overview = archive.overview()
        return overview.articles, overview.withdrawn, len(counted)

    assert (articles(), articles()) == ((0, 0, 1), (0, 0, 1))
    archive.add([FERRY, MILL, RAIN])
    assert (articles(), articles()) == ((3, 0, 2), (3, 0, 2))
    # Of what another process does, this one knows, too.
    with Archive.open(place, FakeEncoder(), clock=lambda: NOON) as other:
        other.truth.withdraw(list(other.truth.standing(["mill"]).values()))
    assert (articles(), articles()) == ((2, 1, 3), (2, 1, 3))
    archive.remove(["rain"])
    assert articles() == (1, 1, 4)


def test_newest(archive: Archive) -> None:
    days = {"a": "2020-02-10", "b": None, "c": "2021", "d": "2020-02-10", "e": "2019-12-31"}
    archive.add([Article(id, "", "Text.", None, day and on(day)) for id, day in days.items()])
    assert [article.id for article in archive.newest()] == ["c", "d", "a", "e", "b"]
    assert [article.id for article in archive.newest(2)] == ["c", "d"]


# What is stored comes back

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\uffff"), max_size=30)
MAYBE = st.none() | WORDS
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
PUBLISHED = st.builds(
    Published,
    st.datetimes(datetime(1600, 1, 1), timezones=OFFSETS),  # noqa: DTZ001
    st.sampled_from(["year", "month", "day", "instant"]),
    st.sampled_from(["metadata", "page", "url", "dateline", "file time"]),
)
ARTICLES = st.builds(
    Article, WORDS, WORDS, WORDS, MAYBE, st.none() | PUBLISHED, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE,
    st.none() | st.datetimes(datetime(1600, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    section=MAYBE,
)  # fmt: skip


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ARTICLES, max_size=4, unique_by=lambda article: article.id))
def test_every_field_comes_back(new_place: Callable[[], str], articles: list[Article]) -> None:
    place = new_place()
    Archive.create(place, FakeEncoder()).add(articles)
    # When nothing is in the future any more.
    opened = Archive.open(place, FakeEncoder(), lambda: datetime.max.replace(tzinfo=UTC))
    assert list(opened) == articles
    for article in articles:
        stored = opened.article(article.id)
        assert stored == article
        assert stored.digest == article.digest
        if article.published:
            assert stored.published.value.utcoffset() == article.published.value.utcoffset()
    assert opened.add(articles).unchanged == [article.id for article in articles]


def test_text_after_a_nul_is_found(archive: Archive) -> None:
    odd = Article("odd", "Odd", "Before the end\x00 comes a walrus. Then nothing.")
    archive.add([FERRY, odd])
    passages = archive.search("walrus", channels=["lexical"])
    assert [passage.text for passage in passages] == [odd.text]


# Filters

DATED = [
    Article("day", "", "News of the day.", "Le Monde", on("2016-08-21"), language="fr"),
    Article("month", "", "News of the month.", "LE MONDE", on("2016-08"), language="FR"),
    Article("year", "", "News of the year.", "Straße", on("2016"), language="de"),
    Article("later", "", "News of later on.", "STRASSE", on("2017-01-01"), language="en"),
    Article("undated", "", "News of some day.", "ИЗВЕСТИЯ", None, language=None),
    Article("nowhere", "", "News of nowhere.", None, on("2015-12-31")),
]
EVERYTHING = {"day", "month", "year", "later", "undated", "nowhere"}
LET_THROUGH = [
    (Filters(), EVERYTHING),
    (Filters(after=date(2016, 8, 21)), {"day", "month", "year", "later"}),
    (Filters(after=date(2016, 8, 22)), {"month", "year", "later"}),
    (Filters(after=date(2016, 9, 1)), {"year", "later"}),
    (Filters(after=date(2017, 1, 2)), set()),
    (Filters(before=date(2016, 8, 21)), {"day", "month", "year", "nowhere"}),
    (Filters(before=date(2016, 7, 31)), {"year", "nowhere"}),
    (Filters(before=date(2015, 12, 30)), set()),
    (Filters(date(2016, 8, 31), date(2016, 8, 31)), {"month", "year"}),
    (Filters(date(1, 1, 1), date(9999, 12, 31)), EVERYTHING - {"undated"}),
    (Filters(sources=("le monde",)), {"day", "month"}),
    (Filters(sources=("strasse", "известия")), {"year", "later", "undated"}),
    (Filters(sources=("le mond",)), set()),
    (Filters(languages=("Fr",)), {"day", "month"}),
    (Filters(sources=("LE MONDE",), after=date(2016, 8, 30)), {"month"}),
    (Filters(sources=("' OR 1=1 --",)), set()),
]


@pytest.mark.parametrize("channel", ["dense", "lexical"])
def test_filters(archive: Archive, channel: Channel) -> None:
    archive.add(DATED)
    for filters, expected in LET_THROUGH:
        passages = archive.search("news", k=20, filters=filters, channels=[channel])
        assert Counter(passage.article.id for passage in passages) == Counter(expected), filters


def test_filters_hold_inside_the_search(archive: Archive) -> None:
    """The few that pass are found although hundreds that do not are nearer."""
    near = [Article(f"n{n}", "", "Ferry ferry ferry.", "Other") for n in range(300)]
    far = Article("far", "", "A long story in which at some point a ferry is met.", "Wanted")
    archive.add([*near, far])
    for channels in (["dense"], ["lexical"], ["dense", "lexical"]):
        passages = archive.search("ferry", 5, Filters(sources=("wanted",)), channels)
        assert [passage.article for passage in passages] == [far]
