"""What readers keep in an archive beside its articles: texts of some kind, each with a name."""

from collections.abc import Callable

from index.store.database import Database


class Papers(Database):
    """Named texts of a kind, such as the dossiers; what they mean is for others to say."""

    def papers(self, kind: str) -> dict[str, str]:
        """All texts of a kind by their names, in the order of these."""
        rows = self._rows("SELECT name, content FROM papers WHERE kind = ? ORDER BY name", [kind])
        return dict(rows)

    def paper(self, kind: str, name: str) -> str | None:
        rows = self._rows("SELECT content FROM papers WHERE kind = ? AND name = ?", [kind, name])
        return str(rows[0][0]) if rows else None

    def change_paper(
        self, kind: str, name: str, change: Callable[[str | None], str | None]
    ) -> None:
        """Put what ``change`` makes of a text in its place; None is that there is none.

        Nobody else changes it meanwhile. What ``change`` raises leaves everything as it was.
        """
        with self._transaction() as cursor:
            content = change(self.paper(kind, name))
            cursor.execute("DELETE FROM papers WHERE kind = ? AND name = ?", [kind, name])
            if content is not None:
                cursor.execute("INSERT INTO papers VALUES (?, ?, ?)", [kind, name, content])

    def rename_paper(self, kind: str, name: str, new: str) -> bool:
        """Whether there is such a text, and none of the new name, so that it has that name now."""
        with self._transaction() as cursor:
            if self.paper(kind, new) is not None:
                return False
            renamed = cursor.execute(
                "UPDATE papers SET name = ? WHERE kind = ? AND name = ?", [new, kind, name]
            )
            return bool(renamed.rowcount)
