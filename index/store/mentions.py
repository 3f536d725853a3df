"""The mentions of people, places and organisations in articles."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.connections import Cursor
from index.entities import Entity, Mention, folded, sound
from index.store.database import Database
from index.store.records import Untagged
from index.tagging import Kind

_NUMBERS = np.dtype("<i4")
_UNTAGGED = (
    "withdrawn IS NULL AND NOT EXISTS (SELECT 1 FROM tagged WHERE article = number AND tagger = ?)"
)
# For more articles than this, reading all rows is faster than looking each article up.
_FEW = 2_000
# No name has more words, and databases limit the size of a condition.
_MOST_WORDS = 100


class Mentions(Database):
    """Entities, by number, and the articles that name them.

    Only articles that may be shown count, except where a method takes article numbers.
    """

    _last_naming: tuple[tuple[str, int], Sequence[int]] | None = None

    def untagged(self, tagger: str, after: int, most: int) -> list[Untagged]:
        """Articles that this tagger has not read, also embargoed ones.

        They are the first ones with a number above ``after``, in order of number.
        """
        rows = self._rows(
            f"SELECT number, digest, text, language, source FROM articles WHERE {_UNTAGGED}"
            " AND number > ? ORDER BY number LIMIT ?",
            [tagger, after, most],
        )
        return [Untagged(*row) for row in rows]

    def untagged_characters(self, tagger: str) -> tuple[int, int]:
        """How many articles this tagger has not read, and their length together."""
        return self._one(
            f"SELECT count(*), coalesce(sum(length(text)), 0) FROM articles WHERE {_UNTAGGED}",
            [tagger],
        )

    def tag(self, tagger: str, articles: Sequence[tuple[Untagged, Sequence[Mention]]]) -> None:
        """Store a tagger's mentions in some articles, in one transaction.

        An article that another process changed meanwhile is skipped.
        """
        with self._transaction() as cursor:
            for article, mentions in articles:
                same = cursor.execute(
                    "SELECT 1 FROM articles WHERE number = ? AND digest = ? AND withdrawn IS NULL",
                    [article.number, article.digest],
                ).fetchone()
                if same:
                    forget_names(cursor, article.number)
                    _insert(cursor, article.number, tagger, mentions)
            self._leave_token(cursor)

    def is_tagged(self) -> bool:
        """Whether a tagger has read any article."""
        return bool(self._rows("SELECT 1 FROM tagged LIMIT 1"))

    def entity(self, kind: Kind, name: str) -> int | None:
        """The number of the entity with a name, in any case or punctuation."""
        rows = self._rows(
            "SELECT number FROM entities WHERE kind = ? AND folded = ?", [kind, folded(name)]
        )
        return int(rows[0][0]) if rows else None

    def entities(self, numbers: Sequence[int]) -> dict[int, Entity]:
        """Entities by their numbers, without the counts of articles."""
        rows = self._rows_in("SELECT number, kind, name FROM entities WHERE number IN", numbers)
        return {number: Entity(kind, name) for number, kind, name in rows}

    def entities_with(self, kind: Kind, words: str) -> dict[int, str]:
        """The folded names, by number, of the entities of a kind that contain all of these words.

        Without words these are all entities of the kind.
        """
        patterns = [f"%{_literal(word)}%" for word in dict.fromkeys(folded(words).split())]
        if len(patterns) > _MOST_WORDS:
            return {}
        condition = " AND folded LIKE ? ESCAPE '!'" * len(patterns)
        return dict(
            self._rows(
                f"SELECT number, folded FROM entities WHERE kind = ?{condition}", [kind, *patterns]
            )
        )

    def sounding_like(self, kind: Kind, name: str) -> list[int]:
        """The entities of a kind whose names sound like this one, including its own."""
        if not (key := sound(name)):
            return []
        return self._column("SELECT number FROM entities WHERE kind = ? AND sound = ?", [kind, key])

    def naming(self, entity: int) -> Sequence[int]:
        """The articles that name an entity, those with the latest days first."""
        key = self.state(), entity
        # Cached for the page of a name, and read only once, as other threads may replace it.
        last = self._last_naming
        if last is None or last[0] != key:
            last = self._last_naming = key, self._naming(entity)
        return last[1]

    def _naming(self, entity: int) -> list[int]:
        visible, now = self._visible_condition()
        return self._column(
            "SELECT number FROM articles"
            f" WHERE number IN (SELECT article FROM mentions WHERE entity = ?) AND {visible}"
            " ORDER BY first_day DESC NULLS LAST, number DESC",
            [entity, now],
        )

    def spans_of(self, entity: int, articles: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """The spans in which each of the articles names an entity."""
        rows = self._rows_in(
            'SELECT article, start, "end" FROM mentions WHERE entity = ? AND article IN',
            articles,
            [entity],
        )
        spans: dict[int, list[tuple[int, int]]] = {}
        for article, start, end in sorted(rows):
            spans.setdefault(article, []).append((start, end))
        return spans

    def entity_counts(self, articles: Collection[int] | None = None) -> NDArray[np.int64]:
        """How many of the articles name each entity, indexed by its number; None is all articles.

        The shape is ``(1 + the highest number,)``.
        """
        packed = b"".join(self._packed_entities(articles))
        return np.bincount(np.frombuffer(packed, _NUMBERS))

    def _packed_entities(self, articles: Collection[int] | None) -> Iterator[bytes]:
        if articles is not None and len(articles) <= _FEW:
            rows = self._rows_in("SELECT entities FROM tagged WHERE article IN", list(articles))
            return (entities for (entities,) in rows)
        numbers = None if articles is None else set(articles)
        visible, now = self._visible_condition()
        rows = iter(
            self._rows(
                "SELECT article, entities FROM tagged JOIN articles ON number = article"
                f" WHERE {visible}",
                [now],
            )
        )
        return (entities for article, entities in rows if numbers is None or article in numbers)


def _insert(cursor: Cursor, article: int, tagger: str, mentions: Sequence[Mention]) -> None:
    numbers = _entity_numbers(cursor, mentions)
    ends = {
        (numbers[mention.kind, folded(mention.name)], mention.start): mention.end
        for mention in mentions
    }
    cursor.executemany(
        'INSERT INTO mentions (entity, article, start, "end") VALUES (?, ?, ?, ?)',
        [(entity, article, start, end) for (entity, start), end in ends.items()],
    )
    packed = np.array(sorted(set(numbers.values())), _NUMBERS)
    cursor.execute("INSERT INTO tagged VALUES (?, ?, ?)", [article, tagger, packed.tobytes()])


def _entity_numbers(cursor: Cursor, mentions: Sequence[Mention]) -> dict[tuple[Kind, str], int]:
    """The numbers of the mentioned entities by kind and folded name; new entities are stored.

    An entity that no article names any more gets the spelling in which it is named now.
    """
    numbers: dict[tuple[Kind, str], int] = {}
    for mention in mentions:
        kind, name = mention.kind, folded(mention.name)
        if (kind, name) in numbers:
            continue
        cursor.execute(
            "INSERT INTO entities (kind, folded, name, sound) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, folded) DO UPDATE SET name = excluded.name"
            " WHERE NOT EXISTS (SELECT 1 FROM mentions WHERE entity = entities.number)",
            [kind, name, mention.name, sound(name)],
        )
        cursor.execute("SELECT number FROM entities WHERE kind = ? AND folded = ?", [kind, name])
        [numbers[kind, name]] = cursor.fetchone()
    return numbers


def forget_names(cursor: Cursor, article: int) -> None:
    """Delete the mentions of an article whose text was changed or withdrawn."""
    cursor.execute("DELETE FROM mentions WHERE article = ?", [article])
    cursor.execute("DELETE FROM tagged WHERE article = ?", [article])


def drop_unnamed(cursor: Cursor) -> None:
    """Delete the entities that no article names any more."""
    cursor.execute(
        "DELETE FROM entities WHERE NOT EXISTS (SELECT 1 FROM mentions WHERE entity = number)"
    )


def _literal(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
