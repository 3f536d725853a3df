"""Finds the articles that carry one text; ``index.copies`` defines what a copy is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain, product, starmap
from typing import NamedTuple

from index.connections import Cursor
from index.copies import (
    DAYS_BETWEEN_ISSUES,
    LEAST_COMMON,
    Wording,
    are_copies,
    are_issues,
    in_common,
    may_be_copies,
)
from index.passage import Filters
from index.store.database import Database

# Each fingerprint yields at most this many earlier texts. A fingerprint of more texts tells little
# anyway, and a text with more copies is linked to all of them through these.
MOST_COMPARED = 100


class _Carrier(NamedTuple):
    """The paper of an article, and the period in which it was published, if these are known."""

    source: str | None
    first_day: str | None
    last_day: str | None


class Copies(Database):
    """Groups the articles that carry one text, and compares each new text with earlier ones."""

    def copies(
        self, articles: Sequence[int], filters: Filters | None = None
    ) -> dict[int, tuple[int, ...]]:
        """For each article that has copies, the numbers of the whole group, including its own.

        Only articles that may be shown and pass the filters count, so that no hidden article
        links two others.
        """
        wordings = dict(
            self._rows_in("SELECT article, wording FROM worded WHERE article IN", articles)
        )
        linked: dict[int, dict[int, float]] = {}
        carriers: dict[int, dict[int, _Carrier]] = {}
        condition, values = self._search_condition(filters or Filters())
        frontier = self._with_copies(set(wordings.values()))
        while frontier:
            for wording in frontier:
                linked[wording], carriers[wording] = {}, {}
            batch = list(frontier)
            for wording, number, *facts in self._rows_in(
                "SELECT wording, articles.number, source, first_day, last_day FROM worded"
                " JOIN articles ON articles.number = article"
                f" WHERE {condition} AND wording IN",
                batch,
                values,
            ):
                carriers[wording][number] = _Carrier(*facts)
            carried = [wording for wording in batch if carriers[wording]]
            for wording, copy, common in self._rows_in(
                "SELECT wording, copy, common FROM copies WHERE wording IN", carried
            ):
                linked[wording][copy] = common
            frontier = {copy for wording in carried for copy in linked[wording]} - linked.keys()
        self._part_issues(linked, carriers)
        groups: dict[int, tuple[int, ...]] = {}
        for article in articles:
            wording = wordings.get(article, 0)
            if article not in groups and article in carriers.get(wording, ()):
                group = _linked_articles(wording, linked, carriers)
                if len(group) > 1:
                    groups |= dict.fromkeys(group, group)
        return {number: groups[number] for number in articles if number in groups}

    def _part_issues(
        self,
        linked: Mapping[int, dict[int, float]],
        carriers: Mapping[int, Mapping[int, _Carrier]],
    ) -> None:
        """Remove the links between issues of a report that is published again and again."""
        distant = [
            (wording, copy)
            for wording, copies in linked.items()
            for copy in copies
            if wording < copy and _are_distant(carriers[wording], carriers[copy])
        ]
        articles = {min(carriers[wording]): wording for wording in {*chain(*distant)}}
        texts = {
            articles[number]: Wording.of(text)
            for number, text in self._rows_in(
                "SELECT number, text FROM articles WHERE number IN", list(articles)
            )
        }
        for wording, copy in distant:
            if are_issues(texts[wording], texts[copy]):
                del linked[wording][copy], linked[copy][wording]

    def _with_copies(self, wordings: Iterable[int]) -> set[int]:
        """The wordings that several articles have, or that have a copy."""
        numbers = list(wordings)
        similar = self._rows_in("SELECT wording FROM copies WHERE wording IN", numbers)
        counts = Counter(self._rows_in("SELECT wording FROM worded WHERE wording IN", numbers))
        shared = (row for row, articles in counts.items() if articles > 1)
        return {wording for (wording,) in chain(similar, shared)}

    def _compare_all(self, cursor: Cursor) -> None:
        """Find copies among articles that were stored by a version that did not look for them."""
        numbers = cursor.execute(
            "SELECT number FROM articles WHERE withdrawn IS NULL ORDER BY number"
        ).fetchall()
        for (number,) in numbers:
            self._compare(cursor, number, _text(cursor, number))

    def _compare(self, cursor: Cursor, article: int, text: str) -> None:
        """Store an article's wording, and the wordings that it may be a copy of."""
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
        """The wordings that share fingerprints with these, and how many they share."""
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
    """The wordings, each with one of its articles, that may be copies of a new wording.

    The new wording has ``fingerprints`` of them; ``shared`` says how many each wording shares.
    """
    pairs = []
    for wording, count in shared.items():
        [own_count, carrier] = cursor.execute(
            "SELECT fingerprints, (SELECT min(article) FROM worded WHERE wording = number)"
            " FROM wordings WHERE number = ?",
            [wording],
        ).fetchone()
        if may_be_copies(count, fingerprints, own_count):
            pairs.append((wording, carrier))
    return pairs


def _linked_articles(
    first: int,
    linked: Mapping[int, Mapping[int, float]],
    carriers: Mapping[int, Mapping[int, _Carrier]],
) -> tuple[int, ...]:
    """The articles of a wording and of all wordings linked to it, sorted by number."""
    group, frontier = {first}, [first]
    while frontier:
        wording = frontier.pop()
        linked_copies = {
            copy
            for copy, common in linked[wording].items()
            if carriers[copy]
            and are_copies(common, _papers(carriers[wording]), _papers(carriers[copy]))
        } - group
        group |= linked_copies
        frontier += linked_copies
    return tuple(sorted(number for wording in group for number in carriers[wording]))


def _papers(carriers: Mapping[int, _Carrier]) -> list[str | None]:
    return [carrier.source for carrier in carriers.values()]


def _are_distant(ones: Mapping[int, _Carrier], others: Mapping[int, _Carrier]) -> bool:
    """Whether all were published long before or after all the others; False if that is unknown."""
    periods = [{carrier[1:] for carrier in side.values()} for side in (ones, others)]
    return all(periods) and all(starmap(_are_days_apart, product(*periods)))


def _are_days_apart(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    days = [date.fromisoformat(day) for period in (one, other) for day in period if day]
    if len(days) < 4:
        return False
    (first, last), (later, _) = sorted([days[:2], days[2:]])
    return last < later and (later - first).days >= DAYS_BETWEEN_ISSUES
