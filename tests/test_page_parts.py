"""What belongs to the text of a web page's article, and what stands beside it."""

import json
from pathlib import Path

import pytest

from tests.reading_files import one, said, told, written

LAMP = (
    "The lamp of Skerry went out at noon, and nobody on the island saw it, since all were at sea."
)
BOATS = (
    "The boats came home at dusk, when the harbour was as dark as it had been two centuries ago."
)
KEEPER = (
    "“I was asleep,” said the keeper, who has lit it every evening for twenty-nine years so far."
)
NO_ARTICLE = (
    "is a page without an article: nothing but menus, notices or teasers of others was found; "
    "save the article itself"
)


def page(tmp_path: Path, body: str, head: str = "<title>Lamp out</title>") -> Path:
    html = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return written(tmp_path / "a.html", html)


def test_a_short_page_has_its_paragraphs_and_no_menu(tmp_path: Path) -> None:
    captions = ["A lamp without light.", "The keeper, asleep.", "Boats, at dusk."]
    body = "".join(f"<figure><img><figcaption>{line}</figcaption></figure>" for line in captions)
    menu = "<div><a href='/'>Front</a></div><nav><a href='/isles'>Isles</a></nav>"
    path = page(tmp_path, f"{menu}<h1>Lamp out</h1>{body}<footer>© Skerry Observer</footer>")
    assert one(path).text == "\n\n".join(captions)


def test_a_short_text_in_chinese(tmp_path: Path) -> None:
    lines = [
        "港城议会周二投票决定，将老旧的平转桥关闭十一个月。",
        "货车将改走北绕城公路，议会表示。",
    ]
    body = "".join(f"<p>{line}</p>" for line in lines)
    head = "<title>旧桥将关闭十一个月_港城日报</title>"
    about = "<div><a href='/'>首页</a></div><h1>旧桥将关闭十一个月</h1>"
    about += "<div><span>作者：李明</span></div>"
    article = one(page(tmp_path, f"{about}<div>{body}</div>", head))
    assert article.text == "\n\n".join(["作者：李明", *lines])
    assert (article.title, article.author) == ("旧桥将关闭十一个月", "李明")


@pytest.mark.parametrize(
    "entry",
    [
        "<li><a href='/{n}'>{head}</a><span>2024-03-1{n}</span></li>",
        "<li><a href='/{n}'><b>{head}</b><i>{said}</i></a></li>",
    ],
)
def test_a_list_in_few_signs_is_no_article(tmp_path: Path, entry: str) -> None:
    heads = ["旧桥将关闭十一个月", "渡轮票价春季上涨", "老磨坊改建图书馆", "议会否决体育馆"]
    items = [
        entry.format(n=n, head=head, said="议会周二投票决定。") for n, head in enumerate(heads)
    ]
    path = page(tmp_path, f"<h1>港城新闻</h1><ul>{''.join(items)}</ul>")
    assert told(path) == ([], [NO_ARTICLE])


def test_a_page_of_nothing_but_its_headline_is_no_article(tmp_path: Path) -> None:
    assert told(page(tmp_path, "<main><h1>Lamp out</h1><div id='app'></div></main>")) == (
        [], [NO_ARTICLE]
    )  # fmt: skip


def test_what_a_page_tells_programs_of_its_video(tmp_path: Path) -> None:
    video = {"@type": "VideoObject", "name": "Lamp out", "description": f"{LAMP} {BOATS}"}
    script = f'<title>Lamp</title><script type="application/ld+json">{json.dumps(video)}</script>'
    path = page(tmp_path, "<nav>Isles</nav><h1>Lamp out</h1><video src='a.mp4'></video>", script)
    assert one(path).text == f"{LAMP} {BOATS}"


def test_a_headline_that_stands_twice_is_no_text(tmp_path: Path) -> None:
    body = f"<article><h1>Lamp out</h1><h3>Lamp out</h3><p>{LAMP}</p><p>{BOATS}</p></article>"
    assert one(page(tmp_path, body)).text == f"{LAMP}\n\n{BOATS}"


def test_the_updates_of_a_live_blog(tmp_path: Path) -> None:
    blog = {
        "@type": "LiveBlogPosting", "headline": "Lamp out", "datePublished": "2015-05-13",
        "liveBlogUpdate": [
            {"@type": "BlogPosting", "headline": "Boats are home", "articleBody": BOATS},
            {"@type": "BlogPosting", "headline": "Keeper speaks", "articleBody": KEEPER},
        ],
    }  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
    path = page(
        tmp_path, "<h1>Lamp out</h1><div id='app'></div>", f"<title>Lamp out</title>{script}"
    )
    assert one(path).text == f"Boats are home\n\n{BOATS}\n\nKeeper speaks\n\n{KEEPER}"


@pytest.mark.parametrize(
    ("foot", "is_text"),
    [
        (
            "This article was amended on 14 May 2015. The lamp was lit first in 1812, not 1821.",
            True,
        ),
        (
            "Moira Quill writes about the isles, their harbours and those who live at the sea.",
            False,
        ),
    ],
)
def test_a_correction_in_the_foot_of_an_article(tmp_path: Path, foot: str, is_text: bool) -> None:
    text = f"<p>{LAMP}</p><p>{BOATS}</p><p>{KEEPER}</p>"
    path = page(
        tmp_path, f"<article><h1>Lamp out</h1>{text}<footer><p>{foot}</p></footer></article>"
    )
    assert one(path).text == "\n\n".join([LAMP, BOATS, KEEPER, *([foot] if is_text else [])])


def test_a_menu_beside_the_text_in_a_table(tmp_path: Path) -> None:
    menu = "<td><a href='/'>Front</a><br><a href='/isles'>Isles</a></td>"
    text = f"<td><h1>Lamp out</h1><p>{LAMP}</p><p>{BOATS}</p><p>{KEEPER}</p><p>{LAMP}</p></td>"
    article = one(page(tmp_path, f"<table><tr>{menu}{text}</tr></table>"))
    assert "Front" not in article.text
    assert BOATS in article.text


def test_where_singlefile_has_saved_a_page_from(tmp_path: Path) -> None:
    html = (
        "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://a.example/lamp \n "
        f"saved date: Sat May 16 2015\n--><title>Lamp out</title><h1>Lamp out</h1><p>{LAMP}</p>"
    )
    assert one(written(tmp_path / "a.html", html)).url == "https://a.example/lamp"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("<a class='p-author h-card' href='/'>Moira Quill</a>", "Moira Quill"),
        ("<div>Submitted by Moira Quill on Wed, 05/13/2015 - 09:30</div>", "Moira Quill"),
        ("<p>Автор: Анна Белова</p>", "Анна Белова"),
        ("<div class='author'>بقلم: سلمى حداد</div>", "سلمى حداد"),
        ("<span class='author'>מאת: דנה לוי</span>", "דנה לוי"),
    ],
)
def test_further_ways_of_a_byline(tmp_path: Path, line: str, author: str) -> None:
    body = f"<article><h1>Lamp out</h1>{line}<p>{LAMP}</p><p>{BOATS}</p></article>"
    assert said(one(page(tmp_path, body)))[3] == author


def test_headings_right_above_their_paragraphs(tmp_path: Path) -> None:
    said_by = f"<h2>Moira Quill (Isles)</h2><p>{LAMP}</p><h2>Bob Sample (Quay)</h2><p>{BOATS}</p>"
    path = page(tmp_path, f"<h1>Lamp out</h1><div>{said_by}<h2>Read on</h2><ul></ul></div>")
    assert one(path).text == f"Moira Quill (Isles)\n\n{LAMP}\n\nBob Sample (Quay)\n\n{BOATS}"


@pytest.mark.parametrize(
    ("title", "body", "reason"),
    [
        ("Seite nicht gefunden - Hafenblatt", "<h1>Seite nicht gefunden</h1><p>Nutzen Sie die "
         "Suche, oder gehen Sie zur Startseite.</p>",
         "shows an answer of the server, 404 Not Found"),
        ("404 – Page introuvable", "<p>La page que vous cherchez n’existe pas ou plus.</p>",
         "shows an answer of the server, 404 Not Found"),
        ("Lamp", "<meta http-equiv='refresh' content='0; url=/lamp'><p>Go on to the lamp.</p>",
         "only leads to another page"),
        ("Coast", "<p>Bitte schalten Sie JavaScript ein, um diese Seite zu lesen.</p>",
         "asks for consent"),
    ],
)  # fmt: skip
def test_pages_of_no_article(tmp_path: Path, title: str, body: str, reason: str) -> None:
    titles, (line,) = told(page(tmp_path, body, f"<title>{title}</title>"))
    assert titles == []
    assert line.startswith(reason)


def test_a_day_in_the_head_of_the_page_is_not_the_articles(tmp_path: Path) -> None:
    text = f"<h1>Lamp out</h1><p>{LAMP}</p><p>{BOATS}</p>"
    head = "<header><div class='date'>Saturday, 16 May 2015</div></header>"
    assert one(page(tmp_path, f"{head}<article>{text}</article>")).published is None
    own = f"<article><header><div class='date'>13 May 2015</div></header>{text}</article>"
    assert str(one(page(tmp_path, own)).published) == "2015-05-13"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("On Sunday,<br>the lamp {}", "On Sunday,\nthe lamp {}"),
        ("The lamp <q>is out</q>, {}", "The lamp is out, {}"),
        ("On <time datetime='2015-05-10'>Sunday, 10 May</time>, {}", "On Sunday, 10 May, {}"),
        ("The <noindex>lamp</noindex> {}", "The lamp {}"),
        ("The electri&shy;cians&#8203; {}", "The electricians {}"),
        ("The lamp isnâ€™t lit {}", "The lamp isn’t lit {}"),
        ("The lamp {}<script>ad.push(1);</script>", "The lamp {}"),
        ("The lamp <button>Share</button> {}", "The lamp {}"),
        ("The lamp <svg><title>Icon</title></svg> {}", "The lamp {}"),
        ("The lamp <iframe src='x'>Frame</iframe> {}", "The lamp {}"),
        ("The lamp <audio>Your browser plays no sound</audio> {}", "The lamp {}"),
        ("The lamp <figure><img><figcaption>Lamp</figcaption></figure> {}", "The lamp {}"),
        ("The <ruby>灯<rt>ひ</rt></ruby> {}", "The 灯 {}"),
    ],
)
def test_a_paragraph_is_in_the_text_once_and_as_readers_see_it(
    tmp_path: Path, line: str, text: str
) -> None:
    rest = "is dark from dusk to dawn, and the boats of the isle wait for it in the harbour."
    lines = [LAMP, line.format(rest), BOATS, KEEPER]
    body = f"<article><h1>Lamp out</h1>{''.join(f'<p>{part}</p>' for part in lines)}</article>"
    read = one(page(tmp_path, body)).text.split("\n\n")
    assert [" ".join(filter(None, part.split(" "))) for part in read] == [
        LAMP,
        text.format(rest),
        BOATS,
        KEEPER,
    ]


def test_a_missed_paragraph_is_put_in_as_readers_see_it(tmp_path: Path) -> None:
    lead = f"{LAMP}<script>ad.push(1);</script><br>{BOATS}"
    text = "".join(f"<p>{line}</p>" for line in (KEEPER, LAMP.lower(), BOATS.lower()))
    head = f"<header><h1>Lamp out</h1><p class='lead'>{lead}</p></header>"
    read = one(
        page(
            tmp_path,
            f"<main><article>{head}<div class='entry-content'>{text}</div></article></main>",
        )
    )
    assert read.text.split("\n\n")[0] == f"{LAMP} {BOATS}"


@pytest.mark.parametrize(
    "names",
    [
        "entry-content comments-closed", "article-body no-comments", "post-body disqus-enabled",
        "story-body is-trusted", "has-related", "recipe-cookies", "donations-open",
        "newsletter-article", "articleRecommended", "article__body--see-also", "supportus",
    ],
)  # fmt: skip
def test_what_holds_most_of_a_page_is_its_article_whatever_it_is_called(
    tmp_path: Path, names: str
) -> None:
    lines = [BOATS, KEEPER, LAMP.lower(), BOATS.lower()]
    text = "".join(f"<p>{line}</p>" for line in lines)
    head = f"<header><h1>Lamp out</h1><p class='lead'>{LAMP}</p></header>"
    foot = f"<div class='relatedPosts'><p>{KEEPER.upper()}</p></div>"
    body = f"<main><article>{head}<div class='{names}'>{text}</div>{foot}</article></main>"
    assert one(page(tmp_path, body)).text.split("\n\n") == [LAMP, *lines]


def test_a_call_for_a_newsletter_between_paragraphs(tmp_path: Path) -> None:
    call = "Get all the news of the isles by mail, every morning of the week at six."
    call = f"<div class='newsletter-signup'><p>{call}</p></div>"
    text = "".join(f"<p>{line}</p>" for line in (LAMP, BOATS, KEEPER, LAMP.lower()))
    last = "Moira Quill has written on the isles for the Observer since the year 2009."
    body = f"<article><h1>Lamp out</h1><div>{text}{call}<p>{last}</p></div></article>"
    assert one(page(tmp_path, body)).text.split("\n\n")[-2:] == [LAMP.lower(), last]


def test_the_publisher_by_marks_in_the_page(tmp_path: Path) -> None:
    mark = "<span itemprop='publisher'><meta itemprop='name' content='Skerry Observer'></span>"
    body = f"<div><h1>Lamp out</h1>{mark}<p>{LAMP}</p><p>{BOATS}</p></div>"
    assert one(page(tmp_path, body)).source == "Skerry Observer"
