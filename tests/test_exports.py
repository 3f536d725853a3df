"""An answer as text, Markdown and CSL-JSON: every word as it was, and none of it markup."""

import json
import re
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant import Answer, Assistant, Citation, Statement
from assistant.__main__ import main
from assistant.answer import Difference
from assistant.citing import cite as cite_words
from assistant.exports import as_csl, as_markdown, as_text, asked_when, limits, web_address
from corpus import Article, Published
from index import Archive, Filters
from tests.made_articles import cite, on
from tests.scripted import MARKUP

DAY = date(2026, 11, 23)
ASKED = asked_when(DAY, 1_042, date(2016, 8, 21), date(2026, 5, 4))
PUBLISHED = on("2016-08-21T09:00")
OPENED = "Mayor Ana Orban opened it on Sunday."
BRIDGE = Article(
    "https://gazette.example/bridge",
    "Bridge opens",
    f"The bridge was closed. {OPENED} A band played.",
    "Gazette",
    PUBLISHED,
    "https://gazette.example/bridge?a=1&b=(2)",
    "Eva Lind",
    "en",
    version=3,
    section="Isles",
)
COPY = replace(BRIDGE, id="copy", source="Wire", url=None)
BARE = Article("/home/ana/bare.txt", "", "It ended at noon.")


BOTH = Answer(
    "Who opened the bridge?",
    "answered",
    0.4,
    (
        Statement((cite(1, BRIDGE, OPENED, copies=(COPY,)),), 0.4, "opened"),
        Statement((cite(2, BARE, BARE.text),), 0.4),
        Statement((cite(3, BRIDGE, "A band played."),), 0.4),
    ),
    hedged=True,
    standalone="Who opened the bridge of Holm?",
    filters=Filters(date(2016, 8, 1), sources=("Gazette",), as_of=DAY),
    matched=(("Orbán", ("Orban",)),),
    differences=(Difference((("Sunday", (1,)), ("noon", (2,)))),),
    notes=("The sentences were chosen by tiny.",),
    searched=("bridge", "Holm"),
)


def test_text() -> None:
    assert as_text(BOTH, ASKED) == (
        "Who opened the bridge?\n\n"
        "Asked on 23 November 2026, when the archive held 1,042 articles, "
        "21 August 2016 – 4 May 2026.\n\n"
        "Read as: Who opened the bridge of Holm?\n\n"
        "Also searched for: “bridge”, “Holm”.\n\n"
        "Limited to since 1 August 2016, as known on 23 November 2026, Gazette.\n\n"
        "opened:\n\n"
        "Mayor Ana Orban opened it on Sunday. [1]\n\n"
        "It ended at noon. [2]\n\n"
        "A band played. [3]\n\n"
        "Orbán was matched as Orban.\n\n"
        "The archive supports this weakly; check it in the sources.\n\n"
        "The sources differ: Sunday [1]; noon [2].\n\n"
        "The sentences were chosen by tiny.\n\n"
        "[1] “Mayor Ana Orban opened it on Sunday.”\n"
        "Bridge opens · Gazette · 21 August 2016 · version 3 · the same text in Wire\n"
        "https://gazette.example/bridge?a=1&b=(2)\n\n"
        "[2] “It ended at noon.”\n"
        "Without a headline · date unknown\n\n"
        "[3] “A band played.”\n"
        "Bridge opens · Gazette · 21 August 2016 · version 3\n"
        "https://gazette.example/bridge?a=1&b=(2)\n"
    )


def test_markdown() -> None:
    assert as_markdown(replace(BOTH, notes=(), matched=(), standalone="", searched=())) == (
        "# Who opened the bridge?\n\n"
        "Limited to since 1 August 2016, as known on 23 November 2026, Gazette.\n\n"
        "opened:\n\n"
        "Mayor Ana Orban opened it on Sunday. \\[1\\]\n\n"
        "It ended at noon. \\[2\\]\n\n"
        "A band played. \\[3\\]\n\n"
        "The archive supports this weakly; check it in the sources.\n\n"
        "The sources differ: Sunday \\[1\\]; noon \\[2\\].\n\n"
        "## Sources\n\n"
        "**\\[1\\]** Bridge opens · Gazette · 21 August 2016 · version 3 · the same text in Wire "
        "<https://gazette.example/bridge?a=1&b=(2)>\n\n"
        "> Mayor Ana Orban opened it on Sunday.\n\n"
        "**\\[2\\]** Without a headline · date unknown\n\n"
        "> It ended at noon.\n\n"
        "**\\[3\\]** Bridge opens · Gazette · 21 August 2016 · version 3 "
        "<https://gazette.example/bridge?a=1&b=(2)>\n\n"
        "> A band played.\n"
    )


def test_what_days_its_words_mean_is_taken_along() -> None:
    text = "The ship will be towed to Hull on Tuesday."
    told = Article("ship", "Ship", text, "Post", on("2024-03-09"))
    citation = cite_words(1, told, (0, len(text)), (), ())
    answer = Answer("When?", "answered", 0.9, (Statement((citation,), 0.9),))
    assert "Post · 9 March 2024 · “on Tuesday”: 12 March 2024" in as_text(answer)
    assert "“on Tuesday”: 12 March 2024" in as_markdown(answer)


def test_no_answer() -> None:
    answer = Answer("Who ate?", "does not say", 0.1, reason="The archive does not say.")
    assert as_text(answer) == "Who ate?\n\nThe archive does not say.\n"
    assert as_markdown(answer) == "# Who ate?\n\nThe archive does not say.\n"
    assert as_csl(answer, DAY) == []


def test_csl() -> None:
    assert as_csl(BOTH, DAY) == [
        {
            "id": "https://gazette.example/bridge",
            "type": "article-newspaper",
            "title": "Bridge opens",
            "container-title": "Gazette",
            "section": "Isles",
            "author": [{"literal": "Eva Lind"}],
            "issued": {"date-parts": [[2016, 8, 21]]},
            "URL": "https://gazette.example/bridge?a=1&b=(2)",
            "language": "en",
            "accessed": {"date-parts": [[2026, 11, 23]]},
            "note": "[1] “Mayor Ana Orban opened it on Sunday.” [3] “A band played.” "
            "(version 3; the same text in Wire)",
        },
        {
            # Not the name of a file, but what tells it from others.
            "id": sha256(b"/home/ana/bare.txt").hexdigest()[:16],
            "type": "article-newspaper",
            "accessed": {"date-parts": [[2026, 11, 23]]},
            "note": "[2] “It ended at noon.”",
        },
    ]


@pytest.mark.parametrize(
    ("published", "issued"),
    [
        (on("2016", "url"), {"date-parts": [[2016]]}),
        (on("2016-08", "url"), {"date-parts": [[2016, 8]]}),
        (on("2016-08-09", "url"), {"date-parts": [[2016, 8, 9]]}),
        (on("2016-08-09", "file time"), {"date-parts": [[2016, 8, 9]], "circa": True}),
    ],
)
def test_dates_are_no_more_exact_than_known(published: Published, issued: object) -> None:
    article = replace(BARE, published=published)
    answer = Answer("?", "answered", 1, (Statement((cite(1, article, BARE.text),), 1),))
    assert as_csl(answer, DAY)[0]["issued"] == issued


@pytest.fixture
def archive(archive: Archive, fake_models: None, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.delenv("DATELINE_MODEL", raising=False)
    archive.add([BRIDGE])
    return archive


def test_command(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    question, day = "What did Mayor Ana Orban open?", date(2016, 8, 22)
    asked = [question, "--archive", str(archive.folder), "--today", day.isoformat()]
    answer = Assistant(archive).ask(question, today=day)
    assert OPENED in str(answer)
    assert main([*asked, "--markdown"]) == 0
    held = "Asked on 22 August 2016, when the archive held 1 article, 21 August 2016."
    assert capsys.readouterr().out == as_markdown(answer, held)
    assert main([*asked, "--csl"]) == 0
    assert json.loads(capsys.readouterr().out) == as_csl(answer, day)
    assert main(["Who is Zork?", *asked[1:], "--csl"]) == 3
    assert capsys.readouterr().out == "[]\n"


def test_very_many_copies() -> None:
    copies = [replace(COPY, id=str(number), source=f"Paper {number}") for number in range(23)]
    text = as_text(
        Answer("?", "answered", 1, (says(cite(1, BRIDGE, OPENED, copies=tuple(copies))),))
    )
    assert "the same text in Paper 0, Paper 1, " in text
    assert "Paper 18, Paper 19 and 3 more\n" in text


def test_limits() -> None:
    august = Filters(date(2016, 8, 1), date(2016, 8, 31), ("Wire", "Post"), ("en",))
    assert limits(august) == [
        (Filters(august.after, august.before), "1 August 2016 – 31 August 2016"),
        (Filters(sources=("Wire",)), "Wire"),
        (Filters(sources=("Post",)), "Post"),
        (Filters(languages=("en",)), "en"),
    ]
    assert limits(Filters(before=DAY)) == [(Filters(before=DAY), "until 23 November 2026")]


def says(*citations: Citation) -> Statement:
    return Statement(citations, 1)


# --- What an article may contain ---------------------------------------------------------------

# GitHub's: with tables, strikethrough, and links made of bare addresses.
PARSER = MarkdownIt("gfm-like")
OURS = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text",
    "text_special", "strong_open", "strong_close", "blockquote_open", "blockquote_close",
    "link_open", "link_close",
}  # fmt: skip
MARKUP_OF_ALL_KINDS = [
    "# heading", "1. one", "2) two", "- item", "+ item", "* item", "> quoted", "    code", "\tcode",
    "---", "***", "___", "===", "```", "~~~", "| a | b |\n|---|---|", "[^1]: note",
    "[1]: http://a.example", "<div>", "<!-- a", "<?php", "&lt;", ": definition", "%% comment",
    "::: warning", "!!! note", "{{ template }}", "\\# not a heading", "1\\. one",
    "http://a.example/", "www.a.example", "HTTPS://WWW.a.example", "ftp://a.example", "a@b.example",
    "mailto:a@b.example", "//a.example/x", "a.example/x", "~~gone~~", "==marked==", ":smile:",
]  # fmt: skip


def hostile(text: str, url: str | None = None) -> Answer:
    """An answer in which every field is this text."""
    article = Article(text, text, text, text, PUBLISHED, url or text, text, text)
    quoted = Citation(1, article, 0, len(text), copies=(replace(article, id="other"),))
    return Answer(
        text,
        "answered",
        0.5,
        (Statement((quoted,), 0.5),),
        standalone=f"{text}.",
        filters=Filters(sources=(text,)),
        matched=((text, (text,)),),
        differences=(Difference(((text, (1,)), (text, (1,)))),),
        notes=(text,),
    )


def tokens(markdown: str) -> list[Token]:
    return [token for block in PARSER.parse(markdown) for token in (block, *(block.children or ()))]


def shown(markdown: str) -> list[str]:
    """The text of each paragraph, as it is shown."""
    return [
        "".join(child.content for child in token.children or ())
        for token in PARSER.parse(markdown)
        if token.type == "inline"
    ]


@pytest.mark.parametrize("text", [MARKUP, *MARKUP_OF_ALL_KINDS])
@pytest.mark.parametrize("around", ["{}", "a\n{}\nb", "{}\n\nb"])
def test_no_article_becomes_markup(text: str, around: str) -> None:
    text = around.replace("{}", text)
    answer = hostile(text, "none")
    markdown = as_markdown(answer)
    assert {token.type for token in tokens(markdown)} <= OURS - {"link_open", "link_close"}
    assert [token.tag for token in tokens(markdown) if token.type == "heading_open"] == ["h1", "h2"]
    expected = " ".join(text.replace("\u202e", "").replace("\u202c", "").split())
    question, read_as, limited, sentence, *_, quote = shown(markdown)
    assert (question, read_as, limited, sentence, quote) == (
        expected, f"Read as: {expected}.", f"Limited to {expected}.", f"{expected} [1]", expected,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a ==b== c=d", r"a \=\=b\=\= c=d"),
        ("a %%b%% 5%", r"a \%\%b\%\% 5%"),
        ("a :smile: b: c", r"a \:smile: b: c"),
        ("see www.a.example", r"see www\.a.example"),
        ("Bloom.com", r"Bloom\.com"),
        ("\x08.AL", "\ufffd\\.AL"),
        ("a | b $5 ~c~ #d {e}", r"a \| b \$5 \~c\~ \#d \{e\}"),
        ("= a", r"\= a"),
        ("12. a", r"12\. a"),
        ("Mr. O’Neil (52) – 3.5 % – said: “No!”", "Mr. O’Neil (52) – 3.5 % – said: “No!”"),
    ],
)
def test_what_other_programs_read_is_escaped_too(text: str, written: str) -> None:
    assert as_markdown(Answer("Who?", "nothing found", 0, reason=text)) == f"# Who?\n\n{written}\n"


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("\\`*_[]<>&!#|~-+=:.1 \n$^{}@/")))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    markdown = as_markdown(hostile(text + "x", "none"))
    assert {token.type for token in tokens(markdown)} <= OURS - {"link_open", "link_close"}
    # Only blanks are joined, and characters dropped that nobody sees.
    unseen = re.compile("[\u202a-\u202e\u2066-\u2069]")
    expected = re.sub("[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+", " ", unseen.sub("", text + "x"))
    expected = re.sub("[\x00-\x1f\x7f-\x9f]", "\ufffd", expected).strip(" ")
    # The parser strips more blanks than CommonMark says.
    assert shown(markdown)[-1] == expected.strip()


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x>](javascript:alert(1))<b>`",
        "https://a.example/ \n# heading",
        'https://a.example/"onclick=alert(1)',
        "https://a.example/\u202egnp.x\u2028\\",
        "https://a.example/%3E?q=é&x={{y}}",
    ],
)
def test_addresses_are_nothing_but_links(url: str) -> None:
    answer = hostile("plain", url)
    found = tokens(as_markdown(answer))
    links = [token for token in found if token.type == "link_open"]
    assert {token.type for token in found} <= OURS
    [href] = [str(token.attrs["href"]) for token in links]
    assert href.startswith("https://a.example/")
    address = web_address(answer.citations[0].article)
    assert re.search(r"[\s<>\"`\\{}\u202e\u2028]", address) is None
    assert as_csl(answer, DAY)[0]["URL"] == address
    assert as_text(answer).endswith(f"\n{address}\n")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "", "x"])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    answer = hostile("plain", url)
    assert "link_open" not in {token.type for token in tokens(as_markdown(answer))}
    assert "URL" not in as_csl(answer, DAY)[0]
    assert as_text(answer).endswith("the same text in plain\n")


def test_text_of_an_article_stays_in_its_line() -> None:
    """A headline cannot pretend to be another citation, nor turn the line after it round."""
    answer = hostile("A\n\n[2] “Forged”\r\nB\u2028C \u202eD")
    lines = as_text(answer).splitlines()
    assert [line for line in lines if line.startswith("[2]")] == []
    assert "[1] “A [2] “Forged” B C D”" in lines
    assert "\u202e" not in as_text(answer) + as_markdown(answer)
