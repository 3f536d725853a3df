"""The program's own words in the language of whoever reads the page, by gettext's catalogues.

The messages are the English sentences themselves, and each language has a catalogue in
``page/languages``. What no catalogue has, and what nobody reads in a browser, is English. What
articles say is translated by nobody.
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
"""The languages that the page speaks, by their tags."""

# What browsers send is short.
_LONGEST_HEADER = 1_000
_chosen: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def catalogue(language: str) -> NullTranslations:
    """The catalogue of one of the languages; that of English is empty."""
    if language == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def choose(language: str) -> None:
    """Speak a language for the rest of what is being done; of the other requests each has its own.

    It is one of ``LANGUAGES``.
    """
    _chosen.set(language)


def chosen() -> str:
    """The language that is spoken."""
    return _chosen.get()


def accepted(header: str) -> str:
    """Which of the languages an ``Accept-Language`` header likes best; English if none."""
    liked: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().partition("-")[0].lower()
        try:
            much = float(weight.partition("=")[2] or 1)
        except ValueError:
            continue
        if language in LANGUAGES and 0 < much <= 1:
            liked.append((-much, language))
    return min(liked, key=lambda one: one[0], default=(0, ENGLISH))[1]


def locale() -> Locale:
    """How days and numbers are written in the language that is spoken."""
    return _locale("en_GB" if chosen() == ENGLISH else chosen())


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def document() -> dict[str, str]:
    """The attributes of a document in the language that is spoken."""
    is_rtl = locale().text_direction == "rtl"
    return {"lang": chosen()} | ({"dir": "rtl"} if is_rtl else {})


def gettext(message: str, **values: Any) -> str:
    """A message in the language that is spoken, with values for the names in it."""
    # To no message at all, a catalogue has what it says of itself.
    text = catalogue(chosen()).gettext(message) if message else ""
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message for a number of things: ``one`` and ``many`` are the English ones."""
    text = catalogue(chosen()).ngettext(one, many, number)
    return text % values if values else text


def message(text: str) -> str:
    """Marks a message that is translated where it is shown."""
    return text


def nouns(one: str, many: str) -> tuple[str, str]:
    """Marks a message with a plural that is translated where it is shown."""
    return one, many


class Refused(ValueError):  # noqa: N818
    """Something is not done; the message, with values for the names in it, says why."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(gettext(message, **values))
