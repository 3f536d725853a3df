"""Input that was made to take long: every reader and parser takes its size in time, not more.

Each runs in a process of its own, on input of 2, 10 and 50 kB; where DATELINE_ALL_SIZES is set in
the environment, of 10, 100 and 1,000 kB. What counts is the time of the processor, which does not
depend on what else the computer does. Five times as much input may take five times as long, and
twice that for good measure; what takes the square takes 25 times as long, or is killed.
"""

import gc
import gzip
import json
import os
import resource
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from corpus import Article, Unreadable, read_articles, sentences
from corpus.bylines import name_in_line
from corpus.chunking import Chunker
from corpus.datelines import prose_start, read_dateline
from corpus.dates import date_in_path, end_of_embargo, parse_date
from corpus.drafts import canonical_url, language_code, title_from
from corpus.encoding import NotReadable, clean, clean_line, decode, decode_entities
from corpus.feeds import drafts_of_feed
from corpus.hidden import declarations
from corpus.markup import is_html, text_of_html, well_formed, xml_text
from corpus.pdf import _lines, _paragraphs
from corpus.reading import READERS
from corpus.text_files import draft_of_text
from index.copies import Wording
from index.entities import mentions
from index.tagging import installed
from tests import forked
from tests.hostile_answers import ANSWERS, QUESTIONS, UNITS
from tests.made_files import docx, epub, odt, parquet, pdf, sqlite, tar, warc, warc_record, zipped
from tests.reading_files import listed
from tests.test_tables import ods, xlsx

ALL_SIZES = bool(os.environ.get("DATELINE_ALL_SIZES"))
"""Whether the largest input is 1,000 kB, which takes a quarter of an hour, or 50 kB."""

SIZES = (10_000, 100_000, 1_000_000) if ALL_SIZES else (2_000, 10_000, 50_000)
_MOST_SECONDS = 300
"""Of the processor, for all that one test reads; a mistake takes hours."""

_SLACK = 0.5 if ALL_SIZES else 0.15
"""Seconds that do not depend on the size."""


def page(inside: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><article>{inside}</article></body></html>".encode()


def mail(headers: str, body: str = "It rained.") -> bytes:
    return f"From: a@b.example\nSubject: Rain\n{headers}\n\n{body}".encode()


def record(**fields: str) -> bytes:
    return json.dumps({"text": "It rained.", **fields}).encode()


def feed(inside: str) -> bytes:
    return (
        "<rss><channel><title>T</title><item><title>a</title><description>"
        f"{inside}</description></item></channel></rss>"
    ).encode()


def story_of_the_post(inside: str) -> bytes:
    parts = [{"type": "sanitized_html", "mime": "text/html", "content": inside}] * 2
    return json.dumps({"article_url": "a", "title": inside, "contents": parts}).encode()


def table(inside: str) -> bytes:
    return sqlite("CREATE TABLE a (title, text)", f"INSERT INTO a VALUES ('a', '{inside}')")


def schema(inside: str) -> list[str]:
    """Many tables with these columns."""
    columns = inside[:200].rpartition(",")[0]
    names = dict.fromkeys(columns.split(", "))
    return [f"CREATE TABLE t{at} ({', '.join(names)})" for at in range(len(inside) // 200)]


Made = Callable[[str], bytes]

# Of each reader what is around the unit, and the units that are repeated.
FILES: dict[str, list[tuple[str, Made, list[str]]]] = {
    "text": [
        (".txt", str.encode, ["a", "“", "Ã©", "\u00ad", "a: b\n", "\n \n"]),
        (".txt", lambda s: f"Head\n\n{s}x".encode(), [" ", "AP – ", "1 May 2020, "]),
        (".story", lambda s: f"By\n{s}\nPUBLISHED:\n{s}".encode(), ["\n", "a", "@highlight\n"]),
        (".text", lambda s: b"\xe9" + s.encode(), ["a", " "]),
        (".markdown", lambda s: f"# {s}\n\nIt rained.".encode(), ["#", " #"]),
        (".md", lambda s: f"---\ntags:\n{s}---\nRain\n\nIt rained.".encode(), ["- a\n", "a: b\n"]),
    ],
    "records": [
        (".json", lambda s: record(text=s), ["<script>", "<!--", "<!doctype ", "&lt;p", "<p>a"]),
        (".json", lambda s: record(title=s, author=s, url=s, place=s), ["a", " ", "\u00a0/"]),
        (".ninjs", lambda s: b'{"uri": "a", "pubstatus": "usable", "n": ' + s.encode(), ["7", "["]),
        (".jsonl", str.encode, ['{"a": ', '{"text": "a b c"}\n', "7"]),
        (".ndjson", str.encode, ['{"a": ']),
        (".jl", story_of_the_post, ["a ", "<p>a", "<b>a</b>"]),
        (".db", table, ["a", "<p>a", "&lt;"]),
        (".sqlite", lambda s: b"SQLite format 3\0" + s.encode(), ["\0", "a", "\5\0\0\1"]),
        (".sqlite3", lambda s: sqlite(*schema(s)), ["a TEXT, ", "text, "]),
        (".parquet", lambda s: parquet({"text": [s]}), ["a", "<p>a"]),
        (".parquet", lambda s: b"PAR1" + s.encode(), ["a", "\0", "PAR1"]),
        (".csv", lambda s: f"title,text\na,{s}".encode(), ['"', "a,", "a\n", "\x00"]),
        (".csv", lambda s: f"{s}\ntitle,text\na,b".encode(), ["a,b\n", "sep=", "text,date\n"]),
        (".json", lambda s: f'[{{"text": "a", "author": "{s}"}}]'.encode(), ["[", "1", "a; "]),
        (".json", lambda s: f'{{"db": [{{"data": {{"posts": [{s}{{}}]}}}}]}}'.encode(), ["{},"]),
        (
            ".json",
            lambda s: f'[{{"content": [{s}{{}}]}}]'.encode(),
            ['{"type": "p", "text": "a"},'],
        ),
        (".ris", str.encode, ["TY  - NEWS\n", "AB  - a\n", "ER  - \n", "a\n"]),
        (".xlsx", str.encode, ["PK\x03\x04", "\xd0\xcf\x11\xe0"]),
        (".xlsm", lambda s: xlsx({"a": [["title", "text"], ["a", s]]}), ["a", " "]),
        (".xlsb", str.encode, ["PK\x05\x06"]),
        (".xls", str.encode, ["a"]),
        (".ods", lambda s: ods([["title", "text"], ["a", s]]), ["a"]),
        (".tsv", lambda s: f"{s}\ttext\na\tb".encode(), ["a", '"', "a\t"]),
    ],
    "pages": [
        (
            ".html",
            lambda s: page(f"<p>{s}"),
            ["a ", "<p>a", "<td>a", "<br>", "<h1>a</h1>", "<", "<!--"],
        ),
        (".htm", lambda s: page("<p>It rained.", f"<title>{s}</title>"), ["a", " -", "<b"]),
        (
            ".xhtml",
            lambda s: page("<p>It rained.", f'<meta property="og:site_name" content="{s}">'),
            ["a", " - ", "("],
        ),
        (
            ".html",
            lambda s: page("<p>a", f'<script type="application/ld+json">{s}'),
            ["[", '{"a":'],
        ),
        (".html", lambda s: page(f'<p class="byline">{s}'), ["By A, ", "<time datetime=x>"]),
        (
            ".html",
            lambda s: page(f"<h1>Rain</h1><p>It rained.</p>{s}"),
            [
                "<div class=author>",
                "<div class=card>",
                "<p class=date>May 1</p>",
                "<article>",
                "<table><tr><td><p>a",
                "<td><ul><li>a</li></ul></td>",
                "<h2><a href=b>a</a></h2>",
            ],
        ),
    ],
    "feeds": [
        (".rss", feed, ["a", "&lt;p&gt;", "&amp;", "<p>", "&", "<![CDATA["]),
        (".atom", lambda s: f"<feed>{s}".encode(), ["<entry>", "<a b=c ", "&a"]),
        (".rdf", lambda s: f"<rdf:RDF{s}".encode(), [" a='b'", "<"]),
        (
            ".sgm",
            str.encode,
            ["<DOC>\n", "</DOC>", "<REUTERS NEWID=", "<TEXT>", "a\n", " a\n", "\n"],
        ),
        (
            ".sgml",
            lambda s: f"<DOC><DOCNO>{s}</DOCNO><HL>{s}</HL><TEXT>{s}</TEXT></DOC>".encode(),
            ["<P>a", "&#3;", "<", " a\n", "a.\n", "-\n", "a, ", "A", "&UR;", "<a b='c' "],
        ),
        (".opml", lambda s: f"<opml>{s}".encode(), ["<outline/>"]),
        (".enex", lambda s: f"<en-export>{s}</en-export>".encode(), ["<note><content/></note>"]),
        (".xml", lambda s: f"<a>{s}</a>".encode(), ["<c><title>a</title><body>b</body></c>"]),
        (
            ".xml",
            lambda s: f"<TEI><teiHeader/><text><body>{s}</body></text></TEI>".encode(),
            [
                "<div type='article'><p>a</p></div>",
                "<lb/>",
                "<note>a</note>",
                "<head>a</head>",
                "a",
            ],
        ),
        (
            ".xml",
            lambda s: f"<article><front><article-meta/></front><body>{s}</body></article>".encode(),
            ["<p>a</p>", "<xref>a</xref>", "<sec><title>a</title></sec>"],
        ),
        (".xml", lambda s: f"<alto>{s}</alto>".encode(), ["<TextBlock><String/></TextBlock>"]),
    ],
    "exports": [
        (
            ".xml",
            lambda s: (
                '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item>'
                f"<encoded>{s}</encoded><status>publish</status></item></channel></rss>"
            ).encode(),
            ["[a b=c]", "[caption]", "[a", "\n\n", "\n \t", "[/a", " "],
        ),
        (
            ".zip",
            lambda s: zipped(("posts.csv", f"post_id,title\n{s}"), ("posts/1.html", s)),
            ["1,a\n", "a"],
        ),
    ],
    "agencies": [
        (
            ".xml",
            lambda s: (
                f"<newsItem guid='a'><contentSet><inlineData>{s}</inlineData></contentSet>"
                "</newsItem>".encode()
            ),
            ["a", "&lt;p&gt;", "<p>a</p>"],
        ),
        (
            ".anpa",
            lambda s: f"\x01a\x02{s}\x03{s}".encode(),
            ["^a<\n", "a/\n", "\n\n", "\x01a\x02a", "AP-NY-01-01-01 0101GMT ", "aa bb\n\n", "a"],
        ),
        (".newsml", lambda s: f"<NewsML><NewsItem>{s}".encode(), ["<NewsLines/>", "<a>", "</a>"]),
        (
            ".newsml",
            lambda s: (
                "<NewsML><NewsItem><Identification><NewsIdentifier><PublicIdentifier>urn:newsml:"
                f"{s}</PublicIdentifier></NewsIdentifier></Identification></NewsItem></NewsML>"
            ).encode(),
            ["a:", ":1", "1"],
        ),
        (
            ".xml",
            lambda s: f"<NewsML><NewsItem>{s}</NewsItem></NewsML>".encode(),
            ["<NewsComponent><ContentItem/></NewsComponent>", "<ContentItem/>", "<Provider/>"],
        ),
        (".xml", str.encode, ["<a>", "<?xml ", " ", "<!-- "]),
        (
            ".nitf",
            lambda s: f"<nitf><body><body.content>{s}</body.content></body></nitf>".encode(),
            ["<p>a</p>", "<block><p>a</p></block>", "<media/>"],
        ),
    ],
    "mail": [
        (".eml", lambda s: mail(f'Content-Type: text/plain; a="{s}'), [";", "a=", '\\"', "*0="]),
        (".eml", lambda s: mail(f"Date: {s}\nMessage-ID: {s}"), [" (", ":", "=?a?q?", "a "]),
        (".eml", lambda s: f"From: {s}\n\nIt rained.".encode(), [":", "(", "a,", '"', "<"]),
        (".eml", lambda s: mail("X: y", s), [" \n", "=\n", "> a\n"]),
        (".eml", lambda s: mail("Content-Type: text/plain; format=flowed", s), [" \n", "a \n"]),
        (
            ".eml",
            lambda s: mail("Content-Type: text/html", s),
            ["<td>a", "<td> ", "<p>a", "<p style='a:b'>a</p>"],
        ),
        (".eml", lambda s: mail("Content-Type: multipart/mixed; boundary=b", s), ["--b\n\na\n"]),
        (".emlx", lambda s: b"9\n" + mail("X: y", s), ["9\n", "<plist>"]),
        (".mbox", lambda s: f"From a\n{s}".encode(), ["From a\n", "\nFrom a\nA: b\n\na\n", ">"]),
    ],
    "documents": [
        (".pdf", lambda s: pdf(s.split("\n")), ["a", "a-", "a-\n", "-"]),
        (".pdf", lambda s: b"%PDF-1.7\n" + s.encode(), ["1 0 obj\n", "<<", "%%EOF\n"]),
        (".docx", lambda s: docx(f"<w:p><w:r><w:t>{s}</w:t></w:r></w:p>"), ["a", " "]),
        (".odt", odt, ["<text:p>a</text:p>", "<text:s text:c='99'/>", "<text:p>", "a"]),
        (".epub", lambda s: epub(("1.xhtml", f"<body>{s}</body>")), ["<p>a</p>", "<nav>", "<h1>"]),
        (".epub", lambda s: epub(*((f"{n}", "a") for n in range(len(s) // 20))), ["a"]),
        (
            ".mhtml",
            lambda s: mail("Content-Type: text/html", page(s).decode()),
            ["<p>a</p>", "=\n"],
        ),
        (".mht", lambda s: mail("Content-Type: multipart/related; boundary=b", s), ["--b\n\na\n"]),
        (".webarchive", str.encode, ["bplist00", "<plist><dict><key>a</key>", "<array>"]),
        (".vtt", str.encode, ["00:00 --> 00:01\na\n\n", "-->\n", "--><v a"]),
        (".srt", lambda s: f"00:00 --> 00:01\n{s}".encode(), ["a: ", "- a\n", "<", "{\\a"]),
        (".docx", docx, ["<w:p><w:r><w:t>a</w:t></w:r></w:p>", "<w:p>"]),
    ],
    "databases": [
        (".txt", str.encode, ["1 of 2 DOCUMENTS\n", "End of Document\nLength: 2\n", "BYLINE: a\n"]),
        (".txt", lambda s: f"1 of 1 DOCUMENTS\n\n{s}".encode(), ["May 1, 2020\n\n", "A: b\n\n"]),
        (".txt", lambda s: f"Publication info: a\n{s}".encode(), ["Title: a\n", "_" * 20 + "\n"]),
        (".txt", lambda s: f"{s}\nDocument SKER20150511eb1100".encode(), ["HD a\n", "9 words\n"]),
        (".html", lambda s: page(f"<p>1 of 2 DOCUMENTS</p>{s}"), ["<p>a</p>", "> ", ">"]),
        (".html", lambda s: f"<title>Factiva</title>{s}".encode(), ["<div class=article>"]),
        (
            ".html",
            lambda s: f"<i class=titreArticleVisu>{s}".encode(),
            ["<article>", "<article><span>1 a 2020</span></article>"],
        ),
        (".xml", lambda s: f"<PPSResponse>{s}</PPSResponse>".encode(), ["<article/>"]),
        (".rtf", lambda s: f"{{\\rtf1 {s}}}".encode(), ["a", "{", "\\cell ", "\\'e9", "0" * 64]),
        (
            ".rtf",
            lambda s: f"{{\\rtf1 {{\\fonttbl {s}}}a}}".encode(),
            ["\\f0", "\\f0\\fcharset0a", "{\\field{\\*\\fldinst{HYPERLINK "],
        ),
    ],
    "crawls": [
        (".warc", lambda s: f"WARC/1.0\r\n{s}".encode(), ["a: b\r\n", "a", " a\r\n", "\r\n"]),
        (
            ".warc",
            lambda s: warc(("http://a.example/b", page(f"<p>{s}"), {})),
            ["a ", "<h1>a</h1>"],
        ),
        (".arc", lambda s: f"filedesc://a 0.0.0.0 2015 text/plain 4\n{s}".encode(), ["a b\n", "a"]),
        (
            ".wet",
            lambda s: warc_record("conversion", "http://a.example/b", s.encode()),
            ["a", "\r\n"],
        ),
        (".wacz", lambda s: zipped((f"archive/{s[:60_000]}.warc", s)), ["a", "/"]),
        (".zip", lambda s: zipped(*((f"{n}.txt", "Rain") for n in range(len(s) // 20))), ["a"]),
        (".tar", lambda s: tar(*((f"{n}.txt", b"Rain") for n in range(len(s) // 500))), ["a"]),
        (".tar", lambda s: tar((s, b"Rain")), ["a/", "é"]),
        (".tar", lambda s: tar((f"{s}_files/a.html", b"Rain")), ["a/", "_files/", "a_"]),
        (".tar", str.encode, ["\0", "a", "ustar"]),
        (".zip", str.encode, ["PK\x03\x04", "PK\x05\x06"]),
    ],
}

TEXTS = ["a", " ", "\n", "“", '"', "<p", "a. ", "A, ", "—", "1 May ", "é", "中", "a\n", ". ", "\\"]


def chunks(text: str) -> object:
    chunker = Chunker(lambda texts: [len(text) // 4 + 1 for text in texts], 254)
    return chunker.cut(Article("a", "a", clean(text)))


# What reads foreign text: each is given every one of ``TEXTS``, repeated.
CORPUS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "clean_line": clean_line,
    "decode": lambda text: decode(text.encode()),
    "decode, not UTF-8": lambda text: decode(b"\xe9\xff " + text.encode()),
    "decode_entities": lambda text: decode_entities(text.replace("a", "&")),
    "is_html": lambda text: is_html(f"<p>{text}"),
    "text_of_html": text_of_html,
    "xml_text": lambda text: xml_text(text.encode()),
    "well_formed": lambda text: well_formed(f"<a>{text}"),
    "drafts_of_feed": lambda text: list(drafts_of_feed(f"<rss><channel><item>{text}")),
    "canonical_url": lambda text: canonical_url(f"http://a.example/{text}"),
    "title_from": title_from,
    "language_code": language_code,
    "read_dateline": lambda text: read_dateline(f"PARIS (AP) {text}"),
    "prose_start": prose_start,
    "parse_date": lambda text: parse_date(text, "metadata"),
    "date_in_path": date_in_path,
    "end_of_embargo": end_of_embargo,
    "draft_of_text": draft_of_text,
    "draft_of_text, markdown": lambda text: draft_of_text(text, markdown=True),
    "lines of a PDF": _lines,
    "paragraphs of a PDF": lambda text: _paragraphs([text, "rain", f"{text}-", "rain"]),
    "sentences": lambda text: sentences(f"It{text}ed."),
    "chunks": chunks,
    "declarations": lambda text: declarations(f"width: calc({text}("),
    "name_in_line": lambda text: name_in_line(f"Ada{text}3", None),
}
INDEX: dict[str, Callable[[str], object]] = {"words": lambda text: Wording.of(text).fingerprints}
TAGGER = installed()
NAMES: dict[str, Callable[[str], object]] = {
    "names": lambda text: mentions(text, TAGGER.tag([(text, "en")])[0])
}
PARSERS = {
    "corpus": (CORPUS, TEXTS),
    "index": (INDEX, TEXTS),
    "names": (NAMES, [*TEXTS, "(", "(é", "http://", "'s "]),
    "questions": (QUESTIONS, UNITS),
    "answers": (ANSWERS, UNITS),
}


def repeated(unit: str, size: int) -> str:
    return unit * max(1, size // len(unit.encode()))


def in_child(kind: str, name: str, folder: Path, log: Path) -> None:
    """Write, line by line, what each of the sizes of each of the units takes."""
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    with log.open("w", buffering=1) as lines:

        def take(run: Callable[[str], object], units: Iterable[str], name: str) -> None:
            for unit in units:
                for size in SIZES:
                    text = repeated(unit, size)
                    # To look for garbage in all that is loaded takes as long as a text or two.
                    gc.disable()
                    began = time.process_time()
                    # That it is refused is as good.
                    with suppress(NotReadable, ValueError):
                        run(text)
                    taken = time.process_time() - began
                    gc.enable()
                    print(json.dumps([name, unit, size, taken]), file=lines)

        if kind == "parser":
            parsers, units = PARSERS[name]
            for parser, parse in parsers.items():
                take(parse, units, parser)
            return
        for number, (suffix, made, units) in enumerate(FILES[name]):
            path = folder / f"{number}{suffix}"

            def read(text: str, path: Path = path, made: Made = made) -> None:
                path.write_bytes(made(text))
                for item in read_articles(path):
                    assert isinstance(item, Article | Unreadable)

            take(read, units, suffix)


def assert_takes_no_more_than_its_size(kind: str, name: str, folder: Path) -> None:
    log = folder / "taken.jsonl"
    status = forked.run(in_child, kind, name, folder, log)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert status == 0, lines[-1:]
    pairs = zip(lines[1 :: len(SIZES)], lines[2 :: len(SIZES)], strict=True)
    slow = [
        (run, unit, hundred, thousand)
        for (run, unit, _, hundred), (_, _, _, thousand) in pairs
        if thousand > _SLACK + 2 * SIZES[2] / SIZES[1] * max(hundred, 0.01)
    ]
    assert slow == []


@pytest.mark.parametrize("name", FILES)
def test_readers_take_no_more_than_the_size_of_a_file(name: str, tmp_path: Path) -> None:
    assert_takes_no_more_than_its_size("reader", name, tmp_path)


@pytest.mark.parametrize("name", PARSERS)
def test_parsers_take_no_more_than_the_size_of_a_text(name: str, tmp_path: Path) -> None:
    assert_takes_no_more_than_its_size("parser", name, tmp_path)


def test_every_format_is_among_them() -> None:
    assert {suffix for files in FILES.values() for suffix, _, _ in files} == set(READERS)


@pytest.mark.parametrize(("suffix", "around"), [(".json", "[{}]"), (".jsonl", "{}")])
def test_a_number_of_5000_digits_costs_its_record(tmp_path: Path, suffix: str, around: str) -> None:
    records = [
        '{"title": "Rain", "text": "It rained."}',
        '{"title": "Sums", "text": "It was much.", "seen": {"by": [' + "7" * 5_000 + "]}}",
        '{"title": "Snow", "text": "It snowed."}',
    ]
    path = tmp_path / f"a{suffix}"
    path.write_text(around.format((",\n" if suffix == ".json" else "\n").join(records)))
    reason = "record 2 has a number of more than 1,000 digits"
    assert listed(path) == (["Rain", "Snow"], [("#2", reason)])


@pytest.mark.parametrize(
    "rest", [b"\0", b"x", b"rest of an older, longer file", b"\0" * 600 + b"."]
)
def test_what_stands_after_the_end_of_a_gzip_file_is_passed_over(
    tmp_path: Path, rest: bytes
) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"Rain\n\nIt rained.") + rest)
    assert listed(path) == (["Rain"], [])


@pytest.mark.parametrize("sender", [":" * 3_000, "(" * 3_000, "=?utf-8?q?" * 300])
def test_a_sender_that_is_none_costs_its_message(tmp_path: Path, sender: str) -> None:
    path = tmp_path / "a.mbox"
    good = "From x\nFrom: a@b.example\nSubject: Rain\n\nIt rained.\n"
    path.write_text(f"{good}\nFrom x\nFrom: {sender}\nSubject: Snow\n\nIt snowed.\n\n{good}")
    titles, _ = listed(path)
    assert [title for title in titles if title != "Snow"] == ["Rain", "Rain"]
