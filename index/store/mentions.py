"""Where articles name people, places and organisations."""

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
# Of more articles all are read: that is quicker than to look each one up.
_FEW = 2_000
# No name has more, and no database takes a condition of very many parts.
_MOST_WORDS = 100


class Mentions(Database):
    """Entities, by number, and the articles that name them.

    Only articles that may be shown count, and those that are named by number.
    """

    _last_naming: tuple[tuple[str, int], Sequence[int]] | None = None

    def untagged(self, tagger: str, after: int, most: int) -> list[Untagged]:
        """Articles that this tagger has not looked through, also those under embargo.

        They are those whose numbers come after one, in the order of their numbers.
        """
        rows = self._rows(
            f"SELECT number, digest, text, language, source FROM articles WHERE {_UNTAGGED}"
            " AND number > ? ORDER BY number LIMIT ?",
            [tagger, after, most],
        )
        return [Untagged(*row) for row in rows]

    def untagged_characters(self, tagger: str) -> tuple[int, int]:
        """How many articles ``untagged`` has left to give, and how long they are together."""
        return self._one(
            f"SELECT count(*), coalesce(sum(length(text)), 0) FROM articles WHERE {_UNTAGGED}",
            [tagger],
        )

    def tag(self, tagger: str, articles: Sequence[tuple[Untagged, Sequence[Mention]]]) -> None:
        """Keep what a tagger has found in some articles, in one transaction.

        What was changed meanwhile, by another process, is left alone.
        """
        with self._transaction() as cursor:
            for article, found in articles:
                same = cursor.execute(
                    "SELECT 1 FROM articles WHERE number = ? AND digest = ? AND withdrawn IS NULL",
                    [article.number, article.digest],
                ).fetchone()
                if same:
                    forget_names(cursor, article.number)
                    _keep(cursor, article.number, tagger, found)
            self._leave_token(cursor)

    def is_tagged(self) -> bool:
        """Whether any article was looked through for names."""
        return bool(self._rows("SELECT 1 FROM tagged LIMIT 1"))

    def entity(self, kind: Kind, name: str) -> int | None:
        """The number of an entity by its name, however that is written."""
        rows = self._rows(
            "SELECT number FROM entities WHERE kind = ? AND folded = ?", [kind, folded(name)]
        )
        return int(rows[0][0]) if rows else None

    def entities(self, numbers: Sequence[int]) -> dict[int, Entity]:
        """Entities by their numbers, with no articles counted."""
        rows = self._rows_in("SELECT number, kind, name FROM entities WHERE number IN", numbers)
        return {number: Entity(kind, name) for number, kind, name in rows}

    def entities_with(self, kind: Kind, words: str) -> dict[int, str]:
        """The entities of a kind in whose names these words stand, all of them for none.

        With the number of each comes its folded name.
        """
        sought = [f"%{_literal(word)}%" for word in dict.fromkeys(folded(words).split())]
        if len(sought) > _MOST_WORDS:
            return {}
        condition = " AND folded LIKE ? ESCAPE '!'" * len(sought)
        return dict(
            self._rows(
                f"SELECT number, folded FROM entities WHERE kind = ?{condition}", [kind, *sought]
            )
        )

    def sounding_like(self, kind: Kind, name: str) -> list[int]:
        """The entities of a kind whose names may be spellings of one, itself among them."""
        if not (heard := sound(name)):
            return []
        rows = self._rows("SELECT number FROM entities WHERE kind = ? AND sound = ?", [kind, heard])
        return [number for (number,) in rows]

    def naming(self, entity: int) -> Sequence[int]:
        """The articles that name an entity, those with the latest days first."""
        asked = self.state(), entity
        # The page of a name asks for them several times, and other threads for other names.
        last = self._last_naming
        if last is None or last[0] != asked:
            last = self._last_naming = asked, self._naming(entity)
        return last[1]

    def _naming(self, entity: int) -> list[int]:
        shown, now = self._shown()
        rows = self._rows(
            "SELECT number FROM articles"
            f" WHERE number IN (SELECT article FROM mentions WHERE entity = ?) AND {shown}"
            " ORDER BY first_day DESC NULLS LAST, number DESC",
            [entity, now],
        )
        return [article for (article,) in rows]

    def named_at(self, entity: int, articles: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """Where each of the articles names an entity."""
        rows = self._rows_in(
            'SELECT article, start, "end" FROM mentions WHERE entity = ? AND article IN',
            articles,
            [entity],
        )
        named: dict[int, list[tuple[int, int]]] = {}
        for article, start, end in sorted(rows):
            named.setdefault(article, []).append((start, end))
        return named

    def counted(self, articles: Collection[int] | None = None) -> NDArray[np.int64]:
        """How many of the articles name each entity, at the place of its number; of all, if None.

        Of shape ``(1 + the highest number,)``.
        """
        named = b"".join(self._named_in(articles))
        return np.bincount(np.frombuffer(named, _NUMBERS))

    def _named_in(self, articles: Collection[int] | None) -> Iterator[bytes]:
        if articles is not None and len(articles) <= _FEW:
            rows = self._rows_in("SELECT entities FROM tagged WHERE article IN", list(articles))
            return (entities for (entities,) in rows)
        wanted = None if articles is None else set(articles)
        shown, now = self._shown()
        rows = iter(
            self._rows(
                "SELECT article, entities FROM tagged JOIN articles ON number = article"
                f" WHERE {shown}",
                [now],
            )
        )
        return (entities for article, entities in rows if wanted is None or article in wanted)


def _keep(cursor: Cursor, article: int, tagger: str, found: Sequence[Mention]) -> None:
    numbers = _numbered(cursor, found)
    places = {
        (numbers[mention.kind, folded(mention.name)], mention.start): mention.end
        for mention in found
    }
    cursor.executemany(
        'INSERT INTO mentions (entity, article, start, "end") VALUES (?, ?, ?, ?)',
        [(entity, article, start, end) for (entity, start), end in places.items()],
    )
    named = np.array(sorted(set(numbers.values())), _NUMBERS)
    cursor.execute("INSERT INTO tagged VALUES (?, ?, ?)", [article, tagger, named.tobytes()])


def _numbered(cursor: Cursor, found: Sequence[Mention]) -> dict[tuple[Kind, str], int]:
    """The numbers of entities by kind and folded name; those that are new get one."""
    numbers: dict[tuple[Kind, str], int] = {}
    for mention in found:
        kind, name = mention.kind, folded(mention.name)
        if (kind, name) in numbers:
            continue
        cursor.execute(
            "INSERT INTO entities (kind, folded, name, sound) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, folded) DO NOTHING",
            [kind, name, mention.name, sound(name)],
        )
        cursor.execute("SELECT number FROM entities WHERE kind = ? AND folded = ?", [kind, name])
        [numbers[kind, name]] = cursor.fetchone()
    return numbers


def forget_names(cursor: Cursor, article: int) -> None:
    """Forget what an article names, of which the text is another now, or withdrawn."""
    cursor.execute("DELETE FROM mentions WHERE article = ?", [article])
    cursor.execute("DELETE FROM tagged WHERE article = ?", [article])


def drop_unnamed(cursor: Cursor) -> None:
    """Forget the entities that no article names any more."""
    cursor.execute(
        "DELETE FROM entities WHERE NOT EXISTS (SELECT 1 FROM mentions WHERE entity = number)"
    )


def _literal(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
