"""From records in JSON, in lines and in tables to articles."""

import json
from typing import Any

import pytest

from corpus import read_articles
from tests.reading_files import Write, articles, below, dated, ids, one, read

pytestmark = pytest.mark.usefixtures("inside")

BODY = "The council met in the mill on Tuesday.\n\nNobody voted against the bridge."


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
    assert dated(article) == ("2025-03-03", "metadata")


def test_unusual_names_are_mapped(write: Write) -> None:
    record = {"story": {"html": "<p>One.</p><p>Two.</p>"}, "pub": 1471775400, "a.b": "Odd",
              "people": [{"who": "Jane"}, {"who": "John"}], "keys": ["k1", "k2"]}  # fmt: skip
    mapping = {"body": "story.html", "date": "pub", "title": "a.b", "author": "people.who",
               "id": "keys.1"}  # fmt: skip
    article = one(write("a.jsonl", record), **mapping)
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
    found = articles(write("a.json", value))
    assert [article.text for article in found] == ["One.", "Two."]
    assert ids(found) == ["a.json#1", "a.json#2"]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (["k1", "k2"], ["k1", "k2"]),
        (["https://a.example/1", "https://a.example/2"],
         ["https://a.example/1", "https://a.example/2"]),
        (["0", "1"], ["a.json#1", "a.json#2"]),
    ],
)  # fmt: skip
def test_records_under_their_ids(write: Write, keys: list[str], wanted: list[str]) -> None:
    first, second = keys
    value = {first: {"title": "T", "text": "One."}, second: {"title": "U", "text": "Two."}}
    for inside in (value, {"status": 1, "articles": value}):
        found = articles(write("a.json", inside))
        assert [(item.title, item.text) for item in found] == [("T", "One."), ("U", "Two.")]
        named = [item.id.rpartition("/")[2] if item.url is None else item.id for item in found]
        assert named == wanted
    own = {first: {"id": 7, "title": "T", "text": "One."}, second: {"id": 8, **value[second]}}
    assert [item.id for item in articles(write("b.json", own))] == ["7", "8"]


def test_what_a_json_feed_says_of_all_its_items(write: Write) -> None:
    items = [
        {"id": "a", "content_text": "One.", "authors": [{"name": "Ann Lee"}], "language": "fr"},
        {"id": "b", "content_html": "<p>Two.</p>"},
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Town Notes", "items": items,
            "language": "en-GB", "authors": [{"name": "Jane Doe"}]}  # fmt: skip
    found = articles(write("a.json", feed))
    assert [(item.id, item.source, item.author, item.language) for item in found] == [
        ("a", "Town Notes", "Ann Lee", "fr"), ("b", "Town Notes", "Jane Doe", "en"),
    ]  # fmt: skip


def test_the_text_of_a_json_feed_with_paragraphs_comes_before_that_without(write: Write) -> None:
    item = {"id": "a", "content_text": "One. Two.", "content_html": "<p>One.</p><p>Two.</p>"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Town Notes", "items": [item]}
    assert [article.text for article in articles(write("a.json", feed))] == ["One.\n\nTwo."]


@pytest.mark.parametrize("issued", [{"raw": "2025-03-03"}, {"literal": "3 March 2025"}])
def test_a_date_of_csl_in_words(write: Write, issued: dict[str, str]) -> None:
    item = {"type": "article-newspaper", "title": "T", "abstract": "One.", "issued": issued}
    assert dated(one(write("a.json", [item]))) == ("2025-03-03", "metadata")


def test_a_json_file_may_be_one_article_or_one_object_a_line(write: Write) -> None:
    article = one(write("a.json", {"headline": "T", "summary": "S.", "authors": [{"name": "J"}]}))
    assert (below(article.id), article.text, article.author) == ("a.json", "S.", "J")
    lines = '{"text": "One."}\n{"text": "Two."}\n'
    assert ids(read(write("b.json", lines))) == ["b.json#1", "b.json#2"]
    assert ids(read(write("c.json.gz", {"text": "One."}))) == ["c.json.gz"]


def test_a_body_is_taken_for_html_only_if_it_is(write: Write) -> None:
    prose = "She wrote <b>bold</b> & <script>alert(1)</script> on 3 < 4 pages. [1](#x)"
    bodies = [prose, "&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;R&amp;amp;D.&lt;/p&gt;", ["One.", "Two."]]
    path = write("a.jsonl", "\n".join(json.dumps({"text": body}) for body in bodies))
    texts = [article.text for article in articles(path)]
    assert texts == [prose, "One.\n\nR&D.", "One.\n\nTwo."]


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
    found = articles(write(name, text))
    assert [(a.id, a.title, a.text, str(a.published)) for a in found] == [
        ("1", 'A "quoted" word', "One, two; three.\n\nFour.", "2025-03-03"),
        ("2", "B", "Café.", "2025-03-04"),
    ]
    assert found[1].origin.endswith(f"{name}#2")


def test_tables_and_lines_in_other_encodings(write: Write) -> None:
    table = "title;text\nÉté;Le maire a été élu à l’hôtel de ville.\n"
    assert one(write("a.csv", table.encode("cp1252"))).title == "Été"
    assert one(write("b.csv", table.encode("utf-16"))).title == "Été"
    lines = '{"text": "Le maire a été élu."}\n'.encode("cp1252")
    assert one(write("c.jsonl", lines)).text == "Le maire a été élu."


def test_what_holds_a_record_is_not_its_source(write: Write) -> None:
    hit = {"_id": "7", "_source": {"title": "Lamp", "body": "It went out."}}
    article = one(write("a.json", json.dumps({"hits": {"hits": [hit]}})))
    assert (article.id, article.title, article.source) == ("7", "Lamp", None)


def test_lists_of_records_in_a_list(write: Write) -> None:
    def records(*titles: str) -> dict[str, Any]:
        found = [{"heading": title, "articleText": "It went out."} for title in titles]
        return {"code": "newspaper", "records": {"total": len(titles), "article": found}}

    answer = {"category": [records("Lamp", "Boats"), records("Mill")]}
    found = articles(write("a.json", json.dumps(answer)))
    assert [article.title for article in found] == ["Lamp", "Boats", "Mill"]


def test_the_vocabulary_of_a_name_is_none_of_it(write: Write) -> None:
    record = {
        "dc:title": "Lamp", "dc:date": "2015-05-13", "dc:publisher": "Skerry Observer",
        "og:url": "https://a.example/lamp", "og:image:url": "https://a.example/lamp.jpg",
        "schema:author": {"node": {"name": "Moira Quill"}}, "text": "It went out.",
    }  # fmt: skip
    article = one(write("a.json", json.dumps(record)))
    assert (article.title, article.source, article.author, article.url) == (
        "Lamp", "Skerry Observer", "Moira Quill", "https://a.example/lamp",
    )  # fmt: skip
    assert dated(article) == ("2015-05-13", "metadata")


def test_seconds_as_net_counts_them(write: Write) -> None:
    record = {"text": "It went out.", "date": "/Date(1431518400000+0100)/"}
    assert dated(one(write("a.json", json.dumps(record)))) == (
        "2015-05-13T12:00:00+00:00", "metadata"
    )  # fmt: skip


@pytest.mark.parametrize(
    "mark", ["{0}\n{1}", "[{0}]\n[{1}]\n", "callback([{0}, {1}]);", "window.data = [{0},{1}]"]
)
def test_values_that_follow_each_other(write: Write, mark: str) -> None:
    lamp, boats = (
        json.dumps({"title": title, "text": "Out."}, indent=1) for title in ("Lamp", "Boats")
    )
    found = articles(write("a.json", mark.format(lamp, boats)))
    assert [article.title for article in found] == ["Lamp", "Boats"]


def test_values_of_which_one_breaks_off(write: Write) -> None:
    (line,) = read(write("a.json", '[{"text": "Out."}]\n[{"text": "Bo'))
    assert "is not valid JSON at line 2 column 1" in str(line)
