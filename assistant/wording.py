"""The program's own messages in the language of the page's reader, by gettext catalogues.

A message is the English sentence itself, and each language has a catalogue in ``page/languages``.
Without a translation, and outside a browser, messages are English. The text of articles is never
translated.
"""

from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "page" / "languages"
ENGLISH = "en"
LANGUAGES = (ENGLISH, *sorted(path.stem for path in CATALOGUES.glob("*.po")))
"""The languages of the page, by their tags."""

# Headers of browsers are short.
_LONGEST_HEADER = 1_000
_chosen: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def catalogue(language: str) -> NullTranslations:
    """The catalogue of one of the languages; that for English is empty."""
    if language == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def choose(language: str) -> None:
    """Use one of ``LANGUAGES`` for the rest of this request; other requests have their own."""
    _chosen.set(language)


def chosen() -> str:
    """The language in use."""
    return _chosen.get()


def accepted(header: str) -> str:
    """The language that an ``Accept-Language`` header prefers; English if it names none of them."""
    preferences: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().partition("-")[0].lower()
        try:
            quality = float(weight.partition("=")[2] or 1)
        except ValueError:
            continue
        if language in LANGUAGES and 0 < quality <= 1:
            preferences.append((-quality, language))
    return min(preferences, key=lambda preference: preference[0], default=(0, ENGLISH))[1]


def locale() -> Locale:
    """How days and numbers are written in the language in use."""
    return _locale("en_GB" if chosen() == ENGLISH else chosen())


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def document() -> dict[str, str]:
    """The attributes of an HTML document in the language in use."""
    is_rtl = locale().text_direction == "rtl"
    return {"lang": chosen()} | ({"dir": "rtl"} if is_rtl else {})


def gettext(message: str, **values: Any) -> str:
    """A message in the language in use, with values for its placeholders."""
    # For an empty message, a catalogue returns its own header.
    text = catalogue(chosen()).gettext(message) if message else ""
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message for a number of things; ``one`` and ``many`` are the English forms."""
    text = catalogue(chosen()).ngettext(one, many, number)
    return text % values if values else text


def message(text: str) -> str:
    """Mark a message that is translated where it is shown."""
    return text


def nouns(one: str, many: str) -> tuple[str, str]:
    """Mark a message with a plural that is translated where it is shown."""
    return one, many


class Refused(ValueError):  # noqa: N818
    """Something is refused; the message, with values for its placeholders, says why."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(gettext(message, **values))
