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
    """What a language has for every message; of those with a plural, a text for each form.

    ``plural`` is gettext's rule for which form a number takes, an expression of C.
    """

    texts: Mapping[str, str | tuple[str, ...]]
    plural: str = "(n != 1)"
    form: Callable[[int], int] = c2py("(n != 1)")


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of the languages; that of English is empty."""
    if language == ENGLISH:
        return Catalogue({})
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        read = read_po(file, language)
    texts: dict[str, Any] = {}
    for one in read:
        texts[one.id if isinstance(one.id, str) else one.id[0]] = one.string
    # The catalogue's own head has no message.
    del texts[""]
    return Catalogue(texts, read.plural_expr, c2py(read.plural_expr))


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
    return Locale.parse("en_GB" if chosen() == ENGLISH else chosen())


def document() -> dict[str, str]:
    """The attributes of a document in the language that is spoken."""
    is_rtl = locale().text_direction == "rtl"
    return {"lang": chosen()} | ({"dir": "rtl"} if is_rtl else {})


def gettext(message: str, **values: Any) -> str:
    """A message in the language that is spoken, with values for the names in it."""
    text = catalogue(chosen()).texts.get(message) or message
    text = text if isinstance(text, str) else text[0]
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message for a number of things: ``one`` and ``many`` are the English ones."""
    known = catalogue(chosen())
    texts = known.texts.get(one) or (one, many)
    text = texts if isinstance(texts, str) else texts[known.form(number)]
    return text % values if values else text


def message(text: str) -> str:
    """Marks a message that is translated where it is shown."""
    return text


def nouns(one: str, many: str) -> tuple[str, str]:
    """Marks a message with a plural that is translated where it is shown."""
    return one, many
