"""What people and programs type in, checked before anything is asked."""

from collections.abc import Sequence
from datetime import date

from index import Filters

LONGEST_QUESTION = 1_000


def objection(question: str) -> str:
    """Why a question cannot be asked, in one sentence; empty if it can."""
    if not any(character.isalnum() for character in question):
        return "Type a question first."
    if len(question) > LONGEST_QUESTION:
        return (
            f"The question is {len(question):,} characters long; "
            f"please ask it in {LONGEST_QUESTION:,} or fewer."
        )
    return ""


def chosen_filters(
    after: str | None,
    before: str | None,
    as_of: str | None,
    sources: Sequence[str] | None,
    languages: Sequence[str] | None = None,
) -> Filters:
    """The filters that were typed in and chosen; ValueError says which one is no date.

    None is a field that was never seen.
    """
    days: list[date | None] = []
    for name, text in (("From", after), ("To", before), ("As known on", as_of)):
        try:
            day = (text or "").strip()
            days.append(date.fromisoformat(day) if day else None)
        except ValueError:
            raise ValueError(f"“{name}” needs a date such as 2016-08-21.") from None
    if days[0] and days[1] and days[0] > days[1]:
        raise ValueError("“From” is later than “To”; no article can be from those days.")
    return Filters(days[0], days[1], tuple(sources or ()), tuple(languages or ()), days[2])


def without(filters: Filters, limit: Filters) -> Filters:
    """The filters without one of those that they are made of (see ``assistant.exports.limits``).

    >>> without(Filters(sources=("Wire", "Post")), Filters(sources=("Wire",))).sources
    ('Post',)
    """
    return Filters(
        None if limit.after else filters.after,
        None if limit.before else filters.before,
        tuple(each for each in filters.sources if each not in limit.sources),
        tuple(each for each in filters.languages if each not in limit.languages),
        None if limit.as_of else filters.as_of,
    )
