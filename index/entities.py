"""The people, places and organisations in an article: names that mean the same are one entity."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from corpus.encoding import caseless
from index.spelling import may_be_same, sounds
from index.tagging import KINDS, Kind, Span

_LONGEST_NAME = 80


class Entity(NamedTuple):
    """A person, a place or an organisation: its name, and how many articles name it."""

    kind: Kind
    name: str
    articles: int = 0


class Mention(NamedTuple):
    """A span ``text[start:end]`` that names an entity, perhaps by a shorter name than ``name``."""

    start: int
    end: int
    kind: Kind
    name: str


def mentions(text: str, spans: Iterable[Span], source: str | None = None) -> list[Mention]:
    """The names at the tagger's spans in a text, each with the entity that it means.

    "Hallam" alone means the only person in the article with this last name and a first name. It
    remains an entity of its own if two people have it, or none, or if it is a place. Within an
    article a name has only one kind, the one it was tagged with most often; its ``source`` is an
    organisation.
    """
    tagged = [
        (span, name)
        for span in spans
        if (name := " ".join(text[span.start : span.end].split())) and _is_name(name)
    ]
    full_names: defaultdict[str, set[str]] = defaultdict(set)
    first_spelling: dict[str, str] = {}
    kind_counts: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
    for span, name in tagged:
        first_spelling.setdefault(folded(name), name)
        kind_counts[folded(name)][span.kind] += 1
    kind_of = {name: max(KINDS, key=counts.__getitem__) for name, counts in kind_counts.items()}
    if source:
        kind_of[folded(source)] = "organisation"
    for name, kind in kind_of.items():
        if kind == "person" and " " in name:
            full_names[name.rpartition(" ")[2]].add(name)
    resolved = []
    for span, name in tagged:
        key = folded(name)
        people = full_names[key] if key in full_names and kind_of[key] != "place" else {key}
        meaning = next(iter(people)) if len(people) == 1 else key
        resolved.append(Mention(span.start, span.end, kind_of[meaning], first_spelling[meaning]))
    return resolved


def folded(name: str) -> str:
    """A name as it is compared: case, spaces, full stops and the form of the apostrophe unified."""
    return " ".join(caseless(name).replace("’", "'").replace(".", "").split())


def sound(name: str) -> str:
    """A key shared by all spellings of a name (see ``index.spelling.sounds``); may be empty."""
    words = folded(name).split()
    return " ".join(sounds(word) or word for word in words) if any(map(sounds, words)) else ""


def spelled_otherwise(name: str, others: Sequence[Entity]) -> list[Entity]:
    """The entities among ``others`` whose names may be other spellings of a name, word by word."""
    words = folded(name).split()

    def is_spelling(entity: Entity) -> bool:
        other_words = folded(entity.name).split()
        return (
            other_words != words
            and len(other_words) == len(words)
            and all(
                word == other or may_be_same(word, other)
                for word, other in zip(words, other_words, strict=True)
            )
        )

    return list(filter(is_spelling, others))


def _is_name(name: str) -> bool:
    """Whether a span can be a name: not as long as a table, and not all in small letters."""
    has_capital = any(letter.isalpha() and not letter.islower() for letter in name)
    return len(name) <= _LONGEST_NAME and has_capital
