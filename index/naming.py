"""Who and what the articles of an archive name, and how often."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from index.entities import Entity, folded, mentions, spelled_otherwise
from index.errors import ArchiveError
from index.progress import Progress
from index.store import Store
from index.tagging import KINDS, Kind, NameTagger, installed

if TYPE_CHECKING:
    from index.progress import Shown

_TAGGED_AT_ONCE = 50
# A name that so many times more articles have as another kind was taken for this one by mistake.
_MISTAKEN = 4

Named = dict[Kind, list[Entity]]
"""Entities by their kind, those first that most articles name."""


class Naming(NamedTuple):
    """An article that names an entity, and where: ``article.text[start:end]`` for each span."""

    article: Article
    spans: Sequence[tuple[int, int]]


class Names:
    """The people, places and organisations that articles name, as a tagger found them.

    Where none was installed when the articles came, there are none.
    """

    def __init__(self, truth: Store) -> None:
        self.truth = truth
        self._counted: tuple[str, NDArray[np.int64]] | None = None

    def find(self, tagger: NameTagger, progress: "Shown" = False) -> int:
        """Look for names in the articles that this tagger has not read; returns how many it read.

        Each batch is committed before the next is begun. Another process looks for the names in
        what it changes meanwhile.
        """
        read = last = 0
        articles, characters = self.truth.untagged_characters(tagger.name)
        with Progress("Finding names in", progress, articles, characters) as shown:
            while batch := self.truth.untagged(tagger.name, last, _TAGGED_AT_ONCE):
                tagged = tagger.tag([(article.text, article.language) for article in batch])
                mentioned = [
                    (article, mentions(article.text, spans, article.source))
                    for article, spans in zip(batch, tagged, strict=True)
                ]
                self.truth.tag(tagger.name, mentioned)
                read, last = read + len(batch), batch[-1].number
                shown.stored(len(batch), sum(len(article.text) for article in batch))
        return read

    def are_known(self) -> bool:
        """Whether names were looked for in any article."""
        return self.truth.is_tagged()

    def of_kind(
        self, kind: Kind, words: str = "", first: int = 0, most: int = 50
    ) -> tuple[int, list[Entity]]:
        """How many entities of a kind have these words in their names, and some of them.

        Those are ``most`` at the most, from the place ``first`` on, those first that most
        articles name. People who are nowhere named in full come after those who are.
        """
        with self.truth.snapshot():
            counts, names = self._counts(), self.truth.entities_with(kind, words)
            numbers = [number for number in names if _articles_naming(counts, number)]
            numbers.sort(
                key=lambda number: (_is_half_a_name(kind, names[number]), -counts[number], number)
            )
            return len(numbers), self._entities(numbers[first : first + most], counts)

    def most(self, articles: Collection[int] | None = None, most: int = 12) -> Named:
        """What most of some articles name, given by their numbers; None are all articles.

        People are those that are named in full.
        """
        return self._most(self._counts(articles), most)

    def entity(self, kind: Kind, name: str) -> Entity | None:
        """An entity by its name, however that is written; None where no article names it."""
        number = self.truth.entity(kind, name)
        articles = self.truth.naming(number) if number is not None else []
        if number is None or not articles:
            return None
        return self.truth.entities([number])[number]._replace(articles=len(articles))

    def naming(self, kind: Kind, name: str, first: int = 0, most: int = 20) -> list[Naming]:
        """Some of the articles that name an entity, the newest first, and where they do."""
        entity = self.truth.entity(kind, name)
        if entity is None:
            return []
        numbers = self.truth.naming(entity)[first : first + most]
        articles, spans = self.truth.numbered(numbers), self.truth.named_at(entity, numbers)
        return [
            Naming(articles[number], spans[number])
            for number in numbers
            if number in articles and number in spans
        ]

    def beside(self, kind: Kind, name: str, most: int = 12) -> Named:
        """What the articles name that name an entity, with how many of them do."""
        number = self.truth.entity(kind, name)
        if number is None:
            return {}
        counts = self._counts(self.truth.naming(number))
        if number < len(counts):
            counts[number] = 0
        return self._most(counts, most)

    def spellings(self, kind: Kind, name: str) -> list[Entity]:
        """Other entities of the kind that may have the same name, spelled otherwise."""
        numbers = self.truth.sounding_like(kind, name)
        counts = self._counts()
        return spelled_otherwise(name, self._entities(numbers, counts))

    def named_in(self, id: str) -> Named:
        """What an article names, with how many articles of the archive do."""
        numbers = self.truth.numbers([id])
        here, of_all = self._counts(numbers.values()), self._counts()
        most = min(len(here), len(of_all))
        return self._most(of_all[:most] * (here[:most] > 0), int(np.count_nonzero(here)))

    def _counts(self, articles: Collection[int] | None = None) -> NDArray[np.int64]:
        if articles is not None:
            return self.truth.counted(articles)
        state = self.truth.state()
        # Counted once for every state: many pages show some of it.
        if self._counted is None or self._counted[0] != state:
            self._counted = state, self.truth.counted()
        return self._counted[1]

    def _most(self, counts: NDArray[np.int64], most: int) -> Named:
        # Some of what is named most is left out below, and the kinds are not equally frequent.
        enough = min(len(counts), 20 * most + 100)
        if not enough:
            return {kind: [] for kind in KINDS}
        highest = np.argpartition(-counts, enough - 1)[:enough]
        numbers = [int(number) for number in highest if counts[number]]
        entities = sorted(
            self._entities(numbers, counts), key=lambda entity: (-entity.articles, entity.name)
        )
        named: Named = {kind: [] for kind in KINDS}
        articles: dict[str, int] = {}
        for entity in entities:
            # One name that is taken for two kinds is mostly one of them.
            before = articles.setdefault(folded(entity.name), entity.articles)
            if (
                len(named[entity.kind]) < most
                and entity.articles * _MISTAKEN > before
                and not _is_half_a_name(entity.kind, entity.name)
            ):
                named[entity.kind].append(entity)
        return named

    def _entities(self, numbers: Sequence[int], counts: NDArray[np.int64]) -> list[Entity]:
        entities = self.truth.entities(numbers)
        return [
            entities[number]._replace(articles=articles)
            for number in numbers
            if number in entities and (articles := _articles_naming(counts, number))
        ]


def _is_half_a_name(kind: Kind, name: str) -> bool:
    """Whether it is the last name of a person whom an article never names in full.

    Such a name may be that of several people, and what is no person has often but one word.
    """
    return kind == "person" and name.isascii() and " " not in name


def find_names(names: Names, progress: "Shown" = False) -> str | None:
    """Look for names in what is new, if a tagger is installed; returns why that failed, if so.

    The articles are stored by then: without names they are searched as well.
    """
    tagger = installed()
    try:
        if tagger:
            names.find(tagger, progress)
    except ArchiveError as error:
        return str(error)
    return None


def _articles_naming(counts: NDArray[np.int64], number: int) -> int:
    """How many articles name an entity; one that came later is named by none of them."""
    return int(counts[number]) if number < len(counts) else 0
