"""Texts that readers store in an archive beside its articles, each with a kind and a name."""

from collections.abc import Callable

from index.store.database import Database


class Papers(Database):
    """Named texts of a kind, such as dossiers; their meaning is up to the rest of the program."""

    def papers(self, kind: str) -> dict[str, str]:
        """All texts of a kind by name, sorted by name."""
        rows = self._rows("SELECT name, content FROM papers WHERE kind = ? ORDER BY name", [kind])
        return dict(rows)

    def paper(self, kind: str, name: str) -> str | None:
        rows = self._rows("SELECT content FROM papers WHERE kind = ? AND name = ?", [kind, name])
        return str(rows[0][0]) if rows else None

    def change_paper(
        self, kind: str, name: str, change: Callable[[str | None], str | None]
    ) -> None:
        """Replace a text by the result of ``change``; None stands for no text.

        Nobody else can change it meanwhile. If ``change`` raises, nothing is changed.
        """
        with self._transaction() as cursor:
            content = change(self.paper(kind, name))
            cursor.execute("DELETE FROM papers WHERE kind = ? AND name = ?", [kind, name])
            if content is not None:
                cursor.execute("INSERT INTO papers VALUES (?, ?, ?)", [kind, name, content])

    def rename_paper(self, kind: str, name: str, new: str) -> bool:
        """Rename a text; returns False if it does not exist, or if the new name is taken."""
        with self._transaction() as cursor:
            if self.paper(kind, new) is not None:
                return False
            renamed = cursor.execute(
                "UPDATE papers SET name = ? WHERE kind = ? AND name = ?", [new, kind, name]
            )
            return bool(renamed.rowcount)
