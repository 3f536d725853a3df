"""Turns the texts that editors store as JSON trees into HTML.

Such editors are ProseMirror, Slate, Lexical, Draft.js, Editor.js, Sanity's Portable Text,
Contentful, Wix, Apple News and Telegram. A node has a type, and words or inner nodes; only the
names of the fields differ.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

_TYPES = ("type", "_type", "nodeType", "role")
_INNER_KEYS = ("children", "content", "nodes", "blocks", "components", "items", "root", "document")
_WORD_KEYS = ("text", "value", "content")
_DATA_KEYS = ("data", "textData", "attrs", "model")
_INLINE = frozenset(
    """a autolink bold code emoji entity entryhyperlink hashtag hyperlink italic link mention plain
    span strong em text textlink underline""".split()
)
"""Types of nodes within a line: their words are joined without separators."""

_BREAK = frozenset(["br", "hardbreak", "linebreak"])
_NO_TEXT = re.compile(
    r"image|photo|picture|gallery|figure|media|embed|video|audio|caption|pullquote|advert|button"
    r"|divider|byline|author|title|illustrator"
)
"""Parts of the types of nodes that are shown beside the text, or read from other fields."""

_TAG = re.compile(
    r"</?(?:a|b|br|code|em|font|h[1-6]|i|li|mark|ol|p|span|strong|sub|sup|u|ul)(?:\s[^<>]*)?/?>"
)


def html_of_rich_text(value: Any) -> str | None:
    """The paragraphs of a tree as HTML; None if a value is no tree."""
    if isinstance(value, dict):
        return _html([value]) if _is_rich(value) else None
    if not isinstance(value, list):
        return None
    is_line = any(isinstance(item, str) and item.strip() != item for item in value)
    nodes = [item for item in value if isinstance(item, dict)]
    are_blocks = any(map(_is_block, nodes)) and not any(_type(node) in _INLINE for node in nodes)
    if any(map(_is_rich, nodes)) or are_blocks or (is_line and nodes):
        return _html(value if is_line else nodes)
    return None


def _is_rich(node: dict[str, Any]) -> bool:
    """Whether an object is a node with inner nodes, and not a record in a list of records."""
    inside = [child for child in _inner_nodes(node) if isinstance(child, dict)]
    return any(_type(child) for child in inside) and not any(
        name in child for child in inside for name in ("title", "headline")
    )


def _is_block(node: dict[str, Any]) -> bool:
    """Whether an object is a paragraph with words, and no record of its own."""
    is_record = any(name in node for name in ("title", "headline"))
    return bool(_type(node) and _words(node)) and not is_record


def _html(nodes: list[Any]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in _paragraphs(nodes))


def _paragraphs(nodes: list[Any]) -> Iterator[str]:
    """The paragraphs of sibling nodes; consecutive nodes within a line are one paragraph."""
    line: list[str] = []
    if all(isinstance(node, str) for node in nodes):
        yield from map(_as_html, nodes)
        return
    for node in nodes:
        if isinstance(node, str) or (isinstance(node, dict) and _type(node) in _INLINE | _BREAK):
            line.append(_in_line(node))
            continue
        if line:
            yield "".join(line)
            line = []
        if isinstance(node, dict) and not _NO_TEXT.search(_type(node)):
            inside = _inner_nodes(node)
            yield from _paragraphs(inside) if inside else [_words(node)]
    if line:
        yield "".join(line)


def _in_line(node: Any) -> str:
    if not isinstance(node, dict):
        return _as_html(node) if isinstance(node, str) else ""
    if _type(node) in _BREAK:
        return "<br>"
    return "".join(map(_in_line, _inner_nodes(node))) or _words(node)


def _type(node: dict[str, Any]) -> str:
    """The type of a node in lower case, without dashes and underscores; blank if it has none."""
    types = (node[name] for name in _TYPES if isinstance(node.get(name), str))
    return next(types, "").lower().replace("-", "").replace("_", "")


def _inner_nodes(node: dict[str, Any]) -> list[Any]:
    """The inner nodes of a node."""
    for holder in _holders(node):
        for name in _INNER_KEYS:
            inside = holder.get(name)
            if isinstance(inside, dict) and (_type(inside) or _inner_nodes(inside)):
                return [inside]
            if isinstance(inside, list) and inside:
                return inside
    return []


def _words(node: dict[str, Any]) -> str:
    values = (holder.get(name) for holder in _holders(node) for name in _WORD_KEYS)
    return _as_html(next((value for value in values if isinstance(value, str)), ""))


def _holders(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The node, and the objects in it that may contain its words or inner nodes as well."""
    return [node, *(node[name] for name in _DATA_KEYS if isinstance(node.get(name), dict))]


def _as_html(words: str) -> str:
    """Words as HTML; some editors already store the markup within a line as HTML."""
    return words if _TAG.search(words) else escape(words, quote=False).replace("\n", "<br>")
