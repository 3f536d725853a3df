"""Compares the articles found in sources with the stored ones, and plans the changes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from corpus import Article, Found, Note, Unreadable, UnreadableRecord
from index import schema
from index.copies import DAYS_BETWEEN_ISSUES, Wording, are_issues
from index.moves import are_versions, follow, is_known_by_place
from index.plan import Change, Plan
from index.progress import Progress
from index.roots import (
    file_part,
    is_address,
    is_inside,
    is_missing,
    is_record,
    own_id,
    says_nothing_else,
    speaks_for,
    stated_id,
)
from index.sources import existing
from index.store import Sighting, Standing, is_outdated

# Up to this many characters of articles to store are kept in memory; the others are read again.
_MOST_KEPT = 50_000_000
_LOOKED_UP_AT_ONCE = 500

_THIS_PROGRAM = "this program"
_BY_THE_PAGE = "says that it is withdrawn, or under another embargo, which the page does not take"


class Comparison:
    """Compares the articles that are found with those stored; ``roots`` are all known roots."""

    def __init__(self, plan: Plan, roots: Collection[str]) -> None:
        self._plan = plan
        self._report = plan.report
        self._roots = roots
        # Articles found in another root with the content that is stored.
        self._duplicates: dict[str, Sighting] = {}
        self._sightings: dict[str, Sighting] = {}
        self._standing: dict[str, Standing] = {}
        self._lengths: dict[str, int] = {}
        self._unreadable: list[str] = []
        # Of files whose other records were read, the ids of those that were not.
        self._unread_ids: set[str] = set()
        self._kept_characters = 0

    def see(self, items: Iterable[Found], progress: Progress) -> None:
        """Record everything that is found."""
        waiting: list[Article] = []
        for item in items:
            progress.read()
            if article := self._report.storable(item):
                waiting.append(article)
                if len(waiting) == _LOOKED_UP_AT_ONCE:
                    self._look_up(waiting)
                    waiting = []
            elif isinstance(item, UnreadableRecord):
                self._unread_ids.add(item.id)
            elif not isinstance(item, Note):
                self._unreadable.append(self._report.failed[-1].origin)
        self._look_up(waiting)

    def _look_up(self, articles: Sequence[Article]) -> None:
        beside = [
            _beside(article) if _may_be_numbered(article) else article for article in articles
        ]
        ids = {article.id for article in (*articles, *beside)}
        self._standing |= self._plan.store.standing([*(ids - self._standing.keys())])
        for article, renamed in zip(articles, beside, strict=True):
            candidate = renamed if renamed.id in self._standing else article
            if accepted := self._accepted(candidate):
                self._note(accepted)

    def _accepted(self, article: Article) -> Article | None:
        """The article in the form to store it, or None if it must not be stored.

        If another article from elsewhere has its id and says something else, it gets a new id.
        """
        standing, earlier = self._standing.get(article.id), self._sightings.get(article.id)
        owner = standing or earlier
        if owner is None:
            return article
        is_own = self._is_from_where(article, owner.location)
        source = owner.origin or _THIS_PROGRAM
        if article.withdrawn:
            if is_own and self._plan.by == "operator":
                return article
            reason = f"says that {article.id} is withdrawn; only {source} may, so it stays"
            self._refuse(article, reason if self._plan.by == "operator" else _BY_THE_PAGE)
            return None
        if not is_own and standing and standing.withdrawn:
            if standing.retracted:
                reason = (
                    f"is {article.id}, which {source} has withdrawn; it does not return from here"
                )
                self._refuse(article, reason)
                return None
            # The stored article is withdrawn, so there is nothing that this one could replace.
            is_own = self._plan.by == "operator"
        rival = earlier or (standing if standing and self._stays(standing) else None)
        # Each table counts its rows anew, whoever names the tables.
        may_share = is_own or article.id.isdecimal()
        if rival and may_share and self._is_another(article, rival):
            first = self._plan.articles.get(article.id)
            if not (first and standing and file_part(standing.location) == _file(article)):
                return _beside(article)
            # Since an earlier run the id belongs to this article, not to the one met first.
            del self._sightings[article.id]
            self._forget(article.id)
            self._note(_beside(first))
        if is_own:
            if self._plan.by != "operator" and article.embargo != owner.embargo:
                self._refuse(article, _BY_THE_PAGE)
                article = replace(article, embargo=owner.embargo)
            return article
        return self._from_elsewhere(article, owner, standing)

    def _from_elsewhere(
        self, article: Article, owner: Standing | Sighting, standing: Standing | None
    ) -> Article | None:
        """The article with a new id, as ``owner``, which came from elsewhere, has its id.

        None if it says nothing that the stored article does not say.
        """
        is_gone = standing is not None and standing.withdrawn is not None
        if article.digest == owner.digest and not is_gone:
            if article.embargo != owner.embargo:
                source = owner.origin or _THIS_PROGRAM
                reason = f"gives {article.id} another embargo; only {source} may, so that stays"
                self._refuse(article, reason)
            self._duplicates[article.id] = Sighting.of(article)
            self._report.unchanged.append(article.id)
            return None
        text = self._text(article.id, standing)
        adds_nothing = text is not None and says_nothing_else(article.text, text)
        if text is not None and adds_nothing and not is_gone and len(article.text) <= len(text):
            self._report.unchanged.append(article.id)
            return None
        id = own_id(article, schema.location(article.origin))
        if id not in self._standing:
            self._standing |= self._plan.store.standing([id])
        return replace(article, id=id, claims=None if adds_nothing else article.id)

    def _stays(self, standing: Standing) -> bool:
        """Whether a stored article is in a file that is there, but is not read in this run."""
        is_read = self._plan.sources.cover(standing.location)
        return not standing.withdrawn and not is_read and bool(existing(standing.location or ""))

    def _is_another(self, article: Article, rival: Sighting | Standing) -> bool:
        """Whether two articles have one id, as when two tables of a folder both count from 1."""
        is_elsewhere = file_part(rival.location) != _file(article) and _may_be_numbered(article)
        if not is_elsewhere or article.digest == rival.digest:
            return False
        other = self._plan.articles.get(article.id)
        other = other or next(self._plan.store.with_ids([article.id]), None)
        if other is None:
            return False
        days = [one.published.day for one in (article, other) if one.published]
        days_between = (max(days) - min(days)).days if days else 0
        # A weekly report has most words in common with the one of another day.
        is_issue = days_between > 0 and article.title != rival.title
        if days_between >= DAYS_BETWEEN_ISSUES:
            is_issue |= are_issues(Wording.of(article.text), Wording.of(other.text))
        return is_issue or not are_versions(other.text, article.text)

    def _is_from_where(self, article: Article, owner: str | None) -> bool:
        location = schema.location(article.origin)
        if self._plan.by == "drop":
            return owner is not None and file_part(location) == file_part(owner)
        if owner and self._plan.by == "operator" and is_missing(owner, self._roots):
            return True
        return speaks_for(location, owner, self._roots)

    def _text(self, id: str, standing: Standing | None) -> str | None:
        if standing:
            return self._plan.store.text(id)
        article = self._plan.articles.get(id)
        return article.text if article else None

    def _refuse(self, article: Article, reason: str) -> None:
        self._report.refused.append(Unreadable(article.origin or article.id, reason))

    def _note(self, article: Article) -> None:
        sighting = Sighting.of(article)
        earlier = self._sightings.get(article.id)
        if earlier and is_outdated(article.revision, earlier.revision):
            return
        if earlier and is_outdated(earlier.revision, article.revision):
            earlier = None
        is_withdrawn = article.withdrawn or (earlier and earlier.withdrawn)
        if earlier and earlier.digest != sighting.digest and not is_withdrawn:
            reason = f"has the same id, {article.id}, as {earlier.origin}; the last is kept"
            self._report.failed.append(Unreadable(article.origin or article.title, reason))
        # Once one item withdraws the article, no other item can restore it.
        if earlier and earlier.withdrawn:
            return
        self._sightings[article.id] = sighting
        self._forget(article.id)
        standing = self._standing.get(article.id)
        if standing and standing.digest == article.digest and not standing.withdrawn:
            return
        if not article.withdrawn:
            self._lengths[article.id] = len(article.text)
            if self._kept_characters + len(article.text) <= _MOST_KEPT:
                self._plan.articles[article.id] = article
                self._kept_characters += len(article.text)

    def _forget(self, id: str) -> None:
        self._lengths.pop(id, None)
        if earlier := self._plan.articles.pop(id, None):
            self._kept_characters -= len(earlier.text)

    def vanished(self) -> dict[str, Standing]:
        """The stored articles that came from the sources but were not found, by id."""
        vanished: dict[str, Standing] = {}
        for standing in self._plan.store.found_in(self._plan.sources.locations()):
            if standing.id in self._duplicates:
                self._sightings.setdefault(standing.id, self._duplicates[standing.id])
            if standing.id in self._sightings:
                self._standing.setdefault(standing.id, standing)
            else:
                vanished[standing.id] = standing
        if self._plan.by == "operator":
            self._hand_over(vanished)
        return vanished

    def _hand_over(self, vanished: dict[str, Standing]) -> None:
        """Let articles that are gone from their root be those found in another, also corrected."""
        heirs = {
            id: sighting
            for sighting in self._sightings.values()
            if (id := stated_id(sighting.id, sighting.location or "")) in vanished
        }
        empty = self._plan.sources.empty() if heirs and not self._plan.withdraw_many else []
        unread = self._unread(vanished) if heirs else []
        for id, sighting in heirs.items():
            place = vanished[id].location or ""
            if id in unread or any(is_inside(place, folder) for folder in empty):
                continue
            self._lengths[id] = self._lengths.get(sighting.id, 0)
            self._forget(sighting.id)
            self._sightings[id] = self._sightings.pop(sighting.id)._replace(id=id, claims=None)
            self._standing[id] = vanished.pop(id)
            beside = self._standing.get(sighting.id)
            if beside and not beside.withdrawn:
                vanished[beside.id] = beside

    def compare(self, vanished: dict[str, Standing], only_add: bool) -> None:
        """Put the changes into the plan.

        Articles that have moved, or only cannot be read, are removed from ``vanished``.
        """
        plan = self._plan
        unmatched: list[Sighting] = []
        overwritten: dict[str, Standing] = {}
        for id, sighting in self._sightings.items():
            before = self._standing.get(id)
            if sighting.withdrawn:
                if before and not before.withdrawn:
                    plan.retracted.append(before)
                else:
                    self._report.unchanged.append(id)
            elif before is None:
                unmatched.append(sighting)
            elif before.digest != sighting.digest:
                if before.retracted or not is_known_by_place(before):
                    self._schedule(Change.of("changed", sighting, None))
                else:
                    unmatched.append(sighting)
                    overwritten[id] = before
            elif before.withdrawn:
                self._schedule(Change.of("returned", sighting, None))
            else:
                if not before.is_at(sighting):
                    plan.relocated.append(sighting)
                if before.embargo != sighting.embargo:
                    self._report.embargoed.append(id)
                    plan.changes.append(Change.of("embargo", sighting, None))
                if not only_add and self._has_moved(before, sighting):
                    plan.changes.append(Change.of("moved", sighting, before))
                else:
                    self._report.unchanged.append(id)
        others = [] if only_add else self._lost_with_content(unmatched, vanished)
        unread = self._unread(vanished)
        former = follow(unmatched, overwritten, vanished, others, self._texts, unread)
        for sighting in unmatched:
            self._follow(sighting, former.get(sighting.id))
        followed = {standing.id for standing in former.values()}
        for id in followed & vanished.keys():
            del vanished[id]
        for standing in overwritten.values():
            if standing.id not in followed:
                displaced = self._displace(standing)
                # An article that drops off a feed stays.
                if not (only_add or displaced.withdrawn or is_address(displaced.location or "")):
                    vanished[displaced.id] = displaced
        for id in self._unread(vanished):
            self._report.kept.append(id)
            del vanished[id]

    def _unread(self, vanished: Mapping[str, Standing]) -> list[str]:
        """The ids of the vanished articles that may be in files or records which were not read."""
        empty = self._plan.sources.empty()
        places = {existing(origin) for origin in self._unreadable if origin not in empty}
        return [
            id
            for id, standing in vanished.items()
            if (file := file_part(standing.location))
            and (
                stated_id(id, file) in self._unread_ids
                or not places.isdisjoint([standing.location, file, *map(str, Path(file).parents)])
            )
        ]

    def _follow(self, sighting: Sighting, before: Standing | None) -> None:
        """Plan the change of a sighting that is the stored article ``before``, or is new."""
        if before is None:
            self._schedule(Change.of("added", sighting, None))
        elif before.id == sighting.id:
            self._schedule(Change.of("changed", sighting, None))
        else:
            self._plan.moved.append((before, sighting.id))
            self._plan.relocated.append(sighting)
            if before.digest != sighting.digest:
                self._schedule(Change.of("changed", sighting, before))
            elif before.withdrawn:
                self._schedule(Change.of("returned", sighting, before))
            else:
                self._plan.changes.append(Change.of("moved", sighting, before))
                self._forget(sighting.id)

    def _displace(self, standing: Standing) -> Standing:
        """Plan a new id for an article that is gone while another one took its id."""
        id = f"{standing.id} ({standing.digest[:8]})"
        self._plan.moved.append((standing, id))
        return standing._replace(id=id)

    def _texts(self, id: str) -> tuple[str | None, str | None]:
        article = self._plan.articles.get(id)
        return self._plan.store.text(id), article.text if article else None

    def _has_moved(self, before: Standing, sighting: Sighting) -> bool:
        return file_part(before.location) != file_part(sighting.location) and (
            self._plan.sources.cover(before.location) or self._is_lost(before)
        )

    def _is_lost(self, standing: Standing) -> bool:
        """Whether the whole root of a stored article is gone."""
        return standing.location is not None and is_missing(standing.location, self._roots)

    def _lost_with_content(
        self, new: Sequence[Sighting], vanished: Mapping[str, Standing]
    ) -> list[Standing]:
        """The stored articles with the content of a new sighting that no longer exist themselves.

        Articles from a root that is gone come first, then those withdrawn before.
        """
        lost = [
            standing
            for standing in self._plan.store.with_digests([standing.digest for standing in new])
            if standing.id not in self._sightings
            and standing.id not in vanished
            and not standing.retracted
            and (standing.withdrawn or self._is_lost(standing))
        ]
        return sorted(lost, key=lambda standing: (standing.withdrawn is not None, standing.id))

    def _schedule(self, change: Change) -> None:
        sighting = self._sightings[change.id]
        self._plan.changes.append(change)
        length = self._lengths[change.id]
        self._plan.to_store[change.id] = (sighting.digest, length, sighting.claims)
        if sighting.claims:
            self._report.conflicts.append(change.id)
            reason = f"has another text for {sighting.claims} than the archive; it stands beside it"
            self._report.refused.append(Unreadable(sighting.origin or change.id, reason))
        if change.id not in self._plan.articles:
            self._plan.to_reread[self._plan.sources.holding(sighting.location or "")] = None


def _file(article: Article) -> str:
    return file_part(schema.location(article.origin))


def _may_be_numbered(article: Article) -> bool:
    """Whether an article is one of several in its file, whose ids may be mere row numbers."""
    return is_record(article.origin) and ":" not in article.id


def _beside(article: Article) -> Article:
    """An article under the id that it gets if an article of another file has its id."""
    return replace(article, id=own_id(article, _file(article)))
