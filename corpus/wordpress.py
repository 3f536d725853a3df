"""Exports of WordPress (WXR): reads only the published posts of a site.

The names are from https://wordpress.org's exporter, version 1.2. Elements are recognised by their
local names.
"""

import re
from collections.abc import Iterator
from typing import Any

from corpus.dates import local_instant, no_date, parse_date
from corpus.drafts import Draft
from corpus.encoding import NotReadable
from corpus.hidden import empty
from corpus.markup import parse_xml, text_of_html, text_of_tree, visible_tree, well_formed
from corpus.record_lists import left_out

_MARK = re.compile(r"http://wordpress\.org/export/|<wp:wxr_version>")
# Items that are no posts: pictures, menus, versions, settings, and pages about the site.
_NO_POSTS = re.compile(
    r"attachment|nav_menu_item|revision|page|custom_css|customize_changeset|oembed_cache"
    r"|user_request|wp_.*|acf-.*|elementor_library"
)
_SHORT_CODE = re.compile(
    r"\[/?([a-zA-Z][\w-]{0,40})"
    r"((?:\s{1,10}[\w-]{1,40}=(?:\"[^\"\]]{0,2000}\"|'[^'\]]{0,2000}'|[^\s\]\"']{1,300}))*)"
    r"\s{0,10}/?\]"
)
# Short codes whose contents are no text: pictures with captions, players, addresses.
_EMPTIED = frozenset("caption wp_caption gallery playlist audio video embed".split())
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_BLOCK = re.compile(r"<(?:p|div|ul|ol|table|blockquote|h[1-6]|pre)\b", re.IGNORECASE)


def is_wordpress(text: str) -> bool:
    """Whether the text of an RSS file is an export."""
    return _MARK.search(text[:20_000]) is not None


def drafts_of_wordpress(text: str) -> Iterator[Draft]:
    """The published posts; raises NotReadable at the end to report the unpublished ones."""
    root = parse_xml(well_formed(text))
    channel = root.find("channel")
    if channel is None:
        raise NotReadable("is an export of WordPress without its channel")
    site, language = _line(channel, "title"), channel.findtext("language")
    names = {
        author.findtext("author_login"): _line(author, "author_display_name")
        for author in channel.iter("author")
    }
    count = unpublished = 0
    for item in channel.iter("item"):
        if _NO_POSTS.fullmatch(item.findtext("post_type") or "post"):
            continue
        count += 1
        if item.findtext("status") != "publish" or (item.findtext("post_password") or "").strip():
            unpublished += 1
            continue
        yield Draft(
            text=_text(item),
            title=_line(item, "title"),
            dates=[
                local_instant(item.findtext("post_date", ""), item.findtext("post_date_gmt", "")),
                parse_date(item.findtext("pubDate"), "metadata"),
            ],
            url=item.findtext("link"),
            source=site,
            # A login name is no byline.
            author=names.get(item.findtext("creator")),
            language=language,
            undated=no_date([item.findtext("pubDate"), item.findtext("post_date")]),
        )
    if unpublished or not count:
        reason = left_out(unpublished, count, "posts")
        raise NotReadable(reason if count else "is an export of WordPress without posts")


def _line(element: Any, name: str) -> str:
    """A title or a name, which is stored in HTML as the text is: ``Smith &#038; Sons``."""
    return text_of_html(element.findtext(name) or "")


def _text(item: Any) -> str:
    """The text of a post without short codes, with a blank line between its paragraphs."""
    encoded = item.find("encoded")
    content = without_short_codes("" if encoded is None else "".join(encoded.itertext()))
    # In posts without tags, blank lines separate the paragraphs.
    content = _BLANK_LINE.sub("\n<p>", content)
    if not _BLOCK.search(content):
        content = content.replace("\n", "<br>\n")
    root = visible_tree(f"<p>{content}")
    empty(root.iter("figcaption"))
    return text_of_tree(root)


def without_short_codes(content: str) -> str:
    """The content without short codes such as ``[gallery ids="1"]``; ``[sic]`` stays."""
    closed = {match[1] for match in _SHORT_CODE.finditer(content) if match[0].startswith("[/")}
    pieces: list[str] = []
    start, inside = 0, ""
    for match in _SHORT_CODE.finditer(content):
        name = match[1]
        if not (match[2] or name in closed or name in _EMPTIED):
            continue
        if not inside:
            pieces.append(content[start : match.start()])
        start = match.end()
        if match[0].startswith("[/"):
            inside = "" if name == inside else inside
        elif not inside and name in _EMPTIED and name in closed and not match[0].endswith("/]"):
            inside = name
    return "".join([*pieces, "" if inside else content[start:]])
