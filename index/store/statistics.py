"""Counts articles: by source, language and time."""

from datetime import date

from index.passage import Filters
from index.store.database import Database
from index.store.records import Facts, Seen


class Statistics(Database):
    """Counts of the articles that may be shown."""

    def counts(self) -> tuple[int, int]:
        """How many articles, and how many chunks, may be shown."""
        chunks = "SELECT count(*) FROM chunks"
        if embargoed := self.embargoed():
            # Excludes the few embargoed articles; selecting the others would read every article.
            hidden = ", ".join(map(str, embargoed))
            chunks += f" WHERE article NOT IN ({hidden})"
        visible, now = self._visible_condition()
        return self._one(
            f"SELECT (SELECT count(*) FROM articles WHERE {visible}), ({chunks})", [now]
        )

    def held_back(self) -> tuple[int, int]:
        """How many articles are withdrawn, and how many of the others are under embargo."""
        return self._one(
            "SELECT (SELECT count(*) FROM articles WHERE withdrawn IS NOT NULL),"
            " (SELECT count(*) FROM articles WHERE withdrawn IS NULL AND available > ?)",
            [self._now()],
        )

    def per(self, column: str) -> dict[str, int]:
        """How many articles have each value of a column such as ``source``, most first."""
        visible, now = self._visible_condition()
        rows = self._rows(
            f"SELECT {column}, count(*) FROM articles WHERE {column} IS NOT NULL AND {visible}"
            f" GROUP BY {column} ORDER BY count(*) DESC, {column}",
            [now],
        )
        return dict(rows)

    def seen(self) -> Seen:
        """A marker of what somebody who looks now has seen."""
        [stored] = self._one("SELECT max(stored) FROM articles")
        return Seen(stored or "", self._now())

    def facts(self, filters: Filters, since: Seen | None = None) -> list[Facts]:
        """The facts of the articles that pass the filters.

        With ``since``, only of articles that are new or changed since then.
        """
        condition, values = self._search_condition(filters)
        if since:
            # The time of looking is not enough: an article just being stored was not seen yet.
            condition += " AND (stored > ? OR available > ?)"
            values += since
        return self._rows(
            "SELECT number, source, language, first_day, precision FROM articles"
            f" WHERE {condition}",
            values,
        )

    def months(self) -> list[tuple[str, int]]:
        """The months, such as 2016-08, and the number of articles of each, in order of time."""
        return self._per_period(len("2016-08"), "precision != 'year'")

    def years(self) -> list[tuple[str, int]]:
        """The years, such as 2016, and the number of articles of each, in order of time."""
        return self._per_period(len("2016"), "first_day IS NOT NULL")

    def _per_period(self, length: int, condition: str) -> list[tuple[str, int]]:
        visible, now = self._visible_condition()
        return self._rows(
            f"SELECT substr(first_day, 1, {length}), count(*) FROM articles"
            f" WHERE {condition} AND {visible} GROUP BY 1 ORDER BY 1",
            [now],
        )

    def period(self) -> tuple[date | None, date | None]:
        """The days of the earliest and the latest article."""
        visible, now = self._visible_condition()
        first, last = self._one(
            f"SELECT min(first_day), max(last_day) FROM articles WHERE {visible}", [now]
        )
        return first and date.fromisoformat(first), last and date.fromisoformat(last)
