"""Feeds, and until when an article is not to be shown: what files say of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from corpus import Article, Note, Unreadable, read_articles
from corpus.dates import end_of_embargo
from tests.reading_files import (
    BODY,
    ENDLESS,
    FIRST,
    SECOND,
    Write,
    articles,
    dated,
    listed,
    one,
    reasons,
)


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("2025-03-03T10:00:00Z", "2025-03-03T10:00:00+00:00"),
        ("2025-03-03T10:00:00.5+01:00", "2025-03-03T09:00:00.500000+00:00"),
        ("Mon, 03 Mar 2025 10:00:00 +0100", "2025-03-03T09:00:00+00:00"),
        ("20250303T180000+0100", "2025-03-03T17:00:00+00:00"),
        ("1741000000", "2025-03-03T11:06:40+00:00"),
        # Midnight at a place is midnight, though a date with it is only a day.
        ("2025-03-03T00:00:00+02:00", "2025-03-02T22:00:00+00:00"),
        # Without a zone it is over everywhere.
        ("2025-03-03T10:00", "2025-03-03T22:00:00+00:00"),
        ("3 March 2025", "2025-03-03T12:00:00+00:00"),
        ("20250303", "2025-03-03T12:00:00+00:00"),
        ("2 May 2024 18:00", "2024-05-03T06:00:00+00:00"),
        ("2024-05-02 18:00 BST", "2024-05-03T06:00:00+00:00"),
        ("02.05.2024 18 Uhr", "2024-05-03T06:00:00+00:00"),
        ("2024/05/02 18:00", "2024-05-03T06:00:00+00:00"),
        ("20240502180000", "2024-05-03T06:00:00+00:00"),
        ("202405021800", "2024-05-03T06:00:00+00:00"),
        ("May 2, 2024 6:00 PM ET", "2024-05-03T06:00:00+00:00"),
        ("May 2, 2024 12:00 AM EDT", "2024-05-02T04:00:00+00:00"),
        # A time that is not understood may be any of the day.
        ("18:00, 2 May 2024", "2024-05-03T12:00:00+00:00"),
        ("9999-12-31T23:59:59", "9999-12-31T00:00:00+00:00"),
        (" ", "9999-12-31T00:00:00+00:00"),
    ],
)
def test_the_end_of_an_embargo(written: str, end: str) -> None:
    assert end_of_embargo(written).isoformat() == end
    assert end_of_embargo(written).tzinfo is UTC


@pytest.mark.parametrize("written", ["soon", "2025", "March 2025", "ten days after the vote"])
def test_an_embargo_without_a_certain_end(written: str) -> None:
    with pytest.raises(ValueError, match=f"no date and time: {written}"):
        end_of_embargo(written)


def test_records_with_embargo_and_withdrawal(write: Write) -> None:
    records: list[dict[str, Any]] = [
        {"title": "until", "text": "A.", "embargo": "2025-03-03T10:00:00Z"},
        {"title": "endless", "text": "A.", "embargoed": True},
        {"title": "none", "text": "A.", "embargoed_until": "", "embargo": False},
        {"title": "unclear", "text": "A.", "embargoed_until": "Friday at six"},
        {"title": "killed", "pubstatus": "stat:canceled", "id": "7"},
        {"title": "withheld", "text": "A.", "pub_status": "withheld"},
        {"title": "retracted", "text": "A.", "retracted": "2025-03-09"},
        {"title": "usable", "text": "A.", "pubstatus": "usable", "withdrawn": "no"},
    ]
    found = list(read_articles(write("a.jsonl", "\n".join(map(json.dumps, records)))))
    read = [(a.title, a.embargo, a.withdrawn) for a in found if isinstance(a, Article)]
    assert read == [
        ("until", datetime(2025, 3, 3, 10, tzinfo=UTC), False),
        ("endless", ENDLESS, False),
        ("none", None, False),
        ("killed", None, True),
        ("withheld", None, True),
        ("retracted", None, True),
        ("usable", None, False),
    ]
    # What nobody knows when to show is not kept, lest it is shown too early.
    assert [unreadable.reason for unreadable in found if isinstance(unreadable, Unreadable)] == [
        "has an embargo that cannot be understood, no date and time: Friday at six"
    ]


@pytest.mark.parametrize(
    ("word", "withdrawn", "noted"),
    [
        *((word, False, False) for word in ("N", "n/a", "No", "-", "–", "none", "NULL", "0", "")),
        *(
            (word, True, False)
            for word in ("Y", "yes", "1", "TRUE", "2025-03-09", "Retracted", "✓")
        ),
        ("on request of the author", True, True),
    ],
)
def test_what_withdraws_an_article(write: Write, word: str, withdrawn: bool, noted: bool) -> None:
    table = f"title,text,retracted\nBridge,It is agreed.,{word}\nMill,It is sold.,{word}\n"
    path = write("a.csv", table)
    found = list(read_articles(path))
    assert [a.withdrawn for a in found if isinstance(a, Article)] == [withdrawn] * 2
    notes = [str(note) for note in found if isinstance(note, Note)]
    reason = f"{path}#1: is withdrawn, as it gives {word} where others give yes or no"
    assert notes == [reason] * noted


def test_an_embargo_in_a_text_file(write: Write) -> None:
    header = "Title: Bridge agreed\nEmbargo: 2025-03-03T10:00:00Z\n\n"
    article = one(write("a.txt", header + BODY))
    assert (article.title, article.text) == ("Bridge agreed", BODY)
    assert article.embargo == datetime(2025, 3, 3, 10, tzinfo=UTC)
    front = "---\nembargoed_until: 2025-03-03T10:00:00+01:00\n---\n"
    assert one(write("b.md", front + BODY)).embargo == datetime(2025, 3, 3, 9, tzinfo=UTC)


# Feeds

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Town Courier</title><link>https://town.example/</link><language>en-GB</language>
<pubDate>Fri, 05 Jan 2024 08:00:00 GMT</pubDate>
<item><title>Council agrees on bridge &amp; road</title>
<link>https://town.example/bridge?utm_source=rss</link><guid isPermaLink="false">17</guid>
<pubDate>Mon, 03 Mar 2025 10:00:00 +0100</pubDate><dc:creator>Jane Doe</dc:creator>
<description>Short.</description>
<content:encoded><![CDATA[<p>{first}</p><p>{second}</p><script>x()</script>]]></content:encoded>
</item>
<item><title>Fire in &lt;b&gt;mill&lt;/b&gt;</title><link>https://town.example/2025/03/02/fire</link>
<description>It was 3 &lt; 4 o&#8217;clock&nbsp;or so.</description></item>
<item><title>Without a text</title><link>https://town.example/x</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Phare</title>
<updated>2024-01-05T08:00:00Z</updated>
<entry><title type="html">Le maire &lt;em&gt;élu&lt;/em&gt;</title><id>tag:phare.example,2025:1</id>
<published>2025-03-03T10:00:00+01:00</published><updated>2025-03-09T10:00:00Z</updated>
<author><name>Zoë L’Œil</name></author><source><title>Agence Nord</title></source>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Élu à l’hôtel.</p>
<p>Deux.</p></div></content></entry>
<entry><title>Deuxième</title><link href="https://phare.example/2"/><id>urn:2</id>
<updated>2025-03-04T10:00:00Z</updated><summary>Résumé seul.</summary></entry></feed>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_rss(write: Write, encoding: str) -> None:
    text = RSS.format(encoding=encoding, first=FIRST, second=SECOND)
    path = write("a.rss", text.encode(encoding))
    bridge, fire, _ = read_articles(path)
    assert (bridge.title, bridge.text) == ("Council agrees on bridge & road", BODY)
    assert bridge.id == bridge.url == "https://town.example/bridge"
    assert (bridge.source, bridge.author, bridge.language) == ("Town Courier", "Jane Doe", "en")
    assert dated(bridge) == ("2025-03-03T10:00:00+01:00", "metadata")
    assert bridge.origin == f"{path}#1"
    assert (fire.title, fire.text) == ("Fire in mill", "It was 3 < 4 o’clock\u00a0or so.")
    # Not the day on which the feed was made.
    assert dated(fire) == ("2025-03-02", "url")
    assert reasons(path) == [("a.rss#3", "has no text")]


def test_atom(write: Write) -> None:
    first, second = articles(write("a.xml", ATOM))
    assert (first.id, first.title) == ("tag:phare.example,2025:1", "Le maire élu")
    assert first.text == "Élu à l’hôtel.\n\nDeux."
    assert (first.source, first.author, first.language) == ("Agence Nord", "Zoë L’Œil", "fr")
    assert dated(first) == ("2025-03-03T10:00:00+01:00", "metadata")
    assert (second.id, second.text, second.source) == (
        "https://phare.example/2", "Résumé seul.", "Le Phare",
    )  # fmt: skip
    assert dated(second) == ("2025-03-04T10:00:00+00:00", "metadata")


def test_a_feed_that_breaks_off_gives_what_is_there(write: Write) -> None:
    whole = RSS.format(encoding="utf-8", first=FIRST, second=SECOND)
    titles, lines = listed(write("a.rss", whole[: whole.index("<item><title>Without")]))
    assert titles == ["Council agrees on bridge & road", "Fire in mill"]
    assert lines == []


@pytest.mark.parametrize("mark", ["Without", "<description>It", "<title>Fire", "tem><title>Fire"])
def test_an_entry_that_breaks_off_is_left_out(write: Write, mark: str) -> None:
    whole = RSS.format(encoding="utf-8", first=FIRST, second=SECOND)
    titles, lines = listed(write("a.rss", whole[: whole.index(mark)]))
    wanted = ["Council agrees on bridge & road", "Fire in mill"]
    assert titles == (wanted if mark == "Without" else wanted[:1])
    assert lines == [("", "breaks off after its last whole entry")]


def test_a_feed_that_is_not_quite_xml(write: Write) -> None:
    text = RSS.format(encoding="utf-8", first=FIRST, second="R&D, AT&amp;T &copy; 3 < 4 <br>")
    text = text.replace("bridge &amp; road", "bridge & R&D; 3 < 4").replace("Town Courier", "A&B")
    first = next(read_articles(write("a.rss", text)))
    assert isinstance(first, Article)
    assert first.title == "Council agrees on bridge & R&D; 3 < 4"
    assert (first.text, first.source) == (f"{FIRST}\n\nR&D, AT&T © 3 < 4", "A&B")


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("news@coastal.example (Cleo Park)", "Cleo Park"),
        ("Cleo Park &lt;cp@coastal.example&gt;, Bob &lt;b@coastal.example&gt;", "Cleo Park, Bob"),
        ("news@coastal.example", "news@coastal.example"),
        ("Cleo Park (Harbour)", "Cleo Park (Harbour)"),
    ],
)
def test_the_name_beside_an_address_is_the_author(write: Write, written: str, author: str) -> None:
    feed = "<rss version='2.0'><channel><title>Coast</title><item><description>Out.</description>"
    path = write("a.rss", f"{feed}<author>{written}</author></item></channel></rss>")
    assert one(path).author == author


def test_names_in_a_feed_that_were_escaped_twice(write: Write) -> None:
    feed = (
        "<rss version='2.0'><channel><title><![CDATA[Isles &amp; Skerry]]></title><item>"
        "<title><![CDATA[Smith &amp; Sons&#8217; lamp]]></title><description>Out.</description>"
        "<author><![CDATA[Moira O&#8217;Quill]]></author></item></channel></rss>"
    )
    article = one(write("a.rss", feed))
    assert (article.title, article.source, article.author) == (
        "Smith & Sons’ lamp", "Isles & Skerry", "Moira O’Quill"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "stays"),
    [
        ("The post <a href='x'>Lamp &#8211; out</a> appeared first on <a>Coast</a>.", False),
        ("Der Beitrag <a href='x'>Lamp &#8211; out</a> erschien zuerst auf Coast.", False),
        ("On the Coast nobody saw it.", True),
        ("“Lamp – out” is what the keeper wrote into his book, and then he walked along the Coast "
         "to the next village, where he slept.", True),
    ],
)  # fmt: skip
def test_the_line_of_wordpress_about_where_a_post_appeared_is_no_text(
    write: Write, last: str, stays: bool
) -> None:
    feed = (
        "<rss version='2.0'><channel><title>Coast</title><item><title>Lamp – out</title>"
        f"<description><![CDATA[<p>{FIRST}</p><p>{last}</p>]]></description></item></channel></rss>"
    )
    text = one(write("a.rss", feed)).text
    assert text.split("\n\n")[0] == FIRST
    assert (text != FIRST) == stays


@pytest.mark.parametrize(
    "more",
    [
        "<app:control xmlns:app='http://www.w3.org/2007/app'><app:draft>yes</app:draft>"
        "</app:control>",
        "<thr:in-reply-to xmlns:thr='http://purl.org/syndication/thread/1.0' ref='urn:1'/>",
        "<category scheme='http://schemas.google.com/g/2005#kind' "
        "term='http://schemas.google.com/blogger/2008/kind#template'/>",
        "<blogger:type>COMMENT</blogger:type>",
        "<blogger:status>DRAFT</blogger:status>",
    ],
)
def test_entries_that_are_no_articles_are_left_out(write: Write, more: str) -> None:
    kind = (
        "<category scheme='http://schemas.google.com/g/2005#kind' "
        "term='http://schemas.google.com/blogger/2008/kind#post'/>"
    )
    feed = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger="
        "'http://schemas.google.com/blogger/2018'><title>Coast</title>"
        f"<entry><title>Lamp</title><content>Out.</content>{kind}</entry>"
        f"<entry><title>Boats</title><content>No.</content>{more}</entry>"
        "</feed>"
    )
    line = "1 of its 2 entries is a comment, a draft or a setting, and left out"
    assert listed(write("a.xml", feed)) == (["Lamp"], [("", line)])


def test_all_authors_of_an_entry(write: Write) -> None:
    feed = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Coast</title><entry><title>Lamp</title>"
        "<author><name>Cleo Park</name><email>noreply@coastal.example</email></author>{}"
        "<content>Out.</content></entry></feed>"
    )
    assert one(write("a.xml", feed.format(""))).author == "Cleo Park"
    two = feed.format("<author><name>Bob Sample</name></author>")
    assert one(write("b.xml", two)).author == "Cleo Park, Bob Sample"
