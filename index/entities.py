"""Who and what an article names: one entity for the names in it that mean one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from index.spelling import may_be_same, sounds
from index.tagging import KINDS, Kind, Span

_LONGEST_NAME = 80


class Entity(NamedTuple):
    """A person, a place or an organisation, as it is named, and how many articles name it."""

    kind: Kind
    name: str
    articles: int = 0


class Mention(NamedTuple):
    """Where an entity is named, ``text[start:end]``; there it may have a shorter name."""

    start: int
    end: int
    kind: Kind
    name: str


def mentions(text: str, spans: Iterable[Span], source: str | None = None) -> list[Mention]:
    """The names in a text that were found there, each with the entity that it means.

    A last name by itself is that of the only person here who has it with a first name; where two
    have it, or none, or where it is a place, it stays by itself. What has one name is of one kind
    in one article, of that which it was most often taken for; its ``source`` is an organisation.
    """
    named = [
        (span, name)
        for span in spans
        if (name := " ".join(text[span.start : span.end].split())) and _is_name(name)
    ]
    full: defaultdict[str, set[str]] = defaultdict(set)
    written: dict[str, str] = {}
    kinds: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
    for span, name in named:
        written.setdefault(folded(name), name)
        kinds[folded(name)][span.kind] += 1
    most = {name: max(KINDS, key=lambda kind: counts[kind]) for name, counts in kinds.items()}
    if source:
        most[folded(source)] = "organisation"
    for name, kind in most.items():
        if kind == "person" and " " in name:
            full[name.rpartition(" ")[2]].add(name)
    mentioned = []
    for span, name in named:
        own = folded(name)
        people = full[own] if own in full and most[own] != "place" else {own}
        meant = next(iter(people)) if len(people) == 1 else own
        mentioned.append(Mention(span.start, span.end, most[meant], written[meant]))
    return mentioned


def folded(name: str) -> str:
    """A name as it is compared: without regard to case, spaces, full stops and the kind of '."""
    return " ".join(name.casefold().replace("’", "'").replace(".", "").split())


def sound(name: str) -> str:
    """What all spellings of a name have in common (see ``index.spelling.sounds``), if anything."""
    heard = [sounds(word) or word for word in folded(name).split()]
    return " ".join(heard) if any(map(sounds, folded(name).split())) else ""


def spelled_otherwise(name: str, others: Sequence[Entity]) -> list[Entity]:
    """Those of the others that may be other spellings of a name, word by word."""
    words = folded(name).split()

    def is_other(other: Entity) -> bool:
        theirs = folded(other.name).split()
        return (
            theirs != words
            and len(theirs) == len(words)
            and all(
                mine == their or may_be_same(mine, their)
                for mine, their in zip(words, theirs, strict=True)
            )
        )

    return list(filter(is_other, others))


def _is_name(name: str) -> bool:
    """Not what a heading or a table made of one, nor what has no letter that begins a name."""
    has_begun = any(letter.isalpha() and not letter.islower() for letter in name)
    return len(name) <= _LONGEST_NAME and has_begun
