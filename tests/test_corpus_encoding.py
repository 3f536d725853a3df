"""Bytes to text, and what is mended in it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.encoding import NotReadable, clean, clean_line, decode, decode_entities
from corpus.markup import is_html, text_of_html

FRENCH = "Le maire a été élu à la majorité. L’hôtel de ville était fermé pour la fête — hélas."
RUSSIAN = "Президент прибыл в город и сказал, что всё хорошо и что он очень рад этому."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "utf-32"),
        (FRENCH, "cp1252"),
        ("The price was £5 – he said “no”, señor.", "cp1252"),
        ("Český prezident přijel do Prahy a řekl, že je velmi rád. Žluťoučký kůň.", "cp1250"),
        ("Zażółć gęślą jaźń, powiedział burmistrz łodzi w środę.", "cp1250"),
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "cp1251"),
        ("وصل الرئيس إلى القاهرة يوم الاثنين", "cp1256"),
        ("東京で大統領が会談した。会談は一時間続いた。", "cp932"),
    ],
)
def test_the_encoding_is_found_out(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).removeprefix("\ufeff") == text


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (RUSSIAN, "koi8-r", "koi8-r"),
        ("北京总统会见了代表团。", "gb18030", "gb2312"),
        ("“Quoted” – 5 €", "cp1252", "iso-8859-1"),
        ("東京で会談した。", "iso2022_jp", "iso-2022-jp"),
        # A page that is UTF-8 is so whatever it says, and an unknown declaration says nothing.
        (FRENCH, "utf-8", "iso-8859-1"),
        (FRENCH, "cp1252", "utf-8"),
        (FRENCH, "cp1252", "nonsense-8"),
    ],
)
def test_a_declared_encoding_is_taken_where_it_can_be(
    text: str, encoding: str, declared: str
) -> None:
    assert decode(text.encode(encoding), declared) == text


def test_a_stray_byte_in_utf8_is_read_as_windows_1252() -> None:
    data = "é è ê à ü ö ä “quoted” – and then caf".encode() + b"\xe9."
    assert decode(data) == "é è ê à ü ö ä “quoted” – and then café."


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", bytes(range(256)) * 4, b"\0" * 100]
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotReadable, match="is a binary file, not text"):
        decode(data)


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("The mayorâ€™s â€œplanâ€\x9d", "The mayor’s “plan”"),
        ("CafÃ© ZÃ¼rich", "Café Zürich"),
        ("one\r\ntwo\rthree\u2028four\u2029five", "one\ntwo\nthree\nfour\n\nfive"),
        ("one  \n\n \n\n\ntwo\t \n", "one\n\ntwo"),
        ("one\n  indented", "one\n  indented"),
        ("N\0U\x07L\x1b", "NUL"),
        ("rider\u00adship \ufeffhere", "ridership here"),
        ("\ud83d\ude00 and \ud800 alone", "😀 and \ufffd alone"),
        ("It\x92s", "It’s"),
    ],
)
def test_damage_is_mended(damaged: str, mended: str) -> None:
    assert clean(damaged) == mended


@pytest.mark.parametrize(
    "text",
    [
        "“Curly” ‘quotes’ — dashes… and ﬁ ligatures",
        "10³ m², № 5, ½, ＡＢＣ, 5\u00a0%",
        "e\u0301 decomposed and é composed",
        "São Paulo, Ürümqi, Łódź, İstanbul, Ñuñoa",
        "Мамлюк · 阿里 · علي مملوك · नमस्ते\u200d",
        "a\tb\n\nc  two blanks",
        "AT&T; &amp; &lt;b&gt;",
    ],
)
def test_all_else_stays_to_the_letter(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("written", "decoded"),
    [
        ("Tom &amp; Ann&#8217;s &ldquo;x&rdquo; &#x27;", "Tom & Ann’s “x” '"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&#146;s", "’s"),
        ("AT&T; R&D &copy 5 &nosuch; &#99999999;", "AT&T; R&D &copy 5 &nosuch; &#99999999;"),
    ],
)  # fmt: skip
def test_entities_are_decoded_once(written: str, decoded: str) -> None:
    assert decode_entities(written) == decoded


@given(st.text(st.characters() | st.sampled_from("\r\n\t \x85\xa0\u2028âÃ€™\x9d\ud800\udfff\0")))
def test_cleaning_is_idempotent_and_gives_what_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean_line(clean_line(text)) == clean_line(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n")))
def test_plain_text_keeps_every_word(text: str) -> None:
    assert clean(text).split() == text.split()


@given(st.binary())
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(NotReadable):
        assert clean(decode(data)).encode() is not None


@pytest.mark.parametrize(
    "text",
    [
        "<p>One.</p><p>Two.</p>",
        "  <div class='body'>\n<h2>Head</h2><p>One <b>bold</b> word.</p></div>",
        "<p>One.<p>Two, unclosed as in old pages.",
        "First line.<br>Second line.<br/><br/>Third.",
        "<script>track()</script><p>One.</p>",
        "<!DOCTYPE html><html><body><p>One.</p></body></html>",
    ],
)
def test_html_is_recognised(text: str) -> None:
    assert is_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "The tag <b> is old, said the author of <i>Markup</i>.",
        "If 3 < 4 and 5 > 2, the mayor said, all is well.",
        "He wrote <p>hello</p> on the blackboard, and the class laughed about it.",
        "<b>Bold</b> words at the beginning, and <script>alert(1)</script> in the middle.",
        "Use <br> and <br/> to break lines.",
        "Write to <jane@example.org> or <john@example.org>.",
        "<<< >>> <> </>",
        "",
    ],
)
def test_text_that_mentions_tags_is_not_html(text: str) -> None:
    assert not is_html(text)


def test_the_text_of_html() -> None:
    html = """<h2>Head &amp; tail</h2><p>One
      <a href="x">link</a>,<br>next line &amp;lt;b&amp;gt;.</p><!-- no --><script>bad()</script>
      <ul><li>first</li><li>second</li></ul><style>p{}</style>tail"""
    assert text_of_html(html) == (
        "Head & tail\n\nOne link,\nnext line &lt;b&gt;.\n\nfirst\n\nsecond\n\ntail"
    )


@given(st.text(st.sampled_from("<>/!-pbr divscript=\"'&;ab \n\0\ud800é")))
def test_no_markup_makes_it_fail(text: str) -> None:
    is_html(text)
    assert clean(text_of_html(text)) == text_of_html(text)
