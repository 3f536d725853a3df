"""Which articles carry one text; ``index.copies`` says what a copy is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from index.connections import Cursor
from index.copies import LEAST_COMMON, Wording, are_copies, in_common, may_be_copies
from index.passage import Filters
from index.store.database import Database

# What is common to more texts is common anyway; a text in more versions is joined through these.
MOST_COMPARED = 100


class Copies(Database):
    """Articles that carry one text, and the comparison of each new text with those before it."""

    def copies(
        self, articles: Sequence[int], filters: Filters | None = None
    ) -> dict[int, tuple[int, ...]]:
        """For those of the articles that have copies, the numbers of all, themselves among them.

        Only articles that may be shown, and that the filters let through, count: whether two are
        copies of each other through a third does not depend on one that nobody sees.
        """
        wordings = dict(
            self._rows_in("SELECT article, wording FROM worded WHERE article IN", articles)
        )
        linked: dict[int, dict[int, float]] = {}
        carriers: dict[int, dict[int, str | None]] = {}
        condition, values = self._let_through(filters or Filters())
        ahead = self._copied(set(wordings.values()))
        while ahead:
            for wording in ahead:
                linked[wording], carriers[wording] = {}, {}
            asked = list(ahead)
            for number, source, wording in self._rows_in(
                "SELECT articles.number, source, wording FROM worded"
                " JOIN articles ON articles.number = article"
                f" WHERE {condition} AND wording IN",
                asked,
                values,
            ):
                carriers[wording][number] = source
            seen = [wording for wording in asked if carriers[wording]]
            for wording, copy, common in self._rows_in(
                "SELECT wording, copy, common FROM copies WHERE wording IN", seen
            ):
                linked[wording][copy] = common
            ahead = {copy for wording in seen for copy in linked[wording]} - linked.keys()
        carrying: dict[int, tuple[int, ...]] = {}
        for article in articles:
            wording = wordings.get(article, 0)
            if article not in carrying and article in carriers.get(wording, ()):
                together = _joined(wording, linked, carriers)
                if len(together) > 1:
                    carrying |= dict.fromkeys(together, together)
        return {number: carrying[number] for number in articles if number in carrying}

    def _copied(self, wordings: Iterable[int]) -> set[int]:
        """Those of the wordings that several articles have, or that have a copy."""
        asked = list(wordings)
        copied = self._rows_in("SELECT wording FROM copies WHERE wording IN", asked)
        carried = Counter(self._rows_in("SELECT wording FROM worded WHERE wording IN", asked))
        several = (row for row, articles in carried.items() if articles > 1)
        return {wording for (wording,) in chain(copied, several)}

    def _compare_all(self, cursor: Cursor) -> None:
        """Find the copies among articles that were stored when nobody looked for them."""
        numbers = cursor.execute(
            "SELECT number FROM articles WHERE withdrawn IS NULL ORDER BY number"
        ).fetchall()
        for (number,) in numbers:
            self._compare(cursor, number, _text(cursor, number))

    def _compare(self, cursor: Cursor, article: int, text: str) -> None:
        """Keep what an article's words are, and what they may be copies of."""
        cursor.execute("DELETE FROM worded WHERE article = ?", [article])
        wording = Wording.of(text)
        if not wording.is_comparable:
            return
        digest = wording.digest
        same = cursor.execute("SELECT number FROM wordings WHERE digest = ?", [digest]).fetchone()
        if same:
            cursor.execute("INSERT INTO worded VALUES (?, ?)", [article, *same])
            return
        fingerprints = wording.fingerprints
        cursor.execute(
            "INSERT INTO wordings (digest, fingerprints) VALUES (?, ?) RETURNING number",
            [digest, len(fingerprints)],
        )
        [number] = cursor.fetchone()
        copies = {
            other: in_common(wording, Wording.of(_text(cursor, carrier)))
            for other, carrier in _candidates(
                cursor, self._sharing(cursor, fingerprints), len(fingerprints)
            )
        }
        cursor.execute("INSERT INTO worded VALUES (?, ?)", [article, number])
        cursor.executemany(
            "INSERT INTO fingerprints VALUES (?, ?)", [(value, number) for value in fingerprints]
        )
        cursor.executemany(
            "INSERT INTO copies VALUES (?, ?, ?)",
            [
                pair
                for other, common in copies.items()
                if common >= LEAST_COMMON
                for pair in ((number, other, common), (other, number, common))
            ],
        )

    def _sharing(self, cursor: Cursor, fingerprints: Sequence[int]) -> dict[int, int]:
        """The wordings that have some of the fingerprints, and how many of them."""
        shared: Counter[int] = Counter()
        for fingerprint in fingerprints:
            rows = cursor.execute(
                "SELECT wording FROM fingerprints WHERE fingerprint = ? ORDER BY wording LIMIT ?",
                [fingerprint, MOST_COMPARED],
            )
            shared.update(wording for (wording,) in rows)
        return shared


def _text(cursor: Cursor, article: int) -> str:
    [text] = cursor.execute("SELECT text FROM articles WHERE number = ?", [article]).fetchone()
    return str(text)


def _candidates(
    cursor: Cursor, shared: Mapping[int, int], fingerprints: int
) -> list[tuple[int, int]]:
    """The wordings that may be copies of one with so many fingerprints, each with an article.

    ``shared`` says how many of them each has.
    """
    pairs = []
    for wording, count in shared.items():
        [theirs, carrier] = cursor.execute(
            "SELECT fingerprints, (SELECT min(article) FROM worded WHERE wording = number)"
            " FROM wordings WHERE number = ?",
            [wording],
        ).fetchone()
        if may_be_copies(count, fingerprints, theirs):
            pairs.append((wording, carrier))
    return pairs


def _joined(
    first: int,
    linked: Mapping[int, Mapping[int, float]],
    carriers: Mapping[int, Mapping[int, str | None]],
) -> tuple[int, ...]:
    """The articles of a wording and of all that it is joined to, in the order of their numbers."""
    joined, ahead = {first}, [first]
    while ahead:
        wording = ahead.pop()
        further = {
            copy
            for copy, common in linked[wording].items()
            if carriers[copy]
            and are_copies(common, carriers[wording].values(), carriers[copy].values())
        } - joined
        joined |= further
        ahead += further
    return tuple(sorted(number for wording in joined for number in carriers[wording]))
