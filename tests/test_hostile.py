"""A real archive of articles that mean harm, through the page in a real browser."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant import Assistant
from corpus import Article
from index import Archive
from tests.browsing import Chat, connected, fetched, served
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import on

# Each says one thing that can be asked for by name, with what an attacker would put beside it.
HARM = {
    "Script": "<script>window.ran = 'script'</script>",
    "Handler": "<img src=x onerror=\"window.ran = 'handler'\"><svg onload=\"window.ran = 'svg'\">",
    "Link": "<a href=\"javascript:window.ran = 'link'\">here</a> [here](javascript:alert`1`)",
    "Picture": "![x](http://outside.example/x.png) <img src=//outside.example/y.png>",
    "Frame": "<iframe srcdoc='<script>parent.ran=1</script>'></iframe><base href=//outside>",
    "Style": "<style>*{display:none!important}@import '//outside.example/z.css';</style>",
    "Closing": "</mark></p></blockquote></section></div></dialog><h1>Big</h1><textarea><plaintext>",
    "Template": "{{value}} ${window.ran = 'template'} {% raise %} <template><slot>",
    "Reversed": "\u202eelbisrever\u202c \u2067odd\u2069 \u202e never closed",
    "Marker": "[1] [2] [1](#source-1-1) [^1] <a class=marker href=#source-1-2>[2]</a>",
    "Entity": "&lt;b&gt; &#60;script&#62; &amp;quot; \\u003cscript\\u003e",
    "Combining": "Z" + "\u0301" * 60,
}
HUGE = 10_000_000
MADE = ":is(script, img, svg, iframe, base, style, h1, template, textarea)"
OWN_LINK = re.compile(
    r"#(source|statement)-1-\d+|(export\?form=(markdown|csl)&|print\?)answer=[\w-]+"
)


def told(name: str) -> str:
    """The sentence of an article that answers the question about it."""
    return f"The harbour master of {name} opened the {name} gate on Monday {HARM[name]} at noon."


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    # From memory, so that no reader of files has made them tamer.
    articles = [
        Article(
            f"{name} {harm}",
            f"{name} {harm}",
            f"{told(name)}\n\nNothing else happened. {harm}",
            f"{name} {harm}",
            on("2016-08-21"),
            f"javascript:window.ran='address of {name}'",
            harm,
        )
        for name, harm in HARM.items()
    ]
    huge = "The harbour master of Huge opened the Huge gate on Monday at noon."
    articles.append(
        Article(
            "Huge " + "i" * HUGE,
            "Huge " + "w" * HUGE,
            f"{huge}\n\n{'x' * 1_000_000}",
            source="s" * HUGE,
            url=f"https://gazette.example/{'u' * HUGE}",
            author="a" * HUGE,
        )
    )
    with Archive.create(tmp_path_factory.mktemp("hostile") / "archive", FakeEncoder()) as archive:
        archive.add(articles)
        assert len(archive) == len(HARM) + 1
        yield archive


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    with served(Assistant(archive, reader=FakeReader(per_word=8))) as address:
        yield address


def overflows(place: Locator) -> list[str]:
    """The elements in a place that reach out of it sideways."""
    elements: list[str] = place.evaluate(
        """place => [...place.querySelectorAll("*")].filter(element => {
            const box = element.getBoundingClientRect(), around = place.getBoundingClientRect();
            return box.width && (box.right > around.right + 1 || box.left < around.left - 1);
        }).map(element => element.outerHTML.slice(0, 200))"""
    )
    return elements


def question(name: str) -> str:
    return f"When did the harbour master of {name} open the {name} gate?"


def test_harm_is_shown_as_it_is_written(chat: Chat) -> None:
    reader = chat.page.get_by_role("dialog")
    for name, width in product(HARM, (1280, 390)):
        if width == 1280:
            chat.ask(question(name))
        chat.page.set_viewport_size({"width": width, "height": 844})
        card = chat.proof.locator(".card", has_text=re.compile(f"^{name} ")).first
        expect(card).to_be_visible()
        # To the letter: what the browser shows is what the archive holds.
        assert told(name) in chat.proof.locator("mark").all_text_contents()
        assert card.locator(".headline").text_content() == f"{name} {HARM[name]}"
        for place in (chat.page.locator("#conversation"), chat.page.locator("#sources")):
            expect(place.locator(MADE)).to_have_count(0)
            links = [link.get_attribute("href") or "" for link in place.locator("a").all()]
            assert [link for link in links if not OWN_LINK.fullmatch(link)] == []
            assert overflows(place) == []
        assert chat.page.evaluate("document.documentElement.scrollWidth") == width

        card.get_by_role("button", name="Read the whole article").click()
        shown = reader.locator(".text p").first
        expect(shown).to_be_visible()
        assert shown.text_content() == told(name)
        expect(reader.locator(f"{MADE}, a:not([href^='read?id='])")).to_have_count(0)
        assert overflows(reader) == []
        chat.page.keyboard.press("Escape")
        expect(reader).to_be_hidden()
        if width == 390:
            chat.page.get_by_role("button", name="New conversation").click()
            expect(chat.turns).to_have_count(0)


def test_pages_beside_the_chat_hold_no_markup_of_an_article(archive: Archive) -> None:
    asked = urlencode({"q": "harbour master"})
    paths = [f"read?{urlencode({'id': f'{name} {harm}'})}" for name, harm in HARM.items()]
    pages = [f"search?{urlencode({'q': harm})}" for harm in HARM.values()]
    with served(Assistant(archive, reader=FakeReader()), may_keep=True) as address:
        for path in (*paths, *pages, f"search?{asked}", f"saved?{asked}", "archive"):
            html = fetched(address, f"/{path}")
            assert "&lt;script&gt;" in html or path not in (f"search?{asked}", paths[0], pages[0])
            assert html.count("<script") == html.count('<script defer src="page/')
            assert not re.search('<(img|svg|iframe|base|style|plaintext)|="javascript', html)


def test_huge_headline_is_cut_on_its_way_to_the_page(page: Page, address: str) -> None:
    chat = Chat(page)
    received: dict[str, int] = {}
    told_of = chat.page.context.new_cdp_session(chat.page)

    def begin(event: dict[str, Any]) -> None:
        if re.search(r"/(gradio_api/.*|article.*|)$", event["response"]["url"]):
            received[event["requestId"]] = 0

    def go_on(event: dict[str, Any]) -> None:
        if event["requestId"] in received:
            received[event["requestId"]] += event["dataLength"]

    told_of.on("Network.responseReceived", begin)
    told_of.on("Network.dataReceived", go_on)
    told_of.send("Network.enable")
    chat.open(address)
    chat.page.get_by_role("button", name="Limit to dates and sources").click()
    chat.page.get_by_role("combobox", name="Sources").click()
    expect(chat.page.get_by_role("option")).to_have_count(len(HARM))
    chat.page.keyboard.press("Escape")
    chat.ask(question("Huge"))
    card = chat.proof.locator(".card", has_text="Huge").first
    headline = card.locator(".headline").text_content() or ""
    assert headline.startswith("Huge wwww")
    assert len(headline) < 310
    # What nobody could follow is not offered.
    expect(card.locator("a:not(.marker), button")).to_have_count(0)
    for place in (chat.page.locator("#conversation"), chat.page.locator("#sources")):
        assert overflows(place) == []
    assert chat.page.evaluate("document.documentElement.scrollWidth") == 1280
    assert 10_000 < sum(received.values()) < 500_000


def test_huge_headline_is_cut_for_programs(address: str) -> None:
    with connected(address) as client:
        passages = client.predict(query="harbour master of Huge", k=1, api_name="/search")
    title = passages[0]["article"]["title"]
    assert title == f"Huge {'w' * 19_995} …"
    assert len(str(passages)) < 150_000
