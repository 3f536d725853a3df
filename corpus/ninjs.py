"""ninjs: news items as JSON, as agencies send them.

The names are those of IPTC's standard, versions 1.0 to 3.0: https://iptc.org/standards/ninjs/
"""

from collections.abc import Mapping
from typing import Any

_MARKS = frozenset(
    "pubstatus versioncreated firstcreated representationtype body_text body_xhtml bodies".split()
)
"""In lower case: the names are written versioncreated in version 1 and versionCreated since."""

_BODIES = ("body_xhtml", "body_html", "body_text", "description_text")
_PLACES = ("located", "places", "place")
_SOURCES = ("infosources", "infosource", "source", "provider", "copyrightholder")


def is_ninjs(record: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a news item in this form; Superdesk writes guid for uri."""
    return not {"uri", "guid"}.isdisjoint(record) and not _MARKS.isdisjoint(map(str.lower, record))


def record_of_ninjs(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item as a record with plain names; of several forms of its text the one marked up."""
    item = _in_lower_case(item)
    bodies = _first_of(item, "bodies", contenttype=("html", "plain", ""))
    return {
        **item,
        "id": item.get("uri") or item.get("guid"),
        "text": bodies or next((item[name] for name in _BODIES if item.get(name)), None),
        "title": item.get("headline") or item.get("title") or _first_of(item, "headlines"),
        "published": item.get("firstcreated") or item.get("versioncreated"),
        "author": item.get("byline") or item.get("by"),
        "source": next((item[name] for name in _SOURCES if item.get(name)), None),
        "place": next((item[name] for name in _PLACES if item.get(name)), None),
    }


def _first_of(
    item: Mapping[str, Any], name: str, contenttype: tuple[str, ...] = ("",)
) -> str | None:
    """The value of the main one in a list of objects, of the first of the types that is there."""
    listed = item.get(name)
    forms = listed if isinstance(listed, list) else []
    forms = [_in_lower_case(form) for form in forms if isinstance(form, dict)]
    forms.sort(key=lambda form: form.get("role") != "main")
    for wanted in contenttype:
        for form in forms:
            if wanted in str(form.get("contenttype", "")) and isinstance(form.get("value"), str):
                return str(form["value"])
    return None


def _in_lower_case(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in record.items()}
