"""The people of whom a text tells, and whether it tells of them as he or as she."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from assistant import names as naming

# Words before somebody's name, and what they tell of him or her.
_TITLES = {
    **dict.fromkeys("mr sir lord king prince".split(), "he"),
    **dict.fromkeys("mrs ms miss dame lady queen princess".split(), "she"),
    **dict.fromkeys(
        "captain chancellor colonel councillor dr general governor inspector judge justice mayor "
        "minister president professor senator sergeant".split(), ""
    ),
}  # fmt: skip
_PRONOUN = re.compile(r"\b(?:(he|him|his)|she|her)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class People:
    """Those whom a text names by two words or more, whom it names most first: "he", "she", or ""
    where nothing tells which."""

    genders: dict[str, str]

    def named(self, name: str) -> str:
        """Whom a name means, in full: "Mr Quill" is Tomas Quill; empty where that is not known."""
        last = bare(name).split()[-1]
        known = [each for each in self.genders if each.split()[-1] == last]
        called = [each for each in known if bare(name).endswith(each)] or known
        return called[0] if len(called) == 1 else ""


def bare(name: str) -> str:
    """A name without titles and without what makes it a genitive."""
    words = naming.GENITIVE.sub("", name).split()
    while len(words) > 1 and words[0].lower().rstrip(".") in _TITLES:
        words = words[1:]
    return " ".join(words)


@lru_cache(maxsize=64)
def people_in(text: str, called: tuple[str, ...] = ()) -> People:
    """The people of a text, and those of the ``called`` of whom it says he or she.

    A "she" tells of the last who was named, in that sentence or the one before; a "her" only of
    one in the sentence before, as in the same it is mostly somebody else.
    """
    full = (bare(text[start:end]) for start, end in naming.people(text))
    # What ends in capitals is an agency, such as USA TODAY, or a headline.
    named = dict.fromkeys((each for each in full if " " in each and not each[-2:].isupper()), "")
    people = People(named)
    also = [each for each in called if not people.named(each)]
    people.genders.update(dict.fromkeys(also, ""))
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    last, ended = "", 0
    spans = [*naming.names(text), *(each.span() for each in _PRONOUN.finditer(text))]
    for start, end in sorted(spans):
        word = text[start:end]
        pronoun = _PRONOUN.fullmatch(word)
        if pronoun:
            stops = text.count(". ", ended, start)
            subject = word.lower() in ("he", "she")
            if last and (stops == 1 or (stops == 0 and subject)):
                votes[last]["he" if pronoun[1] else "she"] += 1
            last = "" if stops or subject else last
        elif name := people.named(word):
            votes[name][_TITLES.get(word.split()[0].lower().rstrip("."), "")] += 1
            last, ended = name, end
    for name, count in votes.items():
        he, she = count["he"], count["she"]
        people.genders[name] = "he" if he > 2 * she else "she" if she > 2 * he else ""
    most = sorted(people.genders, key=lambda each: -votes[each].total())
    return People({name: people.genders[name] for name in most
                   if people.genders[name] or name not in also})  # fmt: skip
