"""What a web page says of its article, and which of its text is the article's."""

from pathlib import Path

import pytest

from corpus import Article
from corpus.bylines import name_in_line
from tests.reading_files import one, written

FIRST = "Tam Rennie climbed down from the lighthouse of Skerry on Sunday with one bag and his dog."
SECOND = "He said that he had never been lonely there, and that the lamp would surely miss him."
THIRD = "Nobody will follow him, since the lamp is lit by a machine that needs no bread at all."
BODY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
TEXT = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
HEADLINE = "Keeper of the last lighthouse goes"


def saved(
    tmp_path: Path, inside: str = "", head: str = "", *, body: str = BODY, title: str = HEADLINE
) -> Article:
    """The article in a page with something between its headline and its text."""
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f"</head><body><article><h1>{HEADLINE}</h1>{inside}{body}</article></body></html>"
    )
    return one(written(tmp_path / "a.html", page))


def day(article: Article) -> str | None:
    return None if article.published is None else article.published.day.isoformat()


def script(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


ABOUT = (
    '"@type": "NewsArticle", "headline": "Keeper goes", '
    '"datePublished": "2015-05-11T09:30:00+01:00", '
    '"author": {"@type": "Person", "name": "Moira Quill"}'
)


@pytest.mark.parametrize(
    "content",
    [
        "{ABOUT}",
        "//<![CDATA[\n{ABOUT}\n//]]>",
        "/* <![CDATA[ */ {ABOUT}; /* ]]> */",
        "<!-- {ABOUT} -->",
        '{ABOUT, "image": [,],}',
        "{/* by hand */ ABOUT}",
        '{"@type": "WebSite"} {ABOUT}',
        '[{"@type": "WebSite"}, {ABOUT}, ]',
        '{ABOUT, "keywords": "a\nb"}',
        "{&quot;@type&quot;: &quot;Article&quot;, "
        "&quot;datePublished&quot;: &quot;2015-05-11&quot;, "
        "&quot;author&quot;: &quot;Moira Quill&quot;}",
    ],
)  # fmt: skip
def test_linked_data_is_read_though_it_is_broken(tmp_path: Path, content: str) -> None:
    article = saved(tmp_path, head=script(content.replace("ABOUT", ABOUT)))
    assert (day(article), article.author) == ("2015-05-11", "Moira Quill")


def test_of_linked_data_that_cannot_be_mended_day_and_author_are_read(tmp_path: Path) -> None:
    broken = (
        '{"headline": "He said "no"", "datePublished": "2015-05-11T09:30:00Z", '
        '"author": [{"@type": "Person", "name": "Moira Quill"}]}'
    )
    article = saved(tmp_path, head=script(broken))
    assert (day(article), article.author) == ("2015-05-11", "Moira Quill")


@pytest.mark.parametrize("kind", ["WebPage", "MedicalWebPage", "QAPage", "ItemPage"])
def test_the_date_of_a_page_is_that_of_its_article(tmp_path: Path, kind: str) -> None:
    content = (
        '{"@graph": [{"@type": "WebSite", "@id": "#s", "name": "Skerry Observer"}, '
        f'{{"@type": "{kind}", "name": "Not this", "datePublished": "2015-05-11T09:30:00Z", '
        '"dateModified": "2016-01-01", "author": {"@id": "#p"}}, '
        '{"@type": "Person", "@id": "#p", "name": "Moira Quill"}]}'
    )
    article = saved(tmp_path, head=script(content))
    assert (article.title, day(article), article.author) == (HEADLINE, "2015-05-11", "Moira Quill")


@pytest.mark.parametrize(
    "inside",
    [
        '<span class="article-publish-date">May 11, 2015, 9:02 AM</span>',
        '<div class="meta__date">Monday, 11 May 2015</div>',
        '<p class="info">11 May 2015</p>',
        '<time datetime="2015-05-11T09:30:00+01:00">yesterday</time>',
        '<time itemprop="datePublished dateCreated" content="2015-05-11">x</time>',
        '<p>Updated <time class="updated" datetime="2018-03-06T10:00:00Z">x</time>, first '
        'published <time class="published" datetime="2015-05-11T10:00:00Z">x</time></p>',
        '<p class="dates">Updated 6 March 2018. First published 11 May 2015</p>',
        '<p class="stamp">Published on Monday, May 11, 2015 by the editors</p>',
        '<aside><time datetime="2018-02-02">x</time></aside><time datetime="2015-05-11">x</time>',
        '<blockquote class="instagram-media"><time datetime="2018-02-02">x</time></blockquote>'
        '<div class="entry-date">11 May 2015</div>',
        '<div class="related"><time class="published" datetime="2018-02-02">x</time></div>'
        '<span class="posted-on">11 May 2015</span>',
        '<time datetime="2015-06-02T10:00:00Z">Published on 11 May 2015</time>',
        '<div class="post-footer">Posted on 11 May 2015</div>',
        '<footer><span class="entry-date">11 May 2015</span></footer>',
    ],
)
def test_the_date_is_that_which_the_page_shows_for_the_article(tmp_path: Path, inside: str) -> None:
    assert day(saved(tmp_path, inside)) == "2015-05-11"


@pytest.mark.parametrize("heading", ["h2", "h3"])
def test_what_holds_the_headline_is_no_card(tmp_path: Path, heading: str) -> None:
    """Blogs have their posts in what they call a widget, and their own name as first heading."""
    page = (
        f'<title>Skerry Blog: {HEADLINE}</title><h1><a href="https://a.example/">Skerry Blog of a '
        'keeper of the lamp</a></h1><div class="widget Blog"><h4 class="date-header">Monday, '
        f"May 11, 2015</h4><{heading}>{HEADLINE}</{heading}>{BODY}"
        '<p>Posted by <span class="post-author">Moira Quill</span></p></div>'
        '<div class="widget"><time datetime="2018-02-02">x</time></div>'
    )
    article = one(written(tmp_path / "a.html", page))
    assert (article.title, day(article), article.author) == (HEADLINE, "2015-05-11", "Moira Quill")


def test_a_line_that_only_says_the_day_is_no_text(tmp_path: Path) -> None:
    line = '<p>Updated <time datetime="2018-03-06">6 March</time>, first in the paper</p>'
    assert saved(tmp_path, line).text == TEXT
    assert saved(tmp_path, "<p>Monday, 11 May 2015</p>").text == TEXT
    assert saved(tmp_path, "<span>11 May 2015</span>").text == TEXT
    assert saved(tmp_path, "<div><span><b>11 May 2015</b></span></div>").text == TEXT
    quoted = f"<p>On <b>11 May 2015</b> he left.</p>{BODY}"
    assert saved(tmp_path, body=quoted).text == f"On 11 May 2015 he left.\n\n{TEXT}"
    sentence = f"He left at <time>noon</time>. {FIRST}"
    assert saved(tmp_path, body=f"<p>{sentence}</p>{BODY}").text.startswith("He left at")


@pytest.mark.parametrize(
    ("mark", "day_of"),
    [
        ("<meta itemprop='dateModified' content='2015-05-11'>", None),
        ("<p>Skerry, 11. Mai 2015</p>", "2015-05-11"),
        ("<img src='/2015/05/11/lamp.jpg'>", "2015-05-11"),
        (f"<p>The lamp was lit on 3 May 1911. {FIRST} {SECOND}</p>", None),
        ("<p>&copy; 2015 Skerry Observer</p>", None),
    ],
)
def test_where_nothing_else_is_dated(tmp_path: Path, mark: str, day_of: str | None) -> None:
    assert day(saved(tmp_path, body=f"{BODY}{mark}")) == day_of


@pytest.mark.parametrize(
    ("above", "below", "after", "wanted"),
    [
        ('<div><span class="current-date">11 May 2015</span></div>', "", "", None),
        ('<div class="topbar">Monday, 11 May 2015</div>', "", "", None),
        ("<div><b>Skerry</b>, 11 May 2015</div>", "", "", None),
        ('<div><span class="date">11 May 2015</span></div>', "", "", "2015-05-11"),
        ("", '<p class="event-date">11 May 2115</p>', "", None),
        ("", "<p>Last updated: 11 May 2015</p>", "", None),
        ("", '<p class="upd">11 May 2015 (updated 3 June 2016)</p>', "", "2015-05-11"),
        ("", "<p>11 May 2115</p>", "", None),
        ("", '<p class="date">05/11/2015</p>', "", "2015"),
        ("", "<p>Posted: 05/11/2015 by us</p>", "", "2015"),
        ("", '<meta name="date" content="05/11/2015"><p>Skerry</p>', "", "2015"),
        ("", '<meta name="pubdate" content="1970-01-01T00:00:00Z"><p>11 May 2015</p>', "",
         "2015-05-11"),
        ("", f"<p>{THIRD}</p><p>11 May 2015</p>", "", "2015-05-11"),
        ("", "", "<div><a href=/a>Fire</a><br>11 May 2015</div>"
                 "<div><a href=/b>Flood</a><br>3 June 2014</div>", None),
        ("", "", "<table><tr><td>Lit</td><td>May 5, 1931</td></tr>"
                 "<tr><td>Mended</td><td>June 6, 1961</td></tr></table>", None),
        ("", "", "<div>Page generated 11 May 2015 10:11</div>", None),
        ("", "", "<div>Filed under: 11 May 2015 archive</div>", None),
        ("", "", "<p>First published in The Lamp, issue 12, 11 May 2015.</p>", "2015-05-11"),
    ],
)  # fmt: skip
def test_of_the_days_on_a_page_only_the_articles_counts(
    tmp_path: Path, above: str, below: str, after: str, wanted: str | None
) -> None:
    page = f"<title>{HEADLINE}</title>{above}<div><h1>{HEADLINE}</h1>{below}{BODY}{after}</div>"
    page = f'<html lang="en"><body>{page}</body></html>'
    published = one(written(tmp_path / "a.html", page)).published
    assert (published and str(published)) == wanted


def test_a_paragraph_right_above_the_headline_is_the_articles(tmp_path: Path) -> None:
    for tag, wanted in (("p", "2015-05-11"), ("div", None)):
        page = f"<title>{HEADLINE}</title><{tag}>11 May 2015</{tag}><h1>{HEADLINE}</h1>{BODY}"
        assert day(one(written(tmp_path / "a.html", page))) == wanted


def test_all_authors_that_a_page_tells_programs_are_named(tmp_path: Path) -> None:
    named = ("Moira Quill", "<a href='/bs'>Bob Sample</a>")
    head = "".join(f'<meta property="og:author" content="{name}">' for name in named)
    assert saved(tmp_path, head=head).author == "Moira Quill, Bob Sample"
    people = '{"@type": "Person", "name": "Moira Quill"}, {"@type": "Organization", "name": "It"}'
    head = script(f'{{"@type": "Article", "author": [{people}]}}')
    assert saved(tmp_path, head=head).author == "Moira Quill"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="twitter:label1" content="Written by">'
        '<meta name="twitter:data1" content="Moira Quill">',
        '<meta name="cXenseParse:author" content="Moira Quill">',
    ],
)
def test_the_author_is_told_by_meta_of_other_names(tmp_path: Path, head: str) -> None:
    assert saved(tmp_path, head=head).author == "Moira Quill"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Par Jean Dupont, le 2 mai 2024 à 12h30", "Jean Dupont"),
        ("Par Jean Dupont Publié le jeudi 2 mai 2024", "Jean Dupont"),
        ("Jean Dupont, le jeudi 2 mai 2024", "Jean Dupont"),
        ("Von Anna Müller, am 2. Mai 2024", "Anna Müller"),
        ("Von Anna Müller, aktualisiert am 2. Mai 2024", "Anna Müller"),
        ("Por Ana Pérez, el 2 de mayo de 2024", "Ana Pérez"),
        ("di Mario Rossi, il 2 maggio 2024", "Mario Rossi"),
        ("João Silva, em 2 de maio de 2024", "João Silva"),
        ("Door Jan Jansen op 2 mei 2024", "Jan Jansen"),
        ("Av Anna Svensson den 2 maj 2024", "Anna Svensson"),
        ("Av Maj Svensson 2 maj 2024", "Maj Svensson"),
        ("By Kim Jong Il, 2 May 2024", "Kim Jong Il"),
        ("By Anna van den Berg 2 May 2024", "Anna van den Berg"),
    ],
)
def test_the_word_before_the_day_is_no_part_of_a_name(line: str, name: str) -> None:
    assert name_in_line(line, None) == name


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("cs", ["1. 12. 2015", "Aktualizováno 2. 12. 2015"]),
        ("sk", ["1.&nbsp;12.&nbsp;2015 12:30"]),
        ("sl", ["1. 12. 2015"]),
        ("de", ["Stand: 02.12.2015, 8 Uhr", "1. 12. 2015, 12.30 Uhr"]),
        ("hr", ["01.12.2015."]),
        ("hr", ["01. 12. 2015. u 12:30"]),
        ("hu", ["2015. 12. 1."]),
        ("fr", ["MAJ le 02/12/2015", "01/12/2015"]),
        ("es", ["Actualizado: 02/12/2015 08:00", "01/12/2015 12:30"]),
        ("it", ["Aggiornato il 2 dicembre 2015", "Pubblicato il 1 dicembre 2015"]),
        ("pt", ["Atualizado em 02/12/2015 08h00", "Publicado em 01/12/2015 12h30"]),
        ("nl", ["Bijgewerkt op 2 december 2015", "Gepubliceerd op 1 december 2015"]),
        ("sv", ["Uppdaterad 2 december 2015", "Publicerad 1 december 2015"]),
        ("tr", ["Güncelleme: 02.12.2015 08:00", "Giriş: 01.12.2015 12:30"]),
        ("pl", ["Aktualizacja: 02.12.2015", "Opublikowano: 01.12.2015"]),
        ("ru", ["Обновлено: 2 декабря 2015", "Опубликовано: 1 декабря 2015"]),
        ("ja", ["更新日 2015年12月2日", "公開日 2015年12月1日"]),
        ("ko", ["최종수정 2015-12-02 09:00", "입력 2015-12-01 15:20"]),
        ("ar", ["آخر تحديث: 2 ديسمبر 2015", "نشر في: 1 ديسمبر 2015"]),
    ],
)
def test_days_and_updates_as_the_languages_write_them(
    tmp_path: Path, language: str, lines: list[str]
) -> None:
    shown = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<title>{HEADLINE}</title><article><h1>{HEADLINE}</h1>{shown}{BODY}</article>"
    page = f'<html lang="{language}"><meta charset="utf-8">{page}</html>'
    assert day(one(written(tmp_path / "a.html", page))) == "2015-12-01"


@pytest.mark.parametrize("line", ["Publicerad 2 maj 2015", "Av Maj Moe 2 maj 2015", "2. maj 2015"])
def test_maj_is_a_month_and_a_name(tmp_path: Path, line: str) -> None:
    assert day(saved(tmp_path, f"<p>{line}</p>")) == "2015-05-02"


def test_a_page_with_nothing_but_a_card_has_no_date(tmp_path: Path) -> None:
    after = '<div class="related"><article><time datetime="2018-02-02">x</time></article></div>'
    assert saved(tmp_path, body=BODY + after).published is None
    sentence = "<p>He had come on 3 May 1975, in rain.</p>"
    assert saved(tmp_path, body=sentence + BODY).published is None


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ("2015-05-12T02:18:11+00:00", "2015-05-11"),
        ("2015-05-12", "2015-05-11"),
        ("2015-05-13", "2015-05-13"),
        ("2015-05-10T22:18:11Z", "2015-05-11"),
        # Of another place than UTC, or of another day altogether, the time is believed.
        ("2015-05-12T02:18:11+02:00", "2015-05-12T02:18:11+02:00"),
        ("2015-06-02T02:18:11Z", "2015-06-02T02:18:11+00:00"),
        ("2015-05-11T02:18:11Z", "2015-05-11T02:18:11+00:00"),
    ],
)
def test_a_time_in_utc_gives_way_to_the_day_in_the_address(
    tmp_path: Path, stated: str, wanted: str
) -> None:
    head = '<link rel="canonical" href="https://a.example/2015/05/11/keeper/">'
    head += f'<meta property="article:published_time" content="{stated}">'
    assert str(saved(tmp_path, head=head).published) == wanted


def test_the_address_comes_before_what_the_page_shows(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://a.example/2015/05/11/keeper/">'
    assert day(saved(tmp_path, '<span class="date">12 June 2018</span>', head)) == "2015-05-11"


@pytest.mark.parametrize(
    ("inside", "author"),
    [
        (
            '<div class="c-byline">By <span class="c-byline__author-name">Moira Quill</span></div>',
            1,
        ),
        ('<span class="article-author">By Moira Quill</span>', 1),
        ('<span itemprop="author">By Moira Quill quill@skerry.example</span>', 1),
        ('<p class="byline">By Moira Quill, mq@skerry.example, 555-1234</p>', 1),
        ('<p class="pb-byline">By Moira Quill, 11 May 2015</p>', 1),
        ('<div class="authorname"><a href="/mq">Moira Quill</a></div>', 1),
        ('<span itemprop="author creator"><b itemprop="name">Moira Quill</b></span>', 1),
        ('<a rel="author" href="/mq">Moira Quill</a> <a rel="author" href="/bs">Bob Sample</a>', 2),
        ('<p class="byline">By <a class="author">Moira Quill</a> | <a>Share</a></p>', 1),
        ('<div class="related"><span class="author">Somebody Else</span></div>', 0),
        ('<div class="author-bio">Moira Quill writes about lamps.</div>', 0),
        ('<div class="byline"><a>Moira Quill</a> <time>July 12, 2021 08:05</time></div>', 1),
        ('<span class="author">Submitted by Moira Quill on 3 May 2015</span>', 1),
        ('<p class="meta">posted by Moira Quill at 12:53</p>', 1),
        ("<p>By Moira Quill</p><p>11 May 2015</p>", 1),
        ('<p class="by">by <b>Moira Quill</b></p>', 1),
        ("<p>By the lamp of Skerry they sat</p>", 0),
        ('<div>Posted by <a href="/author/mq">Moira Quill</a></div>', 1),
        ('<span data-testid="byline-author">By Moira Quill</span>', 1),
        ('<ul><li class="contributor">Moira Quill</li></ul>', 1),
        ('<p class="author">Photo by B.</p><a rel="author" href="/mq">Moira Quill</a>', 1),
        ('<h4>Veröffentlicht von <a rel="author">Moira Quill</a> a.example</h4>', 1),
        ('<span itemprop="author">Autor/in: Moira Quill</span>', 1),
        ('<footer><a class="author" href="/mq">Moira Quill</a></footer>', 1),
        (
            '<p class="author">Moira Quill</p><section><div><ul><li><p>'
            '<span class="author">Somebody Else</span></p></li></ul></div></section>',
            1,
        ),
    ],
)
def test_authors(tmp_path: Path, inside: str, author: int) -> None:
    names = [None, "Moira Quill", "Moira Quill, Bob Sample"]
    assert saved(tmp_path, inside).author == names[author]


@pytest.mark.parametrize(
    "head",
    [
        script('{"@type": "Article", "author": {"@type": "Organization", "name": "The Observer"}}'),
        script('{"@type": "Article", "author": "{\\"@type\\": \\"Person\\", '
               '\\"name\\": \\"Moira Quill\\"}"}'),
        '<link rel="canonical" href="https://observer.example/1"><meta name="author" '
        'content="Observer">',
    ],
)  # fmt: skip
def test_the_house_is_the_author_where_nobody_else_is(tmp_path: Path, head: str) -> None:
    assert saved(tmp_path, '<p class="byline">By Moira Quill</p>', head).author == "Moira Quill"
    alone = saved(tmp_path, head=head).author
    assert alone == ("The Observer" if "The Observer" in head else "Moira Quill" if "Quill" in head
                     else None)  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        "<title>{0} - Skerry Observer</title><header><h1>Skerry Observer</h1></header>"
        "<article><h2>{0}</h2>{1}</article>",
        "<title>Skerry Observer | {0}</title><header><h1>Skerry Observer</h1></header>"
        "<article><h1>{0}</h1>{1}</article>",
        '<title>Skerry Observer</title><meta property="og:title" content="Skerry Observer">'
        '<meta property="og:site_name" content="Skerry Observer">'
        "<article><h1>{0}</h1>{1}</article>",
        "<title>{0} | Skerry Observer</title><article>{1}<h2>What the lamp said</h2>{1}</article>",
        "<title>{0} | Skerry Observer</title><article><h1><span>Coast</span> <span>{0}</span></h1>"
        "{1}</article>",
        '<title>{0} | a.example</title><link rel="canonical" href="https://a.example/lamp">'
        "<article>{1}</article>",
        "<title>{0} | Coast | Skerry Observer</title>"
        "<article><h1>{0} <i>Subscribers</i></h1>{1}</article>",
        '<title>Who keeps it? | Observer</title><meta property="og:title" content="{0} | OB | 1"'
        "><article><h1>{0}</h1>{1}</article>",
        '<title>{0} › Observer of Skerry and all of its lighthouses</title><h1><a href="/">'
        "Observer of Skerry and all of its lighthouses</a></h1><article><h2>{0}</h2>{1}</article>",
    ],
)
def test_the_title_is_never_the_name_of_the_site(tmp_path: Path, page: str) -> None:
    assert one(written(tmp_path / "a.html", page.format(HEADLINE, BODY))).title == HEADLINE


@pytest.mark.parametrize(
    "headline",
    ["Skerry : how all of its old keepers study", "Keepers - a story (of 'Skerry - lamps')",
     "Light & Dark - Moira Quill [review]"],
)  # fmt: skip
def test_a_headline_with_a_dash_or_colon_is_whole(tmp_path: Path, headline: str) -> None:
    page = f"<title>{headline} | Skerry Observer</title><article><h1>{headline}</h1>{BODY}"
    assert one(written(tmp_path / "a.html", page)).title == headline


def test_a_body_in_several_blocks_is_one_text(tmp_path: Path) -> None:
    def block(number: int) -> str:
        lines = "".join(f"<p>{number}-{line}: {FIRST} {SECOND}</p>" for line in range(6))
        return f'<div class="grid"><div class="body article__body">{lines}</div></div>'

    body = f"{block(1)}<div class='ad'>Buy lamps</div>{block(2)}"
    paragraphs = saved(tmp_path, body=body).text.split("\n\n")
    assert [paragraph.partition(":")[0] for paragraph in paragraphs] == [
        f"{number}-{line}" for number in (1, 2) for line in range(6)
    ]


def test_a_lead_in_a_block_of_its_own_is_text(tmp_path: Path) -> None:
    rest = f'<div class="body"><p>{SECOND}</p><p>{THIRD}</p></div>'
    other = f'<div class="mistake"><p>Have you found a mistake? {THIRD}</p></div>'
    for lead in (f"<p>{FIRST}</p>", FIRST):
        body = f'<div class="lead">{lead}</div>{rest}'
        page = f"<title>{HEADLINE}</title><main><section><article><h1>{HEADLINE}</h1>{body}"
        path = written(tmp_path / "a.html", f"{page}</article>{other}</section></main>")
        assert one(path).text == TEXT


def test_the_paper_beside_a_name_is_not_of_it(tmp_path: Path) -> None:
    head = '<meta property="og:site_name" content="Skerry News">'
    for line in ("Moira Quill Skerry News, Marby", "By Moira Quill for Skerry News",
                 "Skerry News Moira Quill"):  # fmt: skip
        assert saved(tmp_path, f'<p class="byline">{line}</p>', head).author == "Moira Quill"


def test_a_headline_for_programs_may_be_escaped(tmp_path: Path) -> None:
    told = script('{"@type": "NewsArticle", "headline": "Keeper &amp;quot;goes&amp;quot;"}')
    page = f"<title>Observer</title>{told}<article>{BODY}</article>"
    assert one(written(tmp_path / "a.html", page)).title == 'Keeper "goes"'


def test_what_the_page_tells_programs_is_the_text_where_it_is_more(tmp_path: Path) -> None:
    escaped = TEXT.replace("\n\n", "\\n\\n")
    told_whole = script(f'{{{ABOUT}, "articleBody": "{escaped}"}}')
    assert saved(tmp_path, head=told_whole, body=f"<p>{FIRST}</p>").text == TEXT
    told_less = script(f'{{{ABOUT}, "articleBody": "{FIRST}"}}')
    assert saved(tmp_path, head=told_less).text == TEXT


def test_tables_keep_their_rows_and_the_lists_in_their_cells(tmp_path: Path) -> None:
    table = (
        "<table><tr><th>Day</th><th>Open</th></tr><tr><td><p><b>Saturday</b></p></td><td><ul>"
        "<li>10 to 12</li><li>2 to 5</li></ul></td></tr><tr><td>Sunday</td><td>closed</td></tr>"
        "</table>"
    )
    text = saved(tmp_path, body=f"<p>{FIRST}</p>{table}<p>{SECOND}</p>").text
    assert text.split("\n\n")[1:4] == [
        "Day | Open", "Saturday | 10 to 12; 2 to 5", "Sunday | closed",
    ]  # fmt: skip
