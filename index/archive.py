"""An archive: articles in, passages out."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Article, Found
from index import store, upkeep
from index.checks import several, whole
from index.errors import ArchiveError
from index.followed import followed, forget, missing_roots
from index.ingest import Ingest
from index.naming import Names
from index.passage import Filters, check
from index.report import Overview, Report, counted
from index.roots import spoken
from index.schema import location
from index.search import Search, TextReranker
from index.store import Clock, Manifest, Store, Version, utc_now
from index.upkeep import TextEncoder, Upkeep

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from index.plan import By
    from index.progress import Shown
    from index.spreading import Workers


class Archive(Search):
    """The articles in a folder or in PostgreSQL, searchable. May be used from several threads.

    Whom and what its articles name is in ``names``.
    ``encoder`` is the name of a sentence-transformers model (see ``index.encoder``), or an
    object that does the same; an archive that exists is opened with the one it was made with.
    ``reranker`` is the name of a cross-encoder (see ``index.reranking``), or an object that does
    the same: it reads the first passages of every search, and puts them in its own order.
    Every search sees what was committed before it, by this process or another, and nothing that
    is withdrawn, replaced, or not available yet by ``clock``. Close it, or use it as a context
    manager, to close its files at once.
    """

    def __init__(
        self, truth: Store, encoder: TextEncoder | None, reranker: str | TextReranker | None = None
    ) -> None:
        super().__init__(truth, Upkeep(truth, encoder), reranker)
        self.address, self.folder = truth.address, truth.folder
        self.names = Names(truth)
        self._ingest = Ingest(truth, self.upkeep)
        self._counted: tuple[str, Overview] | None = None

    @classmethod
    def create(
        cls, address: str | Path, encoder: str | TextEncoder | None = None, clock: Clock = utc_now
    ) -> "Archive":
        """Make a new archive, in a folder or in PostgreSQL (see ``open``).

        Raises ArchiveError where there is one, or none can be made.
        """
        from corpus.chunking import CHUNK_TOKENS

        loaded = upkeep.load_encoder(encoder)
        manifest = Manifest.new(loaded.name, loaded.fingerprint, loaded.dimension, CHUNK_TOKENS)
        archive = cls(store.create(address, manifest, clock), None)
        archive.upkeep.use(loaded, is_given=encoder is loaded)
        return archive

    @classmethod
    def open(
        cls,
        address: str | Path,
        encoder: TextEncoder | None = None,
        clock: Clock = utc_now,
        reranker: str | TextReranker | None = None,
    ) -> "Archive":
        """Open the archive in a folder, or at ``postgresql://user@host/database``.

        Raises ArchiveError where there is none that can be read. A reranker is loaded for the
        first search, which raises ArchiveError if that fails.
        """
        return cls(store.open(address, clock), encoder, reranker)

    def close(self) -> None:
        """Close its files; it cannot be used any more."""
        self.truth.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What is in it

    def __len__(self) -> int:
        return self.truth.counts()[0]

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.article(id) is not None

    def __iter__(self) -> Iterator[Article]:
        """Every article that may be shown, in the order in which they came."""
        return self.truth.articles()

    def article(self, id: str, withdrawn: bool = False) -> Article | None:
        """The article with an id, or that had it before it moved; None where there is none.

        A withdrawn one is only given where it is asked for, and says so.
        """
        return self.truth.article(id, withdrawn)

    def withdrawn(self, id: str) -> datetime | None:
        """When the article with an id was withdrawn; None where it was not, or there is none."""
        article = self.article(id, withdrawn=True)
        return self.truth.standing([article.id])[article.id].withdrawn if article else None

    def versions(self, id: str) -> list[Version]:
        """All versions of an article with their times, the first one first, the newest last."""
        return self.truth.versions(id)

    def history(self, id: str) -> list[Article]:
        """The earlier versions of an article, the first one first."""
        return [version.article for version in self.versions(id) if version.replaced]

    def copies(self, id: str) -> list[Article]:
        """The other articles that carry the same agency text as one, the earliest first."""
        article = self.article(id)
        if article is None:
            return []
        number = self.truth.numbers([article.id])[article.id]
        return list(self._others(self.truth.copies([number]).get(number, ()), article))

    def newest(self, most: int = 10) -> list[Article]:
        """The articles that were published last, the latest first."""
        return self.truth.newest(whole("most", most))

    def overview(self) -> Overview:
        with self.truth.snapshot():
            state = self.truth.state()
            # Counted once for every state: each page shows some of it.
            if self._counted is None or self._counted[0] != state:
                self._counted = state, self._count()
            updated, report = self.truth.last_report() or (None, None)
            return replace(
                self._counted[1], updated=updated, report=report, roots=followed(self.truth)
            )

    def _count(self) -> Overview:
        return Overview(
            *self.truth.counts(),
            self.truth.per("source"),
            *self.truth.period(),
            self.truth.manifest().encoder,
            self.truth.per("language"),
            self.truth.months(),
            self.truth.years(),
            *self.truth.held_back(),
            self.truth.waiting()[0],
        )

    def require(self, filters: Filters) -> None:
        """Raise ArchiveError where filters name a source or a language that no article has."""
        if not (filters.sources or filters.languages):
            return
        overview = self.overview()
        named = {name.casefold(): name for name in overview.sources}
        for source in filters.sources:
            if source.casefold() not in named:
                near = get_close_matches(source.casefold(), named, n=1)
                meant = (
                    f"did you mean “{named[near[0]]}”?" if near else "dateline status lists them."
                )
                raise ArchiveError(f"No source is called “{source}”; {meant}")
        # Where no article says its language, none is there to be named.
        spoken = {name.casefold() for name in overview.languages}
        for language in filters.languages if spoken else ():
            if language.casefold() not in spoken:
                raise ArchiveError(
                    f"No article is in the language “{language}”; there is "
                    f"{', '.join(overview.languages)}."
                )

    def state(self) -> str:
        """What tells one state of the articles that may be shown from any other."""
        return self.truth.state()

    def __repr__(self) -> str:
        # A debugger shows it whatever has become of the archive.
        try:
            held = counted(len(self), "article")
        except ArchiveError as error:
            held = str(error)
        return f"Archive({self.address!r}, {held})"

    # Changing it

    def add(
        self, articles: Iterable[Found], progress: "Shown" = False, embed: bool = True
    ) -> Report:
        """Add articles; one with a known id becomes its new version if anything changed.

        Each batch is committed before the next is begun. ``progress`` shows a line on a terminal,
        or tells a function of every step (see ``index.progress.Step``). Unless they are to be
        embedded at once, no search finds them before ``embed`` is called. Raises TypeError for what
        is no article; one whose id, title or text is none is in the report.
        """
        return self._ingest.add(articles, progress, embed)

    def embed(self, workers: "Workers | None" = None, progress: "Shown" = False) -> Report:
        """Cut and embed the articles that were added without, so that searches find them.

        The ``workers`` (see ``index.spreading.spread``) embed, or else this process. Whatever is
        killed meanwhile, what was embedded is kept and not embedded again.
        """
        return self._ingest.embed(workers, progress)

    def sync(
        self,
        paths: Sequence[str | Path] = (),
        fields: Mapping[str, str] | None = None,
        withdraw_many: bool = False,
        progress: "Shown" = False,
        within: Sequence[str | Path] | None = None,
        embed: bool = True,
    ) -> Report:
        """Make the archive equal to what is in files, in folders and behind addresses now.

        Without paths they are those that it follows, from one sync to the next; what is missing
        of these is in the report. What came from them and is not there any more is withdrawn;
        ``index.sync`` has the rules. ``within`` says that the paths are what changed in these
        folders (see ``index.sync.plan``); ``embed`` is that of ``add``. Raises ArchiveError, and
        changes nothing, where a path does not exist, or where more than half of many articles
        would be withdrawn unless ``withdraw_many``; without that, what came from a folder that is
        now empty is kept.
        """
        from index.sync import carry_out, plan

        paths = _paths("paths", paths)
        within = None if within is None else _paths("within", within)
        missing = [] if paths else missing_roots(self.truth)
        there = paths or self.roots_there()
        with plan(
            self.truth, there, fields,
            withdraw_many=withdraw_many, within=within, progress=progress,
        ) as made:  # fmt: skip
            made.report.failed += missing
            made.check()
            return carry_out(self._ingest, made, progress, embed)

    def add_from(
        self,
        paths: Sequence[str | Path],
        fields: Mapping[str, str] | None = None,
        progress: "Shown" = False,
        by: "By" = "operator",
        embed: bool = True,
    ) -> Report:
        """Add what is in files, in folders and behind addresses, and withdraw nothing.

        ``by`` says who brings it, and so what it may do to what is there (see ``index.roots``).
        Raises ArchiveError if ``fields`` names one that articles do not have.
        """
        from index.sync import carry_out, plan

        there = _paths("paths", paths)
        with plan(self.truth, there, fields, only_add=True, by=by, progress=progress) as made:
            return carry_out(self._ingest, made, progress, embed)

    def forget(self, root: str | Path) -> Report:
        """Withdraw all that came from a root, and follow it no more.

        Raises ArchiveError, and changes nothing, where nothing came from there.
        """
        began = time.monotonic()
        report = Report(withdrawn=forget(self.truth, root))
        self._ingest.finish(report, began)
        return report

    def roots_there(self) -> list[str]:
        """What is followed and is there; raises ArchiveError where nothing is followed."""
        roots = followed(self.truth)
        if not roots:
            raise ArchiveError(
                "The archive follows nothing yet: name a folder, a file or an address once, with "
                f"dateline sync PATH --archive {self.address}"
            )
        return [root.place for root in roots if root.state != "missing"]

    def came_from(self, article: Article) -> str | None:
        """Where the file of an article was, from its root on; None if it came from no file."""
        return spoken(location(article.origin), self.truth.roots())

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles with all their versions; returns the ids that were there."""
        removed = self.truth.remove(several("ids", ids, str, "ids, such as article.id"))
        self.upkeep.keep_up()
        return removed

    def rebuild(
        self, encoder: str | TextEncoder | None = None, progress: "Shown" = False
    ) -> Overview:
        """Cut and embed every article anew, with another encoder if one is given.

        Searches go on in the old state until all is done, then everything changes at once.
        Texts that have their vector are not embedded again, nor after a kill in between.
        """
        self._ingest.rebuild(encoder, progress)
        return self.overview()

    def as_retriever(self, k: int = 10, filters: Filters | None = None) -> "BaseRetriever":
        """A LangChain retriever over this archive; it takes what ``search`` takes."""
        from index.langchain import ArchiveRetriever

        check("query", "", filters)
        return ArchiveRetriever(archive=self, k=whole("k", k, least=1), filters=filters)


def _paths(name: str, value: object) -> tuple[str | Path, ...]:
    return several(name, value, str | Path, "files, folders or addresses")
