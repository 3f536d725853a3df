"""Why there is no answer, in one sentence."""

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain

from assistant import mentions
from assistant.answer import Outcome
from assistant.evidence import Sentence, lacking
from assistant.question import Question
from assistant.wording import gettext, message
from corpus import Article
from corpus.languages import in_latin_letters
from index import Archive, Filters, Passage
from index.passage import credit

OUTSIDE = message(
    "The archive does not say within the dates and sources that are asked for; "
    "outside them it has articles that are near."
)
_NEVER = message("The archive does not say: it never mentions %(names)s.")
_NEVER_SO = message(
    "The archive does not say: it never mentions %(names)s in these letters, and names in other "
    "letters are not compared."
)
_LOOKED_INTO = 5


def why_not(
    archive: Archive,
    question: Question,
    evidence: Sequence[Sentence],
    passages: Sequence[Passage],
    filters: Filters,
) -> tuple[Outcome, str]:
    """The kind of reason why there is no answer, and a sentence that says it."""
    if not passages:
        if filters and archive.search(question.text, 1):
            return "outside the dates", gettext(OUTSIDE)
        return "nothing found", gettext("The archive has nothing on this.")
    # Elsewhere than in English not only names have capitals.
    unknown = mentions.unknown(archive, question) if question.is_english else []
    if unknown:
        named = _joined(unknown, gettext("%(some)s and %(other)s"))
        is_latin = all(in_latin_letters(passage.text) for passage in passages)
        return "name never appears", gettext(_NEVER if is_latin else _NEVER_SO, names=named)
    nearest = (evidence[0] if evidence else passages[0]).article
    others = mentions.lacked(archive, question, nearest) if question.is_english else []
    having = _having(archive, others, passages, filters) if others else None
    either = _joined(others, gettext("%(some)s or %(other)s")) if others else ""
    if having:
        return "does not say", gettext(
            "The archive does not say: the nearest article, “%(title)s” (%(credit)s), does not "
            "mention %(names)s; “%(other)s” (%(by)s) does, but does not answer the question.",
            title=nearest.title,
            credit=credit(nearest),
            names=either,
            other=having.title,
            by=credit(having),
        )
    if others:
        return "does not say", gettext(
            "The archive does not say: the nearest article, “%(title)s” (%(credit)s), "
            "does not mention %(names)s.",
            title=nearest.title,
            credit=credit(nearest),
            names=either,
        )
    return "does not say", gettext(
        "The archive does not say: the nearest articles do not answer the question."
    )


def _having(
    archive: Archive, names: Sequence[str], near: Sequence[Passage], filters: Filters
) -> Article | None:
    """The best article that has all of the names, in some spelling; one that is ``near`` if any."""
    wanted = " ".join(names)
    asked = archive.query_words(wanted)
    for passage in chain(near, archive.search(wanted, _LOOKED_INTO, filters)):
        if not lacking(asked, f"{passage.article.title}\n{passage.article.text}"):
            return passage.article
    return None


def _joined(names: Iterable[str], two: str) -> str:
    """The names in quotation marks, put together by what joins two of them."""
    quoted = (f"“{name}”" for name in names)
    return reduce(lambda some, other: two % {"some": some, "other": other}, quoted)
