"""Exports of publishing systems and answers of papers' services, and records like them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.made_files import zipped
from tests.reading_files import one, said, told, written

TITLE, DAY, PAPER, NAME = "Lamp out", "2015-05-13", "Skerry Observer", "Moira Quill"
HTML = "<p>The lamp went out.</p><p>Nobody saw it.</p>"
TEXT = "The lamp went out.\n\nNobody saw it."
NOON = "2015-05-13T12:00:00+00:00"


def saved(path: Path, value: Any) -> Path:
    return written(path, json.dumps(value))


ARC = {
    "_id": "X1", "type": "story", "language": "en", "display_date": "2015-05-13T12:00:00Z",
    "headlines": {"basic": TITLE}, "credits": {"by": [{"type": "author", "name": NAME}]},
    "source": {"name": PAPER}, "canonical_url": "/2015/lamp/",
    "content_elements": [
        {"type": "text", "content": "The lamp <b>went</b> out."},
        {"type": "image", "caption": "A lamp"},
        {"type": "list", "items": [{"type": "text", "content": "Nobody saw it."}]},
    ],
}  # fmt: skip
GUARDIAN = {
    "id": "isles/lamp", "webPublicationDate": "2015-05-13T12:00:00Z", "webTitle": "Lamp",
    "webUrl": "https://a.example/lamp", "sectionName": "Isles",
    "fields": {"headline": TITLE, "byline": NAME, "publication": PAPER, "trailText": "A lamp.",
               "bodyText": "The lamp went out. Nobody saw it.", "body": HTML},
}  # fmt: skip
WEBHOSE = {
    "uuid": "w1", "thread": {"uuid": "w1", "site_full": PAPER, "title": "Thread"}, "title": TITLE,
    "text": TEXT, "author": NAME, "published": "2015-05-13T12:00:00.000+00:00", "url": "",
}  # fmt: skip
CSL = {
    "id": "c1", "type": "article-newspaper", "title": TITLE, "container-title": PAPER,
    "author": [{"family": "Quill", "given": "Moira"}], "abstract": TEXT,
    "issued": {"date-parts": [[2015, 5, 13]]},
}  # fmt: skip
NEW_YORK_TIMES = {
    "_id": "nyt://article/1", "web_url": "https://a.example/lamp", "abstract": "A lamp.",
    "lead_paragraph": "The lamp went out.", "snippet": "Lamp.",
    "pub_date": "2015-05-13T12:00:00+0000",
    "headline": {"main": TITLE, "kicker": None}, "byline": {"original": "By Moira Quill"},
}  # fmt: skip
NEWSAPI = {
    "source": {"id": "so", "name": PAPER}, "author": NAME,
    "content": "The lamp went out, and the keeper said… [+2312 chars]",
    "title": f"{TITLE} - {PAPER}",
    "description": "A lamp.", "publishedAt": "2015-05-13T12:00:00Z",
}  # fmt: skip
NEWS_PLEASE = {
    "authors": [NAME], "date_download": "2024-01-05 10:00:00", "date_modify": None,
    "date_publish": "2015-05-13 08:00:00", "description": "A lamp.", "maintext": TEXT,
    "source_domain": "a.example", "title": TITLE, "url": "https://a.example/lamp",
}  # fmt: skip
DPA = {
    "urn": "urn:example:1", "headline": TITLE, "teaser": "A lamp.", "article_html": HTML,
    "version_created": "2015-05-13T12:05:52+02:00", "dateline": "Skerry (dpa) -",
    "categories": [{"type": "geo", "name": "Skerry"}, {"type": "subject", "name": "Lamps"}],
}  # fmt: skip
SUPERDESK = {
    "guid": "urn:newsml:localhost:1", "type": "text",
    "firstcreated": "2015-05-13T12:00:00+0000",
    "versioncreated": "2015-05-14T12:00:00+0000", "pubstatus": "usable", "headline": TITLE,
    "byline": NAME, "body_html": HTML, "description_text": "A lamp.", "source": "AGENCY",
}  # fmt: skip
JOOMLA = {
    "id": "5", "title": TITLE, "introtext": "<p>The lamp went out.</p>", "state": "1",
    "fulltext": "<p>Nobody saw it.</p>", "created_by_alias": NAME, "language": "*",
    "publish_up": "2015-05-13 12:00:00",
}  # fmt: skip
STARRED = {
    "id": "tag:a.example,2005:item/1", "title": TITLE, "published": 1431518400, "author": NAME,
    "alternate": [{"href": "https://a.example/lamp", "type": "text/html"}],
    "summary": {"direction": "ltr", "content": HTML},
    "origin": {"title": PAPER, "htmlUrl": "https://a.example"},
}  # fmt: skip
BLOCKS = [{"kind": "p", "text": "The lamp went out."}, {"kind": "p", "text": "Nobody saw it."}]
OUTSIDE = {
    "key": 1, "date": DAY, "link": "https://a.example/lamp", "byline": NAME,
    "payload": {"title": TITLE, "body": TEXT},
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "published", "other"),
    [
        (ARC, NOON, {}),
        ({"type": "results", "content_elements": [ARC]}, NOON, {}),
        ({"response": {"status": "ok", "results": [GUARDIAN]}}, NOON,
         {"id": "isles/lamp", "url": "https://a.example/lamp"}),
        ({"response": {"status": "ok", "content": GUARDIAN}}, NOON, {}),
        ({"posts": [WEBHOSE], "totalResults": 1}, NOON, {}),
        ([CSL], DAY, {}),
        ([CSL | {"author": [{"literal": NAME}], "issued": {"date-parts": [["2015"]]}}], "2015", {}),
        ({"response": {"docs": [NEW_YORK_TIMES], "meta": {"hits": 1}}}, NOON,
         {"source": "The New York Times", "text": "The lamp went out."}),
        # It says that it has cut off the text.
        ({"status": "ok", "articles": [NEWSAPI]}, NOON,
         {"text": "The lamp went out, and the keeper said…"}),
        (NEWS_PLEASE, DAY, {"source": "a.example"}),
        (DPA, "2015-05-13T12:05:52+02:00",
         {"source": None, "author": None, "id": "urn:example:1", "place": "Skerry"}),
        (SUPERDESK, NOON, {"source": "AGENCY", "id": "urn:newsml:localhost:1"}),
        ({"articles": [JOOMLA]}, DAY, {"source": None, "language": None}),
        ({"id": "user/1/starred", "items": [STARRED]}, NOON, {"url": "https://a.example/lamp"}),
        # Of nobody in particular: paragraphs in a list, and what is said outside of the text.
        ({"headline": TITLE, "date": DAY, "blocks": BLOCKS}, DAY, {"source": None, "author": None}),
        ([OUTSIDE], DAY, {"source": "a.example", "url": "https://a.example/lamp"}),
    ],
    ids="arc arcs guardian guardian-alone webhose csl csl-year new-york-times newsapi news-please "
    "dpa superdesk joomla starred blocks outside".split(),
)  # fmt: skip
def test_records_of_systems(
    tmp_path: Path, value: Any, published: str, other: dict[str, str | None]
) -> None:
    article = one(saved(tmp_path / "a.json", value))
    assert str(article.published) == published
    wanted = {"title": TITLE, "source": PAPER, "author": NAME, "text": TEXT} | other
    assert {name: getattr(article, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("value", "section"),
    [
        (ARC | {"taxonomy": {"primary_section": {"_id": "/isles", "name": "Isles"}}}, "Isles"),
        ({"response": {"results": [GUARDIAN]}}, "Isles"),
        ({"lead_paragraph": "Out.", "web_url": "", "section_name": "Isles"}, "Isles"),
        (CSL | {"section": "Isles"}, "Isles"),
        ({"text": TEXT, "Ressort": "Inseln"}, "Inseln"),
        ({"section": ["Isles", {"name": "Lamps"}], "article": {"text": TEXT}}, "Isles, Lamps"),
        ({"text": TEXT, "section": 12}, None),
        ({"text": TEXT, "category": "Isles"}, None),
    ],
)
def test_sections(tmp_path: Path, value: Any, section: str | None) -> None:
    assert one(saved(tmp_path / "a.json", value)).section == section


WORDPRESS = {
    "id": 42, "date": "2015-05-13T08:00:00", "date_gmt": "2015-05-13T13:00:00", "status": "publish",
    "link": "https://a.example/lamp/", "title": {"rendered": "Lamp &#8211; out"},
    "content": {"rendered": HTML, "protected": False}, "excerpt": {"rendered": "A lamp."},
    "author": 29, "type": "post",
}  # fmt: skip


def test_wordpress_by_its_interface(tmp_path: Path) -> None:
    named = {**WORDPRESS, "_embedded": {"author": [{"id": 29, "name": NAME}]}}
    draft = {**WORDPRESS, "status": "draft"}
    path = saved(tmp_path / "a.json", [WORDPRESS, named, draft])
    titles = told(path)
    line = "1 of its 3 records is a draft or not public, and left out"
    assert titles == (["Lamp – out"] * 2, [line])
    article = one(saved(tmp_path / "b.json", [named]))
    assert said(article) == ("Lamp – out", "2015-05-13T08:00:00-05:00", "a.example", NAME, TEXT)
    assert one(saved(tmp_path / "c.json", [WORDPRESS])).author is None


WXR = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Skerry Observer</title><language>en-GB</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_login>mq</wp:author_login>
<wp:author_display_name><![CDATA[Moira Quill]]></wp:author_display_name></wp:author>
{items}</channel></rss>"""


def wxr(content: str, status: str = "publish", kind: str = "post", more: str = "") -> str:
    return (
        "<item><title>Lamp out</title><link>https://a.example/lamp/</link>"
        "<pubDate>Wed, 13 May 2015 11:00:00 +0000</pubDate><dc:creator>mq</dc:creator>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded>"
        "<wp:post_date>2015-05-13 12:00:00</wp:post_date>"
        "<wp:post_date_gmt>2015-05-13 11:00:00</wp:post_date_gmt>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{more}</item>\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        "The <i>lamp</i> went out.\n\nNobody saw it.",
        HTML,
        "<!-- wp:paragraph --><p>The lamp went out.</p><!-- /wp:paragraph -->\n\n"
        "<!-- wp:paragraph --><p>Nobody saw it.</p><!-- /wp:paragraph -->",
        '[caption id="a_3" width="300"]<img src="x.jpg" /> A lamp[/caption]\n\n'
        'The lamp went out.\n\n[gallery ids="1,2"]\n\n[quote]Nobody saw it.[/quote]',
        "The lamp went out.[embed]https://a.example/v[/embed]\n\n"
        'Nobody [su_note a="b"]saw it.[/su_note]',
        "<p>The lamp went out.</p>\n\n<figure class='wp-block-image'><img src='x.jpg'/>"
        "<figcaption class='wp-element-caption'>A lamp</figcaption></figure>\n\n"
        "<p>Nobody saw it.</p>",
    ],
)  # fmt: skip
def test_an_export_of_wordpress(tmp_path: Path, content: str) -> None:
    path = written(tmp_path / "a.xml", WXR.replace("{items}", wxr(content)))
    assert said(one(path)) == (TITLE, "2015-05-13T12:00:00+01:00", PAPER, NAME, TEXT)


def test_titles_and_names_of_an_export_are_html(tmp_path: Path) -> None:
    export = WXR.replace("{items}", wxr("It went out."))
    title = "<![CDATA[Smith &amp; Sons&#8217; <em>lamp</em> &lt;out&gt;]]>"
    for name, html in [
        ("Lamp out", title),
        ("Skerry Observer", "<![CDATA[Skerry &amp; Isles]]>"),
        ("<![CDATA[Moira Quill]]>", "<![CDATA[Moira O&#8217;Quill]]>"),
    ]:
        export = export.replace(f">{name}<", f">{html}<")
    article = one(written(tmp_path / "a.xml", export))
    assert (article.title, article.source, article.author) == (
        "Smith & Sons’ lamp <out>", "Skerry & Isles", "Moira O’Quill"
    )  # fmt: skip
    rendered = {**WORDPRESS, "title": {"rendered": "The <em>Lamp</em> &#8211; out"}}
    assert one(saved(tmp_path / "a.json", [rendered])).title == "The Lamp – out"


def test_what_an_editor_puts_in_brackets_stays(tmp_path: Path) -> None:
    content = "He said “yess” [sic] and [laughing] left [the lamp]."
    assert one(written(tmp_path / "a.xml", WXR.replace("{items}", wxr(content)))).text == content


def test_only_published_posts_of_wordpress_are_read(tmp_path: Path) -> None:
    items = wxr("It went out.") + "".join(
        (
            wxr("Secret.", "draft"), wxr("Secret.", "private"), wxr("Secret.", "future"),
            wxr("Secret.", more="<wp:post_password>x</wp:post_password>"),
            wxr("A lamp", "inherit", "attachment"), wxr("", kind="nav_menu_item"),
            wxr("About us", kind="page"),
        )
    )  # fmt: skip
    line = "4 of its 5 posts are drafts or not public, and left out"
    assert told(written(tmp_path / "a.xml", WXR.replace("{items}", items))) == ([TITLE], [line])
    whole = WXR.replace("{items}", wxr("It went out.") + wxr("Half a"))
    for cut in (whole.partition("Half")[0], whole.rpartition("<item>")[0]):
        line = "breaks off after its last whole entry"
        assert told(written(tmp_path / "b.xml", cut)) == ([TITLE], [line])


def test_an_export_of_ghost(tmp_path: Path) -> None:
    def post(id: str, status: str, **more: Any) -> dict[str, Any]:
        return {"id": id, "title": TITLE, "html": HTML, "status": status,
                "published_at": "2015-05-13T12:00:00.000Z", **more}  # fmt: skip

    data = {
        "posts": [post("1", "published"), post("2", "draft"), post("3", "published", type="page")],
        "users": [{"id": "7", "name": NAME}, {"id": "8", "name": "Bob Sample"}],
        "posts_authors": [
            {"post_id": "1", "author_id": "8", "sort_order": 1},
            {"post_id": "1", "author_id": "7", "sort_order": 0},
        ],
        "tags": [{"id": "9", "name": "Lamps", "description": "All lamps"}],
    }
    path = saved(tmp_path / "a.json", {"db": [{"meta": {"version": "5.0"}, "data": data}]})
    assert told(path) == ([TITLE], ["1 of its 2 records is a draft or not public, and left out"])
    data["posts"] = data["posts"][:1]
    path = saved(tmp_path / "a.json", {"db": [{"data": data}]})
    assert said(one(path)) == (TITLE, NOON, None, "Moira Quill, Bob Sample", TEXT)


def test_an_export_of_substack(tmp_path: Path) -> None:
    table = (
        "post_id,post_date,is_published,title,subtitle\n"
        "1.lamp,2015-05-13T12:00:00.000Z,true,Lamp out,A lamp\n"
        "2.boats,2015-05-14T12:00:00.000Z,false,Boats,\n"
    )
    path = written(
        tmp_path / "a.zip",
        zipped(("posts.csv", table), ("posts/1.lamp.html", HTML), ("posts/2.boats.html", "No.")),
    )
    assert told(path) == ([TITLE], ["1 of its 2 posts are drafts, and left out"])


# --- Records of nobody in particular ------------------------------------------------------------


def test_an_unknown_body_is_a_line_and_no_teaser(tmp_path: Path) -> None:
    body = (
        "The lamp went out at noon, and nobody on the island saw it, because all were at sea. " * 3
    )
    record = {"headline": TITLE, "teaser": "A lamp.", "artikel_koerper": body, "date": DAY}
    path = saved(tmp_path / "a.json", {**record, "tags": [{"name": "Lamps", "id": 1}]})
    line = (
        "record 1 has no text: nothing in text, body, content, …; its fields are headline, teaser, "
        "artikel_koerper, date, tags; if one of them is the text, name it with --field text=NAME"
    )
    assert told(path) == ([], [line])
    assert told(path, text="artikel_koerper") == ([TITLE], [])


def test_a_summary_is_the_text_of_what_has_nothing_else(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.json", {"headline": TITLE, "summary": "A lamp.", "section": "Isles"})
    assert one(path).text == "A lamp."


@pytest.mark.parametrize(
    ("author", "name"),
    [
        (29, None), (29.5, None), ([12, 13], None), ({"id": 3, "name": NAME}, NAME),
        ([{"first_name": "Moira", "last_name": "Quill"}, {"name": "Bob"}], "Moira Quill, Bob"),
        ("29", None), ("29.0", None), ("5f3a9c1e-77b1-4c0e-9d55-0a4c1f3b2d10", None),
        ("None", None), (["nan", NAME], NAME), (float("nan"), None), ({"@id": "#1"}, None),
    ],
)  # fmt: skip
def test_authors(tmp_path: Path, author: Any, name: str | None) -> None:
    assert one(saved(tmp_path / "a.json", {"text": TEXT, "author": author})).author == name


@pytest.mark.parametrize(
    "said_so",
    [
        {"status": False}, {"status": [{"value": False}]}, {"draft": True}, {"is_draft": "true"},
        {"_id": "drafts.7"},
    ],
)  # fmt: skip
def test_drafts_by_the_ways_of_content_systems(tmp_path: Path, said_so: dict[str, Any]) -> None:
    lamp = {"title": TITLE, "body": TEXT, "created": DAY, "status": True, "draft": False}
    line = "1 of its 2 records is a draft or not public, and left out"
    path = saved(tmp_path / "a.json", [lamp, lamp | said_so])
    assert told(path) == ([TITLE], [line])
    inside = {"data": [{"id": "1", "attributes": lamp}, {"id": "2", "attributes": lamp | said_so}]}
    assert told(saved(tmp_path / "b.json", inside)) == ([TITLE], [line])


def test_unpublished_articles_of_joomla(tmp_path: Path) -> None:
    line = "1 of its 2 records is a draft or not public, and left out"
    path = saved(tmp_path / "a.json", [JOOMLA, JOOMLA | {"state": "0"}])
    assert told(path) == ([TITLE], [line])
