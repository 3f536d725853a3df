"""Whose the article of a web page is, and whether the page has one at all."""

from pathlib import Path

import pytest

from tests.reading_files import one, told, written
from tests.test_pages import BODY, HEADLINE, saved, script


@pytest.mark.parametrize("house", ['{"@id": "#o"}', '[{"@type": "Organization", "@id": "#o"}]'])
def test_a_reference_that_leads_nowhere_is_no_name(tmp_path: Path, house: str) -> None:
    named = f'{{"@type": "Article", "headline": "Keeper", "publisher": {house}}}'
    assert saved(tmp_path, head=script(named)).source is None
    things = f'{{"@graph": [{named}, {{"@id": "#o", "name": "Skerry Observer"}}]}}'
    assert saved(tmp_path, head=script(things)).source == "Skerry Observer"


@pytest.mark.parametrize(
    ("around", "source"),
    [
        ('<header><a href="/">El Faro</a></header>', "El Faro"),
        ('<img alt="El Faro logo" src="l.png">', "El Faro"),
        ("<footer>© 2015 El Faro S. A.</footer>", "El Faro"),
        # A heading of the menu, a caption.
        ('<nav><a href="/el-faro">El Faro</a></nav><img alt="Sunset at El Faro">', None),
        ('<meta property="og:site_name" content="Costa"><img alt="El Faro">', "Costa"),
        ('<link rel="canonical" href="https://a.example/1"><img alt="El Faro">', "a.example"),
    ],
)
def test_the_site_is_the_end_of_the_title_where_it_stands_once_more(
    tmp_path: Path, around: str, source: str | None
) -> None:
    for mark in "-|":
        title = f"{HEADLINE} {mark} El Faro"
        page = f"<title>{title}</title>{around}<article><h1>{HEADLINE}</h1>{BODY}</article>"
        article = one(written(tmp_path / "a.html", page))
        assert (article.source, article.title) == (source, HEADLINE)


def test_the_address_of_a_front_page_is_no_articles(tmp_path: Path) -> None:
    front = '<link rel="canonical" href="https://www.observer.example/">'
    article = saved(tmp_path, head=front)
    assert (article.url, article.source) == (None, "observer.example")
    given = '<meta property="og:url" content="https://observer.example/?p=7">'
    assert saved(tmp_path, head=front + given).url == "https://observer.example/?p=7"


@pytest.mark.parametrize(
    ("capture", "name"),
    [("web.archive.org/web/20220505101010", "Wayback Machine"),
     ("archive.ph/2022.05.05-101010", "archive.ph")],
)  # fmt: skip
def test_who_has_captured_a_page_has_not_published_it(
    tmp_path: Path, capture: str, name: str
) -> None:
    address = f"https://{capture}/https://www.observer.example/lamp"
    head = f'<link rel="canonical" href="{address}"><meta property="og:site_name" content="{name}">'
    article = saved(tmp_path, head=head)
    assert (article.url, article.source, article.published) == (
        "https://www.observer.example/lamp", "observer.example", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "text", "language", "day"),
    [
        ("en-US", "El farero de Skerry bajó el domingo de su torre con una maleta y con su perro. ",
         "es", "2021-04-03"),
        ("en-US", "Tam Rennie climbed down from the lighthouse of Skerry on Sunday at noon. ",
         "en", "2021-03-04"),
        ("es", "Tam Rennie climbed down from the lighthouse of Skerry on Sunday at noon. ",
         "es", "2021-04-03"),
    ],
)  # fmt: skip
def test_english_that_is_stated_of_another_text_is_not_believed(
    tmp_path: Path, stated: str, text: str, language: str, day: str
) -> None:
    page = (
        f'<html lang="{stated}"><title>Faro</title><body><h1>El último faro</h1>'
        f'<p class="date">03/04/2021</p><p>{text * 3}</p></body></html>'
    )
    article = one(written(tmp_path / "a.html", page))
    assert (article.language, str(article.published)) == (language, day)


def test_a_section_in_meta(tmp_path: Path) -> None:
    head = '<meta property="article:section" content="Coast">'
    assert saved(tmp_path, head=head).section == "Coast"
    linked = script('{"@type": "Article", "articleSection": "Isles"}')
    assert saved(tmp_path, head=head + linked).section == "Isles"


@pytest.mark.parametrize("login", ["admin", "Webmaster"])
def test_who_enters_a_system_gives_way_to_who_is_printed(tmp_path: Path, login: str) -> None:
    head = script(f'{{"@type": "Article", "author": {{"@type": "Person", "name": "{login}"}}}}')
    head += f'<meta name="author" content="{login}">'
    inside = f'<p class="byline">by <a rel="author" href="/u/1">{login}</a></p>'
    printed = "<p>by Cleo Park</p>"
    assert saved(tmp_path, inside + printed, head).author == "Cleo Park"
    assert saved(tmp_path, "", head).author == login
    row = f'title,text,author\nLamp,"By Cleo Park\n\nIt went out.",{login}\n'
    assert one(written(tmp_path / "a.csv", row)).author == "Cleo Park"


@pytest.mark.parametrize(
    ("title", "heading", "error"),
    [
        ("404 – Page not found", "Oops", "404 Not Found"),
        ("Page not found | Skerry Observer", "Where is it?", "404 Not Found"),
        ("Skerry Observer", "Fehler 404", "404 Not Found"),
        ("403 Forbidden", "Forbidden", "403 Forbidden"),
        ("404 sheep counted on Skerry", "404 sheep counted on Skerry", None),
        ("Lamp of Skerry not found - Observer", "Lamp of Skerry not found", None),
    ],
)
def test_a_page_that_shows_an_error_is_a_line(
    tmp_path: Path, title: str, heading: str, error: str | None
) -> None:
    page = f"<html><head><title>{title}</title></head><body><h1>{heading}</h1>{BODY}</body></html>"
    titles, lines = told(written(tmp_path / "a.html", page))
    line = f"shows an answer of the server, {error}, and no article"
    assert (titles, lines) == (([], [line]) if error else ([heading], []))
    # A long text under such a title is an article.
    path = written(tmp_path / "b.html", page.replace(BODY, BODY * 5))
    assert len(told(path)[0]) == 1


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Just a moment...", "<h1>observer.example</h1><p>Checking if the site is secure.</p>"),
        ("Observer", "<h1>Before you continue to Observer</h1><p>We use data to keep it up.</p>"),
        ("Observer", f'<form id="challenge-form"><p>{HEADLINE}</p></form>{BODY}'),
    ],
)
def test_a_wall_before_an_article_is_a_line(tmp_path: Path, title: str, inside: str) -> None:
    page = f"<title>{title}</title><body>{inside}</body>"
    assert told(written(tmp_path / "a.html", page)) == (
        [],
        ["asks for consent, or whether a person reads it, and shows no article; save it again once "
         "the article is shown"],
    )  # fmt: skip
    assert len(told(written(tmp_path / "b.html", f"{page}{BODY * 5}"))[0]) == 1


def test_what_asks_for_consent_is_no_text(tmp_path: Path) -> None:
    asked = '<div class="sp_message"><p>Our 842 partners store data on your device.</p></div>'
    page = f"<title>{HEADLINE}</title>{asked}<h1>{HEADLINE}</h1><div>Short: he went.</div>"
    assert one(written(tmp_path / "a.html", page)).text == "Short: he went."
