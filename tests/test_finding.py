"""All articles that match a query, counted, and a page of them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from corpus import Article
from index import Archive, Filters
from index.copies import are_copies
from index.entities import folded
from index.search import CHANNELS
from index.words import found_in
from tests.fakes import FakeEncoder
from tests.made_articles import dated


def article(id: str, text: str, day: str, source: str, language: str | None = "en") -> Article:
    return dated(id, text, day, source, title=f"About {id}", language=language)


STORY = (
    article("fire", "The old mill of Kest burned.", "2016-08-22", "Wire"),
    article("inquest", "Mills burn; the one of Kest was old.", "2016-09", "Post"),
    article("rebuilt", "The mill is to be rebuilt in Kest.", "2018", "Post", "de"),
    article("soup", "Boil leeks and barley until both are soft.", "2018-01-02", "Kitchen", None),
    Article("legend", "About legend", "The mill is said to be haunted."),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("finding") / "archive"
    with Archive.create(folder, FakeEncoder()) as archive:
        archive.add(STORY)
        yield archive


def ids(archive: Archive, query: str = "", **given: object) -> list[str]:
    return [passage.article.id for passage in archive.hits(query, **given).passages]


def test_articles_that_have_every_word_in_some_form(archive: Archive) -> None:
    found = archive.hits("the mills of Kest")
    assert (found.how, found.total) == ("every word", 3)
    assert {passage.article.id for passage in found.passages} == {"fire", "inquest", "rebuilt"}
    assert found.sources == {"Post": 2, "Wire": 1}
    assert list(found.languages.items()) == [("en", 2), ("de", 1)]
    assert list(found.months.items()) == [("2016-08", 1), ("2016-09", 1), ("2018", 1)]
    assert found.days == {date(2016, 8, 22): 1}


def test_else_those_that_have_any_and_else_the_nearest(archive: Archive) -> None:
    some = archive.hits("leeks of Kest zeppelin")
    assert (some.how, some.total) == ("some words", 4)
    assert some.passages[0].article.id == "soup"
    near = archive.hits("zeppelin")
    assert near.how == "meaning"
    assert near.total == len(STORY)
    assert near.forms == {"zeppelin"}


def test_without_a_query_all_there_are_in_the_order_of_time(archive: Archive) -> None:
    newest = ["soup", "rebuilt", "inquest", "fire", "legend"]
    assert ids(archive) == ids(archive, order="newest") == newest
    assert ids(archive, order="oldest") == ["fire", "inquest", "rebuilt", "soup", "legend"]
    assert ids(archive, first=1, most=2) == ["rebuilt", "inquest"]
    assert archive.hits(first=9).passages == []
    everything = archive.hits()
    assert (everything.how, everything.total, everything.words) == ("everything", 5, [])


def test_filters_limit_what_is_found_and_counted(archive: Archive) -> None:
    post = archive.hits("mill Kest", Filters(sources=("post",)))
    assert (post.total, post.sources) == (2, {"Post": 2})
    assert ids(archive, "mill Kest", filters=Filters(before=date(2016, 8, 31))) == ["fire"]
    chosen = Filters(articles=("soup", "fire", "' OR 1=1"))
    assert ids(archive, filters=chosen) == ["soup", "fire"]
    assert {passage.article.id for passage in archive.search("mill", 9, chosen)} == {"soup", "fire"}
    assert chosen.as_dict() == {"articles": ["soup", "fire", "' OR 1=1"]}


def test_the_articles_that_pass_decide_how_they_match(archive: Archive) -> None:
    # Only "fire" has both words.
    assert archive.hits("mill burned", Filters(sources=("wire",))).how == "every word"
    found = archive.hits("mill burned rebuilt", Filters(languages=("de",)))
    assert (found.how, [passage.article.id for passage in found.passages]) == (
        "some words", ["rebuilt"],
    )  # fmt: skip
    assert archive.hits("leeks", Filters(sources=("post",))).how == "meaning"
    # What is new is held against all that there is.
    now = archive.seen()
    found = archive.hits("mill burned", since=now)
    assert found.total == 0
    archive.add([article("later", "A mill was sold.", "2019-01-01", "Wire")])
    assert archive.hits("mill burned", since=now).total == 0
    assert archive.hits("mill sold", since=now).total == 1
    archive.remove(["later"])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_the_same_in_either_form_of_its_letters(
    tmp_path: Path, form: Literal["NFC", "NFD"]
) -> None:
    name = unicodedata.normalize(form, "Süddeutsche Zeitung")
    paper = Filters(sources=(unicodedata.normalize("NFC", name),))
    typed = Filters(sources=(unicodedata.normalize("NFD", name),))
    with Archive.create(tmp_path / "archive", FakeEncoder()) as archive:
        archive.add([article("a", "The mill burned.", "2016-08-22", name)])
        for filters in (paper, typed):
            archive.require(filters)
            assert archive.hits("mill", filters).total == archive.count(filters) == 1
            for channel in CHANNELS:
                assert archive.search("mill", filters=filters, channels=[channel])
            assert archive.sources_called(filters.sources[0]) == (name,)
    assert folded(paper.sources[0]) == folded(typed.sources[0])
    assert are_copies(0.7, paper.sources, ["Wire"])
    assert not are_copies(0.7, paper.sources, typed.sources)


def test_what_is_withdrawn_is_not_counted(archive: Archive) -> None:
    late = replace(STORY[0], id="late", title="About late")
    archive.add([late])
    assert archive.hits("mill Kest").total == 4
    archive.remove(["late"])
    assert archive.hits("mill Kest").total == 3


def test_a_passage_of_a_long_article_is_the_one_that_matches(archive: Archive) -> None:
    text = "\n\n".join([*["It rained on the town all day long."] * 150, "An ibex was seen."])
    archive.add([article("long", text, "2019", "Post")])
    try:
        [found] = archive.hits("ibex").passages
        assert "ibex" in found.text
        assert len(found.text) < len(text) / 2
        # The words need not stand in one stretch.
        assert archive.hits("ibex town").how == "every word"
    finally:
        archive.remove(["long"])


def test_words_are_found_in_a_text() -> None:
    text = "Mills, the MILL and Müller’s mill-race"
    assert [text[a:b] for a, b in found_in(text, {"mill"})] == ["Mills", "MILL", "mill"]
    assert [text[a:b] for a, b in found_in(text, {"muller"})] == ["Müller"]
    assert found_in("", {"mill"}) == []
