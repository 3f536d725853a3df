"""How well copies are told from other texts, on pairs made from articles.

Of each article a copy is made in one of a few ways, always the same; its nearest neighbours among
the other articles are what must not be taken for copies.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from corpus import Article, sentences
from index.copies import Wording, are_copies, in_common, may_be_copies

SHORTEST = 60
"""The fewest words that a cut leaves."""

_TYPOGRAPHY = str.maketrans({'"': "”", "'": "’", "-": "‑", "–": "-", "“": '"', "’": "'"})
_TWO_PAPERS = ("Marrowby Courier", "Saltreath Gazette")
# What more articles than this have in common says nothing about which two are near.
_MOST_CARRIERS = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts with their papers, how the pair was made, and whether they are copies."""

    kind: str
    one: str
    other: str
    papers: tuple[str | None, str | None]
    are_copies: bool


class Editor:
    """Makes of an article's sentences what other papers make of an agency's text."""

    def __init__(self, seed: int, foreign: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._foreign = foreign

    def reset(self, text: list[str]) -> list[str]:
        """Other quotation marks and dashes."""
        return [sentence.translate(_TYPOGRAPHY) for sentence in text]

    def cut(self, text: list[str], least: float = 0.25) -> list[str]:
        """The beginning, of a quarter or more of the sentences."""
        share = self._random.uniform(least, 0.9)
        wanted = max(SHORTEST, share * _length(text))
        for count in range(1, len(text)):
            if _length(text[:count]) >= wanted:
                return text[:count]
        return text

    def begin(self, text: list[str]) -> list[str]:
        """A dateline, and another first sentence."""
        return [f"MARROWBY (SNA) — {self._random.choice(self._foreign)}", *text[1:]]

    def thin(self, text: list[str]) -> list[str]:
        """One sentence in ten left out."""
        sentences = [sentence for sentence in text if self._random.random() > 0.1]
        return sentences if _length(sentences) >= SHORTEST else text

    def edit(self, text: list[str], share: float = 0.04) -> list[str]:
        """One word in 25 replaced, left out or followed by another."""
        return [" ".join(self._words(sentence.split(), share)) for sentence in text]

    def add(self, text: list[str]) -> list[str]:
        """A sentence of the paper's own at the end."""
        return [*text, self._random.choice(self._foreign)]

    def all(self, text: list[str]) -> list[str]:
        """All of this at once."""
        return self.reset(self.add(self.edit(self.thin(self.begin(self.cut(text, 0.4))))))

    def _words(self, words: Iterable[str], share: float) -> Iterable[str]:
        for word in words:
            if self._random.random() >= share:
                yield word
                continue
            other = self._random.choice(self._random.choice(self._foreign).split())
            yield from self._random.choice([[other], [], [word, other]])


def made_pairs(articles: Sequence[Article], seed: int = 0) -> list[Pair]:
    """For each article a copy of it, the ways to make them in turn."""
    split = [[a.text[start:end] for start, end in sentences(a.text)] for a in articles]
    pairs = []
    for number, text in enumerate(split):
        if _length(text) < SHORTEST:
            continue
        editor = Editor(seed + number, _of_usual_length(split[(number + 1) % len(split)]))
        ways: dict[str, Callable[[], tuple[list[str], list[str]]]] = {
            "same words": lambda e=editor, t=text: (t, e.reset(t)),
            "cut": lambda e=editor, t=text: (t, e.cut(t)),
            "other first lines": lambda e=editor, t=text: (t, e.begin(t)),
            "edited": lambda e=editor, t=text: (t, e.edit(t)),
            "all of it": lambda e=editor, t=text: (t, e.all(t)),
            "all of it, in both": lambda e=editor, t=text: (e.all(t), e.all(t)),
        }
        kind = list(ways)[number % len(ways)]
        one, other = ways[kind]()
        pairs.append(Pair(kind, " ".join(one), " ".join(other), _TWO_PAPERS, True))
    return pairs


def other_pairs(articles: Sequence[Article]) -> list[Pair]:
    """Pairs of different articles: the nearest, as one paper's and as two papers', and chance."""
    nearest = [(articles[one], articles[other]) for one, other in nearest_pairs(articles)]
    drawn = random.Random(0)
    same_day: dict[object, list[Article]] = defaultdict(list)
    for article in articles:
        same_day[article.published and article.published.day].append(article)
    pairs = [drawn.sample(together, 2) for together in same_day.values() if len(together) > 1]
    return [
        *(Pair("nearest", a.text, b.text, (a.source, b.source), False) for a, b in nearest),
        *(Pair("nearest, as two papers'", a.text, b.text, _TWO_PAPERS, False) for a, b in nearest),
        *(Pair("of one day", a.text, b.text, _TWO_PAPERS, False) for a, b in pairs),
    ]


def nearest_pairs(articles: Sequence[Article]) -> list[tuple[int, int]]:
    """For each article the other that has the most runs of words in common with it, once each."""
    carriers: dict[int, list[int]] = defaultdict(list)
    for number, article in enumerate(articles):
        for run in set(Wording.of(article.text).runs.tolist()):
            carriers[run].append(number)
    common: dict[int, Counter[int]] = defaultdict(Counter)
    for numbers in carriers.values():
        if len(numbers) <= _MOST_CARRIERS:
            for one, other in combinations(numbers, 2):
                common[one][other] += 1
                common[other][one] += 1
    nearest = {one: max(others, key=lambda o: (others[o], -o)) for one, others in common.items()}
    return sorted({(min(pair), max(pair)) for pair in nearest.items()})


def found(pair: Pair) -> bool:
    """Whether an archive takes the two texts for copies."""
    one, other = Wording.of(pair.one), Wording.of(pair.other)
    here, there = set(one.fingerprints), set(other.fingerprints)
    return may_be_copies(len(here & there), len(here), len(there)) and are_copies(
        in_common(one, other), [pair.papers[0]], [pair.papers[1]]
    )


def measure(articles: Sequence[Article], seed: int = 0) -> dict[str, Any]:
    """Precision and recall on the pairs, and what is merged among the articles themselves.

    Some of the nearest articles may be copies indeed. They count as mistakes here, so that the
    precision is what it is at least.
    """
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    merged = []
    for pair in [*made_pairs(articles, seed), *other_pairs(articles)]:
        taken = found(pair)
        kinds[pair.kind] += Counter(pairs=1, found=int(taken))
        total[f"{'true' if taken == pair.are_copies else 'false'} {taken}"] += 1
    for one, other in nearest_pairs(articles):
        a, b = articles[one], articles[other]
        if found(Pair("", a.text, b.text, (a.source, b.source), False)):
            common = in_common(Wording.of(a.text), Wording.of(b.text))
            merged.append({"ids": [a.id, b.id], "titles": [a.title, b.title], "common": common})
    precision = total["true True"] / ((total["true True"] + total["false True"]) or 1)
    recall = total["true True"] / ((total["true True"] + total["false False"]) or 1)
    return {
        "kinds": {kind: dict(counts) for kind, counts in kinds.items()},
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / ((precision + recall) or 1),
        "merged": sorted(merged, key=lambda pair: -pair["common"]),
    }


def _of_usual_length(text: Sequence[str]) -> list[str]:
    """Its sentences without headings, lists and long quotations."""
    return [sentence for sentence in text if 8 <= len(sentence.split()) <= 30] or [
        "Nobody was hurt."
    ]


def _length(text: Sequence[str]) -> int:
    return sum(len(sentence.split()) for sentence in text)
