"""From paths to articles: texts, pages, folders; tests/test_unreadable.py has the rest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import Article, read_articles
from corpus.drafts import canonical_url
from tests.made_files import pdf, tar, zipped
from tests.reading_files import Write, below, dated, ids, one, read, reasons

pytestmark = pytest.mark.usefixtures("inside")

ROOT = Path(__file__).parents[1]
BODY = "The council met in the mill on Tuesday.\n\nNobody voted against the bridge."


# Text files


def test_a_text_file_is_headline_dateline_and_body(write: Write) -> None:
    first = "21 Aug 2016 – BasNews – MARROWBY — The council met in the mill."
    path = write("a.txt", f"\n  Council agrees on bridge\n\n{first}\r\n\r\n\r\nIt rained.\n")
    article = one(path)
    assert article.title == "Council agrees on bridge"
    assert article.text == f"{first}\n\nIt rained."
    assert (article.source, article.place) == ("BasNews", "MARROWBY")
    assert article.id == str(path)
    assert dated(article) == ("2016-08-21", "dateline")
    assert article.origin.endswith("/a.txt")


@pytest.mark.parametrize(
    ("name", "content", "title", "text"),
    [
        ("a.md", "# Council agrees #\n\nBody.", "Council agrees", "Body."),
        ("a.md", "Council agrees\n======\nBody.", "Council agrees", "Body."),
        ("a.md", "**Council agrees**\n\nBody.", "Council agrees", "Body."),
        ("a.md", "*3 May 2024*\n\n# Head\n\nBody.", "Head", "*3 May 2024*\n\nBody."),
        ("a.md", "OSLO, 3 May 2024 — It rained.\n\n# Head\nBody.", "Head",
         "OSLO, 3 May 2024 — It rained.\n\nBody."),
        ("a.md", "OSLO\n3 May 2024\n\nHead\n====\nBody.", "Head", "OSLO\n3 May 2024\n\nBody."),
        ("a.md", "# Head\n\n3 May 2024\n\n# Part\n\nBody.", "Head",
         "3 May 2024\n\n# Part\n\nBody."),
        ("a.txt", "# 7 bridges\n\nBody.", "7 bridges", "Body."),
        ("a.txt", "Only one line", "Only one line", "Only one line"),
        ("a.txt", "PARIS (AFP) — It rained. It stopped.", "It rained. It stopped.", None),
        ("a.txt", "PARIS (AFP) — The rain has come. It went.", "The rain has come. It went.", None),
        ("a.txt", "3 March 2025\n\nHead\n\nBody.", "Head", "3 March 2025\n\nBody."),
        ("a.txt", "Tom &amp; Ann\n\nIt&#8217;s &amp;lt;so.", "Tom & Ann", "It’s &lt;so."),
        ("a.txt", "<b>B</b>\n\n<script>x</script> stays.", "<b>B</b>", "<script>x</script> stays."),
        ("a.txt", "Source: minister to resign\n\nBody.", "Source: minister to resign", "Body."),
    ],
)  # fmt: skip
def test_headline_and_text(
    write: Write, name: str, content: str, title: str, text: str | None
) -> None:
    article = one(write(name, content))
    assert (article.title, article.text) == (title, content if text is None else text)


def test_a_text_without_a_headline_gets_a_short_title(write: Write) -> None:
    long = "The council met in the mill and " + "talked and " * 40 + "went home."
    article = one(write("a.txt", long + "\n\nSecond paragraph."))
    assert article.text == long + "\n\nSecond paragraph."
    assert article.title.startswith("The council met in the mill and talked")
    assert len(article.title) <= 120
    assert article.title.endswith("…")


@pytest.mark.parametrize(
    "content",
    [
        "Title: Council agrees\nURL: https://town.example/bridge\nSource: Town Courier\n"
        "Date: 3 March 2025\nAuthor: Jane Doe\nSection: Local\n\n" + BODY,
        "Council agrees\nURL: https://town.example/bridge\nSource: Town Courier\n"
        "Date: 3 March 2025\nBy: Jane Doe\n\n" + BODY,
        "Source: Town Courier\nDate: 3 March 2025\nAuthor: By Jane Doe\n"
        "Link: https://town.example/bridge\n\nCouncil agrees\n\n" + BODY,
    ],
)
def test_a_block_of_header_lines_is_read_and_is_no_text(write: Write, content: str) -> None:
    article = one(write("a.txt", content))
    assert (article.title, article.text) == ("Council agrees", BODY)
    assert article.id == article.url == "https://town.example/bridge"
    assert (article.source, article.author) == ("Town Courier", "Jane Doe")
    assert dated(article) == ("2025-03-03", "metadata")


def test_front_matter(write: Write) -> None:
    front = (
        "---\ntitle: \"Council agrees: at last\"\ndate: 2025-03-03T10:00:00+01:00\n"
        "authors:\n  - Jane Doe\n  - 'John Roe'\ntags: [town, bridge]\nlang: en-GB\n"
        "publisher: Town Courier\n---\n"
    )  # fmt: skip
    article = one(write("a.md", f"{front}\n# Council agrees: at last\n\n{BODY}"))
    assert (article.title, article.text) == ("Council agrees: at last", BODY)
    assert (article.author, article.source) == ("Jane Doe, John Roe", "Town Courier")
    assert article.language == "en"
    assert str(article.published) == "2025-03-03T10:00:00+01:00"
    assert one(write("b.md", front + BODY)).text == BODY
    plain = one(write("a.txt", f"{front}\nCouncil agrees: at last\n\n# {BODY}"))
    assert (plain.title, plain.text) == ("Council agrees: at last", f"# {BODY}")
    assert (plain.source, dated(plain)) == (
        "Town Courier",
        ("2025-03-03T10:00:00+01:00", "metadata"),
    )
    # A rule at the top is no front matter.
    assert one(write("c.md", f"---\nIt rained.\n---\n\n{BODY}")).text.endswith(BODY)


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: >-\n  Council\n  agrees\ndate: 2025-03-03\nauthors:\n  - name: Jane Doe\n"
        "    email: j@a.example\nsummary: |\n  Nobody voted.\n\n  Nobody at all.\n---\n",
        "---\ntitle: Council agrees\nauthor:\n  name: Jane Doe\ndate: 2025-03-03\ndraft: no\n---\n",
        '+++\ntitle = "Council agrees"\ndate = 2025-03-03\nauthor = "Jane Doe"\n[a]\nn = 1\n+++\n',
    ],
    ids=["folded", "nested", "toml"],
)
def test_front_matter_of_other_shapes(write: Write, front: str) -> None:
    article = one(write("a.md", f"{front}\n{BODY}"))
    assert (article.title, article.text, article.author) == ("Council agrees", BODY, "Jane Doe")
    assert dated(article) == ("2025-03-03", "metadata")
    assert one(write("b.md", f"+++\nIt rained\n+++\n\n{BODY}")).text.endswith(BODY)


@pytest.mark.parametrize("front", ["---\ndraft: true\n---", "+++\ndraft = true\n+++"])
def test_a_draft_is_a_line(write: Write, front: str) -> None:
    reason = "is a draft, as its front matter says, and not published"
    assert reasons(write("a.md", f"{front}\n{BODY}")) == [("a.md", reason)]


def test_an_address_or_days_above_a_text(write: Write) -> None:
    article = one(write("a.txt", f"https://town.example/b\n\nCouncil agrees\n\n{BODY}"))
    assert (article.title, article.url, article.text) == (
        "Council agrees", "https://town.example/b", BODY,
    )  # fmt: skip
    days = "Published: 3 March 2025\nUpdated: 5 March 2025\nCategory: News"
    article = one(write("b.txt", f"{days}\n\nCouncil agrees\n\n{BODY}"))
    assert (article.title, article.text) == ("Council agrees", BODY)
    assert dated(article) == ("2025-03-03", "metadata")


def test_a_date_in_the_name_counts_if_the_text_says_none(write: Write, tmp_path: Path) -> None:
    write("2016/08/21/a.txt", "Headline\n\nBody.")
    write("2016-08-22-b.txt", "Headline\n\nBody.")
    write("2016-08-23-b.txt", "Headline\n\n3 March 2025 — Body.")
    write("c.txt", "Headline\n\nBody.")
    # When they were fetched says nothing of when they were published.
    write("crawl-2024-01-05/d.html", PAGE.format(head="", top=""))
    write("2024-01-05/e.txt", "Headline\n\nBody.")
    articles = [article for article in read(tmp_path) if isinstance(article, Article)]
    dates = {below(a.id): dated(a) for a in articles if a.published}
    assert dates == {
        "2016/08/21/a.txt": ("2016-08-21", "url"),
        "2016-08-22-b.txt": ("2016-08-22", "url"),
        "2016-08-23-b.txt": ("2025-03-03", "dateline"),
    }
    assert sorted({below(a.id) for a in articles} - dates.keys()) == [
        "2024-01-05/e.txt", "c.txt", "crawl-2024-01-05/d.html",
    ]  # fmt: skip


# Web pages

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Council agrees | Town Courier</title>{head}</head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Council agrees</h1>{top}
<p>The council met in the mill on Tuesday &amp; talked about the bridge for three hours.</p>
<p>Nobody voted against it, and &amp;lt;b&amp;gt; was not said. It&#8217;s to be built in May.</p>
<ul><li>Stone from the old mill will be used.</li><li>The road is closed until then.</li></ul>
</article><script>document.write("<p>bad</p>")</script><footer>© Town Courier</footer></body></html>
"""
PAGE_TEXT = (
    "The council met in the mill on Tuesday & talked about the bridge for three hours.\n\n"
    "Nobody voted against it, and &lt;b&gt; was not said. It’s to be built in May.\n\n"
    "Stone from the old mill will be used.\n\nThe road is closed until then."
)
JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebSite", "name": "Site"}, {"@type": ["NewsArticle"], "headline": "Council agrees",
"datePublished": "2025-03-03T10:00:00+01:00", "dateModified": "2025-03-09", "author":
[{"@type": "Person", "name": "Jane Doe"}], "publisher": {"name": "Town Courier"},
"mainEntityOfPage": {"@id": "https://town.example/news/bridge/"}}]}</script>"""
META = """<meta property="og:title" content="Council agrees"><meta property="og:site_name"
content="Town Courier"><meta property="article:published_time" content="2025-03-03T10:00:00+01:00">
<meta name="author" content="Jane Doe"><link rel="canonical" href="/news/bridge/">
<meta property="og:url" content="https://town.example/other?utm_source=x">"""


@pytest.mark.parametrize("head", [JSON_LD, META])
def test_a_web_page_with_metadata(write: Write, head: str) -> None:
    article = one(write("a.html", PAGE.format(head=head, top="")))
    assert (article.title, article.text) == ("Council agrees", PAGE_TEXT)
    assert (article.source, article.author, article.language) == ("Town Courier", "Jane Doe", "en")
    assert article.url == "https://town.example/news/bridge/"
    assert article.id == "https://town.example/news/bridge"
    assert dated(article) == ("2025-03-03T10:00:00+01:00", "metadata")


@pytest.mark.parametrize(
    ("head", "top", "name", "day", "how"),
    [
        ("", '<p><time datetime="2025-03-03">3 March</time></p>', "a.html", "2025-03-03", "page"),
        ("", "<p>3 March 2025 – Town Courier – MARROWBY — It rained on all who came.</p>",
         "a.html", "2025-03-03", "dateline"),
        ("", "", "2025-03-03-bridge.htm", "2025-03-03", "url"),
        ('<meta property="article:modified_time" content="2025-03-03">', "", "a.html", None, None),
    ],
)  # fmt: skip
def test_where_the_date_of_a_page_comes_from(
    write: Write, head: str, top: str, name: str, day: str | None, how: str | None
) -> None:
    assert dated(one(write(name, PAGE.format(head=head, top=top)))) == (day, how)


def test_a_page_without_metadata(write: Write) -> None:
    head = '<link rel="canonical" href="javascript:alert(1)">'
    article = one(write("a.htm", PAGE.format(head=head, top="").replace("—", "")))
    # The end of its title is the name in its copyright.
    assert (below(article.id), article.url, article.source) == ("a.htm", None, "Town Courier")
    head = '<link rel="canonical" href="https://www.town.example/b">'
    assert one(write("b.htm", PAGE.format(head=head, top=""))).source == "town.example"


def test_a_page_in_its_declared_encoding(write: Write) -> None:
    page = PAGE.replace("utf-8", "windows-1251").replace("in May", "в мае").replace("©", "")
    data = page.format(head="", top="").encode("cp1251")
    assert "в мае" in one(write("a.html", data)).text


# Folders, names and ids


def test_a_folder_is_walked_in_order_without_what_is_hidden(write: Write, tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/10.txt", "a.txt", "c.TXT", ".hidden.txt", ".git/x.txt", "b/.y.txt"):
        write(f"news/{name}", "Headline\n\nBody.")
    found = read(tmp_path / "news")
    assert ids(found) == ["news/a.txt", "news/b/10.txt", "news/b/2.txt", "news/c.TXT"]
    assert len(found) == 4
    # An article is the same one from wherever it is read.
    assert ids(read(tmp_path)) == ids(found)
    assert ids(read("news")) == ids(found)
    assert ids(read(tmp_path / "news/b/2.txt")) == ["news/b/2.txt"]
    assert ids(list(read_articles(str(tmp_path / "news")))) == ids(found)


def test_what_browsers_save_beside_a_page_is_passed_over(write: Write, tmp_path: Path) -> None:
    for name in ("Council.html", "Council_files/ad.html", "Rat.htm", "Rat-Dateien/ad.html",
                 "Other_files/a.html", "Council/b.html"):  # fmt: skip
        write(f"news/{name}", f"<title>A page</title><h1>Of the council</h1><p>{BODY}</p>")
    kept = ["news/Council/b.html", "news/Council.html", "news/Other_files/a.html", "news/Rat.htm"]
    assert sorted(ids(read(tmp_path / "news"))) == sorted(kept)
    assert ids(read(tmp_path / "news/Rat-Dateien")) == ["news/Rat-Dateien/ad.html"]
    pages = {f"w/{path.relative_to(tmp_path / 'news')}": path.read_bytes()
             for path in (tmp_path / "news").rglob("*.htm*")}  # fmt: skip
    inside = sorted(f"a.zip/w{name.removeprefix('news')}" for name in kept)
    assert sorted(ids(read(write("a.zip", zipped(*pages.items()))))) == inside
    # A tar archive is read in its own order, in which the parts may precede the page.
    for members in (pages.items(), [*pages.items()][::-1]):
        write("a.tar", tar(*members))
        assert sorted(ids(read("a.tar"))) == [name.replace("zip", "tar") for name in inside]
    part = ("Rat_files/ad.html", pages["w/Rat.htm"])
    damaged = tar(part, ("Rat.htm", part[1]))[: 512 + -(-len(part[1]) // 512) * 512 + 99]
    found = read(write("b.tar", damaged))
    assert ids(found) == ["b.tar/Rat_files/ad.html"]
    assert reasons("b.tar") == [("b.tar", "is damaged after its file 1, or breaks off")]


@pytest.mark.parametrize("ending", [".txt", ".html"])
@pytest.mark.parametrize(
    "content",
    [
        pdf(["Bridge agreed", "It rained."]),
        "<!DOCTYPE html><title>Bridge agreed</title><h1>Bridge agreed</h1><p>It rained.</p>",
        '\ufeff<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Courier</title><item>'
        "<title>Bridge agreed</title><description>It rained.</description></item></channel></rss>",
        '[{"title": "Bridge agreed", "text": "It rained."}]',
        r"{\rtf1\ansi Bridge agreed\par It rained.}",
    ],
    ids=["pdf", "html", "rss", "json", "rtf"],
)
def test_what_a_file_begins_with_tells_more_than_its_ending(
    write: Write, content: str | bytes, ending: str
) -> None:
    article = one(write(f"a{ending}", content))
    title = article.title.removesuffix(" It rained.")  # a PDF has no line of its own for it
    assert (title, article.text.split()[-2:]) == ("Bridge agreed", ["It", "rained."])


def test_files_of_one_name_in_two_folders_are_two_articles(write: Write, tmp_path: Path) -> None:
    write("courier/a.txt", "Headline\n\nBody.")
    write("gazette/a.txt", "Headline\n\nBody.")
    both = ["courier/a.txt", "gazette/a.txt"]
    assert ids(read(tmp_path)) == both
    assert ids(list(read_articles([tmp_path / "courier", tmp_path / "gazette"]))) == both


def test_links_are_not_followed(write: Write, tmp_path: Path) -> None:
    write("news/a.txt", "Headline\n\nBody.")
    write("elsewhere/b.txt", "Headline\n\nBody.")
    (tmp_path / "news/loop").symlink_to(tmp_path / "news")
    (tmp_path / "news/out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "news/self").symlink_to(tmp_path / "news/self")
    found = read(tmp_path / "news")
    assert ids(found) == ["news/a.txt"]
    reason = "is a link that leads out of the folder; name its target to read it"
    assert ("out", reason) in reasons(tmp_path / "news")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Town.Example:80/A?utm_source=x&id=7&fbclid=1#top", "http://town.example/A?id=7"),
        ("https://town.example", "https://town.example/"),
        ("https://town.example:8443/a b", "https://town.example:8443/a%20b"),
        ("https://web.archive.org/web/20220505101010/https://town.example/a?id=7#top",
         "https://town.example/a?id=7"),
        ("https://kept.example/web/wayback/20220505101010mp_/http://town.example/a",
         "http://town.example/a"),
        ("https://archive.ph/2022.05.05-101010/https://town.example/a", "https://town.example/a"),
        ("https://town.example/2022/https://b.example/", "https://town.example/2022/https://b.example/"),
        ("//town.example/a", None),
        ("/a", None),
        ("javascript:alert(1)", None),
        ("https://[broken", None),
        ("https://town.example:99999/", None),
        ("https://x\"><script>/", None),
        ("", None),
    ],
)  # fmt: skip
def test_canonical_urls(url: str, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


def test_a_file_name_in_no_encoding_can_be_stored(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        with open(path, "wb") as file:  # noqa: PTH123 — a name in bytes
            file.write(b"Headline\n\nBody.")
    except OSError:
        pytest.skip("this file system allows only names that are UTF-8")
    assert ids(read(tmp_path)) == ["caf\\xe9.txt"]


# Streaming and speed


def test_lines_are_read_one_at_a_time(write: Write) -> None:
    path = write("a.jsonl", '{"text": "One."}\n' * 1000 + "\xff")
    first = next(read_articles([path, "nowhere"]))
    assert isinstance(first, Article)
    assert below(first.id) == "a.jsonl#1"


def test_a_folder_is_walked_as_it_is_read(write: Write, tmp_path: Path) -> None:
    write("a/1.txt", "Headline\n\nBody.")
    write("b/1.txt", "Headline\n\nBody.")
    found = read_articles(tmp_path)
    first = next(found)
    write("b/2.txt", "Headline\n\nBody.")
    assert ids([first, *found]) == ["a/1.txt", "b/1.txt", "b/2.txt"]


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, corpus; "
        "print(sorted({'brotli', 'charset_normalizer', 'dateparser', 'email', 'feedparser', 'ftfy',"
        " 'lxml', 'pypdf', 'trafilatura', 'warcio'}"
        " & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
