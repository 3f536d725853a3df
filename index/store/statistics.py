"""How many articles there are: by source, language and time."""

from datetime import date

from index.passage import Filters
from index.store.database import Database
from index.store.records import Facts, Seen


class Statistics(Database):
    """Counts of the articles that may be shown."""

    def counts(self) -> tuple[int, int]:
        """How many articles, and how many chunks, there are to be shown."""
        chunks = "SELECT count(*) FROM chunks"
        if embargoed := self.embargoed():
            # Of many, all but few; the other way round would read every article.
            held = ", ".join(map(str, embargoed))
            chunks += f" WHERE article NOT IN ({held})"
        shown, now = self._shown()
        return self._one(f"SELECT (SELECT count(*) FROM articles WHERE {shown}), ({chunks})", [now])

    def held_back(self) -> tuple[int, int]:
        """How many articles are withdrawn, and how many of the others under embargo."""
        return self._one(
            "SELECT (SELECT count(*) FROM articles WHERE withdrawn IS NOT NULL),"
            " (SELECT count(*) FROM articles WHERE withdrawn IS NULL AND available > ?)",
            [self._now()],
        )

    def per(self, column: str) -> dict[str, int]:
        """How many articles each source or language has, most first."""
        shown, now = self._shown()
        rows = self._rows(
            f"SELECT {column}, count(*) FROM articles WHERE {column} IS NOT NULL AND {shown}"
            f" GROUP BY {column} ORDER BY count(*) DESC, {column}",
            [now],
        )
        return dict(rows)

    def seen(self) -> Seen:
        """What whoever looks now has seen."""
        [stored] = self._one("SELECT max(stored) FROM articles")
        return Seen(stored or "", self._now())

    def facts(self, filters: Filters, since: Seen | None = None) -> list[Facts]:
        """What the articles that the filters let through are counted and ordered by.

        With ``since`` only those that are new, or were changed, since that was seen.
        """
        condition, values = self._let_through(filters)
        if since:
            # Not by the time alone: what is being stored while somebody looks is not seen yet.
            condition += " AND (stored > ? OR available > ?)"
            values += since
        return self._rows(
            "SELECT number, source, language, first_day, precision FROM articles"
            f" WHERE {condition}",
            values,
        )

    def months(self) -> list[tuple[str, int]]:
        """The months, such as 2016-08, and how many articles are of each, in their order."""
        return self._per_period(len("2016-08"), "precision != 'year'")

    def years(self) -> list[tuple[str, int]]:
        """The years, such as 2016, and how many articles are of each, in their order."""
        return self._per_period(len("2016"), "first_day IS NOT NULL")

    def _per_period(self, length: int, condition: str) -> list[tuple[str, int]]:
        shown, now = self._shown()
        return self._rows(
            f"SELECT substr(first_day, 1, {length}), count(*) FROM articles"
            f" WHERE {condition} AND {shown} GROUP BY 1 ORDER BY 1",
            [now],
        )

    def period(self) -> tuple[date | None, date | None]:
        """The first and the last day from which there is an article."""
        shown, now = self._shown()
        first, last = self._one(
            f"SELECT min(first_day), max(last_day) FROM articles WHERE {shown}", [now]
        )
        return first and date.fromisoformat(first), last and date.fromisoformat(last)
