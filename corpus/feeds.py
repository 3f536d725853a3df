"""Saved feeds: RSS and Atom."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from corpus.dates import no_date
from corpus.drafts import Draft, canonical_url, first_date
from corpus.encoding import NotReadable, decode_entities, one_line
from corpus.markup import text_of_html, well_formed

_LONGEST = 10_000_000
_KIND = "http://schemas.google.com/g/2005#kind"
_CREDIT = 60
"""Characters that a line about an article's first appearance has beside the two titles."""


def drafts_of_feed(text: str) -> Iterator[Draft]:
    """The drafts of the entries of a feed, with their full contents, or else their summaries."""
    import feedparser

    if len(text) > _LONGEST:
        raise NotReadable(f"is a feed of more than {_LONGEST // 1_000_000} MB; split it")
    # feedparser takes the square of the length of a feed that is not well-formed, and takes a
    # string for an address. Only the text of HTML is read, so it need not be sanitized.
    feed = feedparser.parse(
        BytesIO(well_formed(text).encode()), sanitize_html=False, resolve_relative_uris=False
    )
    if not feed.entries:
        raise NotReadable("is a feed without entries")
    left_out = 0
    for entry in feed.entries:
        if _is_article(entry):
            yield _draft(entry, feed.feed)
        else:
            left_out += 1
    if left_out:
        which = "is a comment, a draft or a setting" if left_out == 1 else (
            "are comments, drafts or settings")  # fmt: skip
        raise NotReadable(f"{left_out} of its {len(feed.entries)} entries {which}, and left out")


def _is_article(entry: Any) -> bool:
    """Whether an entry is no comment (RFC 4685) and no draft (RFC 5023).

    From Blogger only posts are articles: its exports also contain the comments, the settings and
    the design of a site.
    """
    kinds = [tag.get("term") or "" for tag in entry.get("tags") or []
             if tag.get("scheme") == _KIND]  # fmt: skip
    kinds += filter(None, [entry.get("blogger_type")])
    return (
        not any(name.endswith("in-reply-to") for name in entry)
        and not any(name.endswith("_draft") and entry[name] == "yes" for name in entry)
        and entry.get("blogger_status", "LIVE") == "LIVE"
        and all(kind.lower().endswith("post") for kind in kinds)
    )


def _draft(entry: Any, feed: Any) -> Draft:
    contents = [content for content in entry.get("content") or [] if content.get("value")]
    # If there are several forms, the one in HTML keeps its paragraphs.
    contents.sort(key=lambda content: "html" not in content.get("type", ""))
    content = contents[0] if contents else entry.get("summary_detail") or {}
    source = entry.get("source") or {}
    language = content.get("language") or feed.get("language")
    # For a missing date an entry itself returns a substitute and a warning; dict.get does not.
    dates = [dict.get(entry, name) for name in ("published", "updated")]
    # feedparser gives an entry without an address its id as the address.
    link = canonical_url(entry.get("link"))
    title = _text(entry.get("title_detail") or {})
    return Draft(
        text=_without_credit(_text(content), title, decode_entities(feed.get("title") or "")),
        title=title,
        # The ids in feeds are often numbers that other feeds use as well.
        id=None if link else entry.get("id"),
        dates=[first_date(dates, language)],
        url=link,
        source=decode_entities(source.get("title") or feed.get("title") or ""),
        author=decode_entities(_authors(entry)),
        language=language,
        undated=no_date(dates),
        vouched="feed",
    )


def _authors(entry: Any) -> str:
    """All authors of an entry; if they have addresses, too, only the names."""
    names = [author.get("name") or "" for author in entry.get("authors") or []]
    written = entry.get("author") or ""
    detail = entry.get("author_detail") or {}
    # feedparser splits a line with a name and an address, and not always between the two.
    is_cut = len(names) == 1 and written != f"{detail.get('name')} ({detail.get('email')})"
    return written if is_cut else ", ".join(filter(None, names)) or written


def _without_credit(text: str, title: str, site: str) -> str:
    """The text without a last line that has little more than the titles of article and feed.

    WordPress writes ``The post Lamp out appeared first on Skerry Observer.`` in its language.
    """
    above, _, last = text.rstrip().rpartition("\n\n")
    names = (one_line(title), one_line(site))
    last = one_line(last)
    has_both = all(name and name in last for name in names)
    return above if above and has_both and len(last) < sum(map(len, names)) + _CREDIT else text


def _text(content: Any) -> str:
    value = content.get("value") or ""
    if "html" in content.get("type", "") and "<" in value:
        return text_of_html(value)
    return decode_entities(value)
