"""The roots of articles, the report of the last change, and the HTTP headers of downloads."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from index.store.database import Database
from index.store.records import Download


class Journal(Database):
    """Roots, the report of the last change, and the state of downloads."""

    def roots(self) -> dict[str, dict[str, str] | None]:
        """The roots that articles came from; a followed root has its field names, others None."""
        rows = self._rows("SELECT place, fields FROM roots ORDER BY place")
        return {place: fields and json.loads(fields) for place, fields in rows}

    def keep_roots(self, roots: Mapping[str, Mapping[str, str] | None]) -> None:
        """Store places as roots; a root that is followed already stays so."""
        stored = self.roots()
        new = {
            place: fields
            for place, fields in roots.items()
            if place not in stored or fields not in (None, stored[place])
        }
        if new:
            with self._transaction() as cursor:
                cursor.executemany(
                    "INSERT INTO roots VALUES (?, ?)"
                    " ON CONFLICT (place) DO UPDATE SET fields = excluded.fields",
                    [
                        (place, None if fields is None else json.dumps(dict(fields)))
                        for place, fields in new.items()
                    ],
                )

    def drop_roots(self, places: Iterable[str]) -> None:
        """Delete roots and the headers of their downloads; their articles stay."""
        if rows := [[place] for place in places]:
            with self._transaction() as cursor:
                cursor.executemany("DELETE FROM roots WHERE place = ?", rows)
                cursor.executemany("DELETE FROM downloads WHERE url = ?", rows)

    def last_report(self) -> tuple[datetime, dict[str, Any]] | None:
        """When the last change was finished, and its report."""
        for finished, report in self._rows("SELECT finished, report FROM reports"):
            return datetime.fromisoformat(finished), json.loads(report)
        return None

    def record(self, report: Mapping[str, Any], downloads: Mapping[str, Download]) -> None:
        """Store the report of the change that ends now, and the headers of its downloads."""
        with self._transaction() as cursor:
            cursor.execute("DELETE FROM reports")
            content = json.dumps(report, ensure_ascii=False)
            cursor.execute("INSERT INTO reports VALUES (?, ?)", [self._now(), content])
            cursor.executemany(
                "INSERT INTO downloads VALUES (?, ?, ?)"
                " ON CONFLICT (url) DO UPDATE"
                " SET etag = excluded.etag, modified = excluded.modified",
                [(url, download.etag, download.modified) for url, download in downloads.items()],
            )

    def download(self, url: str) -> Download | None:
        """The server's headers when a file was fetched the last time."""
        rows = self._rows("SELECT etag, modified FROM downloads WHERE url = ?", [url])
        return Download(*rows[0]) if rows else None
