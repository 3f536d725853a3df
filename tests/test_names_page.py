"""The pages of people, places and organisations, and what a search is limited to by them."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.page.browsing import serve_browsing
from assistant.page.imports import Imports
from assistant.page.saved import serve_saved
from assistant.page.site import Site
from index import Archive, naming
from index.entities import Entity
from index.tagging import Span
from tests.browsing import part, served
from tests.fakes import FakeEncoder, FakeReader, FakeTagger
from tests.scripted import MARKUP
from tests.test_accessibility import axe, violations  # noqa: F401 (fixture)
from tests.test_archive_page import article

NAMES = {
    "Ada Byrne": "person",
    "Mira Hallam": "person",
    "Mira Halam": "person",
    "Port Ellery": "place",
    "Harbour Board": "organisation",
    "Bridge <b>& Co": "organisation",
}
MEETING = article(
    "meeting", "Ada Byrne met the Harbour Board. It rained. Ada Byrne left.", "2020-05-04"
)
VISITS = [
    article(f"visit {at}", f"Ada Byrne came to Port Ellery, day {at}.", f"2021-01-{at:02}")
    for at in range(1, 25)
]
SPELLED = [
    article("one", "Mira Hallam spoke.", "2020-06-01"),
    article("two", f"Mira Halam of Bridge <b>& Co spoke. {MARKUP}", "2020-07-01"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("names") / "archive"
    with Archive.create(folder, FakeEncoder()) as archive:
        archive.add([MEETING, *VISITS, *SPELLED])
        archive.names.find(FakeTagger(NAMES))  # type: ignore[arg-type]
        yield archive


@pytest.fixture(scope="module")
def client(archive: Archive) -> TestClient:
    return part(serve_browsing, archive)


def shown(html: str) -> str:
    """The words of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_person_and_the_sentences_that_name_her(client: TestClient) -> None:
    html = client.get("/name?kind=person&name=ada+byrne").text
    words = shown(html)
    assert "Named in 25 articles" in words
    assert html.count('class="entry"') == 20
    # The newest first; the oldest is on the second page, with both sentences.
    assert words.index("visit 24") < words.index("visit 23")
    assert "May 2020 1" in words
    assert "January 2021 24" in words
    assert "Port Ellery 24" in words
    assert "Harbour Board 1" in words
    second = client.get("/name?kind=person&name=Ada+Byrne&page=2").text
    assert second.count('class="entry"') == 5
    assert "<mark>Ada Byrne</mark> met the Harbour Board.</blockquote>" in second
    assert "<mark>Ada Byrne</mark> left.</blockquote>" in second
    assert "It rained" not in second


def test_another_spelling_is_offered_and_not_joined(client: TestClient) -> None:
    html = client.get("/name?kind=person&name=Mira+Hallam").text
    assert "Named in 1 article" in html
    assert 'href="name?kind=person&amp;name=Mira+Halam"' in html


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ada Byrne 25", "Mira Hallam 1", "Mira Halam 1"]),
        ("kind=place", ["Port Ellery 24"]),
        ("kind=organisation&q=board", ["Harbour Board 1"]),
        ("kind=nothing&q=ADA&page=x", ["Ada Byrne 25"]),
        ("q=nobody", []),
    ],
)
def test_names_are_listed_and_found(client: TestClient, query: str, names: list[str]) -> None:
    html = client.get(f"/names?{query}").text
    [listed] = re.findall(r'<ul class="facets wide">(.*?)</ul>', html, re.DOTALL)
    assert [shown(item) for item in re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)] == names


def test_a_search_is_limited_to_articles_that_name_somebody(client: TestClient) -> None:
    html = client.get("/search?q=came").text
    assert 'href="search?q=came&amp;person=Ada+Byrne"' in html
    given = {"person": "Ada Byrne", "organisation": "Harbour Board"}
    both = client.get(f"/search?{urlencode(given)}").text
    assert "1 article</h2>" in both
    assert 'name="organisation" value="Harbour Board"' in both
    # Each limit can be taken off, and leads to what it names.
    assert 'href="search?organisation=Harbour+Board" aria-current="true"' in both
    assert 'href="name?kind=person&amp;name=Ada+Byrne"' in both
    nothing = client.get("/search?person=Nobody").text
    assert "0 articles</h2>" in nothing
    assert "Search without limits" in nothing


def test_a_feed_has_the_limit_and_what_cannot_keep_it_is_not_offered(archive: Archive) -> None:
    pages = part(serve_browsing, archive, Site(False, True, (), None))
    limited = pages.get("/search?q=Harbour&person=Ada+Byrne").text
    assert 'href="feed?q=Harbour&amp;person=Ada+Byrne"' in limited
    for offer in ("Ask within these limits", "Save this search"):
        assert offer not in limited
        assert offer in pages.get("/search?q=Ada&after=2020").text
    feeds = part(serve_saved, Assistant(archive, reader=FakeReader()))
    for query, titles in {
        "person=Mira+Hallam": ["All articles · Mira Hallam", "About one · Post, 2020-06-01"],
        "q=Who+spoke%3F&person=Mira+Hallam": [
            "Who spoke? · Mira Hallam", "About one · Post, 2020-06-01"
        ],
        "q=Who+spoke%3F&person=Nobody": ["Who spoke? · Nobody"],
    }.items():  # fmt: skip
        assert re.findall("<title>(.*?)</title>", feeds.get(f"/feed?{query}").text) == titles


def test_a_name_is_text(client: TestClient) -> None:
    html = client.get("/name?kind=organisation&name=Bridge+%3Cb%3E%26+co").text
    assert "Bridge &lt;b&gt;&amp; Co" in html
    assert "<b>" not in html
    assert MARKUP not in html
    gone = client.get(f"/name?{urlencode({'name': MARKUP})}")
    assert gone.status_code == 404
    assert "No article in the archive has this name." in gone.text


def test_an_article_and_the_archive_lead_to_names(client: TestClient) -> None:
    html = client.get(f"/read?{urlencode({'id': MEETING.id})}").text
    assert 'href="name?kind=organisation&amp;name=Harbour+Board"' in html
    assert 'href="name?kind=place' not in html
    assert 'href="name?kind=place&amp;name=Port+Ellery"' in client.get("/archive").text


def test_without_names_the_page_says_how_to_get_them(archive: Archive) -> None:
    with Archive.create(archive.folder.parent / "other", FakeEncoder()) as other:
        other.add([replace(MEETING)])
        page = part(serve_browsing, other)
        html = page.get("/names").text
        assert "pip install 'dateline[names]'" in html.replace("&#39;", "'")
        assert "All names" not in page.get("/archive").text


def test_in_the_browser(archive: Archive, page: Page, axe: str) -> None:  # noqa: F811
    """From a search to a person and to what is named beside her, by keyboard; axe finds nothing."""
    with served(Assistant(archive, reader=FakeReader())) as address:
        page.goto(f"{address}/search?q=met")
        page.get_by_role("link", name="Ada Byrne").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Where Ada Byrne is named").press("Enter")
        expect(page.get_by_role("heading", name="Ada Byrne")).to_be_visible()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(axe)
            assert violations(page, {}) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name="Harbour Board").first.press("Enter")
        expect(page.get_by_role("heading", name="Harbour Board")).to_be_visible()
        page.go_back()
        page.get_by_role("link", name="All names").press("Enter")
        expect(page.get_by_role("heading", name="People")).to_be_visible()
        page.evaluate(axe)
        assert violations(page, {}) == []


def test_names_are_looked_for_when_an_import_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: FakeEncoder
) -> None:
    (tmp_path / "mill.txt").write_text("The mill burns\n\nAda Byrne saw the mill of Kest burn.\n")
    with Archive.create(tmp_path / "archive", encoder) as archive:
        imports = Imports(archive, [tmp_path / "mill.txt"])
        done_before: list[bool] = []

        class Watching(FakeTagger):
            def tag(self, texts: Sequence[tuple[str, str | None]]) -> list[list[Span]]:
                done_before.append(not imports.state.running and bool(imports.state.report))
                return super().tag(texts)

        monkeypatch.setattr(naming, "installed", lambda: Watching(NAMES))
        imports.bring_place(0)
        for _ in range(500):
            if archive.names.are_known():
                break
            time.sleep(0.02)
        assert archive.names.entity("person", "Ada Byrne") == Entity("person", "Ada Byrne", 1)
        assert done_before == [True]
