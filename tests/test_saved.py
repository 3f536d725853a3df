"""Saved searches and questions, what is new on them, and searches as feeds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlencode

import feedparser
import pytest
from lxml import etree
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

import dateline
from assistant import Assistant, saved_searches
from assistant.page import saved
from assistant.page.saved import serve_saved
from assistant.page.site import Site
from assistant.saved_searches import NotSaved, Search
from corpus import Article
from index import Archive, ArchiveError, Filters, Seen
from tests.browsing import Chat, part, request, served
from tests.fakes import NOON, Clock, FakeEncoder, FakeReader
from tests.test_archive_page import article

MILL = article("mill", "The mill of Kest was sold.", "2020-01-02", source="Wire")
FIRE = article("fire", "The old mill burnt in Kest. Ann Lee saw the fire.", "2020-01-03", "Wire")
SNOW = article("snow", "Snow fell on Holm.", "2020-01-04", source="Post")
ASKED = "Who saw the fire?"


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.add([MILL])
    return archive


@pytest.fixture
def address(archive: Archive) -> Iterator[str]:
    with served(assistant(archive), may_keep=True) as address:
        yield address


def assistant(archive: Archive) -> Assistant:
    return Assistant(archive, reader=FakeReader())


def only(archive: Archive) -> Search:
    (search,) = saved_searches.saved(archive)
    return search


def new(archive: Archive) -> list[str]:
    """The articles that are new on the one search that is saved."""
    news = saved_searches.news(archive, only(archive), assistant(archive).ask)
    return [passage.article.id for passage in news.hits.passages] if news.hits else []


# --- What is new ---------------------------------------------------------------------------------


def test_words_find_the_new_articles_that_have_all_of_them(archive: Archive) -> None:
    saved_searches.save(archive, "  mill\n Kest ", Filters())
    assert only(archive).query == "mill Kest"
    assert new(archive) == []
    archive.add([FIRE, SNOW, MILL])
    assert new(archive) == ["fire"]
    # Whoever saves it once more does not say that they have seen what is new.
    saved_searches.save(archive, "mill Kest", Filters())
    news = saved_searches.news(archive, only(archive), assistant(archive).ask)
    archive.add([replace(MILL, text="The mill of Kest was not sold.")])
    saved_searches.look(archive, news.search.name, news.seen)
    assert new(archive) == ["mill"]


def test_what_may_be_shown_again_is_new(place: str) -> None:
    """An article that is back after it was withdrawn, and one whose embargo was lifted early."""
    clock = Clock()
    with Archive.create(place, FakeEncoder(), clock) as archive:
        saved_searches.save(archive, "Kest", Filters())
        archive.add([FIRE, replace(MILL, embargo=NOON + timedelta(days=9))])
        archive.add([replace(FIRE, withdrawn=True)])

        def look() -> list[str]:
            clock.now += timedelta(hours=1)
            listed = new(archive)
            saved_searches.look(archive, only(archive).name, archive.seen())
            return sorted(listed)

        assert look() == []
        clock.now += timedelta(hours=1)
        archive.add([FIRE, MILL])
        # What becomes of its place afterwards makes it neither new nor known.
        archive.add([replace(FIRE, origin="a.txt")])
        assert look() == ["fire", "mill"]
        archive.add([replace(FIRE, origin="b.txt"), replace(MILL, origin="b.txt")])
        assert look() == []


def test_news_on_a_topic_need_not_say_that_they_tell_of_it(archive: Archive) -> None:
    saved_searches.save(archive, "Tell me about the mill of Kest", Filters())
    archive.add([FIRE, SNOW])
    assert new(archive) == ["fire"]
    feed = feedparser.parse(client(archive).get("/feed?q=Tell+me+about+the+mill").content)
    assert [entry.title for entry in feed.entries] == [
        "About fire · Wire, 2020-01-03",
        "About mill · Wire, 2020-01-02",
    ]


def test_an_article_with_some_of_the_words_is_not_new(archive: Archive) -> None:
    saved_searches.save(archive, "mill zeppelin", Filters())
    archive.add([FIRE])
    news = saved_searches.news(archive, only(archive), assistant(archive).ask)
    assert (bool(news), news.as_dict()["articles"]) == (False, [])


def test_a_search_keeps_its_limits(archive: Archive) -> None:
    limits = Filters(after=SNOW.published.day, sources=("Post",))
    saved_searches.save(archive, "Holm", limits)
    assert only(archive).filters == limits
    archive.add([SNOW, replace(SNOW, id="other", source="Wire")])
    assert new(archive) == ["snow"]
    assert not saved_searches.remove(archive, saved_searches.name_of("Holm", Filters()))
    assert saved_searches.remove(archive, only(archive).name)
    assert saved_searches.saved(archive) == []


def test_a_question_is_asked_of_the_new_articles_alone(archive: Archive) -> None:
    archive.add([FIRE])
    saved_searches.save(archive, ASKED, Filters())
    asking = assistant(archive)
    news = saved_searches.news(archive, only(archive), asking.ask)
    assert (bool(news), asking.reader.asked) == (False, [])
    archive.add([SNOW])
    assert not saved_searches.news(archive, only(archive), asking.ask)
    archive.add([article("late", "Bea Orr saw the fire too. It was late.", "2020-01-05")])
    news = saved_searches.news(archive, only(archive), asking.ask)
    assert [statement.text for statement in news.answer.statements] == ["Bea Orr saw the fire too."]


def test_of_many_new_articles_the_newest_are_asked(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_searches, "READ", 2)
    saved_searches.save(archive, ASKED, Filters())
    archive.add([SNOW, FIRE, replace(SNOW, id="snow 2", text="Snow fell on Kest.")])
    news = saved_searches.news(archive, only(archive), assistant(archive).ask)
    assert (news.answer, news.unread) == (None, 1)


def test_what_cannot_be_saved(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSaved, match=r"^Type a question first\.$"):
        saved_searches.save(archive, "?!", Filters())
    for common in ("the", "Of the", "x" * 70):
        with pytest.raises(NotSaved, match=r"^None of these words is searched: add one that tells"):
            saved_searches.save(archive, common, Filters())
    monkeypatch.setattr(saved_searches, "MOST_SAVED", 1)
    saved_searches.save(archive, "mill", Filters())
    saved_searches.save(archive, "mill", Filters())
    with pytest.raises(NotSaved, match="no more are kept: remove one"):
        saved_searches.save(archive, "fire", Filters())


def test_what_was_seen_stays_seen_and_nothing_is_seen_before_it_comes(archive: Archive) -> None:
    saved_searches.save(archive, "mill", Filters())
    first = archive.seen()
    archive.add([FIRE])
    second = archive.seen()
    name = only(archive).name
    saved_searches.look(archive, name, second)
    saved_searches.look(archive, name, first)
    assert only(archive).seen == second
    late = "2999-01-01T00:00:00.000000+00:00"
    saved_searches.look(archive, name, Seen(late, late))
    archive.add([replace(MILL, text="The mill of Kest was not sold.")])
    assert new(archive) == ["mill"]


def test_what_something_else_wrote_spoils_no_other(archive: Archive) -> None:
    saved_searches.save(archive, "mill", Filters())
    for name in ("", "[]", "{}", "[1, 2]", '["mill", {"after": "x"}]'):
        archive.truth.change_paper("search", name, lambda _: "{")
    archive.truth.change_paper("search", '["fire", {}]', lambda _: '["a", "b"]')
    assert only(archive).query == "mill"


# --- The commands --------------------------------------------------------------------------------


@pytest.mark.usefixtures("fake_models")
def test_the_commands(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--archive", str(archive.folder)]

    def run(*words: str) -> tuple[int, str, str]:
        status = dateline.main([*words, *common])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    assert run("new")[::2] == (2, "error: No search is saved yet: dateline save WORDS saves one.\n")
    assert run("save", "mill") == (0, "Saved: mill\n", "")
    assert run("save", ASKED, "--source", "Wire", "--quiet") == (0, "", "")
    status, out, _ = run("new")
    assert (status, out.count(": nothing new since ")) == (3, 2)
    assert run("new", "--quiet") == (3, "", "")
    archive.add([FIRE])
    status, out, _ = run("new", "--again", "--json")
    assert status == 0
    [found, asked] = json.loads(out)
    assert (found["query"], found["total"], found["articles"][0]["id"]) == ("mill", 1, "fire")
    assert asked["filters"] == {"sources": ["Wire"]}
    assert asked["answer"]["text"] == "Ann Lee saw the fire. [1]"
    status, out, _ = run("new")
    assert (status, "“mill”: 1 article new or changed since" in out) == (0, True)
    assert "  • About fire — Wire, 2020-01-03\n" in out
    assert "\n\nAnn Lee\n\nAnn Lee saw the fire. [1]\n\n[1] About fire" in out
    assert run("new")[0] == 3
    assert run("save", "mill", "--remove")[1] == "Removed: mill\n"
    assert run("save", "mill", "--remove")[2] == (
        "error: “mill” is not saved with these limits; dateline new lists what is.\n"
    )
    archive.remove([MILL.id, FIRE.id])
    assert run("save", ASKED, "--source", "Wire")[0] == 2
    assert run("save", ASKED, "--source", "Wire", "--remove")[0] == 0
    assert run("save", "?")[2] == "error: Type a question first.\n"
    assert "leave out --as-of" in run("save", "mill", "--as-of", "2020-01-01")[2]
    # What a terminal would obey, and what nothing can store, is no part of a search.
    assert run("save", "mill \x1b[31m\udcff")[1] == "Saved: mill \ufffd[31m\ufffd\n"


# --- The page ------------------------------------------------------------------------------------


def client(archive: Archive, may_keep: bool = True) -> TestClient:
    return part(serve_saved, assistant(archive), Site(may_keep=may_keep))


def test_the_forms_of_the_page(archive: Archive) -> None:
    page = client(archive)
    assert "Nothing is saved yet." in page.get("/saved").text
    assert page.get("/saved?q=mill").text.count('value="q=mill"') == 1
    saved = page.post("/saved", data={"search": "q=mill&source=Post&page=3"})
    assert (saved.status_code, saved.headers["location"]) == (303, "saved")
    assert (only(archive).query, only(archive).filters.sources) == ("mill", ("Post",))
    wrong = page.post("/saved", data={"search": "q=mill&after=some+day"})
    assert (wrong.status_code, "“From” needs a date such as" in wrong.text) == (400, True)
    assert "Type a question first." in page.post("/saved", data={"search": ""}).text
    name = only(archive).name
    seeing = {"do": "seen", "name": name}
    for seen in ("", " ", "2020-01-01 2020-01-01", "[" * 80_000, "0001-01-01T00:00:00+23:59 x"):
        assert page.post("/saved", data=seeing | {"seen": seen}).status_code == 400
    archive.add([replace(FIRE, source="Post")])
    assert new(archive) == ["fire"]
    seen = " ".join(archive.seen())
    other = {"do": "seen", "name": "no such", "seen": seen}
    assert page.post("/saved", data=other).status_code == 303
    assert page.post("/saved", data=seeing | {"seen": seen}).status_code == 303
    assert new(archive) == []
    assert page.post("/saved", data={"do": "remove", "name": name}).status_code == 303
    assert saved_searches.saved(archive) == []


def test_a_damaged_archive_is_one_sentence(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ArchiveError("The archive is damaged.")

    monkeypatch.setattr(archive.truth, "papers", fail)
    monkeypatch.setattr(archive, "hits", fail)
    monkeypatch.setattr(archive.truth, "change_paper", fail)
    for form in ({"search": "q=mill"}, {"do": "remove"}):
        refused = client(archive).post("/saved", data=form)
        assert (refused.status_code, "The archive is damaged." in refused.text) == (503, True)
    for path in ("/saved", "/feed"):
        answer = client(archive).get(path)
        assert (answer.status_code, "The archive is damaged." in answer.text) == (503, True)


def test_only_who_may_keep_papers_has_the_page(archive: Archive) -> None:
    with served(assistant(archive), may_keep=False) as address:
        assert request(address, "/saved")[0] == 404
        assert request(address, "/saved", "POST", b"search=q%3Dmill")[0] == 404
        assert request(address, "/feed?q=mill")[0] == 200
    assert saved_searches.saved(archive) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_search_is_saved_and_looked_at_again(
    archive: Archive, address: str, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(error.message))
    page.goto(f"{address}/search?q=mill")
    page.get_by_role("button", name="Save this search").click()
    shown = page.locator(".saved")
    expect(shown.locator("h2")).to_have_text("mill")
    expect(shown.locator(".note")).to_contain_text("Nothing new since")
    archive.add([FIRE, SNOW])
    page.reload()
    expect(shown.locator(".note")).to_contain_text("1 article new or changed since")
    expect(shown.locator(".headline")).to_have_text(["About fire"])
    expect(shown.locator("mark").first).to_have_text("mill")
    page.get_by_role("button", name="I have seen this").click()
    expect(shown.locator(".note")).to_contain_text("Nothing new since")
    page.get_by_role("button", name="Remove").click()
    expect(shown).to_have_count(0)
    assert wrong == []
    # Nobody else's page can do the same.
    outside = {"Origin": "http://outside.example"}
    assert request(address, "/saved", "POST", b"search=q%3Dmill", **outside)[0] == 403
    assert saved_searches.saved(archive) == []


def test_a_question_is_saved_under_its_answer(chat: Chat, archive: Archive) -> None:
    archive.add([FIRE])
    turn = chat.ask(f"{ASKED[:-1]} in January 2020?")
    turn.get_by_role("link", name="Save the question").click()
    chat.page.get_by_role("button", name="Save this").click()
    expect(chat.page.locator(".saved h2")).to_have_text("Who saw the fire in January 2020?")
    # The period is read out of the question whenever it is asked.
    assert only(archive).filters == Filters()
    with chat.arriving():
        chat.page.locator(".saved h2 a").click()
    expect(chat.box).to_have_value("Who saw the fire in January 2020?")


def test_the_page_does_not_wait_for_what_has_to_be_asked(archive: Archive) -> None:
    asking = assistant(archive)
    page = part(serve_saved, asking, Site(may_keep=True))
    saved_searches.save(archive, ASKED, Filters())
    saved_searches.save(archive, "Who sold the mill?", Filters())
    assert page.get("/saved").text.count("Nothing new") == 2
    archive.add([FIRE, SNOW])
    html = page.get("/saved").text
    assert html.count("2 articles came in") == 2
    # What nobody has been shown, nobody has seen.
    assert 'value="seen"' not in html
    assert asking.reader.asked == []
    one_of_them = f"/saved?{urlencode({'only': saved_searches.name_of(ASKED, Filters())})}"
    assert one_of_them[1:] in unescape(html)
    one = page.get(one_of_them).text
    assert ("The new articles answer it" in one, 'value="seen"' in one) == (True, True)
    assert "Who sold the mill?" not in one
    asked = list(asking.reader.asked)
    assert asked
    assert set(asked) == {ASKED}
    # Asked again of the same articles it says the same, and when one is withdrawn it is asked anew.
    page.get(one_of_them)
    assert asking.reader.asked == asked
    archive.remove(["fire"])
    assert "Nothing new" in page.get(one_of_them).text
    saved_searches.remove(archive, saved_searches.name_of(ASKED, Filters()))
    assert "This search is not saved any more." in page.get(one_of_them).text


def test_what_waits_is_asked_while_the_page_is_read(
    archive: Archive, address: str, page: Page
) -> None:
    saved_searches.save(archive, ASKED, Filters())
    saved_searches.save(archive, "What fell on Holm?", Filters())
    archive.add([FIRE, SNOW])
    page.goto(f"{address}/saved")
    expect(page.locator(".saved .note")).to_contain_text(["The new articles answer it"] * 2)
    page.get_by_role("button", name=f"I have seen this on “{ASKED}”").click()
    expect(page.locator(".saved .note").last).to_contain_text("Nothing new")


# --- Feeds ---------------------------------------------------------------------------------------


def fed(archive: Archive, **asked: str) -> list[tuple[str, str, str]]:
    """The entries of a feed: id, title and summary."""
    answer = client(archive, may_keep=False).get(f"/feed?{urlencode(asked)}")
    assert answer.headers["content-type"] == "application/atom+xml"
    etree.fromstring(answer.content)
    feed = feedparser.parse(answer.content)
    return [(entry.id, entry.title, entry.summary) for entry in feed.entries]


def test_a_search_is_a_feed(archive: Archive) -> None:
    archive.add([FIRE, SNOW])
    [(first, title, summary), (_, second, _)] = fed(archive, q="mill")
    assert (title, summary) == ("About fire · Wire, 2020-01-03", FIRE.text)
    assert second == "About mill · Wire, 2020-01-02"
    assert fed(archive, q="mill", before="2 January 2020")[0][1] == second
    assert fed(archive, q="mill zeppelin") == []
    assert [title for _, title, _ in fed(archive)] == [
        "About snow · Post, 2020-01-04", "About fire · Wire, 2020-01-03", second
    ]  # fmt: skip
    # A corrected article is the same entry.
    archive.add([replace(FIRE, text="The old mill did not burn.")])
    assert fed(archive, q="mill")[0] == (first, title, "The old mill did not burn.")


def test_a_question_is_a_feed_of_the_sentences_that_answer(archive: Archive) -> None:
    archive.add([FIRE])
    [(_, title, summary)] = fed(archive, q=ASKED)
    assert (title, summary) == ("About fire · Wire, 2020-01-03", "Ann Lee saw the fire.")


def test_a_feed_that_did_not_change_is_not_sent_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client(archive)

    def known(**headers: str) -> int:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = page.get("/feed?q=mill", headers=names)
        assert bool(answer.content) == (answer.status_code == 200)
        return answer.status_code

    first = page.get("/feed?q=mill").headers
    tag, modified = first["etag"], first["last-modified"]
    assert first["cache-control"] == "no-cache"
    assert known(if_none_match=f'"other", W/{tag}') == known(if_modified_since=modified) == 304
    assert page.get("/feed?q=fire", headers={"If-None-Match": tag}).status_code == 200
    assert known(if_none_match='"other"', if_modified_since=modified) == 200
    assert known(if_modified_since="yesterday") == 200
    # What is added, and what is withdrawn, changes it, also within the same second.
    for change in (lambda: archive.add([FIRE]), lambda: archive.remove(["fire"])):
        change()
        assert known(if_none_match=tag) == known(if_modified_since=modified) == 200
        changed = page.get("/feed?q=mill").headers
        tag, modified = changed["etag"], changed["last-modified"]
        assert known(if_none_match=tag) == known(if_modified_since=modified) == 304
    # Tomorrow, "last week" is another one.
    monkeypatch.setattr(saved, "current_day", lambda: date(2999, 1, 1))
    assert known(if_none_match=tag) == 200
    # A program that was begun anew may say something else of the same articles.
    assert client(archive).get("/feed?q=mill").headers["etag"] != tag


def test_a_feed_is_whole_whatever_an_article_holds(archive: Archive) -> None:
    archive.add([Article("rain", "Rain \x01<b>", "It rained \x00\x0b\uffff & <i>on</i>\u2028.")])
    feed = etree.fromstring(client(archive).get("/feed?q=rained").content)
    texts = feed.xpath("//*[local-name() = 'entry']/*/text()")
    assert texts[1] == "Rain  <b> · source and date unknown"
    assert texts[-1] == "It rained     & <i>on</i>\u2028."
    assert client(archive).get("/feed?q=x&after=some+day").status_code == 400
