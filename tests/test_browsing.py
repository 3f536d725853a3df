"""The pages beside the chat: search, and one article."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.page.browsing import AT_ONCE, serve_browsing
from assistant.page.inputs import SearchRequest
from index import Archive, ArchiveError, Filters
from tests.browsing import Chat, address_of, archive_of, part, request, served, until
from tests.fakes import FakeEncoder, FakeReader
from tests.scripted import MARKUP, SCRIPT
from tests.test_archive_page import STORY, article

SNOW = [article(f"snow {at}", "Snow fell on Holm.", f"2020-01-{at:02}") for at in range(1, 26)]
HOSTILE = replace(article("hostile", f"Before {MARKUP}. After."), title=MARKUP, source=MARKUP)


# Of one there is another version, which is told of on its page.
archive = archive_of(
    [*STORY, *SNOW, HOSTILE], [replace(STORY[6], text="Boil leeks until they are soft.")]
)
address = address_of()


def client(held: Archive) -> TestClient:
    return part(serve_browsing, held)


# --- What an address asks for --------------------------------------------------------------------


def asked(**given: object) -> SearchRequest:
    return SearchRequest.read(QueryParams(urlencode(given, doseq=True)))


def test_an_address_says_all_that_is_asked_for() -> None:
    full = asked(q=" mill  of\nKest", after="2016", source=["Post", "Wire", "Post"], page=3)
    assert full == SearchRequest("mill of Kest", "2016", "", ("Post", "Wire"), page=3)
    assert full.query() == "q=mill+of+Kest&after=2016&source=Post&source=Wire"
    assert full.query(page=4, source=()) == "q=mill+of+Kest&after=2016&page=4"
    assert full.filters.sources == ("Post", "Wire")
    assert [full.sorted_by, asked().sorted_by, asked(q="x", order="oldest").sorted_by] == [
        "relevance", "newest", "oldest"
    ]  # fmt: skip


@pytest.mark.parametrize("page", ["", "0", "-1", "x", "1e9", "9" * 99, "\u0664"])
def test_what_cannot_be_asked_for_is_left_out(page: str) -> None:
    assert asked(page=page, order="sideways").page in (1, 4)
    assert len(asked(q="x" * 9_000, source=["y"] * 900).q) < 1_100
    assert asked(order="sideways").order == ""
    assert asked(source=["", "Post"]).filters == Filters(sources=("Post",))


def test_what_leaves_nothing_can_be_taken_off(archive: Archive) -> None:
    page = client(archive)
    limits = urlencode({"q": "soup", "source": ["post", "Nobody"], "language": "fr"}, doseq=True)
    html = page.get(f"/search?{limits}").text
    assert ">0 articles with these words<" in html
    chosen = re.findall(r'<a href="search\?([^"]*)" aria-current="true"', html)
    assert [unescape(query) for query in chosen[:3]] == [
        "q=soup&source=Nobody&language=fr",
        "q=soup&source=post&language=fr",
        "q=soup&source=post&source=Nobody",
    ]
    assert '<a href="search?q=soup">Search without limits</a>' in html
    # A source that is spelled otherwise than in the archive is there once.
    html = page.get("/search?source=post").text
    assert (html.count(">Post</span> ×</a>"), html.count(">post</span>")) == (1, 0)
    assert "Search without limits" not in html


# --- Whole pages ---------------------------------------------------------------------------------


def test_errors_are_one_sentence(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    page = client(archive)
    wrong = page.get("/search?after=some+day")
    assert wrong.status_code == 200
    assert "“From” needs a date such as 2016-08-21, May 2024 or yesterday." in wrong.text
    gone = page.get("/read?id=nothing")
    assert (gone.status_code, "The archive does not have this article." in gone.text) == (404, True)
    assert '<a href="search">Search the archive</a>' in gone.text

    def fail(*_: object) -> None:
        raise ArchiveError("The archive is damaged.")

    monkeypatch.setattr(archive, "hits", fail)
    damaged = page.get("/search?q=mill")
    assert (damaged.status_code, "The archive is damaged." in damaged.text) == (503, True)


def test_where_no_word_is_found_only_what_is_nearest_is_listed(archive: Archive) -> None:
    html = client(archive).get("/search?q=zzzzqqq&order=newest&page=2").text
    assert "Nearest in meaning</h2>" in html
    assert "No article has any of these words." in html
    assert html.count('class="entry"') == AT_ONCE
    assert not re.search(r"Page \d|Newest first", html)


def test_pages_may_do_less_than_the_chat(address: str) -> None:
    for path in ("/search", "/archive", "/read?id=fire"):
        status, headers = request(address, path)
        policy = headers["Content-Security-Policy"]
        assert (status, "unsafe" in policy, "form-action 'self'" in policy) == (200, False, True)
    assert request(address, "/search", Origin="http://outside.example")[0] == 403


# --- In the browser ------------------------------------------------------------------------------


def test_search_and_ask_only_in_what_was_found(chat: Chat) -> None:
    page = chat.page
    page.get_by_role("link", name="Search").click()
    field = page.get_by_label("Words or a question")
    field.fill("mills of Kest")
    field.press("Enter")
    expect(page.locator("#found")).to_have_text("6 articles with these words")
    entries = page.locator("ol .entry")
    expect(entries).to_have_count(6)
    expect(entries.filter(has_text="About inquest").locator(".stretch mark")).to_have_text(
        ["mill", "Kest"]
    )
    page.get_by_role("link", name="Gazette").click()
    expect(entries).to_have_count(2)
    limits = page.get_by_role("complementary").get_by_role("listitem")
    expect(limits).to_have_text(["2018 2", "May 2018 1", "Gazette × 2"])
    page.go_back()
    expect(entries).to_have_count(6)
    page.reload()
    page.get_by_role("link", name="Oldest first").click()
    expect(entries.locator(".headline").first).to_have_text("About fire")
    # Where none is chosen, all are.
    page.get_by_role("button", name="Ask only in these 6 articles").click()
    expect(chat.box).to_have_value("mills of Kest")
    assert len(parse_qs(urlsplit(page.url).query)["article"]) == 6
    page.go_back()
    for name in ("About fire", "About inquest"):
        entries.filter(has_text=name).get_by_role("checkbox").check()
    page.get_by_role("button", name="Ask only in what is chosen").click()
    expect(chat.box).to_have_value("mills of Kest")
    expect(page.locator("#limits")).to_contain_text("About inquest")
    turn = chat.ask("what is known of the old mill of Kest")
    expect(turn.locator(".limits .chip")).to_contain_text("2 chosen articles")
    assert "rebuilt" not in turn.locator(".answer").inner_text()
    assert "haunted" not in turn.locator(".answer").inner_text()


def test_pages_of_articles_and_dates_in_words(chat: Chat) -> None:
    page = chat.page
    page.get_by_role("link", name="Search").click()
    page.get_by_role("textbox", name="From", exact=True).fill("January 2020")
    page.get_by_role("textbox", name="To", exact=True).fill("2020")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#found")).to_have_text("25 articles")
    expect(page.locator("ol .headline").first).to_have_text("About snow 25")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("ol .headline")).to_have_text(
        [f"About snow {at}" for at in range(5, 0, -1)]
    )
    expect(page.locator(".pages")).to_contain_text("Page 2 of 2")
    page.get_by_role("link", name="Ask within these limits").click()
    expect(page.get_by_label("From", exact=True)).to_have_value("January 2020")
    turn = chat.ask("where did snow fall")
    expect(turn.locator(".limits .chip").first).to_contain_text("1 January 2020 – 31 December 2020")


def test_limits_of_an_address_count_before_they_stand_in_their_fields(
    chat: Chat, address: str
) -> None:
    page, late = chat.page, list[Route]()

    def hold(route: Route) -> None:
        # The first request with the address asks for what can be chosen in the fields.
        sent = route.request.post_data or ""
        if "before=2020-01-04" in sent and not late:
            late.append(route)
        else:
            route.continue_()

    page.route("**/queue/join*", hold)
    chat.open(f"{address}/?{urlencode({'q': 'snow', 'before': '2020-01-04'})}")
    expect(chat.box).to_have_value("snow")
    until_4 = "until 4 January 2020"
    turn = chat.ask("where did snow fall")
    expect(turn.locator(".limits .chip").first).to_contain_text(until_4)
    late[0].continue_()
    page.get_by_role("button", name="Limit to dates and sources").wait_for()
    expect(page.get_by_role("textbox", name="To", exact=True)).to_have_value("2020-01-04")
    # They leave what is typed alone; and once there, they can be taken away.
    expect(chat.box).to_have_value("")
    page.reload()
    expect(chat.turns).to_have_count(1)
    expect(page.get_by_role("textbox", name="To", exact=True)).to_have_value("2020-01-04")
    expect(chat.box).to_have_value("")
    page.get_by_role("textbox", name="To", exact=True).fill("")
    again = chat.ask("when did snow fall in Kest")
    expect(again.locator(".statement, .reason").first).to_be_visible()
    expect(again.get_by_text(until_4)).to_have_count(0)


@pytest.mark.parametrize("at_the_desk", [False, True])
def test_a_day_is_chosen_with_the_keyboard(chat: Chat, address: str, at_the_desk: bool) -> None:
    page = chat.page
    if at_the_desk:
        page.get_by_role("button", name="Limit to dates and sources").click()
    else:
        page.goto(f"{address}/search")
    field = page.get_by_role("textbox", name="To", exact=True)
    opener = page.get_by_role("button", name="Choose a day for “To”")
    picker = page.get_by_label("Day for “To”", exact=True)

    def choose(day: str, key: str) -> None:
        field.press("Tab")
        expect(opener).to_be_focused()
        page.keyboard.press("Enter")
        expect(picker).to_be_focused()
        # The first key closes the browser's calendar.
        page.keyboard.press("Escape")
        picker.fill(day)
        picker.press(key)
        expect(picker).to_be_hidden()

    field.fill("May 2019")
    choose("2019-12-31", "Escape")
    expect(opener).to_be_focused()
    expect(field).to_have_value("May 2019")
    choose("2020-01-04", "Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("2020-01-04")
    # What stands in the field is what counts, and words are taken as ever.
    if at_the_desk:
        turn = chat.ask("where did snow fall")
        expect(turn.locator(".limits .chip").first).to_contain_text("until 4 January 2020")
        return
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"before=2020-01-04$"))
    expect(field).to_have_value("2020-01-04")
    field.fill("2016")
    field.press("Enter")
    expect(page.locator("#found")).to_have_text("3 articles")


def test_what_was_typed_before_the_page_was_ready_is_found(page: Page, address: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/archive.js", hold)
    page.goto(f"{address}/read?id=fire", wait_until="commit")
    page.get_by_label("Find in the text").fill("The")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#places")).to_have_text("1 of 7")


def test_words_are_found_in_an_article_and_quoted(chat: Chat, address: str) -> None:
    page = chat.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/read?id=fire")
    page.get_by_label("Find in the text").fill("The")
    lit = page.locator("mark.lit")
    expect(page.locator("#places")).to_have_text("1 of 7")
    expect(lit).to_have_text("The")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#places")).to_have_text("2 of 7")
    page.get_by_label("Find in the text").fill("zeppelin")
    expect(page.locator("#places")).to_have_text("Not in the text")
    assert page.locator("#article .text").inner_text() == STORY[0].text
    page.get_by_label("Find in the text").fill("")
    quote = page.get_by_role("button", name="Copy the selected words")
    expect(quote).to_be_disabled()
    page.evaluate(
        "() => { const words = document.querySelector('#article .text p').firstChild;"
        " getSelection().setBaseAndExtent(words, 0, words, 12); }"
    )
    quote.click()
    expect(page.locator("#quoted")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "“The old mill” (About fire · Wire · 22 August 2016)"
    )
    expect(page.locator("#copies .headline")).to_have_text(["About copy"])
    expect(page.locator("#alike .headline").filter(has_text="About inquest")).to_have_count(1)
    expect(page.locator("#alike .headline").filter(has_text="About copy")).to_have_count(0)
    page.goto(f"{address}/read?id=soup")
    expect(page.locator(".versions summary")).to_contain_text("Version 1")


def test_words_are_found_at_once_in_a_long_article(page: Page, tmp_path: Path) -> None:
    long = article("long", "\n\n".join(["the tide and the boats " * 20] * 250))
    with Archive.create(tmp_path / "archive", FakeEncoder()) as held:
        held.add([long])
        with served(Assistant(held, reader=FakeReader())) as address:
            page.goto(f"{address}/read?id=long")
            page.get_by_label("Find in the text").fill("the")
            expect(page.locator("#places")).to_have_text("1 of 10000", timeout=10_000)


def test_a_day_is_chosen_at_the_end_of_its_field_from_right_to_left(
    browser: Browser, address: str
) -> None:
    with browser.new_context(locale="ar") as context:
        page = context.new_page()
        page.goto(f"{address}/search")
        button, field = (
            page.locator(f".finder .day {part}").first.bounding_box()
            for part in (".pick", "label input")
        )
    assert button["x"] + button["width"] < field["x"] + field["width"] / 2


def test_what_is_found_is_seen_on_a_phone(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    papers = [article(f"{at}", "It snowed.", f"{2000 + at}", f"Paper {at}") for at in range(15)]
    with Archive.create(tmp_path / "archive", FakeEncoder()) as held:
        held.add(papers)
        with served(Assistant(held, reader=FakeReader())) as address:
            page.goto(f"{address}/search")
            expect(page.locator(".cards .entry").first).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [390, 700, 1024, 1280])
def test_nothing_in_the_head_lies_on_anything(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    for path in ("/search", "/"):
        page.goto(address + path)
        expect(page.locator(".masthead nav a")).to_have_count(3)
        boxes = [
            part.bounding_box() for part in page.locator(".masthead h1, .masthead a, .tools").all()
        ]
        for at, one in enumerate(boxes):
            assert one["x"] >= 0
            assert one["x"] + one["width"] <= width
            for other in boxes[at + 1 :]:
                apart = (
                    one["x"] + one["width"] <= other["x"] + 1
                    or other["x"] + other["width"] <= one["x"] + 1
                    or one["y"] + one["height"] <= other["y"] + 1
                    or other["y"] + other["height"] <= one["y"] + 1
                )
                assert apart, (path, one, other)
    page.goto(f"{address}/search")
    page.mouse.wheel(0, 900)
    until(page, "scrollY > 200")
    expect(page.get_by_role("link", name="Ask", exact=True)).to_be_in_viewport()


@pytest.mark.parametrize(("width", "parts"), [(768, 0), (1024, 1), (1280, 2)])
def test_what_the_head_has_no_room_for_is_not_cut(browser: Browser, width: int, parts: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 700}, locale="uk") as context:
        page = context.new_page()
        with served(SCRIPT, may_keep=True) as keeping:
            page.goto(f"{keeping}/archive")
        held, shown = page.locator(".held").bounding_box(), 0
        assert page.locator(".masthead").bounding_box()["height"] < 60
        for part in page.locator(".held span").all():
            box = part.bounding_box()
            if box["y"] < held["y"] + held["height"]:
                assert box["x"] >= held["x"]
                shown += 1
        assert shown == parts
