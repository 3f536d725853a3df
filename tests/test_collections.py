"""Collections of newspapers and wires that research uses, such as TREC's and Reuters'."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from corpus import Article
from tests.reading_files import articles, one, read, said, told, written

FIRST = "The council of Marrowby met in the old mill, and it voted for the bridge."
SECOND = "Nobody voted against it."
TEXT = f"{FIRST}\n\n{SECOND}"
BROKEN = FIRST.replace("old mill", "old\nmill")

AP = f"""<DOC>
<DOCNO> AP880212-0001 </DOCNO>
<FILEID>AP-NR-02-12-88 2344EST</FILEID>
<FIRST>u i AM-Marrowby-Bridge     02-12 0398</FIRST>
<HEAD>Council Votes for Bridge</HEAD>
<HEAD>With AM-Boats</HEAD>
<BYLINE>By MOIRA QUILL</BYLINE>
<BYLINE>Associated Press Writer</BYLINE>
<DATELINE>MARROWBY, Sarle (AP) </DATELINE>
<TEXT>
   {BROKEN}
   {SECOND}
</TEXT>
</DOC>
"""
JOURNAL = f"""<DOC>
<DOCNO> WSJ900402-0001 </DOCNO>
<DOCID> 900402-0001. </DOCID>
<HL>
   Council Votes
   For Bridge:
   ---
   And Goes Home
   ----
   By Moira Quill
</HL>
<DATE> 04/02/90 </DATE>
<SO> WALL STREET JOURNAL (J), PAGE A1 </SO>
<LP>
   {FIRST}
</LP>
<TEXT>
   {SECOND}
</TEXT>
</DOC>
"""
TIMES = f"""<DOC>
<DOCNO> LA010189-0001 </DOCNO>
<DOCID> 1 </DOCID>
<DATE><P>January 1, 1989, Sunday, Home Edition</P></DATE>
<SECTION><P>Metro; Part 2; Page 1; Metro Desk</P></SECTION>
<HEADLINE><P>
COUNCIL VOTES FOR BRIDGE
</P></HEADLINE>
<BYLINE><P>By MOIRA QUILL</P></BYLINE>
<TEXT><P>
{BROKEN}
</P>
<P>
{SECOND}
</P></TEXT>
<GRAPHIC><P>Photo, the old mill</P></GRAPHIC>
</DOC>
"""
FINANCIAL = f"""<DOC>
<DOCNO>FT911-1</DOCNO>
<PROFILE>_AN-BEOA7AAIFT</PROFILE>
<DATE>910514
</DATE>
<HEADLINE>
FT  14 MAY 91 / Council votes for bridge
</HEADLINE>
<BYLINE>
   By MOIRA QUILL
</BYLINE>
<DATELINE>
   MARROWBY
</DATELINE>
<TEXT>
The council of Marrowby met in the old mill,
and it voted for the bridge.
{SECOND}
</TEXT>
<PUB>The Financial Times
</PUB>
<PAGE>
International Page 20
</PAGE>
</DOC>
"""
GIGAWORD = f"""<DOC id="NYT_ENG_20100102.0001" type="story" >
<HEADLINE>
Council votes for bridge
</HEADLINE>
<DATELINE>
MARROWBY, Jan 2 (NYT)
</DATELINE>
<TEXT>
<P>
{BROKEN}
</P>
<P>
{SECOND}
</P>
</TEXT>
</DOC>
<DOC id="NYT_ENG_20100102.0002" type="advis" >
<TEXT>
Editors: the budget follows.
</TEXT>
</DOC>
"""
AQUAINT = f"""<DOC>
<DOCNO> APW19980601.0003 </DOCNO>
<DOCTYPE> NEWS STORY </DOCTYPE>
<DATE_TIME> 06/01/1998 00:04:00 </DATE_TIME>
<HEADER>
r i &Cx13;  &Cx11;  BC-Marrowby-Bridge     06-01 0273
</HEADER>
<BODY>
<SLUG> BC-Marrowby-Bridge </SLUG>
<HEADLINE>
Council votes for bridge
</HEADLINE>
   &UR; By MOIRA QUILL &QC;
<TEXT>
<P>
	{FIRST}
</P>
<P>
	&UR; {SECOND} &LR;
</P>
</TEXT>
</BODY>
</DOC>
"""
LINE = "1 of its 2 documents are notes to editors or have no text, and left out"


@pytest.mark.parametrize(
    ("name", "content", "facts", "id", "more"),
    [
        (
            "ap880212",
            AP,
            ("Council Votes for Bridge", "1988-02-12", "Associated Press", "MOIRA QUILL"),
            "AP880212-0001",
            ("MARROWBY, Sarle", None),
        ),
        (
            "wsj_0402",
            JOURNAL,
            ("Council Votes For Bridge", "1990-04-02", "Wall Street Journal", None),
            "WSJ900402-0001",
            (None, None),
        ),
        (
            "la010189.sgml",
            TIMES,
            ("COUNCIL VOTES FOR BRIDGE", "1989-01-01", "Los Angeles Times", "MOIRA QUILL"),
            "LA010189-0001",
            (None, "Metro; Part 2; Page 1; Metro Desk"),
        ),
        (
            "ft911_1",
            FINANCIAL,
            ("Council votes for bridge", "1991-05-14", "Financial Times", "MOIRA QUILL"),
            "FT911-1",
            ("MARROWBY", "International Page 20"),
        ),
        (
            "apw.trectext",
            AQUAINT,
            ("Council votes for bridge", "1998-06-01", "Associated Press", None),
            "APW19980601.0003",
            (None, None),
        ),
    ],
)
def test_documents_of_trec(
    tmp_path: Path, name: str, content: str, facts: Any, id: str, more: Any
) -> None:
    article = one(written(tmp_path / name, content))
    assert said(article) == (*facts, TEXT)
    assert (article.id, article.place, article.section) == (id, *more)


@pytest.mark.parametrize("name", ["nyt_eng_201001.gz", "nyt_eng_201001.txt"])
def test_gigaword_without_its_notes_to_editors(tmp_path: Path, name: str) -> None:
    data = gzip.compress(GIGAWORD.encode()) if name.endswith(".gz") else GIGAWORD
    path = written(tmp_path / name, data)
    assert told(path) == (["Council votes for bridge"], [LINE])
    article, _ = read(path)
    assert isinstance(article, Article)
    assert said(article) == (
        "Council votes for bridge", "2010-01-02", "New York Times", None, TEXT
    )  # fmt: skip
    known = article.id, article.place, article.language
    assert known == ("NYT_ENG_20100102.0001", "MARROWBY", "en")


def reuters(number: int, text: str) -> str:
    return (
        f'<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" OLDID="5544" NEWID="{number}">\n'
        "<DATE>26-FEB-1987 15:01:01.79</DATE>\n<TOPICS><D>cocoa</D></TOPICS>\n"
        "<UNKNOWN> \n&#5;&#5;&#5;C T\n&#22;&#22;&#1;f0704&#31;reute</UNKNOWN>\n"
        f"<TEXT{text}\n&#3;</TEXT>\n</REUTERS>\n"
    )


def test_reuters_21578(tmp_path: Path) -> None:
    story = (
        ">&#2;\n<TITLE>COUNCIL VOTES FOR BRIDGE &lt;MRB></TITLE>\n"
        "<AUTHOR>    by Moira Quill, Reuters</AUTHOR>\n"
        f"<DATELINE>    MARROWBY, Feb 26 - </DATELINE><BODY>{BROKEN}\n"
        "    The shares of &lt;Marrowby Inc> rose.\n Reuter\n&#3;</BODY>"
    )
    brief = ' TYPE="BRIEF">&#2;\n******<TITLE>BOATS HOME\n</TITLE>Blah blah blah.'
    raw = ' TYPE="UNPROC">&#2;\nBOATS IN MARROWBY\n   home   12'
    documents = "".join(reuters(at, text) for at, text in enumerate([story, brief, raw], start=1))
    path = written(tmp_path / "reut2-000.sgm", f'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n{documents}')
    # What is brief has only its title.
    line = "1 of its 3 documents are notes to editors or have no text, and left out"
    assert told(path) == (["COUNCIL VOTES FOR BRIDGE <MRB>", "BOATS IN MARROWBY"], [line])
    found = [item for item in read(path) if isinstance(item, Article)]
    assert said(found[0])[1:] == (
        "1987-02-26", "Reuters", "Moira Quill, Reuters",
        f"{FIRST}\n\nThe shares of <Marrowby Inc> rose.",
    )  # fmt: skip
    assert [article.id for article in found] == ["REUTERS-1", "REUTERS-3"]
    assert found[0].place == "MARROWBY"


@pytest.mark.parametrize(
    ("name", "content", "titles", "lines"),
    [
        (
            "a.sgml",
            f"{AP}{JOURNAL[:200]}",
            ["Council Votes for Bridge"],
            ["breaks off in its document 2"],
        ),
        ("a.sgml", f"<DOC><TEXT>{'<' * 3_000_000}</TEXT></DOC>", [], ["has no text"]),
        ("a.sgm", b"<DOC>\0\1\2\3\4\5\6", [], ["is a binary file, not text"]),
        ("a.sgml", "<!ENTITY a 'b'><DOC>\n<DOCNO>A</DOCNO><TEXT>Rain &a; &a;</TEXT></DOC>", [
            "Rain &a; &a;"
        ], []),
        ("a.sgml", "<!doctype docbook><p>Rain.", [], [
            "is SGML, but of no collection of news: it has no <DOC> and no <REUTERS>"
        ]),
    ],
)  # fmt: skip
def test_damaged_collections(
    tmp_path: Path, name: str, content: str | bytes, titles: list[str], lines: list[str]
) -> None:
    assert told(written(tmp_path / name, content)) == (titles, lines)


def test_rcv1(tmp_path: Path) -> None:
    for number in (2286, 2287):
        written(
            tmp_path / f"{number}newsML.xml",
            f'<?xml version="1.0" encoding="iso-8859-1" ?>\n<newsitem itemid="{number}" id="root" '
            'date="1996-08-20" xml:lang="en"><title>SARLE: Council votes for bridge.</title>'
            "<headline>Council votes for bridge.</headline><byline>Moira Quill</byline>"
            f"<dateline>MARROWBY 1996-08-20</dateline><text><p>{FIRST}</p><p>{SECOND}</p></text>"
            "<copyright>(c) Reuters Limited 1996</copyright><metadata>"
            '<dc element="dc.source" value="Reuters"/>'
            '<dc element="dc.creator.location" value="MARROWBY"/></metadata></newsitem>',
        )
    found = articles(tmp_path)
    assert [article.id for article in found] == ["RCV1-2286", "RCV1-2287"]
    assert said(found[0]) == (
        "Council votes for bridge.", "1996-08-20", "Reuters", "Moira Quill", TEXT
    )  # fmt: skip
    assert (found[0].place, found[0].language) == ("MARROWBY", "en")


@pytest.mark.parametrize("name", ["TREC_Washington_Post_collection.v3.jl", "a.jsonl"])
def test_the_washington_post_of_trec(tmp_path: Path, name: str) -> None:
    def paragraph(content: str, **kind: str) -> dict[str, str]:
        return {"content": content, "type": "sanitized_html", "mime": "text/html"} | kind

    story = {
        "id": "b2e89334",
        "article_url": "https://post.example/local/2011/12/31/bridge_story.html",
        "title": "Council votes for bridge",
        "author": "Moira Quill",
        "published_date": 1325376562000,
        "contents": [
            paragraph("Local", type="kicker", mime="text/plain"),
            paragraph("Council votes for bridge", type="title", mime="text/plain"),
            paragraph("By Moira Quill", type="byline", mime="text/plain"),
            {"content": 1325376562000, "type": "date", "mime": "text/plain"},
            {"fullcaption": "The mill at night.", "type": "image", "mime": "image/jpeg"},
            None,
            paragraph(f"{FIRST[:10]}<b>{FIRST[10:]}</b>", subtype="paragraph"),
            {"content": {"text": "So what?", "user": {"name": "x"}}, "type": "tweet"},
            paragraph(SECOND, subtype="paragraph"),
            {"bio": "Moira Quill reports on councils.", "type": "author_info"},
        ],
        "type": "article",
        "source": "The Washington Post",
    }
    article = one(written(tmp_path / name, json.dumps(story)))
    # The day of the address: in UTC it was the next.
    assert said(article) == (
        "Council votes for bridge", "2011-12-31", "The Washington Post", "Moira Quill", TEXT
    )  # fmt: skip
    assert (article.id, article.section) == ("b2e89334", "Local")


def test_the_addresses_of_cc_news(tmp_path: Path) -> None:
    record = {
        "requested_url": "https://a.example/bridge?utm_source=x",
        "responded_url": "https://a.example/bridge",
        "plain_text": TEXT,
        "title": "Council votes for bridge",
        "published_date": "2021-03-05",
        "author": "Moira Quill",
        "sitename": "The Courier",
        "crawl_date": "2021-04-01",
    }
    article = one(written(tmp_path / "a.jsonl", json.dumps(record)))
    assert said(article) == (
        "Council votes for bridge", "2021-03-05", "The Courier", "Moira Quill", TEXT
    )  # fmt: skip
    assert article.url == "https://a.example/bridge"


HIGHLIGHTS = (
    "\n\n@highlight\n\nCouncil votes for bridge\n\n@highlight\n\nNEW: Nobody is against it\n"
)


def test_a_story_of_cnn_without_its_summary(tmp_path: Path) -> None:
    article = one(written(tmp_path / "0001d1.story", f"MARROWBY (CNN) -- {TEXT}{HIGHLIGHTS}"))
    text = f"MARROWBY (CNN) -- {TEXT}"
    assert said(article) == (FIRST, None, "CNN", None, text)


def test_a_story_of_the_daily_mail(tmp_path: Path) -> None:
    head = (
        "By\nMoira Quill\n\nPUBLISHED:\n\n14:11 EST, 25 October 2013\n\n|\n\nUPDATED:\n\n"
        "15:36 EST, 26 October 2013\n\n"
    )
    path = written(tmp_path / "0002d2.story", f"{head}{TEXT}{HIGHLIGHTS}")
    assert said(one(path)) == (FIRST, "2013-10-25", "Daily Mail", "Moira Quill", TEXT)
    # Two authors; and the day of a last change is not that of the publication.
    head = "By\n\nMoira Quill\n\n and \n\nTom Keel\n\nLast updated at 1:47 PM on 30th May 2011\n\n"
    path = written(tmp_path / "0003d3.story", f"{head}{TEXT}{HIGHLIGHTS}")
    assert said(one(path)) == (FIRST, None, "Daily Mail", "Moira Quill and Tom Keel", TEXT)
