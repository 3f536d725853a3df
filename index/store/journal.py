"""Where articles came from, what the last change did, and what servers said."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from index.store.database import Database
from index.store.records import Download


class Journal(Database):
    """Roots, the report of the last change, and the state of downloads."""

    def roots(self) -> dict[str, dict[str, str] | None]:
        """The places that articles came from, with the names of fields of those followed."""
        rows = self._rows("SELECT place, fields FROM roots ORDER BY place")
        return {place: fields and json.loads(fields) for place, fields in rows}

    def keep_roots(self, roots: Mapping[str, Mapping[str, str] | None]) -> None:
        """Know places as roots from now on; one that is followed stays so."""
        known = self.roots()
        new = {
            place: fields
            for place, fields in roots.items()
            if place not in known or fields not in (None, known[place])
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
        """Forget places as roots, and what servers said of them; what came from them stays."""
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
        """Keep the report of the change that ends now, and what servers said of what it read."""
        with self._transaction() as cursor:
            cursor.execute("DELETE FROM reports")
            written = json.dumps(report, ensure_ascii=False)
            cursor.execute("INSERT INTO reports VALUES (?, ?)", [self._now(), written])
            cursor.executemany(
                "INSERT INTO downloads VALUES (?, ?, ?)"
                " ON CONFLICT (url) DO UPDATE"
                " SET etag = excluded.etag, modified = excluded.modified",
                [(url, download.etag, download.modified) for url, download in downloads.items()],
            )

    def download(self, url: str) -> Download | None:
        """What a server said when a file was fetched the last time."""
        rows = self._rows("SELECT etag, modified FROM downloads WHERE url = ?", [url])
        return Download(*rows[0]) if rows else None
