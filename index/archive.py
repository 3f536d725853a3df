"""An archive: articles in, passages out."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Article, Found
from corpus.encoding import caseless
from index import store, upkeep
from index.checks import several, whole
from index.errors import ArchiveError
from index.followed import followed, forget, missing_roots
from index.ingest import Ingest
from index.naming import Names
from index.passage import Filters, check
from index.report import Overview, Report, counted
from index.roots import display_place
from index.schema import location
from index.search import Search, TextReranker
from index.store import Clock, Manifest, Store, Version, utc_now
from index.upkeep import TextEncoder, Upkeep

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from index.plan import By
    from index.progress import Display
    from index.spreading import Workers


class Archive(Search):
    """A searchable archive of articles in a folder or in PostgreSQL. Safe for several threads.

    ``names`` holds the people, places and organisations that the articles name.
    ``encoder`` is the name of a sentence-transformers model (see ``index.encoder``), or an
    object with the same methods; an existing archive opens with the encoder it was made with.
    ``reranker`` is the name of a cross-encoder (see ``index.reranking``), or an object with the
    same method. It reorders the first passages of every search.
    A search sees everything committed before it, by this process or another, but no article that
    is withdrawn, replaced, or not available yet by ``clock``. Close the archive, or use it as a
    context manager, to close its files at once.
    """

    def __init__(
        self, truth: Store, encoder: TextEncoder | None, reranker: str | TextReranker | None = None
    ) -> None:
        super().__init__(truth, Upkeep(truth, encoder), reranker)
        self.address, self.folder = truth.address, truth.folder
        self.names = Names(truth)
        self._ingest = Ingest(truth, self.upkeep)
        self._cached_overview: tuple[str, Overview] | None = None

    @classmethod
    def create(
        cls, address: str | Path, encoder: str | TextEncoder | None = None, clock: Clock = utc_now
    ) -> "Archive":
        """Create a new archive in a folder or in PostgreSQL (see ``open``).

        Raises ArchiveError if there is one already, or if it cannot be created.
        """
        from corpus.chunking import CHUNK_TOKENS

        model = upkeep.load_encoder(encoder)
        manifest = Manifest.new(model.name, model.fingerprint, model.dimension, CHUNK_TOKENS)
        archive = cls(store.create(address, manifest, clock), None)
        archive.upkeep.use(model, is_supplied=encoder is model)
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

        Raises ArchiveError if no archive can be read there. A reranker is loaded by the first
        search, which raises ArchiveError if that fails.
        """
        return cls(store.open(address, clock), encoder, reranker)

    def close(self) -> None:
        """Close the archive's files; it cannot be used afterwards."""
        self.truth.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Contents

    def __len__(self) -> int:
        return self.truth.counts()[0]

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.article(id) is not None

    def __iter__(self) -> Iterator[Article]:
        """Every article that may be shown, in the order in which they were added."""
        return self.truth.articles()

    def article(self, id: str, withdrawn: bool = False) -> Article | None:
        """The article that has this id, or had it before it moved; None if there is none.

        With ``withdrawn`` it may be a withdrawn article, which is marked as such.
        """
        return self.truth.article(id, withdrawn)

    def withdrawn(self, id: str) -> datetime | None:
        """When an article was withdrawn; None if it was not, or if there is no such article."""
        article = self.article(id, withdrawn=True)
        return self.truth.standing([article.id])[article.id].withdrawn if article else None

    def versions(self, id: str) -> list[Version]:
        """All versions of an article with their times, the oldest first."""
        return self.truth.versions(id)

    def history(self, id: str) -> list[Article]:
        """The earlier versions of an article, the oldest first."""
        return [version.article for version in self.versions(id) if version.replaced]

    def copies(self, id: str) -> list[Article]:
        """The other articles that carry the same agency text as this one, the earliest first."""
        article = self.article(id)
        if article is None:
            return []
        number = self.truth.numbers([article.id])[article.id]
        return list(self._others(self.truth.copies([number]).get(number, ()), article))

    def newest(self, most: int = 10) -> list[Article]:
        """The most recently published articles, the latest first."""
        return self.truth.newest(whole("most", most))

    def overview(self) -> Overview:
        with self.truth.snapshot():
            state = self.truth.state()
            # Counted once for each state of the archive, because every page shows some counts.
            if self._cached_overview is None or self._cached_overview[0] != state:
                self._cached_overview = state, self._count()
            updated, report = self.truth.last_report() or (None, None)
            return replace(
                self._cached_overview[1], updated=updated, report=report, roots=followed(self.truth)
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
        """Raise ArchiveError if the filters name a source or a language that no article has."""
        if not (filters.sources or filters.languages):
            return
        overview = self.overview()
        source_names = {caseless(name): name for name in overview.sources}
        for source in filters.sources:
            if caseless(source) not in source_names:
                similar = get_close_matches(caseless(source), source_names, n=1)
                hint = (
                    f"did you mean “{source_names[similar[0]]}”?"
                    if similar
                    else "dateline status lists them."
                )
                raise ArchiveError(f"No source is called “{source}”; {hint}")
        # If no article states its language, there is no language to check against.
        languages = {name.casefold() for name in overview.languages}
        for language in filters.languages if languages else ():
            if language.casefold() not in languages:
                raise ArchiveError(
                    f"No article is in the language “{language}”; there is "
                    f"{', '.join(overview.languages)}."
                )

    def state(self) -> str:
        """A string that changes whenever the set of articles that may be shown changes."""
        return self.truth.state()

    def __repr__(self) -> str:
        # A debugger calls this even when the archive is closed or damaged.
        try:
            size = counted(len(self), "article")
        except ArchiveError as error:
            size = str(error)
        return f"Archive({self.address!r}, {size})"

    # Changes

    def add(
        self, articles: Iterable[Found], progress: "Display" = False, embed: bool = True
    ) -> Report:
        """Add articles. One whose id is stored becomes a new version if anything changed.

        Each batch is committed before the next one begins. ``progress`` shows a line on a
        terminal, or is a function called at every step (see ``index.progress.Step``). With
        ``embed=False`` no search finds the articles until the method ``embed`` is called. Raises
        TypeError for an item that is no article; a bad id, title or text goes into the report.
        """
        return self._ingest.add(articles, progress, embed)

    def embed(self, workers: "Workers | None" = None, progress: "Display" = False) -> Report:
        """Chunk and embed the articles added with ``embed=False``, so that searches find them.

        The ``workers`` (see ``index.spreading.spread``) embed, or this process if there are none.
        If a process is killed, the vectors computed so far are kept and not computed again.
        """
        return self._ingest.embed(workers, progress)

    def sync(
        self,
        paths: Sequence[str | Path] = (),
        fields: Mapping[str, str] | None = None,
        withdraw_many: bool = False,
        progress: "Display" = False,
        within: Sequence[str | Path] | None = None,
        embed: bool = True,
    ) -> Report:
        """Make the archive equal to what files, folders and addresses contain now.

        Without paths it syncs the roots that it follows from one sync to the next; missing roots
        are listed in the report. Articles that are no longer in their source are withdrawn;
        ``index.sync`` has the rules. ``within`` says that the paths are what changed in these
        folders (see ``index.sync.plan``); ``embed`` is as in ``add``. Without ``withdraw_many``
        the articles of a folder that is now empty are kept. Raises ArchiveError, and changes
        nothing, if a path does not exist or if, without ``withdraw_many``, more than half of many
        articles would be withdrawn.
        """
        from index.sync import carry_out, plan

        paths = _paths("paths", paths)
        within = None if within is None else _paths("within", within)
        missing = [] if paths else missing_roots(self.truth)
        present = paths or self.roots_there()
        with plan(
            self.truth, present, fields,
            withdraw_many=withdraw_many, within=within, progress=progress,
        ) as planned:  # fmt: skip
            planned.report.failed += missing
            planned.check()
            return carry_out(self._ingest, planned, progress, embed)

    def add_from(
        self,
        paths: Sequence[str | Path],
        fields: Mapping[str, str] | None = None,
        progress: "Display" = False,
        by: "By" = "operator",
        embed: bool = True,
    ) -> Report:
        """Add the contents of files, folders and addresses, and withdraw nothing.

        ``by`` says who brings them, and so how they may affect stored articles (see
        ``index.roots``). Raises ArchiveError if ``fields`` names a field that articles lack.
        """
        from index.sync import carry_out, plan

        sources = _paths("paths", paths)
        with plan(self.truth, sources, fields, only_add=True, by=by, progress=progress) as planned:
            return carry_out(self._ingest, planned, progress, embed)

    def forget(self, root: str | Path) -> Report:
        """Withdraw all articles that came from a root, and stop following it.

        Raises ArchiveError, and changes nothing, if nothing came from there.
        """
        began = time.monotonic()
        report = Report(withdrawn=forget(self.truth, root))
        self._ingest.finish(report, began)
        return report

    def roots_there(self) -> list[str]:
        """The followed roots that exist now; raises ArchiveError if no root is followed."""
        roots = followed(self.truth)
        if not roots:
            raise ArchiveError(
                "The archive follows nothing yet: name a folder, a file or an address once, with "
                f"dateline sync PATH --archive {self.address}"
            )
        return [root.place for root in roots if root.state != "missing"]

    def came_from(self, article: Article) -> str | None:
        """The path of an article's file, from its root on; None if it came from no file."""
        return display_place(location(article.origin), self.truth.roots())

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles with all their versions; returns the ids that were stored."""
        removed = self.truth.remove(several("ids", ids, str, "ids, such as article.id"))
        self.upkeep.keep_up()
        return removed

    def rebuild(
        self, encoder: str | TextEncoder | None = None, progress: "Display" = False
    ) -> Overview:
        """Chunk and embed every article anew, with another encoder if one is given.

        Searches use the old state until all is done; then everything changes at once. Texts that
        already have a vector are not embedded again, not even after a kill halfway through.
        """
        self._ingest.rebuild(encoder, progress)
        return self.overview()

    def as_retriever(self, k: int = 10, filters: Filters | None = None) -> "BaseRetriever":
        """A LangChain retriever over this archive, with the arguments of ``search``."""
        from index.langchain import ArchiveRetriever

        check("query", "", filters)
        return ArchiveRetriever(archive=self, k=whole("k", k, least=1), filters=filters)


def _paths(name: str, value: object) -> tuple[str | Path, ...]:
    return several(name, value, str | Path, "files, folders or addresses")
