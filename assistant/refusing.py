"""The reason why there is no answer, in one sentence."""

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
    """The kind of reason why there is no answer, and a sentence that states it."""
    if not passages:
        if filters and archive.search(question.text, 1):
            return "outside the dates", gettext(OUTSIDE)
        return "nothing found", gettext("The archive has nothing on this.")
    # In other languages than English not only names have capitals.
    texts = (f"{passage.article.title}\n{passage.text}" for passage in passages)
    unknown = mentions.unknown(archive, question, texts) if question.is_english else []
    if unknown:
        quoted_names = _join_names(unknown, gettext("%(some)s and %(other)s"))
        is_latin = all(in_latin_letters(passage.text) for passage in passages)
        return "name never appears", gettext(_NEVER if is_latin else _NEVER_SO, names=quoted_names)
    nearest = (evidence[0] if evidence else passages[0]).article
    lacked = mentions.lacked(archive, question, nearest) if question.is_english else []
    mentioning = _article_with(archive, lacked, passages, filters) if lacked else None
    alternatives = _join_names(lacked, gettext("%(some)s or %(other)s")) if lacked else ""
    if mentioning:
        return "does not say", gettext(
            "The archive does not say: the nearest article, “%(title)s” (%(credit)s), does not "
            "mention %(names)s; “%(other)s” (%(by)s) does, but does not answer the question.",
            title=nearest.title,
            credit=credit(nearest),
            names=alternatives,
            other=mentioning.title,
            by=credit(mentioning),
        )
    if lacked:
        return "does not say", gettext(
            "The archive does not say: the nearest article, “%(title)s” (%(credit)s), "
            "does not mention %(names)s.",
            title=nearest.title,
            credit=credit(nearest),
            names=alternatives,
        )
    return "does not say", gettext(
        "The archive does not say: the nearest articles do not answer the question."
    )


def _article_with(
    archive: Archive, names: Sequence[str], near: Sequence[Passage], filters: Filters
) -> Article | None:
    """The best article that has all of the names, in some spelling; the ``near`` ones first."""
    names_text = " ".join(names)
    query_words = archive.query_words(names_text)
    for passage in chain(near, archive.search(names_text, _LOOKED_INTO, filters)):
        if not lacking(query_words, f"{passage.article.title}\n{passage.article.text}"):
            return passage.article
    return None


def _join_names(names: Iterable[str], two: str) -> str:
    """The names in quotation marks, joined by the message ``two``, which joins two of them."""
    quoted = (f"“{name}”" for name in names)
    return reduce(lambda some, other: two % {"some": some, "other": other}, quoted)
