"""Text that nobody is shown is not the article's, whatever it came in."""

import json
from pathlib import Path

import pytest

from corpus import Article, read_articles
from corpus.markup import text_of_html

SHOWN = [
    "The Marrowby bridge was closed on Monday after an inspector found two cracks in a pier.",
    "Nobody knows when it will be mended, said Ada Quill, who has lived beside it all her life.",
]
SECRET = "The mayor of Marrowby took the money himself and hid it under the bridge at night."

HIDDEN = {
    "hidden": "<p hidden>{}</p>",
    "hidden, with a heading": "<div hidden><h1>Bridge</h1><p>{}</p></div>",
    "template": "<template><p>{}</p></template>",
    "deleted": "<p>Then <del>{}</del> it rained.</p>",
    "struck": "<p>Then <s>{}</s> it rained.</p>",
    "not read aloud": '<div aria-hidden="true"><p>{}</p></div>',
    "a dialog": "<dialog><p>{}</p></dialog>",
    "typed in": "<textarea>{}</textarea>",
    "display": '<p style="color: red; DISPLAY : none !important">{}</p>',
    "visibility": '<p style="visibility:hidden">{}</p>',
    "opacity": '<p style="opacity: 0.0">{}</p>',
    "size of letters": '<p>Then <span style="font-size:0px">{}</span> it rained.</p>',
    "no height": '<div style="height:0;overflow:hidden"><p>{}</p></div>',
    "one pixel": '<p style="position:absolute;width:1px;height:1px;overflow:hidden">{}</p>',
    "a box of nothing": '<p style="max-height: 0">{}</p>',
    "cut to nothing": '<p style="position:absolute;clip:rect(0,0,0,0)">{}</p>',
    "cut to a point": '<p style="clip-path: circle(0)">{}</p>',
    "hardly there": '<p style="opacity: 1%">{}</p>',
    "size in the short form": '<p style="font: bold 0/1 serif">{}</p>',
    "letters of a pixel": '<p style="font-size:1px">{}</p>',
    "hidden downwards": '<p style="height:0; overflow-y:hidden">{}</p>',
    "a comment in its style": '<p style="/* a */ display: /* b */ none">{}</p>',
    "an escape in its style": '<p style="display:n\\6f ne">{}</p>',
    "without scripts": "<noscript><p>{}</p></noscript>",
    "to be chosen": "<select><option>{}</option></select>",
    "moved beside the screen": '<p style="position:relative; left:-9999px">{}</p>',
    "beside the screen": '<p style="position:absolute; left:-9999px">{}</p>',
    "above the screen": '<p style="position:fixed; top: -200em">{}</p>',
    "indented away": '<p style="text-indent:-9999px">{}</p>',
    "moved away": '<p style="transform: translateX(-9999px)">{}</p>',
    "white on white": '<p style="color:#FFF;background-color:white">{}</p>',
    "white in a white box": '<div style="background:rgb(255, 255, 255)"><p>'
    '<b style="color:#ffffff">{}</b></p></div>',
    "in no colour": '<p style="color:rgba(0,0,0,0)">{}</p>',
    "white in other words": '<p style="color:hsl(0 0% 100%);background:#fff">{}</p>',
    "a named colour on itself": '<p style="color:#663399;background:rebeccapurple">{}</p>',
    "filled with nothing": '<p style="-webkit-text-fill-color:transparent">{}</p>',
    "clear in hexadecimal": '<p style="color:#fff0;">{}</p>',
    "filtered away": '<p style="filter: blur(1px) opacity(0)">{}</p>',
    "filtered away as it once was": '<p style="filter: alpha(opacity=0)">{}</p>',
    "zoomed away": '<p style="zoom:0">{}</p>',
    "scaled away": '<p style="scale: 0">{}</p>',
    "transformed to nothing": '<p style="transform:rotate(3deg) scale(0.0)">{}</p>',
    "turned on edge": '<p style="transform:rotateX(90deg)">{}</p>',
    "a polygon of a point": '<p style="clip-path:polygon(0 0, 0 0, 0 0)">{}</p>',
    "reckoned": '<p style="font-size:calc(0 * 1em)">{}</p>',
    "reckoned by taking away": '<p style="opacity:calc(1 - 1)">{}</p>',
    "in the colour of its cell": '<table><tr><td bgcolor="#eee">'
    '<font color="#EEEEEE">{}</font></td></tr></table>',
}


def html(hidden: str) -> str:
    return f"<p>{SHOWN[0]}</p>{hidden}<p>{SHOWN[1]}</p>"


def page(inside: str) -> str:
    return (
        f"<html><head><title>Bridge</title></head><body><article><h1>Bridge closed</h1>{inside}"
        "</article></body></html>"
    )


def one(path: Path, content: str) -> Article:
    path.write_text(content)
    [found] = read_articles(path)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize("how", HIDDEN)
def test_hidden_text_is_not_the_article_s(tmp_path: Path, how: str) -> None:
    inside = html(HIDDEN[how].format(SECRET))
    escaped = inside.replace("&", "&amp;").replace("<", "&lt;")
    found = [
        one(tmp_path / "a.html", page(inside)),
        one(tmp_path / "a.json", json.dumps({"title": "Bridge", "text": inside})),
        one(
            tmp_path / "a.rss",
            "<rss><channel><title>T</title><item><title>Bridge</title>"
            f"<description>{escaped}</description></item></channel></rss>",
        ),
        one(tmp_path / "a.eml", f"From: a@b.example\nContent-Type: text/html\n\n{inside}"),
    ]
    for article in found:
        assert "took the money" not in article.text
        assert all(sentence in article.text for sentence in SHOWN)


def test_words_of_a_record_are_marked_up_without_blocks(tmp_path: Path) -> None:
    text = f'{SHOWN[0]}\n\nThen <span style="display:none">{SECRET}</span>it rained, as 3 < 5.'
    article = one(tmp_path / "a.json", json.dumps({"title": "Bridge", "text": text}))
    assert article.text == f"{SHOWN[0]}\n\nThen it rained, as 3 < 5."
    sentence = f"{SHOWN[0]} She wrote <b> and <span> in the margin."
    assert (
        one(tmp_path / "a.json", json.dumps({"title": "Bridge", "text": sentence})).text == sentence
    )


VISIBLE = [
    "<p>{}</p>",
    "<ins>{}</ins>",
    '<dialog open=""><p>{}</p></dialog>',
    '<p style="display:block; opacity:0.5; font-size:10px">{}</p>',
    '<p style="max-height:20px; overflow:hidden; text-indent:-1em">{}</p>',
    '<p style="color:#fff;background-color:#000">{}</p>',
    '<div style="background:#fff"><p style="color:#333"><a style="color:#00f">{}</a></p></div>',
    '<p style="color:white">{}</p>',
    '<div style="background:white url(a.png)"><p style="color:white">{}</p></div>',
    '<p aria-hidden="false">{}</p>',
    '<p style="transform:matrix(0,1,-1,0,0,0);scale:0.9;zoom:1;filter:opacity(0.9)">{}</p>',
    '<p style="font-size:calc(1rem + 0.5vw);color:hsl(0, 0%, 10%);background:#fff">{}</p>',
]


@pytest.mark.parametrize("around", VISIBLE)
def test_what_is_shown_stays(around: str) -> None:
    assert SECRET in text_of_html(html(around.format(SECRET)))


@pytest.mark.parametrize(
    "tag", ['<body style="opacity:0">', "<body hidden>", '<body><main aria-hidden="true">']
)
def test_a_page_that_hides_itself_until_it_is_loaded_is_read(tmp_path: Path, tag: str) -> None:
    article = one(tmp_path / "a.html", page(html("")).replace("<body>", tag))
    assert article.text == "\n\n".join(SHOWN)


LONG = " ".join([SECRET] * 3)
BESIDE = {
    "comments": '<div id="sf_comment_list"><div class="sf_comment_text"><p>{0}</p></div><div '
    'class="sf_comment_text"><p>{0}</p></div></div>',
    "cookies": '<div class="cookiemsg"><p>{}</p></div>',
    "donations": '<div class="support-pay"><h3>Support us</h3><p>{}</p></div>',
    "an appeal": '<section id="Donation-Box"><p>{}</p></section>',
    "related": '<div class="related-stories"><p>{}</p></div>',
}


@pytest.mark.parametrize("what", BESIDE)
def test_what_stands_beside_an_article_is_not_its_text(tmp_path: Path, what: str) -> None:
    inside = html("") + BESIDE[what].format(LONG)
    assert one(tmp_path / "a.html", page(inside)).text == "\n\n".join(SHOWN)


def test_a_page_of_nothing_else_is_read(tmp_path: Path) -> None:
    content = f'<html><body><div class="newsletter"><p>{SHOWN[0]}</p><p>{SHOWN[1]}</p></div>'
    assert one(tmp_path / "a.html", content).text == "\n\n".join(SHOWN)
