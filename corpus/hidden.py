"""Removes the text in HTML that no reader sees, because it is not the article's.

Only the elements' own attributes are considered, not style sheets. A hidden element is emptied and
stays in its place, so that the text after it is not touched.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from math import nan
from typing import Any

from PIL import ImageColor

from corpus.encoding import one_line

_TAGS = frozenset("del dialog noscript s select strike template textarea".split())
# Some pages are hidden until they are loaded, or hidden from screen readers while a notice covers
# the article.
_PAGE_TAGS = frozenset("html body".split())
_ARTICLES = ("h1", "main", "article")
_NUMBER = re.compile(r"\s*(-?(?:\d+\.?\d*|\.\d+))\s*(px|em|rem|ex|ch|pt|cm|in|vw|vh|%)?")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.DOTALL)
_FAR = -500.0
"""Pixels to the left or above; a tenth of that in other units."""

_NO_BOX = re.compile(r"rect\(\s*[01](?:px)?(?:[\s,]+[01](?:px)?){3}\s*\)")
_CUT_AWAY = re.compile(r"inset\(\s*(?:50|100)%|circle\(\s*0[\s%p)]")
_FAINT = 0.05
"""An opacity that nobody sees."""

_MOVED = re.compile(
    r"scale(?:3d|x|y)?\(\s*0?\.?0*[\s,)]|translate(?:3d|x|y)?\(\s*-\d{4,}|matrix\((?:\s*0\s*,){4}"
    r"|rotate[xy]\(\s*-?90deg"
)
_SEE_THROUGH = re.compile(r"opacity\s*[(=]\s*([\d.]+%?)\s*\)")
_POINT = re.compile(r"polygon\(\s*([^\s,()]+ [^\s,()]+)(?:,\s*\1)*\s*\)")
# Calculations that result in zero: calc(0 * 1em), calc(3px - 3px), calc(0px).
_CALCULATED = re.compile(
    r"calc\(\s*(?:(?P<none>0[a-z%]*\s*\*[^()]*|(?P<one>[\d.]+[a-z%]*)\s+-\s+(?P=one)\s*)"
    r"|(?P<plain>[^()]*))\)"
)
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*([^()]{1,60})\)")
_CLEAR = "clear"


def empty_hidden(root: Any) -> None:
    """Empty the hidden elements of a tree, and texts that nobody sees."""
    candidates = root.xpath("descendant-or-self::*[@hidden or @aria-hidden or @style]")
    empty(filter(_is_hidden, (*root.iter(*_TAGS), *candidates)))
    _empty_unseen_words(root)


def empty(elements: Iterable[Any]) -> None:
    """Empty elements of a tree; the text after each stays."""
    for element in [*elements]:
        element.clear(keep_tail=True)


def _is_hidden(element: Any) -> bool:
    tag = element.tag
    if tag in _TAGS:
        return tag != "dialog" or element.get("open") is None
    if tag in _PAGE_TAGS:
        return False
    if element.get("hidden") is not None:
        return True
    if (element.get("aria-hidden") or "").lower() == "true":
        return next(element.iter(*_ARTICLES), None) is None
    style = element.get("style")
    return bool(style) and _hides(declarations(style))


def declarations(style: str) -> dict[str, str]:
    """The declarations of a ``style`` attribute, names and values in lower case."""
    declared: dict[str, str] = {}
    plain = _ESCAPED.sub(_unescaped, _COMMENT.sub(" ", style.lower()))
    for declaration in plain.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            # With single blanks, so that no pattern can match a run of them in many ways.
            value = one_line(value.partition("!")[0])
            declared[name.strip()] = _CALCULATED.sub(
                lambda match: "0" if match["none"] else match["plain"].strip(), value
            )
    return declared


def _unescaped(escape: re.Match[str]) -> str:
    number = int(escape[1], 16) if escape[1] else 0
    return chr(number) if 0 < number < 0xD800 else escape[2] or ""


def _hides(style: Mapping[str, str]) -> bool:
    if any(name in _HIDING and _HIDING[name](value) for name, value in style.items()):
        return True
    overflow = " ".join(style.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    clipped = "hidden" in overflow or "clip" in overflow
    if clipped and (_is_tiny(style.get("height")) or _is_tiny(style.get("width"))):
        return True
    return style.get("position") in {"absolute", "fixed", "relative"} and any(
        _is_far(style.get(side)) for side in ("left", "top", "right", "bottom")
    )


def _size(value: str | None) -> tuple[float, str | None]:
    """The number and the unit of a length such as ``0.5em``.

    For anything else the number is NaN, so that every comparison with it is false.
    """
    number = _NUMBER.fullmatch(value) if value else None
    return (float(number[1]), number[2]) if number else (nan, None)


def _is_zero(value: str | None, most: float = 0) -> bool:
    size, unit = _size(value)
    return 0 <= size <= (most * 100 if unit == "%" else most)


def _is_tiny(value: str | None, units: Collection[str | None] = (None, "px")) -> bool:
    size, unit = _size(value)
    return size <= 1 and unit in units


def _is_far(value: str | None) -> bool:
    size, unit = _size(value)
    return size <= (_FAR if unit in {None, "px", "pt"} else _FAR / 10)


_HIDING: dict[str, Callable[[str], object]] = {
    "display": lambda value: value == "none",
    "visibility": lambda value: value in {"hidden", "collapse"},
    "content-visibility": lambda value: value == "hidden",
    "mso-hide": lambda value: value == "all",
    "opacity": lambda value: _is_zero(value, _FAINT),
    "filter": lambda value: (match := _SEE_THROUGH.search(value)) and _is_zero(match[1], _FAINT),
    "font-size": lambda value: _is_zero(value) or _is_tiny(value, {"px"}),
    # In the short form the size precedes the line height: 0/1.5 serif.
    "font": lambda value: any(_is_zero(part.partition("/")[0]) for part in value.split()),
    "zoom": _is_zero,
    "scale": lambda value: _is_zero(value.partition(" ")[0]),
    "max-height": _is_zero,
    "max-width": _is_zero,
    "clip": _NO_BOX.match,
    "clip-path": lambda value: _CUT_AWAY.match(value) or _POINT.match(value),
    "transform": _MOVED.search,
    "text-indent": _is_far,
    "margin-left": _is_far,
    "margin-top": _is_far,
}
"""For each property, whether a value of it hides an element by itself."""


def _empty_unseen_words(root: Any) -> None:
    """Remove text in the colour of its background, if attributes of elements state both."""
    from lxml import etree  # type: ignore[import-untyped]

    styles = root.xpath("descendant-or-self::*/@style")
    has_colours = root.xpath("boolean(descendant-or-self::*[@color])")
    if not (has_colours or any("color" in style.lower() for style in styles)):
        return
    colours: list[tuple[str | None, str | None]] = [(None, None)]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            colours.pop()
            if element is not root and element.tail and _is_unseen(*colours[-1]):
                element.tail = None
            continue
        colour, ground = colours[-1]
        style = declarations(written) if (written := element.get("style")) else {}
        written = style.get("-webkit-text-fill-color") or style.get("color") or element.get("color")
        colour = _colour(written) or colour
        ground = _colour(_background(style) or element.get("bgcolor")) or ground
        colours.append((colour, ground))
        if element.text and _is_unseen(colour, ground):
            element.text = None


def _is_unseen(colour: str | None, ground: str | None) -> bool:
    return colour == _CLEAR or (colour is not None and colour == ground)


def _background(style: Mapping[str, str]) -> str | None:
    value = style.get("background-color") or style.get("background") or ""
    # Only a background that is just a colour; a picture may cover it.
    return value if _colour(value) not in {None, _CLEAR} else None


def _colour(value: str | None) -> str | None:
    """A colour as six hexadecimal digits, or ``clear``; None if it is not understood."""
    if not value:
        return None
    value = value.strip().lower()
    if value == "transparent":
        return _CLEAR
    function = _FUNCTION.fullmatch(value)
    if function:
        parts = re.split(r"[\s,/]+", function[2].replace("deg", "").strip())
        if len(parts) == 4 and _is_zero(parts.pop()):
            return _CLEAR
        value = f"{function[1]}({','.join(parts)})"
    try:
        red, green, blue, *alpha = ImageColor.getrgb(value)
    except ValueError:
        return None
    return _CLEAR if alpha == [0] else f"{red:02x}{green:02x}{blue:02x}"
