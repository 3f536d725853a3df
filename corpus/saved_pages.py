"""Web pages that browsers save with all their parts: MHTML and Safari's .webarchive."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from corpus.article import Found
from corpus.documents import Document
from corpus.encoding import FAILURES, NotReadable
from corpus.mail import parse_message
from corpus.web_pages import found_in_page, text_of_page

if TYPE_CHECKING:
    from email.message import Message

_LARGEST = 100_000_000
"""Bytes with the pictures; the limit for the page itself is the same as for other pages."""


def read_mhtml(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The page in a file with the form of a mail; the date on which it was saved is ignored."""
    message = parse_message(document.read(_LARGEST))
    page = next((part for part in message.walk() if _is_page(part)), None)
    data = None if page is None else page.get_payload(decode=True)
    if page is None or not isinstance(data, bytes) or not data.strip():
        raise NotReadable("is not a page saved as MHTML, or is damaged")
    address = message["Snapshot-Content-Location"] or page["Content-Location"]
    html = text_of_page(data, page.get_content_charset())
    yield from found_in_page(html, document, None if address is None else str(address).strip())


def read_webarchive(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The page in the property list that Safari saves."""
    import plistlib
    from xml.parsers.expat import ExpatError

    data = document.read(_LARGEST)
    try:
        archive = plistlib.loads(data)
        resource: Any = archive["WebMainResource"]
        page, kind = resource["WebResourceData"], resource.get("WebResourceMIMEType")
    except (ExpatError, *FAILURES):
        raise NotReadable("is not a page saved by Safari, or is damaged") from None
    if not isinstance(page, bytes) or not page.strip() or "html" not in str(kind):
        raise NotReadable("is saved by Safari, but holds no page")
    encoding, address = resource.get("WebResourceTextEncodingName"), resource.get("WebResourceURL")
    html = text_of_page(page, encoding if isinstance(encoding, str) else None)
    yield from found_in_page(html, document, address if isinstance(address, str) else None)


def _is_page(part: "Message") -> bool:
    return part.get_content_type() in {"text/html", "application/xhtml+xml"}
