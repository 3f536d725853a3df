"""Articles and their versions, as they are read."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from corpus import Article
from index import schema
from index.passage import Filters
from index.store.database import Database, instant
from index.store.records import Standing, Version

WITHOUT_CHUNKS = (
    "withdrawn IS NULL AND NOT EXISTS (SELECT 1 FROM chunks WHERE article = articles.number)"
    " AND trim(text, ' \t\n\r\u00a0') != ''"
)
"""A condition on articles that wait for chunks and vectors; one without words never has any."""

_STANDING = "id, digest, title, origin, location, embargo, withdrawn, vouched, retracted"


class Articles(Database):
    """Articles by id, by number and by where they were found.

    What is withdrawn, or not available yet, is only given where a method says so.
    """

    def article(self, id: str, withdrawn: bool = False) -> Article | None:
        """The article with an id, or that had it before it moved."""
        shown, now = self._shown(withdrawn)
        for number in (
            "SELECT number FROM articles WHERE id = ?",
            "SELECT article FROM formerly WHERE id = ?",
        ):
            rows = self._rows(
                f"SELECT {schema.ARTICLE} FROM articles WHERE number = ({number}) AND {shown}",
                [id, now],
            )
            if rows:
                return schema.article(rows[0])
        return None

    def versions(self, id: str) -> list[Version]:
        """All versions of the article with an id that may be shown, the first one first."""
        number = (
            "coalesce((SELECT number FROM articles WHERE id = ?),"
            " (SELECT article FROM formerly WHERE id = ?))"
        )
        shown, now = self._shown(withdrawn=True)
        rows = self._rows(
            f"SELECT {schema.VERSION}, stored, replaced FROM versions"
            f" WHERE article = {number} AND {shown} ORDER BY version",
            [id, id, now],
        ) + self._rows(
            f"SELECT {schema.ARTICLE}, stored, NULL FROM articles"
            f" WHERE number = {number} AND {shown}",
            [id, id, now],
        )
        return [Version(schema.article(row[:-2]), *map(instant, row[-2:])) for row in rows]

    def articles(self, embargoed: bool = False) -> Iterator[Article]:
        """Every article, in the order in which they came; also those under embargo if asked."""
        shown, now = self._shown()
        if embargoed:
            now = schema.instant(datetime.max.replace(tzinfo=UTC))
        return self._in_order(shown, [now])

    def without_chunks(self) -> Iterator[Article]:
        """The articles that no search finds before they are embedded, also those under embargo."""
        return self._in_order(WITHOUT_CHUNKS, [])

    def waiting(self) -> tuple[int, int]:
        """How many those are, and how many characters they have."""
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

    def named(self, ids: Sequence[str]) -> Iterator[Article]:
        """Those articles with these ids that are not withdrawn; also those under embargo."""
        rows = self._rows_in(
            f"SELECT {schema.ARTICLE} FROM articles WHERE withdrawn IS NULL AND id IN", ids
        )
        return map(schema.article, rows)

    def written_by(self, authors: Sequence[str], filters: Filters) -> list[str]:
        """The ids of the articles with these lines for their authors that the filters let through,
        the latest days first."""
        condition, values = self._let_through(filters)
        rows = self._rows_in(
            f"SELECT first_day, id FROM articles WHERE {condition} AND author IN", authors, values
        )
        return [id for _, id in sorted(rows, key=lambda row: row[0] or "", reverse=True)]

    def numbered(self, articles: Sequence[int]) -> dict[int, Article]:
        """Those of the articles that may be shown, by their numbers."""
        shown, now = self._shown()
        rows = self._rows_in(
            f"SELECT number, {schema.ARTICLE} FROM articles WHERE {shown} AND number IN",
            articles,
            [now],
        )
        return {number: schema.article(tuple(row)) for number, *row in rows}

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers of the articles with these ids."""
        return dict(self._rows_in("SELECT id, number FROM articles WHERE id IN", ids))

    def newest(self, most: int) -> list[Article]:
        """The articles with the latest days, of one day the last added first."""
        shown, now = self._shown()
        rows = self._rows(
            f"SELECT {schema.ARTICLE} FROM articles WHERE {shown}"
            " ORDER BY first_day DESC NULLS LAST, number DESC LIMIT ?",
            [now, most],
        )
        return [schema.article(row) for row in rows]

    def text(self, id: str) -> str | None:
        """The text of an article, whether it may be shown or not."""
        rows = self._rows("SELECT text FROM articles WHERE id = ?", [id])
        return str(rows[0][0]) if rows else None

    def characters(self) -> int:
        """How long all texts are together that are not withdrawn."""
        [length] = self._one("SELECT sum(length(text)) FROM articles WHERE withdrawn IS NULL")
        return length or 0

    def standing(self, ids: Sequence[str]) -> dict[str, Standing]:
        """What is stored of those of the articles that are here, withdrawn ones too, by id."""
        rows = self._rows_in(f"SELECT {_STANDING} FROM articles WHERE id IN", ids)
        return {standing.id: standing for standing in map(_standing, rows)}

    def found_in(self, locations: Sequence[str]) -> Iterator[Standing]:
        """What is stored, and not withdrawn, of all that was found in some files or folders."""
        for location in locations:
            within, values = _within(location)
            rows = self._rows(f"SELECT {_STANDING} FROM articles WHERE {within}", values)
            yield from map(_standing, rows)

    def count_in(self, location: str) -> int:
        """How many articles ``found_in`` gives for a file or a folder."""
        within, values = _within(location)
        return int(self._one(f"SELECT count(*) FROM articles WHERE {within}", values)[0])

    def with_digests(self, digests: Sequence[str]) -> Iterator[Standing]:
        """What is stored of the articles with one of these contents, withdrawn ones too."""
        rows = self._rows_in(f"SELECT {_STANDING} FROM articles WHERE digest IN", digests)
        return map(_standing, rows)


def _within(location: str) -> tuple[str, list[str]]:
    """A condition on what was found in a file or a folder and is not withdrawn, and its values."""
    folder = location.rstrip("/")
    # '0' comes right after '/', and '$' after '#', which is before a record's number.
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
