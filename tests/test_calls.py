"""What the methods of an archive and of an assistant say to those who call them wrongly."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant import Assistant
from corpus import Article, Unreadable
from index import Archive, Filters
from tests.fakes import FakeReader
from tests.made_articles import FERRY, MILL, RAIN


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.add([FERRY, MILL, RAIN])
    return archive


@pytest.mark.parametrize("many", [10**6, 10**12, 10**30])
def test_more_than_there_are(archive: Archive, many: int) -> None:
    assert archive.search("ferry", k=many, channels=["lexical"])[0].article == FERRY
    assert len(archive.search("ferry", k=many)) == 3
    assert archive.hits("ferry", first=0, most=many).total == 1
    assert archive.hits(first=many).passages == []
    assert len(archive.newest(many)) == 3


def test_one_name_and_days_as_they_are_written(archive: Archive) -> None:
    assert Filters(sources="Harbour Post") == Filters(sources=("Harbour Post",))
    assert Filters("2016-08-21", languages=["en"]) == Filters(date(2016, 8, 21), None, (), ("en",))
    assert Filters(as_of=datetime(2016, 8, 21, 10, tzinfo=UTC)).as_of == date(2016, 8, 21)
    assert not Filters(sources=None, articles=[])
    passages = archive.search("baker", filters=Filters(sources="harbour post", articles="mill"))
    assert [passage.article for passage in passages] == [MILL]
    day = date(2024, 1, 20)
    assert archive.search("baker", asked="2024-01-20") == archive.search("baker", asked=day)


CALLS = {
    "query is None; it must be text such as 'harbour talks'": lambda a: a.search(None),
    "text is 7; it must be text such as 'harbour talks'": lambda a: a.mentioning(7),
    "k is '3'; it must be a whole number, such as 2": lambda a: a.search("ferry", "3"),
    "k is 2.5; it must be a whole number, such as 2": lambda a: a.search("ferry", 2.5),
    "filters is {}; it must be Filters such as Filters(languages='en')": (
        lambda a: a.search("ferry", filters={})
    ),
    "filters is 'en'; it must be Filters such as Filters(languages='en')": (
        lambda a: a.count("en")
    ),
    "channels has 3 in it; it must be names of channels": lambda a: a.search("x", channels=[3]),
    "channels is ('foo',); it must have some of dense, lexical": (
        lambda a: a.search("ferry", channels=("foo",))
    ),
    "channels is (); it must have some of dense, lexical": lambda a: a.search("ferry", channels=()),
    "asked is 3; it must be a day such as 2016-08-21": lambda a: a.search("ferry", asked=3),
    "order is 'best'; it must be one of relevance, newest, oldest": (
        lambda a: a.hits("ferry", order="best")
    ),
    "k is 0; it must be at least 1": lambda a: a.as_retriever(k=0),
    "most is -1; it must be at least 0": lambda a: a.newest(-1),
    "first is -2; it must be at least 0": lambda a: a.hits(first=-2),
    "after is 'May'; it must be a day such as 2016-08-21": lambda _: Filters(after="May"),
    "before is 2016; it must be a day such as 2016-08-21": lambda _: Filters(before=2016),
    "sources has 4 in it; it must be text such as 'BasNews'": lambda _: Filters(sources=(4,)),
    "languages has 4 in it; it must be text such as 'en'": lambda _: Filters(languages=4),
    "articles is 'clippings'; it must be articles in a list; add_from takes files": (
        lambda a: a.add("clippings")
    ),
    "articles has 'a.txt' in it; it must be articles; add_from takes files": (
        lambda a: a.add(["a.txt"])
    ),
    "question is None; it must be text such as 'harbour talks'": (
        lambda a: Assistant(a, reader=FakeReader()).ask(None)
    ),
    "history has 'x' in it; it must be turns such as answer.turn": (
        lambda a: Assistant(a, reader=FakeReader()).ask("Who?", history="x")
    ),
    "today is 'now'; it must be a day such as 2016-08-21": (
        lambda a: Assistant(a, reader=FakeReader()).ask("Who?", today="now")
    ),
    "naming has the kind 'ship'; it must be one of person, place, organisation": (
        lambda a: a.hits(naming=[("ship", "Ferry")])
    ),
    "ids has 3 in it; it must be ids, such as article.id": lambda a: a.remove([3]),
    "paths has None in it; it must be files, folders or addresses": (lambda a: a.add_from([None])),
    "count is -1; it must be at least 0": lambda a: Assistant(a).suggest_questions(-1),
    "archive is 'archive'; it must be an open one, such as Archive.open('archive')": (
        lambda _: Assistant("archive")
    ),
}


@pytest.mark.parametrize(("message", "call"), CALLS.items())
def test_what_is_called_wrongly_says_what_to_give(
    archive: Archive, message: str, call: Callable[[Archive], object]
) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        call(archive)
    assert str(caught.value) == message


def test_one_id_and_one_path_may_stand_alone(archive: Archive, tmp_path: Path) -> None:
    archive.add([Article(id, "Fog", f"There was fog in {id}.") for id in "mil"])
    assert archive.remove("mill") == ["mill"]
    (tmp_path / "sun.txt").write_text("Sun\n\nThe sun shone all day long.")
    assert archive.add_from(str(tmp_path / "sun.txt")).added == [str(tmp_path / "sun.txt")]
    assert archive.sync(tmp_path / "sun.txt").unchanged == [str(tmp_path / "sun.txt")]
    assert len(archive) == 6


def test_one_article_may_stand_alone(archive: Archive) -> None:
    assert archive.add(Article("fog", "Fog", "There was fog.")).added == ["fog"]


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        (Article(7, "Fog", "There was fog."), "needs an id, a title and a text; its id is 7"),
        (Article("fog", "Fog", None), "needs an id, a title and a text; its text is None"),
        (
            Article("fog", "Fog", "There was fog.", published="2016-08-21"),
            "has '2016-08-21' for its published; it must be None or a corpus.Published",
        ),
    ],
)
def test_an_article_that_is_incomplete_stops_no_other(
    archive: Archive, article: Article, reason: str
) -> None:
    report = archive.add([article, Article("sun", "Sun", "The sun shone.")])
    assert report.added == ["sun"]
    assert report.failed == [Unreadable(repr(article.id), reason)]
