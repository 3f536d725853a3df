"""What is shown of an article is exactly what it says, and never becomes markup."""

import re
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Citation, Statement, spoken
from assistant import rendering as render
from assistant.answer import DatedWords, Difference, Short
from assistant.citing import cite
from assistant.page.reader import reader
from assistant.printing import whole
from corpus import Article, Published
from index import Passage, Version
from tests.made_articles import on

TAGS = {"a", "blockquote", "h3", "li", "mark", "p", "span", "time", "ul"}
HOSTILE = "<script>window.ran = 1</script> & [1] ![x](http://a.example) \"' `$x$` \u202e ${1} {{a}}"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'[]()"))


class Parsed(HTMLParser):
    """The elements of some HTML, and what stands in its marks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.marked: list[str] = []
        self._marking = False
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag == "mark":
            self._marking = True
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self._marking = self._marking and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self._marking:
            self.marked[-1] += data


def cited(article: Article, *spans: tuple[int, int]) -> Answer:
    citations = [Citation(marker, article, *span) for marker, span in enumerate(spans, 1)]
    statements = tuple(Statement((citation,), 0.9) for citation in citations)
    return Answer("What?", "answered", 0.9, statements)


@settings(deadline=None)  # the first fill compiles the templates
@given(ANY_TEXT, ANY_TEXT.filter(str.strip), ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_no_text_becomes_markup(
    before: str, quote: str, after: str, title: str, source: str
) -> None:
    start = len(before)
    article = Article("a", title, before + quote + after, source, url=f"javascript:{title}")
    answer = cited(article, (start, start + len(quote)))
    parsed = Parsed(render.cards(answer, "1") + render.statements(answer, "1"))
    assert parsed.tags <= TAGS | {"div"}
    assert parsed.links == ["#statement-1-1", "#source-1-1"]
    named = {"aria-label", "class", "dir", "href", "id", "lang", "style", "tabindex"}
    assert parsed.attributes == named
    assert parsed.marked == [quote]


def test_hostile_fields_are_escaped() -> None:
    article = Article("a", HOSTILE, HOSTILE, HOSTILE, url=f"https://news.example/{HOSTILE}")
    passage = Passage(article, 0, len(article.text), 1.0)
    answer = Answer(HOSTILE, "does not say", 0.1, passages=(passage,), reason=HOSTILE)
    parsed = Parsed(render.nearest(answer) + render.as_notebook(answer))
    assert parsed.tags <= TAGS | {"b", "div"}
    assert "<script" not in render.as_notebook(answer)
    assert parsed.links == [f"https://news.example/{HOSTILE}"] * 2


def test_quotes_that_follow_closely_stand_in_one_passage() -> None:
    text = "First one. Second two. Third three. Fourth four. " + "Far away. " * 60 + "Last one."
    article = Article("a", "Title", text)
    last = text.index("Last one.")
    html = render.cards(cited(article, (23, 35), (11, 22), (last, last + 9)), "1")
    assert Parsed(html).marked == ["Second two.", "Third three.", "Last one."]
    assert html.count("<blockquote") == 2
    assert html.count("<h3") == 1
    assert "First one." in html
    assert "Fourth four." in html


def test_articles_are_shown_in_the_order_of_their_citations() -> None:
    one, two = Article("1", "One", "Alpha."), Article("2", "Two", "Beta.")
    citations = [Citation(1, two, 0, 5), Citation(2, one, 0, 6)]
    answer = Answer(
        "What?", "answered", 0.9, tuple(Statement((citation,), 0.9) for citation in citations)
    )
    html = render.cards(answer, "1")
    assert html.index(">Two<") < html.index(">One<")
    # While the answer streams, only what is said already has its card.
    assert ">One<" not in render.cards(answer, "1", 1)


def statement(id: str, marker: int, text: str, day: str, side: str = "") -> Statement:
    cited = Citation(marker, Article(id, id, text, id, on(day)), 0, len(text), marks=((0, 3),))
    return Statement((cited,), 0.9, side)


@pytest.mark.parametrize(
    ("words", "days", "shown", "printed"),
    [
        (
            "Thursday",
            (date(2019, 5, 2), date(2019, 5, 2)),
            'Thursday</span> <time class="days">2 May 2019</time>',
            "Thursday (2019-05-02)",
        ),
        ("The strike", None, "The strike</span></p>", "The strike"),
    ],
)
def test_the_short_answer_says_which_day_its_words_mean(
    words: str, days: tuple[date, date] | None, shown: str, printed: str
) -> None:
    text = "The strike at the harbour of Varna ended on Thursday, the union says."
    mark = (text.index(words), text.index(words) + len(words))
    told = Article("strike", "Strike ends", text, "Post", on("2019-05-03"))
    citation = cite(1, told, (0, len(text)), [mark], ())
    answer = Answer("?", "answered", 0.9, (Statement((citation,), 0.9),))
    assert answer.short == Short(words, 1, *mark, days)
    assert shown in render.statements(answer, "1")
    assert whole(answer)[0] == printed


def test_a_terminal_says_which_part_each_sentence_answers() -> None:
    parts = (statement("a", 1, "It rose.", "2019-05-03", "What rose?"),
             statement("b", 2, "It fell.", "2019-05-03", "What fell?"))  # fmt: skip
    printed = whole(Answer("What rose and what fell?", "answered", 0.9, parts))
    assert printed[:2] == ["What rose? It rose. [1]", "What fell? It fell. [2]"]


def test_statements_stand_under_what_they_are_to_the_question() -> None:
    statements = (
        statement("a", 1, "Six men died.", "2024-05-03"),
        statement("b", 2, "The mill was old.", "2024-05-02"),
        statement("c", 3, "Two men died.", "2023-01-01"),
        statement("d", 4, "Ten men died.", "2024-05-04"),
    )
    answer = Answer("?", "answered", 0.9, statements)
    differing = replace(answer, differences=(Difference((("Six", (1,)), ("Ten", (4,)))),))
    groups = render.grouped(differing)
    assert {group.heading: [number for number, _ in group.statements] for group in groups} == {
        "": [1],
        render.DIFFER: [4],
        render.ALSO: [2],
        render.OLDER: [3],
    }
    html = render.statements(differing, "1")
    order = ('class="short"', "<b>Six</b> men", "Sources differ", "<b>Ten</b> men", ">Older<")
    assert [html.index(part) for part in order] == sorted(html.index(part) for part in order)
    # What comes before the answer is whole is not told apart from what is only said twice.
    assert "Sources differ" not in render.statements(differing, "1", 2)
    sides = replace(
        answer, statements=tuple(replace(statement, side="the mill") for statement in statements)
    )
    listed = replace(answer, reason="4 articles mention it.")
    for equal in (sides, listed):
        assert [len(group.statements) for group in render.grouped(equal)] == [4]
    html = render.statements(listed, "1")
    assert html.index("4 articles") < html.index("men died")
    # Each item of a list stands with its day.
    assert re.findall('<time datetime="(.*?)">', html) == [
        "2024-05-03", "2024-05-02", "2023-01-01", "2024-05-04"
    ]  # fmt: skip


def test_surroundings() -> None:
    text = "Nobody came. The mayor spoke. Then it rained. Everyone left."
    article = Article("a", "Title", text)
    start = text.index("The mayor")
    assert spoken.surroundings(article, start, start + len("The mayor spoke.")) == (
        "Nobody came. ",
        " Then it rained.",
    )
    assert spoken.surroundings(article, 0, len(text)) == ("", "")
    # Of a sentence without end only what is nearest is shown.
    endless = Article("a", "Title", "word " * 1_000 + "QUOTE" + " word" * 1_000)
    before, after = spoken.surroundings(endless, 5_000, 5_005)
    assert before.startswith("… word word")
    assert after.endswith("word …")
    assert 200 < len(before) < 300
    assert 200 < len(after) < 300


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://news.example/a?b=1&c=2", ("https://news.example/a?b=1&c=2", "news.example")),
        ("HTTP://WWW.News.example", ("http://WWW.News.example", "news.example")),
        (
            "http://user:secret@news.example:81/",
            ("http://user:secret@news.example:81/", "news.example"),
        ),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" data:text/html,<script>", None),
        ("//news.example/a", None),
        ("news.example/a", None),
        ("https://", None),
        ("http://[news", None),
        ("file:///etc/passwd", None),
        ("", None),
        (None, None),
    ],
)
def test_safe_address(url: str | None, address: tuple[str, str] | None) -> None:
    assert spoken.safe_address(url) == address


def test_dates_are_spoken_as_exactly_as_they_are_known() -> None:
    assert spoken.spoken_date(on("2016-08-21")) == "21 August 2016"
    assert spoken.spoken_date(on("2016-08-21T10:30")) == "21 August 2016"
    assert spoken.spoken_date(on("2016-08")) == "August 2016"
    assert spoken.spoken_date(on("2016")) == "2016"
    first, last = on("2016-08-21").day, on("2020-01-02").day
    assert spoken.spoken_period(first, last) == "21 August 2016 – 2 January 2020"
    assert spoken.spoken_period(first, first) == "21 August 2016"
    assert spoken.spoken_period(None, None) == "no known dates"


def test_shortened() -> None:
    assert spoken.shortened("one two three", 13) == "one two three"
    assert spoken.shortened("one two three", 12) == "one two …"
    assert spoken.shortened("x" * 20, 5) == "xxxxx …"


@pytest.mark.parametrize(
    ("source", "published", "credit"),
    [
        ("BasNews", on("2016-08-21"), "BasNews · 21 August 2016"),
        ("BasNews", None, "BasNews · date unknown"),
        (None, on("2016-08"), "August 2016"),
        (None, None, "source and date unknown"),
        (
            "BasNews",
            on("2016-08-21", how="file time"),
            "BasNews · 21 August 2016 · dated by its file",
        ),
    ],
)
def test_credit(source: str | None, published: Published | None, credit: str) -> None:
    html = render.cards(cited(Article("a", "T", "Word.", source, published), (0, 5)), "1")
    text = html.partition('<p class="credit">')[2].partition("</p>")[0]
    assert re.sub(r"<[^>]*>", "", text) == credit


@settings(deadline=None)
@given(
    ANY_TEXT,
    ANY_TEXT,
    ANY_TEXT,
    ANY_TEXT,
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))),
)
def test_reader_shows_the_text_and_no_markup(
    title: str, first: str, second: str, source: str, spans: list[tuple[int, int]]
) -> None:
    article = Article("a", title, f"{first}\n\n{second}", source, url=f"javascript:{title}")
    parsed = Parsed(reader(article, spans, [article], [Version(article, None, None)]))
    assert parsed.tags <= TAGS | {"details", "div", "h2", "section", "summary"}
    assert parsed.links == []
    assert parsed.attributes <= {"class", "data-start", "datetime", "dir", "id", "lang"}


@pytest.mark.parametrize(
    ("stored", "replaced", "days"),
    [
        (3, 5, ", 3 May 2026 – 5 May 2026"),
        (3, 3, ", 3 May 2026"),
        (None, 5, ", until 5 May 2026"),
        (None, None, ""),
    ],
)
def test_reader_says_when_a_version_was_the_articles(
    stored: int | None, replaced: int | None, days: str
) -> None:
    first, last = (day and datetime(2026, 5, day, 12).astimezone() for day in (stored, replaced))
    old = Article("a", "Old", "Once.", version=3)
    html = reader(Article("a", "T", "Now."), others=[Version(old, first, last)])
    assert f'Version 3{days}: <span class="words">Old</span></summary>' in html


def test_reader_shows_the_author_and_the_section() -> None:
    html = reader(Article("a", "T", "Now.", author="Ida <Brandt>", section="R&D"))
    assert 'By <span class="words">Ida &lt;Brandt&gt;</span>' in html
    assert 'Section: <span class="words">R&amp;D</span>' in html
    assert "Section" not in reader(Article("a", "T", "Now."))


def test_reader_marks_the_spans() -> None:
    article = Article("a", "T", "One & two.\n\nThree 𝄞 four.", language="ar")
    # The one that overlaps, the one outside and the one turned about are left out.
    html = reader(article, [(18, 19), (4, 9), (6, 7), (90, 99), (3, 1)])
    assert Parsed(html).marked == ["& two", "𝄞"]
    assert html.count('dir="rtl"') == 2
    # Each paragraph says where it begins, so that words that are selected in it have offsets.
    assert (
        '<p data-start="0">One <mark>&amp; two</mark>.</p>'
        '<p data-start="12">Three <mark>𝄞</mark> four.</p>'
    ) in html


def test_quote_across_paragraphs_is_marked_in_both() -> None:
    html = reader(Article("a", "T", "One two.\n\nThree four."), [(4, 15)])
    assert Parsed(html).marked == ["two.", "Three"]


def test_reader_of_a_text_without_end_shows_the_part_with_the_quote() -> None:
    text = "word " * 1_000_000
    html = reader(Article("a", "T", f"{text}QUOTE {text}"), [(len(text), len(text) + 5)])
    assert Parsed(html).marked == ["QUOTE"]
    assert "too long to be shown in full" in html
    assert 200_000 < len(html) < 202_000


def test_asked_for_words_and_days_leave_the_quote_as_it_is() -> None:
    article = Article("a", "T", "It <was> said on Monday & denied.")
    day = DatedWords(14, 23, date(2016, 8, 20), date(2016, 8, 21))
    cited = Citation(1, article, 0, len(article.text), ((3, 8), (17, 23)), (day,))
    html = render.cards(Answer("Q?", "answered", 1.0, (Statement((cited,), 1.0),)), "1")
    assert Parsed(html).marked == [article.text]
    assert "It <b>&lt;was&gt;</b> said <time" in html
    assert 'title="20 August 2016 – 21 August 2016">on <b>Monday</b></time> &amp; denied.' in html


def test_outlets_of_one_text() -> None:
    article = Article("a", "T", "Word.")
    copies = tuple(Article(str(number), "T", "Word.", f"Paper <{number}>") for number in range(30))
    statement = Statement((Citation(1, article, 0, 5, copies=copies),), 1.0)
    html = render.cards(Answer("Q?", "answered", 1.0, (statement,)), "1")
    assert "31 outlets, one text: also " in html
    assert "Paper &lt;19&gt;" in html
    assert "Paper &lt;20&gt;" not in html
    assert " and 10 more" in html


def test_notebook() -> None:
    article = Article("a", "Rain & sun", "It rained. It stopped.", "Gazette", on("2024-05-01"))
    html = cited(article, (0, 10))._repr_html_()
    assert "<b>What?</b>" in html
    assert "Rain &amp; sun" in html
    assert ">It rained.</mark>" in html
    assert Parsed(html).links == ["#source-6a30bf2-1", "#statement-6a30bf2-1"]
