"""Reads articles and their versions."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from secrets import randbelow

from corpus import Article
from index import schema
from index.passage import Filters
from index.roots import is_within
from index.store.database import Database, instant
from index.store.records import Standing, Version

WITHOUT_CHUNKS = (
    "withdrawn IS NULL AND NOT EXISTS (SELECT 1 FROM chunks WHERE article = articles.number)"
    " AND trim(text, ' \t\n\r\u00a0') != ''"
)
"""A condition on articles that wait for chunks and vectors; a blank article never gets any."""

_STANDING = "id, digest, title, origin, location, embargo, withdrawn, vouched, retracted"


class Articles(Database):
    """Articles by id, by number and by the place where they were found.

    Methods return withdrawn articles, or articles not available yet, only if they say so.
    """

    def article(self, id: str, withdrawn: bool = False) -> Article | None:
        """The article that has this id, or had it before it moved."""
        visible, now = self._visible_condition(withdrawn)
        for number in (
            "SELECT number FROM articles WHERE id = ?",
            "SELECT article FROM formerly WHERE id = ?",
        ):
            rows = self._rows(
                f"SELECT {schema.ARTICLE} FROM articles WHERE number = ({number}) AND {visible}",
                [id, now],
            )
            if rows:
                return schema.article(rows[0])
        return None

    def versions(self, id: str) -> list[Version]:
        """All versions, that may be shown, of the article with an id, the oldest first."""
        number = (
            "coalesce((SELECT number FROM articles WHERE id = ?),"
            " (SELECT article FROM formerly WHERE id = ?))"
        )
        visible, now = self._visible_condition(withdrawn=True)
        rows = self._rows(
            f"SELECT {schema.VERSION}, stored, replaced FROM versions"
            f" WHERE article = {number} AND {visible} ORDER BY version",
            [id, id, now],
        ) + self._rows(
            f"SELECT {schema.ARTICLE}, stored, NULL FROM articles"
            f" WHERE number = {number} AND {visible}",
            [id, id, now],
        )
        return [Version(schema.article(row[:-2]), *map(instant, row[-2:])) for row in rows]

    def articles(self, embargoed: bool = False) -> Iterator[Article]:
        """Every article, in the order in which they were added; optionally also embargoed ones."""
        visible, now = self._visible_condition()
        if embargoed:
            now = schema.instant(datetime.max.replace(tzinfo=UTC))
        return self._in_order(visible, [now])

    def without_chunks(self) -> Iterator[Article]:
        """The articles that no search finds before they are embedded, also embargoed ones.

        They begin anywhere and end there, so that hosts that embed at once share them.
        """
        [last] = self._one("SELECT max(number) FROM articles")
        start = randbelow((last or 0) + 1)
        yield from self._in_order(f"{WITHOUT_CHUNKS} AND number > ?", [start])
        yield from self._in_order(f"{WITHOUT_CHUNKS} AND number <= ?", [start])

    def waiting(self) -> tuple[int, int]:
        """How many articles are ``without_chunks``, and how many characters they have."""
        articles, characters = self._one(
            f"SELECT count(*), sum(length(text)) FROM articles WHERE {WITHOUT_CHUNKS}"
        )
        return articles, characters or 0

    def _in_order(self, condition: str, values: Sequence[object]) -> Iterator[Article]:
        last = 0
        while rows := self._rows(
            f"SELECT {schema.ARTICLE}, number FROM articles"
            f" WHERE {condition} AND number > ? ORDER BY number LIMIT 200",
            [*values, last],
        ):
            for row in rows:
                yield schema.article(row[:-1])
            last = rows[-1][-1]

    def with_ids(self, ids: Sequence[str]) -> Iterator[Article]:
        """The articles with these ids that are not withdrawn; also embargoed ones."""
        rows = self._rows_in(
            f"SELECT {schema.ARTICLE} FROM articles WHERE withdrawn IS NULL AND id IN", ids
        )
        return map(schema.article, rows)

    def written_by(self, authors: Sequence[str], filters: Filters) -> list[str]:
        """The ids of the articles by these authors that pass the filters, the latest days first."""
        condition, values = self._search_condition(filters)
        rows = self._rows_in(
            f"SELECT first_day, id FROM articles WHERE {condition} AND author IN", authors, values
        )
        return [id for _, id in sorted(rows, key=lambda row: row[0] or "", reverse=True)]

    def numbered(self, articles: Sequence[int]) -> dict[int, Article]:
        """The articles with these numbers that may be shown, by number."""
        visible, now = self._visible_condition()
        rows = self._rows_in(
            f"SELECT number, {schema.ARTICLE} FROM articles WHERE {visible} AND number IN",
            articles,
            [now],
        )
        return {number: schema.article(tuple(row)) for number, *row in rows}

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers of the articles with these ids."""
        return dict(self._rows_in("SELECT id, number FROM articles WHERE id IN", ids))

    def newest(self, most: int) -> list[Article]:
        """The articles with the latest days; of one day, the last added comes first."""
        visible, now = self._visible_condition()
        rows = self._rows(
            f"SELECT {schema.ARTICLE} FROM articles WHERE {visible}"
            " ORDER BY first_day DESC NULLS LAST, number DESC LIMIT ?",
            [now, most],
        )
        return [schema.article(row) for row in rows]

    def text(self, id: str) -> str | None:
        """The text of an article, whether it may be shown or not."""
        rows = self._rows("SELECT text FROM articles WHERE id = ?", [id])
        return str(rows[0][0]) if rows else None

    def characters(self) -> int:
        """The length of all texts together, without withdrawn articles."""
        [length] = self._one("SELECT sum(length(text)) FROM articles WHERE withdrawn IS NULL")
        return length or 0

    def standing(self, ids: Sequence[str]) -> dict[str, Standing]:
        """The stored state of the articles with these ids, also of withdrawn ones, by id."""
        rows = self._rows_in(f"SELECT {_STANDING} FROM articles WHERE id IN", ids)
        return {standing.id: standing for standing in map(_standing, rows)}

    def found_in(self, locations: Sequence[str]) -> Iterator[Standing]:
        """The stored state of all articles from these files or folders that are not withdrawn."""
        for location in locations:
            within, values = _within(location)
            rows = self._rows(f"SELECT {_STANDING} FROM articles WHERE {within}", values)
            for standing in map(_standing, rows):
                # A folder beside it may have the number of an issue in its name.
                if is_within(standing.location or "", location):
                    yield standing

    def count_in(self, location: str) -> int:
        """How many articles ``found_in`` returns for a file or a folder."""
        within, values = _within(location)
        return int(self._one(f"SELECT count(*) FROM articles WHERE {within}", values)[0])

    def with_digests(self, digests: Sequence[str]) -> Iterator[Standing]:
        """The stored state of the articles with one of these contents, also of withdrawn ones."""
        rows = self._rows_in(f"SELECT {_STANDING} FROM articles WHERE digest IN", digests)
        return map(_standing, rows)


def _within(location: str) -> tuple[str, list[str]]:
    """A condition on articles from a file or folder that are not withdrawn, and its values."""
    folder = location.rstrip("/")
    # '0' is the character after '/', and '$' the one after '#', which precedes a record's number.
    return (
        "withdrawn IS NULL AND (location = ?"
        " OR (location > ? AND location < ?) OR (location > ? AND location < ?))",
        [location, f"{folder}/", f"{folder}0", f"{location}#", f"{location}$"],
    )


def _standing(row: tuple) -> Standing:  # type: ignore[type-arg]
    id, digest, title, origin, location, embargo, withdrawn, vouched, retracted = row
    return Standing(
        id, digest, title, origin, location,
        instant(embargo), instant(withdrawn), vouched, bool(retracted),
    )  # fmt: skip
