"""From paths to articles: every format, every broken thing, and nothing that stops the rest."""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Article, Found, Unreadable, read_articles
from corpus.drafts import canonical_url
from corpus.encoding import clean
from corpus.reading import READERS

Write = Callable[..., Path]
ROOT = Path(__file__).parents[1]
BODY = "The council met in the mill on Tuesday.\n\nNobody voted against the bridge."


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file below ``tmp_path``: text as UTF-8, bytes as they are, all else as JSON."""

    def write_file(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str | bytes):
            content = json.dumps(content)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write_file


def read(path: str | Path, fields: dict[str, str] | None = None) -> list[Found]:
    return list(read_articles([path], fields))


def one(path: str | Path, fields: dict[str, str] | None = None) -> Article:
    (article,) = read(path, fields)
    assert isinstance(article, Article), article
    return article


def reasons(path: str | Path, fields: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """What could not be read: the origin after the last slash, and the reason."""
    return [
        (found.origin.rpartition("/")[2], found.reason)
        for found in read(path, fields)
        if isinstance(found, Unreadable)
    ]


def below(id: str) -> str:
    """An id that is an absolute path, as the path below the folder of the test."""
    return Path(id).relative_to(Path.cwd()).as_posix()


def ids(found: list[Found]) -> list[str]:
    return [below(each.id) for each in found if isinstance(each, Article)]


# Text files


def test_a_text_file_is_headline_dateline_and_body(write: Write) -> None:
    first = "21 Aug 2016 – BasNews – MARROWBY — The council met in the mill."
    path = write("a.txt", f"\n  Council agrees on bridge\n\n{first}\r\n\r\n\r\nIt rained.\n")
    article = one(path)
    assert article.title == "Council agrees on bridge"
    assert article.text == f"{first}\n\nIt rained."
    assert (article.source, article.place) == ("BasNews", "MARROWBY")
    assert article.id == str(path)
    assert str(article.published) == "2016-08-21"
    assert article.published
    assert article.published.how == "dateline"
    assert article.origin is not None
    assert article.origin.endswith("/a.txt")


@pytest.mark.parametrize(
    ("name", "content", "title", "text"),
    [
        ("a.md", "# Council agrees #\n\nBody.", "Council agrees", "Body."),
        ("a.md", "Council agrees\n======\nBody.", "Council agrees", "Body."),
        ("a.md", "**Council agrees**\n\nBody.", "Council agrees", "Body."),
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
    assert str(article.published) == "2025-03-03"
    assert article.published
    assert article.published.how == "metadata"


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
    # A rule at the top is no front matter.
    assert one(write("c.md", f"---\nIt rained.\n---\n\n{BODY}")).text.endswith(BODY)


def test_a_date_in_the_name_counts_if_the_text_says_none(write: Write, tmp_path: Path) -> None:
    write("2016/08/21/a.txt", "Headline\n\nBody.")
    write("2016-08-22-b.txt", "Headline\n\nBody.")
    write("2016-08-23-b.txt", "Headline\n\n3 March 2025 — Body.")
    write("c.txt", "Headline\n\nBody.")
    # When they were fetched says nothing of when they were published.
    write("crawl-2024-01-05/d.html", PAGE.format(head="", top=""))
    write("2024-01-05/e.txt", "Headline\n\nBody.")
    articles = [each for each in read(tmp_path) if isinstance(each, Article)]
    dates = {below(a.id): (str(a.published), a.published.how) for a in articles if a.published}
    assert dates == {
        "2016/08/21/a.txt": ("2016-08-21", "url"),
        "2016-08-22-b.txt": ("2016-08-22", "url"),
        "2016-08-23-b.txt": ("2025-03-03", "dateline"),
    }
    assert sorted({below(a.id) for a in articles} - dates.keys()) == [
        "2024-01-05/e.txt", "c.txt", "crawl-2024-01-05/d.html",
    ]  # fmt: skip


# Records


@pytest.mark.parametrize(
    "record",
    [
        {"id": 7, "title": "T", "text": BODY, "date": "2025-03-03", "source": "Town Courier",
         "url": "https://town.example/x", "author": "Jane Doe", "language": "en", "place": "Town"},
        {"guid": "7", "headline": "T", "body": BODY, "published_at": "2025-03-03",
         "publisher": {"name": "Town Courier"}, "link": "https://town.example/x",
         "byline": "By Jane Doe", "lang": "en-US", "location": {"name": "Town"}},
        {"_id": {"$oid": "7"}, "name": "T", "articleBody": BODY, "datePublished": "2025-03-03",
         "outlet": "Town Courier", "canonical_url": "https://town.example/x?utm_source=a#top",
         "authors": [{"name": "Jane Doe"}], "inLanguage": "English", "dateline": "Town"},
        {"UUID": "7", "Article Title": "T", "Full-Text": BODY, "Publication Date": "3 March 2025",
         "Site_Name": "Town Courier", "URL": "HTTPS://Town.example:443/x", "Creator": ["Jane Doe"],
         "Language": "eng", "Place": "Town", "summary": "Not this."},
        {"id": "7", "title": {"rendered": "T"}, "pubDate": "Mon, 03 Mar 2025 00:00:00 +0000",
         "content": {"rendered": "<p>The council met in the mill on\n Tuesday.</p><style>x</style>"
                                 "<p>Nobody voted against the bridge.</p>"},
         "site": "Town Courier", "link": "https://town.example/x", "author": {"name": "Jane Doe"},
         "language": "en", "place": "Town"},
    ],
)  # fmt: skip
def test_the_usual_names_of_the_usual_fields(write: Write, record: dict[str, Any]) -> None:
    article = one(write("a.jsonl", record))
    assert (article.id, article.title, article.text) == ("7", "T", BODY)
    assert (article.source, article.author, article.place) == ("Town Courier", "Jane Doe", "Town")
    assert (article.url, article.language) == ("https://town.example/x", "en")
    assert str(article.published) == "2025-03-03"
    assert article.published
    assert article.published.how == "metadata"


def test_unusual_names_are_mapped(write: Write) -> None:
    record = {"story": {"html": "<p>One.</p><p>Two.</p>"}, "pub": 1471775400, "a.b": "Odd",
              "people": [{"who": "Jane"}, {"who": "John"}], "keys": ["k1", "k2"]}  # fmt: skip
    mapping = {"body": "story.html", "date": "pub", "title": "a.b", "author": "people.who",
               "id": "keys.1"}  # fmt: skip
    article = one(write("a.jsonl", record), mapping)
    assert (article.id, article.title, article.text) == ("k2", "Odd", "One.\n\nTwo.")
    assert article.author == "Jane, John"
    assert str(article.published) == "2016-08-21T10:30:00+00:00"


def test_a_field_that_no_article_has_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="'colour' is not a field of an article: text, title"):
        read_articles([], {"colour": "c"})


@pytest.mark.parametrize(
    "value",
    [
        [{"body": "One."}, {"body": "Two."}],
        {"status": "ok", "articles": [{"body": "One."}, {"body": "Two."}]},
        {"response": {"docs": [{"body": "One."}, {"body": "Two."}]}},
        {"hits": {"hits": [{"_source": {"body": "One."}}, {"_source": {"body": "Two."}}]}},
        {"title": "Feed", "description": "All news", "authors": [{"name": "J"}],
         "items": [{"content_html": "<p>One.</p>"}, {"content_text": "Two."}]},
    ],
)  # fmt: skip
def test_records_in_a_json_file(write: Write, value: Any) -> None:
    found = read(write("a.json", value))
    assert [each.text for each in found if isinstance(each, Article)] == ["One.", "Two."]
    assert ids(found) == ["a.json#1", "a.json#2"]


def test_a_json_file_may_be_one_article_or_one_object_a_line(write: Write) -> None:
    article = one(write("a.json", {"headline": "T", "summary": "S.", "authors": [{"name": "J"}]}))
    assert (below(article.id), article.text, article.author) == ("a.json", "S.", "J")
    lines = '{"text": "One."}\n{"text": "Two."}\n'
    assert ids(read(write("b.json", lines))) == ["b.json#1", "b.json#2"]
    assert ids(read(write("c.json.gz", {"text": "One."}))) == ["c.json.gz"]


def test_a_body_is_taken_for_html_only_if_it_is(write: Write) -> None:
    prose = "She wrote <b>bold</b> & <script>alert(1)</script> on 3 < 4 pages. [1](#x)"
    bodies = [prose, "&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;R&amp;amp;D.&lt;/p&gt;", ["One.", "Two."]]
    found = read(write("a.jsonl", "\n".join(json.dumps({"text": body}) for body in bodies)))
    assert [each.text for each in found if isinstance(each, Article)] == [
        prose, "One.\n\nR&D.", "One.\n\nTwo.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv.gz", "|")]
)
def test_a_table(write: Write, name: str, mark: str) -> None:
    rows = [
        ["id", "headline", "body", "date"],
        ["1", '"A ""quoted"" word"', '"One, two; three.\n\nFour."', "2025-03-03"],
        ["", "", "", ""],
        ["2", "B", "Café.", "2025-03-04"],
    ]
    text = "\ufeff" + "\r\n".join(mark.join(row) for row in rows) + "\r\n"
    found = [each for each in read(write(name, text)) if isinstance(each, Article)]
    assert [(a.id, a.title, a.text, str(a.published)) for a in found] == [
        ("1", 'A "quoted" word', "One, two; three.\n\nFour.", "2025-03-03"),
        ("2", "B", "Café.", "2025-03-04"),
    ]
    assert found[1].origin is not None
    assert found[1].origin.endswith(f"{name}#2")


def test_tables_and_lines_in_other_encodings(write: Write) -> None:
    table = "title;text\nÉté;Le maire a été élu à l’hôtel de ville.\n"
    assert one(write("a.csv", table.encode("cp1252"))).title == "Été"
    assert one(write("b.csv", table.encode("utf-16"))).title == "Été"
    lines = '{"text": "Le maire a été élu."}\n'.encode("cp1252")
    assert one(write("c.jsonl", lines)).text == "Le maire a été élu."


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
    assert str(article.published) == "2025-03-03T10:00:00+01:00"
    assert article.published
    assert article.published.how == "metadata"


@pytest.mark.parametrize(
    ("head", "top", "name", "day", "how"),
    [
        ("", '<p><time datetime="2025-03-03">3 March</time></p>', "a.html", "2025-03-03", "page"),
        ('<link rel="canonical" href="https://www.town.example/2025/03/03/b">', "", "a.html",
         "2025-03-03", "url"),
        ("", "<p>3 March 2025 – Town Courier – MARROWBY — It rained on all who came.</p>",
         "a.html", "2025-03-03", "dateline"),
        ("", "", "2025-03-03-bridge.htm", "2025-03-03", "url"),
        ('<meta property="article:modified_time" content="2025-03-03">', "", "a.html", None, None),
    ],
)  # fmt: skip
def test_where_the_date_of_a_page_comes_from(
    write: Write, head: str, top: str, name: str, day: str | None, how: str | None
) -> None:
    published = one(write(name, PAGE.format(head=head, top=top))).published
    assert (published and str(published), published and published.how) == (day, how)


def test_a_page_without_metadata(write: Write) -> None:
    head = '<link rel="canonical" href="javascript:alert(1)">'
    article = one(write("a.htm", PAGE.format(head=head, top="").replace("—", "")))
    assert (below(article.id), article.url, article.source) == ("a.htm", None, None)
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


# What cannot be read

TOO_LONG = "x" * 20_000_001


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", "", "is empty"),
        ("a.txt", " \n\t\n", "is empty"),
        ("a.txt", "— \n\n …", "has no text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file, not text"),
        ("a.txt", TOO_LONG, "is larger than 20 MB; split it"),
        ("a.txt.gz", TOO_LONG, "is larger than 20 MB; split it"),
        ("a.xyz", "x", f"is in a format that is not read (.xyz); read are {', '.join(READERS)}"),
        ("README", "x", f"has no ending that tells its format; read are {', '.join(READERS)}"),
        ("a.json", '{"text": "x",\n}', "is not valid JSON at line 2 column 1: "),
        ("a.json", "[" * 100_000, "is JSON that is nested too deeply"),
        ("a.json", "[]", "holds an empty list of records"),
        ("a.json", "[1, 2]",
         "holds no records: neither an object with a text nor a list of objects"),
        ("a.jsonl", "\n \n", "is empty"),
        ("a.csv", "alpha,beta\n1,2\n",
         "has no header with a column for the text, its first row is alpha, beta; "
         "if one of them is the text, name it with --field text=NAME"),
        ("a.csv", "title,text\n", "has a header and no records after it"),
        ("a.html", "<html><body><script>x()</script></body></html>",
         "is a page without an article: nothing but menus, notices or teasers of others was "
         "found; save the article itself"),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_broken_file_is_one_line(write: Write, name: str, content: Any, reason: str) -> None:
    write("b.txt", "Headline\n\nBody.")
    found = read(write(name, content).parent)
    assert ids(found) == ["b.txt"]
    (unreadable,) = [each for each in found if isinstance(each, Unreadable)]
    assert unreadable.origin.endswith(f"/{name}")
    assert (
        unreadable.reason.startswith(reason) if reason[-1] == " " else unreadable.reason == reason
    )


def test_broken_compression(write: Write, tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"text": f"Number {n}. {os.urandom(50).hex()}"}) + "\n" for n in range(9999)
    )
    whole = gzip.compress(lines.encode())
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.txt.gz").write_bytes(b"not compressed at all")
    (tmp_path / "c.txt.gz").write_bytes(whole[:1000] + b"\xff" * 1000 + whole[2000:])
    write("d.txt.gz", "Headline\n\nBody.")
    found = read(tmp_path)
    # The record that the end of the file cut is lost, those before it are not.
    assert ids(found)[:2] == ["a.jsonl.gz#1", "a.jsonl.gz#2"]
    assert len(ids(found)) > 4000
    assert ids(found)[-1] == "d.txt.gz"
    assert reasons(tmp_path) == [
        ("a.jsonl.gz", "breaks off: the compressed file is not complete"),
        ("b.txt.gz", "is not a valid gzip file, or is damaged"),
        ("c.txt.gz", "is not a valid gzip file, or is damaged"),
    ]


def test_a_broken_record_is_one_line_and_the_rest_goes_on(write: Write) -> None:
    lines = [
        '{"text": "One."}',
        '{"text": "Two.", }',
        "",
        "[1]",
        '{"title": "T", "blurb": "x"}',
        '{"text": "' + TOO_LONG + '"}',
        '{"text": ' + "[" * 100_000,
        '{"text": "\\ud800 One \\ud83d\\ude00", "date": {"odd": []}, "url": 7, "id": null}',
        '{"text": "Cut o',
    ]
    path = write("a.jsonl", "\n".join(lines))
    assert [each.text for each in read(path) if isinstance(each, Article)] == [
        "One.", "\ufffd One 😀",
    ]  # fmt: skip
    assert ids(read(path)) == ["a.jsonl#1", "a.jsonl#7"]
    found = dict(reasons(path))
    assert found["a.jsonl#2"].startswith("is not valid JSON at line 2 column ")
    assert found["a.jsonl#3"] == "record 3 is not an object with fields"
    assert found["a.jsonl#4"] == (
        "record 4 has no text: nothing in text, body, content, …; its fields are title, blurb; "
        "if one of them is the text, name it with --field text=NAME"
    )
    assert found["a.jsonl#5"] == "record 5 (line 6) is over 20 MB long"
    assert found["a.jsonl#6"] == "line 7 is nested too deeply"
    assert found["a.jsonl#8"].startswith("is not valid JSON at line 9 column ")
    assert len(found) == 6


def test_a_broken_row_is_one_line_and_the_rest_goes_on(write: Write) -> None:
    rows = "title,text\nA,One.\nB,Two, and more, than fits\nC\nD,Four.\n"
    path = write("a.csv", rows)
    assert ids(read(path)) == ["a.csv#1", "a.csv#4"]
    assert reasons(path)[0] == (
        "a.csv#2",
        "record 2 has 4 cells where the header has 2; "
        "is a text with commas in it without quotes around it?",
    )
    assert reasons(path)[1][0] == "a.csv#3"


def test_a_quotation_that_is_never_closed_ends_a_table(write: Write) -> None:
    path = write("a.csv", 'text\nOne.\n"' + ("Two. " * 200 + "\n") * 25_000)
    assert ids(read(path)) == ["a.csv#1"]
    reason = (
        "record 2 has a cell of more than 20 MB, perhaps for want of a closing quotation mark; "
        "what follows it was not read"
    )
    assert reasons(path) == [("a.csv", reason)]


def test_paths_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "locked.txt").write_text("Headline\n\nBody.")
    os.mkfifo(tmp_path / "pipe.txt")
    assert reasons(tmp_path / "nowhere.txt") == [("nowhere.txt", "does not exist")]
    assert reasons(tmp_path / "empty") == [("empty", "is a folder with no files in it")]
    assert reasons(tmp_path / "pipe.txt") == [("pipe.txt", "is not a regular file")]
    assert len(reasons("a\0b")) == 1
    monkeypatch.setattr(Path, "open", _refuse)
    assert reasons(tmp_path / "locked.txt") == [
        ("locked.txt", "may not be read: permission denied")
    ]


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


# Whatever is in a file


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None
)
@given(name=st.sampled_from([*sorted(READERS), ".txt.gz", ".jsonl.gz"]), data=st.binary())
def test_any_bytes_are_articles_or_lines_in_the_report(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / f"a{name}"
    path.write_bytes(data)
    for found in read(path):
        assert str(found).encode() if isinstance(found, Unreadable) else found.text.strip()


MARKUP = st.text(st.sampled_from("<>/pbrh1 =\"'{}[],:;\n\\ué—2016-0ab")).map(str)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None
)
@given(name=st.sampled_from(sorted(READERS)), text=MARKUP | st.text())
def test_any_text_is_articles_or_lines_in_the_report(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / f"a{name}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for found in read(path):
        if isinstance(found, Article):
            assert repr(found.title + found.text).encode()
            assert clean(found.text) == found.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "text title date url id author source items language _source x".split()
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None
)
@given(value=JSON)
def test_any_json_is_articles_or_lines_in_the_report(tmp_path: Path, value: Any) -> None:
    for name in ("a.json", "a.jsonl"):
        path = tmp_path / name
        path.write_text(json.dumps(value))
        found = read(path)
        assert found
        for each in found:
            if isinstance(each, Article):
                assert each.id
                assert each.title
                assert each.text.encode().strip()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=4))
def test_text_survives_every_record_format_alike(tmp_path: Path, texts: list[str]) -> None:
    # Markup and entities are read as such, so none is in these texts; nor what is cleaned.
    texts = [clean(text.replace("<", "").replace("&", "")) + " End." for text in texts]
    texts = [clean(text) for text in texts]
    records = [{"text": text} for text in texts]
    (tmp_path / "a.json").write_text(json.dumps(records))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records))
    rows = ["text", *('"' + text.replace('"', '""') + '"' for text in texts)]
    (tmp_path / "a.csv").write_bytes("\n".join(rows).encode())
    for name in ("a.json", "a.jsonl", "a.csv"):
        found = read(tmp_path / name)
        assert [each.text for each in found if isinstance(each, Article)] == texts


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


def test_spaces_and_signs_without_end_take_no_time(write: Write) -> None:
    started = time.perf_counter()
    for text in ("a" + " " * 300_000 + "b", "<" * 300_000, "<!--" * 100_000, "&" * 300_000):
        read(write("a.jsonl", {"text": text, "date": text[:400], "title": text}))
        read(write("a.html", text))
        read(write("a.txt", text))
    assert time.perf_counter() - started < 20


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
