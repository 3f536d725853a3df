"""What was withdrawn, replaced, or is not available yet is in no search and no answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from assistant import Assistant
from corpus import Article, Published
from corpus.article import Precision
from index import Archive, Filters
from index.passage import Channel
from tests.fakes import NOON, Clock, FakeEncoder, FakeReader

QUESTION = "What did Mayor Ada Quill promise at Marrowby harbour?"
SECRET = "Mayor Ada Quill promised a new ferry at Marrowby harbour."
ARTICLE = Article(
    "quill",
    "Mayor promises ferry",
    f"{SECRET} She spoke to two hundred people.",
    "Harbour Post",
    Published(datetime(2026, 11, 20, tzinfo=UTC), "day", "metadata"),
)
OTHERS = [
    Article(f"other{n}", f"Market day {n}", f"The market of {place} opened on Monday.", "Wire")
    for n, place in enumerate(["Oxley", "Tarn", "Bramford", "Selwick"])
]


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Archive:
    archive = Archive.create(tmp_path / "archive", FakeEncoder(), clock)
    archive.add(OTHERS)
    return archive


def is_told(archive: Archive) -> bool:
    """Whether the secret comes out anywhere; it must everywhere, or nowhere."""
    channels: list[list[Channel]] = [["dense"], ["lexical"], ["dense", "lexical"]]
    searched = [
        any(
            SECRET in passage.text
            for passage in archive.search(query, 50, filters, channels=channel)
        )
        for query in (QUESTION, SECRET)
        for filters in (None, Filters(sources=("Harbour Post", "Wire")), Filters(before=date.max))
        for channel in channels
    ]
    answer = Assistant(archive, reader=FakeReader()).ask(QUESTION)
    quoted = any(SECRET in statement.text for statement in answer.statements)
    assert quoted == (answer.outcome == "answered" and SECRET in str(answer))
    shown = any(SECRET in passage.text for passage in answer.passages)
    article = archive.article("quill")
    listed = [
        article is not None and SECRET in article.text,
        any(SECRET in article.text for article in archive),
        any(SECRET in article.text for article in archive.newest(50)),
    ]
    everything = {*searched, quoted, shown, *listed}
    assert len(everything) == 1, (searched, quoted, shown, listed)
    return everything.pop()


def opened_anew(archive: Archive) -> Archive:
    """The same archive, with its caches read from the disk."""
    return Archive.open(archive.folder, FakeEncoder(), archive.truth._clock)


def test_it_is_told_where_nothing_forbids_it(archive: Archive) -> None:
    archive.add([ARTICLE])
    assert is_told(archive)
    assert is_told(opened_anew(archive))


CORRECTED = replace(ARTICLE, text="Mayor Ada Quill promised nothing at all. She left early.")


@pytest.mark.parametrize(
    "withhold",
    [
        pytest.param(lambda archive: archive.add([replace(ARTICLE, withdrawn=True)]), id="killed"),
        pytest.param(lambda archive: archive.remove(["quill"]), id="removed"),
        pytest.param(lambda archive: archive.add([CORRECTED]), id="replaced"),
        pytest.param(
            lambda archive: archive.add([replace(ARTICLE, embargo=NOON + timedelta(seconds=1))]),
            id="put under embargo",
        ),
    ],
)
def test_withheld_from_then_on(archive: Archive, withhold: Callable[[Archive], object]) -> None:
    archive.add([ARTICLE])
    other = opened_anew(archive)
    assert is_told(other)
    withhold(archive)
    for view in (archive, other, opened_anew(archive)):
        assert not is_told(view)
    # And may be told again.
    archive.add([replace(ARTICLE, title="Again")])
    for view in (archive, other, opened_anew(archive)):
        assert is_told(view)


INSTANT = NOON + timedelta(minutes=1)
ELSEWHERE = INSTANT.astimezone(timezone(timedelta(hours=-7)))
TOMORROW = datetime(2026, 11, 24, tzinfo=UTC)


def published(value: datetime, precision: Precision = "instant", **more: datetime) -> Article:
    return replace(ARTICLE, published=Published(value, precision, "metadata"), **more)


@pytest.mark.parametrize(
    ("article", "available"),
    [
        (replace(ARTICLE, embargo=INSTANT), INSTANT),
        (published(INSTANT), INSTANT),
        (published(ELSEWHERE), INSTANT),
        # The later of both.
        (published(INSTANT + timedelta(days=3), embargo=INSTANT), INSTANT + timedelta(days=3)),
        # A day begins at midnight, here.
        (published(TOMORROW, "day"), datetime(2026, 11, 24).astimezone()),
    ],
    ids=["embargo", "published", "with an offset", "both", "day"],
)
def test_not_before_it_is_available(
    archive: Archive, clock: Clock, article: Article, available: datetime
) -> None:
    archive.add([article])
    clock.now = available - timedelta(microseconds=1)
    opened = opened_anew(archive)
    for view in (archive, opened):
        assert not is_told(view)
        assert len(view) == 4
        overview = view.overview()
        assert (overview.articles, overview.embargoed) == (4, 1)
        assert overview.sources == {"Wire": 4}
        assert (overview.first, overview.last) == (None, None)
        assert (overview.languages, overview.months, overview.years) == ({}, [], [])
        assert [word.known for word in view.query_words("Quill")] == [False]
        assert view.history("quill") == []
    clock.now = available
    for view in (archive, opened):
        assert is_told(view)
        assert view.overview().sources == {"Wire": 4, "Harbour Post": 1}
        assert [word.known for word in view.query_words("Quill")] == [True]


def test_months_and_years_hold_nothing_back(archive: Archive) -> None:
    archive.add([published(datetime(2027, 1, 1, tzinfo=UTC), "year")])
    assert is_told(archive)


def test_an_embargo_hides_nothing_else(archive: Archive) -> None:
    """The few that may be told are found although hundreds under embargo are nearer."""
    near = [
        replace(ARTICLE, id=f"near{n}", embargo=INSTANT, title=f"Promise {n}") for n in range(300)
    ]
    archive.add([*near, replace(ARTICLE, text=f"On Friday: {SECRET} And so on and so forth.")])
    for channel in ("dense", "lexical"):
        passages = archive.search(SECRET, 1, channels=[channel])
        assert [passage.article.id for passage in passages] == ["quill"]
    passages = archive.search("market of Oxley", 50)
    assert {passage.article.id for passage in passages} == {
        "quill",
        *(article.id for article in OTHERS),
    }


def test_a_lifted_embargo(archive: Archive) -> None:
    """Only the embargo changed: nothing is embedded, and it is no other version."""
    archive.add([replace(ARTICLE, embargo=INSTANT)])
    assert not is_told(archive)
    report = archive.add([ARTICLE])
    assert (report.unchanged, report.embedded) == (["quill"], 0)
    assert is_told(archive)
    assert archive.history("quill") == []


def test_suggested_questions_tell_nothing(archive: Archive, clock: Clock) -> None:
    quoting = replace(
        ARTICLE, text="Ada Quill said that the ferry would come back to Marrowby.", place="Marrowby"
    )
    archive.add([replace(quoting, embargo=INSTANT)])

    def suggests_quill() -> bool:
        assistant = Assistant(archive, reader=FakeReader())
        return any("Quill" in question for question in assistant.suggest_questions())

    assert not suggests_quill()
    clock.now = INSTANT
    assert suggests_quill()
