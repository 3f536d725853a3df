"""What is in the archive, and the timeline of a story, as the page shows them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant import Assistant, Difference
from assistant.page.kept import token
from assistant.page.overview import columns_of_months, heat
from assistant.page.timeline import answering, serve_timeline, snippet, story
from corpus import Article, Unreadable
from index import Archive, Passage
from tests.browsing import Chat, address_of, part, served
from tests.fakes import FakeEncoder, FakeReader, PlacedEncoder
from tests.made_articles import on, quoting


def article(id: str, text: str, day: str = "", source: str = "Post", **known: str) -> Article:
    title = known.pop("title", f"About {id}")
    return Article(id, title, text, source, on(day) if day else None, **known)


MILL = (
    "The old mill of Kest burned down on Sunday night. Forty firemen from three towns fought the "
    "flames until the morning, when the roof and two of the four floors had fallen in. The mayor "
    "said that nothing could have been saved without them. Nobody was hurt in it."
)
STORY = (
    article("fire", MILL, "2016-08-22", "Wire", language="en"),
    article("copy", MILL, "2016-08-23", "Post", language="en"),
    article("inquest", "Who set fire to the old mill of Kest is not known.", "2016-09"),
    article("rebuilt", "The old mill of Kest is to be rebuilt.", "2018", "Gazette"),
    article("again", "The old mill of Kest turns again.", "2018-05-04", "Gazette"),
    article("legend", "The old mill of Kest is said to be haunted."),
    article("soup", "Boil leeks and barley until both are soft.", "2018-01-02", "Kitchen"),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("page") / "archive"
    # Of the story is what names the mill; of each article another word is told.
    told = ("burned", "set fire", "rebuilt", "again", "haunted", "soft")
    places = {word: (0.0, *(float(word == other) for other in told)) for word in told}
    encoder = PlacedEncoder(mill=(1.2, *[0.0] * len(told)), **places)
    with Archive.create(folder, encoder) as archive:
        archive.add([*STORY, Unreadable("clippings/<b>torn</b>.pdf", "is damaged")])
        yield archive


address = address_of()


# --- The page "Archive" ------------------------------------------------------------------------


@pytest.fixture
def hall(chat: Chat) -> Page:
    chat.page.get_by_role("link", name="Archive").click()
    expect(chat.page.get_by_role("heading", name="Articles over time")).to_be_visible()
    # Its scripts have run by then.
    chat.page.wait_for_load_state("load")
    return chat.page


def test_what_is_in_it(hall: Page) -> None:
    listed = hall.get_by_role("list", name="Years").get_by_role("listitem")
    expect(listed).to_have_text(["2018 3", "2016 3"], use_inner_text=True)
    listed = hall.get_by_role("list", name="Months of 2018").get_by_role("listitem")
    expect(listed).to_have_text(["All of 2018 3", "January 1", "May 1"], use_inner_text=True)
    expect(hall.locator("#inexact")).to_have_text(
        "Of 1 article only the year is known: listed with every day of it. "
        "Of 1 article no date is known."
    )
    rows = hall.get_by_role("table", name="Sources").get_by_role("row")
    assert [row.split() for row in rows.all_inner_texts()] == [
        ["Post", "3"], ["Gazette", "2"], ["Kitchen", "1"], ["Wire", "1"]
    ]  # fmt: skip
    rows = hall.get_by_role("table", name="Languages").get_by_role("row")
    assert [row.split() for row in rows.all_inner_texts()] == [
        ["English", "2"], ["not", "stated", "5"]
    ]  # fmt: skip
    assert hall.locator("#newest .headline").all_inner_texts()[:2] == ["About again", "About soup"]
    report = hall.locator(".report")
    assert report.locator("ul").first.inner_text().splitlines() == [
        "7 added",
        "1 with a text that was there already, among the new and changed",
        "1 could not be read",
    ]
    report.get_by_text("What could not be read").click()
    expect(report.locator("details li")).to_have_text("clippings/<b>torn</b>.pdf: is damaged")


def test_a_day_a_month_and_a_source_lead_to_their_articles(hall: Page) -> None:
    days = hall.get_by_role("table", name="The days of 2018").get_by_role("link")
    assert [days.nth(at).get_attribute("aria-label") for at in range(days.count())] == [
        "2 January 2018: 1 article", "4 May 2018: 1 article"
    ]  # fmt: skip
    headlines = hall.locator("ol .headline")
    for name, listing in (
        # Of one of them only the year is known.
        ("4 May 2018: 1 article", ["About again", "About rebuilt"]),
        ("All of 2018", ["About again", "About soup", "About rebuilt"]),
        ("Gazette", ["About again", "About rebuilt"]),
        ("2016", []),
    ):
        hall.get_by_role("link", name=name, exact=True).click()
        if listing:
            expect(headlines).to_have_text(listing)
            hall.go_back()
    # The year before, by its own grid.
    listed = hall.get_by_role("list", name="Months of 2016").get_by_role("listitem")
    expect(listed).to_have_text(["All of 2016 3", "August 2", "September 1"], use_inner_text=True)


def test_days_that_are_dragged_over_lead_to_their_articles(hall: Page) -> None:
    def day(number: int) -> Locator:
        return hall.locator(f'.heat [data-day="2018-01-0{number}"]')

    def dragged() -> None:
        day(4).hover()
        hall.mouse.down()
        day(3).hover()
        expect(hall.locator(".heat .ranged")).to_have_count(2)
        day(1).hover()

    dragged()
    expect(hall.locator(".heat .ranged")).to_have_count(4)
    # Let go beside the days, it is no choice.
    hall.get_by_role("heading", name="Articles over time").hover()
    hall.mouse.up()
    expect(hall.locator(".heat .ranged")).to_have_count(0)
    dragged()
    hall.mouse.up()
    expect(hall).to_have_url(re.compile(r"search\?after=2018-01-01&before=2018-01-04$"))
    expect(hall.locator("ol .headline")).to_have_text(["About soup", "About rebuilt"])


def test_days_are_chosen_with_the_keyboard(hall: Page) -> None:
    hall.locator('.heat [data-day="2018-05-04"] a').press("Shift+Enter")
    expect(hall.locator("#span")).to_have_text("From: 4 May 2018: 1 article. Choose the last day.")
    hall.locator('.heat [data-day="2018-01-02"] a').press("Shift+Enter")
    expect(hall).to_have_url(re.compile(r"search\?after=2018-01-02&before=2018-05-04$"))
    expect(hall.locator("ol .headline")).to_have_text(
        ["About again", "About soup", "About rebuilt"]
    )
    hall.go_back()
    hall.locator('.heat [data-day="2018-01-02"] a').press("Enter")
    expect(hall).to_have_url(re.compile(r"search\?after=2018-01-02&before=2018-01-02$"))


def test_what_came_is_there_when_the_page_is_loaded_again(hall: Page, archive: Archive) -> None:
    late = article("late", "Snow fell on Holm.", "2019-01-02")
    try:
        archive.add([late])
        hall.reload()
        expect(hall.locator("#newest .headline").first).to_have_text("About late")
        expect(hall.get_by_role("link", name="2019", exact=True)).to_be_visible()
        expect(hall.locator(".report")).to_contain_text("1 added")
    finally:
        archive.remove(["late"])


def test_an_empty_archive_says_what_to_do(page: Page, tmp_path: Path) -> None:
    with (
        Archive.create(tmp_path / "archive", FakeEncoder()) as empty,
        served(Assistant(empty, reader=FakeReader())) as address,
    ):
        page.goto(f"{address}/archive")
        expect(page.get_by_role("heading", name="The archive is empty")).to_be_visible()
        expect(page.locator("#hall code")).to_contain_text("dateline sync FOLDER")
        page.goto(f"{address}/search")
        expect(page.locator("#found")).to_have_text("0 articles")
        expect(page.locator("#hall code")).to_contain_text("dateline sync FOLDER")
        page.goto(f"{address}/search?q=mill")
        expect(page.locator("#found")).to_have_text("0 articles with these words")
        chat = Chat(page)
        chat.open(address)
        first = page.locator("#suggestions")
        expect(first.get_by_role("heading")).to_have_text("The archive is empty")
        expect(chat.ask("Who burned the mill?")).to_contain_text("dateline sync FOLDER")
        page.get_by_role("button", name="New conversation").click()
        expect(chat.turns).to_have_count(0)
        empty.add([article("mill", "Ana Orban said that the mill had burned.")])
        page.reload()
        expect(first.get_by_role("button")).to_have_text(["What did Ana Orban say?"])


def test_the_days_of_a_year_in_weeks() -> None:
    # 2016 began on a Friday.
    grid = heat(2016, {date(2016, 1, 1): 1, date(2016, 12, 31): 8, date(2015, 1, 1): 99})
    assert [len(row) for row in grid] == [53] * 7
    assert [row[0] and row[0].day.isoformat() for row in grid] == [
        None, None, None, None, "2016-01-01", "2016-01-02", "2016-01-03"
    ]  # fmt: skip
    assert grid[4][0] == (date(2016, 1, 1), 1, 1)
    assert grid[5][52] == (date(2016, 12, 31), 8, 4)
    assert grid[6][52] is None
    assert sum(cell is not None for row in grid for cell in row) == 366
    # Its February began on a Monday, its March on a Tuesday.
    assert columns_of_months(2016) == [5, 4, 4, 4, 5, 4, 5, 4, 4, 5, 4, 5]


# --- A story's timeline ------------------------------------------------------------------------


def test_timeline_beside_an_answer(chat: Chat) -> None:
    turn = chat.ask("what is known of the old mill of Kest")
    views = chat.proof.get_by_role("group", name="Order of the sources")
    views.get_by_role("button", name="Timeline").click()
    timeline = chat.proof.locator(".timeline")
    expect(timeline.locator(".note")).to_have_text(
        "5 articles, 22 August 2016 to 4 May 2018; 1 without a date"
    )
    headlines = timeline.locator(".headline").all_inner_texts()
    assert headlines == [
        "About fire",
        "About inquest",
        "About rebuilt",
        "About again",
        "About legend",
    ]
    # What two papers carry is told once, with both.
    expect(timeline.locator(".card").first).to_contain_text("Post")
    expect(timeline.locator(".undated")).to_have_text("Date unknown")
    expect(chat.proof.locator(".relevance")).to_be_hidden()

    timeline.get_by_role("button", name="Read the whole article").nth(1).click()
    expect(chat.page.locator("#reader mark")).to_have_text(STORY[2].text)
    chat.page.keyboard.press("Escape")
    # A marker leads to its quote, which stands among the others.
    turn.locator(".statement .marker").first.click()
    expect(chat.proof.locator(".relevance")).to_be_visible()
    expect(timeline).to_be_hidden()


def test_what_is_only_related_to_the_answer_begins_no_story() -> None:
    one, other, related = (article(name, f"The mill had {name} wheels.") for name in "abc")
    answer = quoting("How many wheels?", *((told, told.text) for told in (one, other, related)))
    differing = replace(answer, differences=(Difference((("a", (1,)), ("b", (2,)))),))
    for asked, places in ((answer, [one]), (differing, [one, other])):
        assert [passage.article for passage in answering(asked)] == places


def test_a_list_is_told_of_what_is_listed_alone(archive: Archive) -> None:
    listed = Assistant(archive, reader=FakeReader()).ask("What happened in 2018?")
    made = token(listed, date(2026, 11, 20), archive.overview())
    told = part(lambda app, archive, site: serve_timeline(app, archive), archive).get(
        "/timeline", params={"answer": made}
    )
    headlines = re.findall(r"About \w+(?=</h3>)", told.text)
    assert headlines == ["About rebuilt", "About soup", "About again"]


def test_a_story_of_nothing() -> None:
    nothing = '<p class="note">No article in the archive is near.</p>'
    assert story("mill", [], FakeEncoder()) == nothing


def test_the_stretch_that_is_told() -> None:
    text = "It rained. " * 40 + "The mill burned down. Nobody was hurt. " + "It snowed. " * 40
    long = article("long", text.strip())
    start, end = snippet({"burn", "mill"}, Passage(long, 0, len(long.text), 0.8))
    assert long.text[start:end].startswith("It rained.")
    assert "The mill burned down." in long.text[start:end]
    assert end - start <= 320
    one = article("one", "word " * 100 + "mill.")
    assert snippet({"mill"}, Passage(one, 0, len(one.text), 0.8)) == (0, len(one.text))
