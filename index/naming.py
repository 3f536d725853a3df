"""The people, places and organisations that an archive's articles name, with counts."""

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
    from index.progress import Display

_TAGGED_AT_ONCE = 50
# If this many times more articles have a name as another kind, this kind is a tagging mistake.
_MISTAKEN = 4

EntitiesByKind = dict[Kind, list[Entity]]
"""Entities by their kind, sorted by how many articles name them, most first."""


class Naming(NamedTuple):
    """An article that names an entity, and the spans ``article.text[start:end]`` that do so."""

    article: Article
    spans: Sequence[tuple[int, int]]


class Names:
    """The people, places and organisations that a tagger found in the articles.

    There are none if no tagger was installed when the articles were added.
    """

    def __init__(self, truth: Store) -> None:
        self.truth = truth
        self._cached_counts: tuple[str, NDArray[np.int64]] | None = None

    def find(self, tagger: NameTagger, progress: "Display" = False) -> int:
        """Find names in the articles that this tagger has not read; returns how many it read.

        Each batch is committed before the next one begins. Articles that another process changes
        meanwhile are left to that process.
        """
        count = last = 0
        articles, characters = self.truth.untagged_characters(tagger.name)
        with Progress("Finding names in", progress, articles, characters) as tracker:
            while batch := self.truth.untagged(tagger.name, last, _TAGGED_AT_ONCE):
                spans = tagger.tag([(article.text, article.language) for article in batch])
                mentions_of = [
                    (article, mentions(article.text, article_spans, article.source))
                    for article, article_spans in zip(batch, spans, strict=True)
                ]
                self.truth.tag(tagger.name, mentions_of)
                count, last = count + len(batch), batch[-1].number
                tracker.stored(len(batch), sum(len(article.text) for article in batch))
        return count

    def are_known(self) -> bool:
        """Whether a tagger has read any article."""
        return self.truth.is_tagged()

    def of_kind(
        self, kind: Kind, words: str = "", first: int = 0, most: int = 50
    ) -> tuple[int, list[Entity]]:
        """How many entities of a kind have these words in their names, and one page of them.

        The page has at most ``most`` entities, from rank ``first`` on, sorted by how many
        articles name them. People who are never named in full come after those who are.
        """
        with self.truth.snapshot():
            counts, names = self._counts(), self.truth.entities_with(kind, words)
            numbers = [number for number in names if _articles_naming(counts, number)]
            numbers.sort(
                key=lambda number: (_is_half_a_name(kind, names[number]), -counts[number], number)
            )
            return len(numbers), self._entities(numbers[first : first + most], counts)

    def most(self, articles: Collection[int] | None = None, most: int = 12) -> EntitiesByKind:
        """The entities that most of the articles with these numbers name; None is all articles.

        Only people with a full name are included.
        """
        return self._most(self._counts(articles), most)

    def entity(self, kind: Kind, name: str) -> Entity | None:
        """The entity with a name, in any case or punctuation; None if no article names it."""
        number = self.truth.entity(kind, name)
        articles = self.truth.naming(number) if number is not None else []
        if number is None or not articles:
            return None
        return self.truth.entities([number])[number]._replace(articles=len(articles))

    def naming(self, kind: Kind, name: str, first: int = 0, most: int = 20) -> list[Naming]:
        """A page of the articles that name an entity, the newest first, with the spans."""
        entity = self.truth.entity(kind, name)
        if entity is None:
            return []
        numbers = self.truth.naming(entity)[first : first + most]
        articles, spans = self.truth.numbered(numbers), self.truth.spans_of(entity, numbers)
        return [
            Naming(articles[number], spans[number])
            for number in numbers
            if number in articles and number in spans
        ]

    def beside(self, kind: Kind, name: str, most: int = 12) -> EntitiesByKind:
        """The other entities in the articles that name an entity, with how many of them do."""
        number = self.truth.entity(kind, name)
        if number is None:
            return {}
        counts = self._counts(self.truth.naming(number))
        if number < len(counts):
            counts[number] = 0
        return self._most(counts, most)

    def spellings(self, kind: Kind, name: str) -> list[Entity]:
        """Other entities of the kind whose names may be other spellings of this name."""
        numbers = self.truth.sounding_like(kind, name)
        counts = self._counts()
        return spelled_otherwise(name, self._entities(numbers, counts))

    def named_in(self, id: str) -> EntitiesByKind:
        """The entities that an article names, with how many articles of the archive name them."""
        numbers = self.truth.numbers([id])
        counts, totals = self._counts(numbers.values()), self._counts()
        size = min(len(counts), len(totals))
        return self._most(totals[:size] * (counts[:size] > 0), int(np.count_nonzero(counts)))

    def _counts(self, articles: Collection[int] | None = None) -> NDArray[np.int64]:
        if articles is not None:
            return self.truth.entity_counts(articles)
        state = self.truth.state()
        # Counted once for each state of the archive, because many pages show some counts.
        if self._cached_counts is None or self._cached_counts[0] != state:
            self._cached_counts = state, self.truth.entity_counts()
        return self._cached_counts[1]

    def _most(self, counts: NDArray[np.int64], most: int) -> EntitiesByKind:
        # More than ``most``: some are left out below, and the kinds are not equally frequent.
        considered = min(len(counts), 20 * most + 100)
        if not considered:
            return {kind: [] for kind in KINDS}
        highest = np.argpartition(-counts, considered - 1)[:considered]
        numbers = [int(number) for number in highest if counts[number]]
        entities = sorted(
            self._entities(numbers, counts), key=lambda entity: (-entity.articles, entity.name)
        )
        by_kind: EntitiesByKind = {kind: [] for kind in KINDS}
        articles: dict[str, int] = {}
        for entity in entities:
            # A name tagged as two kinds is mostly one of them, and the other a mistake.
            highest_count = articles.setdefault(folded(entity.name), entity.articles)
            if (
                len(by_kind[entity.kind]) < most
                and entity.articles * _MISTAKEN > highest_count
                and not _is_half_a_name(entity.kind, entity.name)
            ):
                by_kind[entity.kind].append(entity)
        return by_kind

    def _entities(self, numbers: Sequence[int], counts: NDArray[np.int64]) -> list[Entity]:
        entities = self.truth.entities(numbers)
        return [
            entities[number]._replace(articles=articles)
            for number in numbers
            if number in entities and (articles := _articles_naming(counts, number))
        ]


def _is_half_a_name(kind: Kind, name: str) -> bool:
    """Whether this is only the last name of a person whom the article never names in full.

    Several people may have it, and a single word is often no person at all.
    """
    return kind == "person" and name.isascii() and " " not in name


def find_names(names: Names, progress: "Display" = False) -> str | None:
    """Find names in new articles if a tagger is installed; returns the reason if that fails.

    The articles are stored already, and can be searched without names.
    """
    tagger = installed()
    try:
        if tagger:
            names.find(tagger, progress)
    except ArchiveError as error:
        return str(error)
    return None


def _articles_naming(counts: NDArray[np.int64], number: int) -> int:
    """How many articles name an entity; 0 for an entity added after the counts were made."""
    return int(counts[number]) if number < len(counts) else 0
