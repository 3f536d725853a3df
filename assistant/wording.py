"""The program's own words in the language of whoever reads the page, by gettext's catalogues.

The messages are the English sentences themselves, and each language has a catalogue in
``page/languages``. What no catalogue has, and what nobody reads in a browser, is English. What
articles say is translated by nobody.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "page" / "languages"
ENGLISH = "en"
LANGUAGES = (ENGLISH, *sorted(path.stem for path in CATALOGUES.glob("*.po")))
"""The languages that the page speaks, by their tags."""

# What browsers send is short.
_LONGEST_HEADER = 1_000
_chosen: ContextVar[str] = ContextVar("language", default=ENGLISH)


class Catalogue(NamedTuple):
    """What a language has for every message, and for those of numbers, a text for each form.

    ``form`` says which of the forms a number takes.
    """

    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of the languages; that of English is empty."""
    if language == ENGLISH:
        return Catalogue({}, {}, int)
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        read = read_po(file, language)
    messages: list[Any] = [message for message in read if message.id and message.string]
    texts = {message.id: message.string for message in messages if not message.pluralizable}
    plurals = {message.id[0]: message.string for message in messages if message.pluralizable}
    return Catalogue(texts, plurals, c2py(read.plural_expr))


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
    text = catalogue(chosen()).texts.get(message, message)
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message for a number of things: ``one`` and ``many`` are the English ones."""
    known = catalogue(chosen())
    forms = known.plurals.get(one)
    text = forms[known.form(number)] if forms else one if number == 1 else many
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
