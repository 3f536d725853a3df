"""Recognises and reads text in HTML, as opposed to text that only mentions tags, and reads XML."""

import re
from html import entities
from typing import Any

from corpus.encoding import NotReadable, clean, decode, one_line, without_controls
from corpus.hidden import empty_hidden

# Elements of HTML, then elements of TEI that HTML lacks.
BLOCKS = frozenset(
    """address article aside blockquote body center dd details div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody
    tfoot thead tr ul ab head item list quote row""".split()
)
DROPPED = frozenset(
    "button canvas iframe math noscript object script select style svg template title".split()
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?:\s[^<>]*|/)?>")
# An element that is not closed extends to the end, as in a browser.
_NO_TEXT = re.compile(
    r"<!--.*?(?:-->|\Z)|<!doctype[^<>]*>"
    r"|<(script|style|template|textarea|dialog|noscript|select)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
# An element within a line, with an attribute that occurs only in real markup.
_MARKED = re.compile(
    r"<([a-z]{1,10})\s(?:[^<>]{0,300}\s)?(?:hidden\b|(?:style|class|href|aria-hidden)\s*=)[^<>]{0,300}>",
    re.IGNORECASE,
)
_LINE_BREAKS = frozenset({"br", "lb"})
_CELLS = frozenset({"td", "th", "cell"})
_LINE_BREAK = re.compile(r"(?:[.!?:;”\"’')…\]]|<br\s*/?>|^)\s*<br\s*/?>", re.IGNORECASE)
_JUDGED_BY = 20_000
"""Characters of a text by which it is decided whether it is HTML."""
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding=[\"']([\w.:-]+)")
_STRAY_LESS_THAN = re.compile(r"<(?![A-Za-z/!?])")
_SIGN = re.compile(r"&(amp|lt|gt|quot|apos);|&(?!#\w{1,8};)|<(?![A-Za-z_/!?])")
_NUMBERED = {
    "&": "&#38;", "<": "&#60;",
    "amp": "&#38;", "lt": "&#60;", "gt": "&#62;", "quot": "&#34;", "apos": "&#39;",
}  # fmt: skip
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def is_html(text: str) -> bool:
    """Whether a text is written in HTML, and does not merely mention tags.

    It is HTML if tags put nearly all of it into paragraphs or other blocks, or if its lines are
    broken by ``<br>`` and not by line feeds.
    """
    if "<" not in text or ">" not in text:
        return False
    text = _NO_TEXT.sub("", text[:_JUDGED_BY])
    tags = list(_TAG.finditer(text))
    opened = [tag for tag in tags if not tag[1] and tag[2].lower() in BLOCKS]
    closed = [tag for tag in tags if tag[1] and tag[2].lower() in BLOCKS]
    if opened and (closed or sum(tag[2].lower() == "p" for tag in opened) > 1):
        depth, inside, outside, start = 0, 0, 0, 0
        for tag in tags:
            length = len(text[start : tag.start()].strip())
            inside, outside = (inside + length, outside) if depth else (inside, outside + length)
            if tag[2].lower() in BLOCKS:
                depth = max(0, depth - 1) if tag[1] else depth + 1
            start = tag.end()
        outside += 0 if depth else len(text[start:].strip())
        if outside * 5 <= len(text.strip()) - outside:
            return True
    breaks = len(_LINE_BREAK.findall(text))
    return breaks >= 2 and text.strip().count("\n") <= breaks


def text_of_html(html: str) -> str:
    """The text of a piece of HTML without scripts, with a blank line between its paragraphs."""
    root = visible_tree(html)
    return "" if root is None else text_of_tree(root)


def text_of_marked(text: str) -> str:
    """A text without its HTML tags, if these mark up words and lines are broken by line feeds.

    A text that only mentions tags is returned as it is.
    """
    marked = _MARKED.search(text) if "</" in text else None
    if marked is None or f"</{marked[1].lower()}" not in text[marked.end() :].lower():
        return text
    return text_of_html(text.replace("\n", "<br>"))


def text_of_tree(root: Any) -> str:
    """The text of an lxml element of HTML, or of the TEI that trafilatura makes of a page.

    Blank lines separate paragraphs, items and rows; bars separate the cells of a row.
    """
    from lxml import etree  # type: ignore[import-untyped]

    paragraphs: list[str] = []
    current: list[str] = []
    dropped = preformatted = 0
    has_words = False  # whether the current paragraph contains more than blanks

    def add(piece: str | None) -> None:
        nonlocal has_words
        if piece and not dropped:
            current.append(piece if preformatted else _BLANKS.sub(" ", piece))
            has_words = has_words or not piece.isspace()

    def end_paragraph() -> None:
        nonlocal has_words
        lines = "".join(current).split("\n")
        paragraphs.append("\n".join(line.strip(" ") for line in lines))
        current.clear()
        has_words = False

    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            add(element.tail)
            continue
        tag = element.tag
        step = 1 if event == "start" else -1
        if tag in BLOCKS:
            end_paragraph()
        # HTML's head holds no text; a head in TEI is a heading.
        dropped += step * (tag in DROPPED or (tag == "head" and not element.get("rend")))
        preformatted += step * (tag == "pre")
        if event == "end":
            add(element.tail if element is not root else None)
            continue
        if tag in _LINE_BREAKS and not dropped:
            current.append("\n")
        if tag in _CELLS and has_words:
            add(" | ")
        add(element.text)
    end_paragraph()
    return clean("\n\n".join(paragraph for paragraph in paragraphs if paragraph.strip()))


def parse_html(html: str) -> Any:
    """The root element of a page or a piece of one, or None if it is empty.

    It is an ``lxml.html.HtmlElement``. Scripts stay in the tree; nothing is executed or fetched.
    """
    from lxml import etree
    from lxml.html import (  # type: ignore[import-untyped]
        HtmlElement,
        document_fromstring,
    )

    # Browsers show a < that begins no tag as text; the parser would drop it.
    html = _STRAY_LESS_THAN.sub("&lt;", without_controls(html))
    if not html.strip():
        return None
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    # One class for all elements: lxml.html calls Python for each, to find that of forms and links.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    try:
        return document_fromstring(html.encode(), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None  # only comments, or no markup at all


def visible_tree(html: str) -> Any:
    """The root element of a page, with its hidden elements emptied; None if the page is empty."""
    root = parse_html(html)
    if root is not None:
        empty_hidden(root)
    return root


def xml_text(data: bytes) -> str:
    """The text of an XML file without its declaration, and with HTML's entities replaced.

    Raises NotReadable if it defines entities: these can expand without end, or name other files.
    """
    declared = _XML_ENCODING.search(data[:200])
    text = clean(decode(data, declared[1].decode("ascii") if declared else None))
    if "<!ENTITY" in text:
        raise NotReadable("defines entities of its own, which are not read for safety")
    text = text[match.end() :] if (match := _XML_DECLARATION.match(text)) else text
    return _NAMED_ENTITY.sub(
        lambda match: entities.html5.get(match[1] + ";", f"&amp;{match[1]};"), text
    )


def parse_xml(text: str) -> Any:
    """The root element of a text from ``xml_text``, with all names without their namespaces.

    Raises NotReadable if it is not well-formed. Nothing is fetched.
    """
    from lxml import etree

    try:
        root = etree.fromstring(text.encode(), _xml_parser())
    except etree.XMLSyntaxError as error:
        reason = error.msg.partition(", line ")[0]
        raise NotReadable(f"is not valid XML at line {error.lineno}: {reason}") from None
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def words_of(element: Any) -> str:
    """All the text in an element on one line; blank if there is no element."""
    return "" if element is None else one_line("".join(element.itertext()))


def words_at(element: Any, *paths: str) -> str | None:
    """The words of the first element or attribute at one of these XPaths, in their order, or None.

    What is blank does not count.
    """
    found = (place for path in paths for place in element.xpath(path))
    lines = (one_line(place) if isinstance(place, str) else words_of(place) for place in found)
    return next(filter(None, lines), None)


def well_formed(text: str) -> str:
    """A text from ``xml_text``, mended if it has stray signs or lacks closing tags.

    Raises NotReadable if no part of it is XML.
    """
    from lxml import etree

    try:
        etree.fromstring(text.encode(), _xml_parser())
    except etree.XMLSyntaxError:
        try:
            # After a first error libxml2 drops entities with names, but not those with numbers.
            escaped = _SIGN.sub(lambda match: _NUMBERED[match[1] or match[0]], text)
            root = etree.fromstring(escaped.encode(), _xml_parser(recover=True))
        except etree.XMLSyntaxError:
            root = None
        if root is None:
            raise NotReadable("is not XML") from None
        return str(etree.tostring(root, encoding="unicode"))
    return text


def _xml_parser(*, recover: bool = False) -> Any:
    from lxml import etree

    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
