"""python -m index: build, follow, change, look at and search an archive."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from string import punctuation
from tempfile import TemporaryDirectory
from typing import Any

from index import Archive, ArchiveError, Overview, Passages, Report
from index.arguments import parser
from index.command import configure_models, filters, report_errors, tell_waiting
from index.errors import ArchiveExistsError, NoArchiveError
from index.followed import coming_back
from index.naming import find_names
from index.passage import LONGEST_QUERY, credit
from index.report import counted
from index.sources import check, is_nothing_read
from index.tagging import installed


def main(arguments: list[str] | None = None, program: str = "python -m index") -> int:
    """Run one command and return its exit status. The help calls the program ``program``.

    Without a command it prints the list of commands and returns 2.
    """
    commands = parser(program, __doc__)
    words = sys.argv[1:] if arguments is None else arguments
    if not words:
        commands.print_help()
        return 2
    commands.set_defaults(temporary=None)
    options = commands.parse_args(words)

    def run() -> int:
        configure_models(options)
        return COMMANDS[options.command](options)

    return report_errors(run)


def add(options: argparse.Namespace) -> int:
    # A path that does not exist becomes a line in the report; the others are added.
    check([], dict(options.field))
    with _open_to_fill(options) as archive:
        report = archive.add_from(
            options.paths, dict(options.field), not options.quiet, embed=not options.embed_later
        )
        _find_names(options, archive)
        return _print_report(options, archive, report)


def sync(options: argparse.Namespace) -> int:
    check(options.paths, dict(options.field))
    if options.dry_run:
        return _print_plan(options)
    with _open_to_fill(options) as archive:
        report = archive.sync(
            options.paths, dict(options.field), options.withdraw_many,
            progress=not options.quiet, embed=not options.embed_later,
        )  # fmt: skip
        _find_names(options, archive)
        return _print_report(options, archive, report)


def forget(options: argparse.Namespace) -> int:
    with Archive.open(options.archive) as archive:
        report = archive.forget(options.root)
        # A part of a folder can be forgotten, but the folder is still followed.
        _warn_of_return(options, coming_back(archive.truth, report.withdrawn))
        return _print_report(options, archive, report)


def _print_plan(options: argparse.Namespace) -> int:
    from index.sync import plan

    progress = not options.quiet
    with (
        _opened(options, makes=lambda: False) as archive,
        plan(
            archive.truth, options.paths or archive.roots_there(), dict(options.field),
            withdraw_many=options.withdraw_many, progress=progress,
        ) as planned,
    ):  # fmt: skip
        report = planned.report
        _print_unread(options, report)
        unchanged = f"{len(report.unchanged)} unchanged, {len(report.kept)} kept"
        lines = [*map(str, planned.changes), unchanged]
        _print(options, planned.as_dict(), "\n".join(lines))
        planned.check()
    return 0


@contextmanager
def _opened(options: argparse.Namespace, makes: Callable[[], bool]) -> Iterator[Archive]:
    """Open the archive; if there is none yet but paths are named, an empty one.

    That stays if it ``makes`` one; else it is a temporary archive.
    """
    try:
        archive = _open(options)
    except NoArchiveError:
        if not options.paths:
            raise
        if not makes():
            with (
                TemporaryDirectory(prefix="dateline-") as folder,
                Archive.create(Path(folder) / "archive", options.encoder) as archive,
            ):
                options.temporary = Path(archive.address)
                yield archive
            return
        try:
            archive = Archive.create(options.archive, options.encoder)
        except ArchiveExistsError:
            # Another command created it first.
            archive = _open(options)
    with archive:
        yield archive


def _open_to_fill(options: argparse.Namespace) -> AbstractContextManager[Archive]:
    """Open the archive to add to; create it only if at least one of the paths can be read."""
    return _opened(options, lambda: not is_nothing_read(options.paths, dict(options.field)))


def watch(options: argparse.Namespace) -> int:
    from index.watch import watch as follow
    from index.watch import watched_roots

    def tell(outcome: Report | ArchiveError) -> None:
        if isinstance(outcome, ArchiveError):
            print(f"error: {outcome}", file=sys.stderr, flush=True)
            return
        _print_unread(options, outcome)
        if options.json:
            print(json.dumps(outcome.as_dict(), ensure_ascii=False), flush=True)
        elif not options.quiet:
            print(f"{datetime.now().astimezone():%H:%M:%S} {outcome}", flush=True)
        _find_names(options, archive)

    check(options.paths, dict(options.field))
    watched_roots(options.paths)
    fields = dict(options.field)
    with _opened(options, makes=lambda: True) as archive, suppress(KeyboardInterrupt):
        follow(archive, options.paths, fields, withdraw_many=options.withdraw_many, tell=tell)
    return 0


def history(options: argparse.Namespace) -> int:
    from index.history import as_dicts, as_text

    with Archive.open(options.archive) as archive:
        id = _id(archive, options.id)
        versions, withdrawn = archive.versions(id), archive.withdrawn(id)
        if not versions:
            print(_not_an_id(archive, options.id), file=sys.stderr)
            return 1
    _print(options, as_dicts(versions, withdrawn), as_text(versions, withdrawn))
    return 0


def remove(options: argparse.Namespace) -> int:
    with Archive.open(options.archive) as archive:
        ids = {id: _id(archive, id) for id in options.ids}
        returning = coming_back(archive.truth, list(ids.values()))
        removed = archive.remove(list(ids.values()))
        missing = [typed for typed, id in ids.items() if id not in removed]
        for typed in missing:
            print(_not_an_id(archive, typed), file=sys.stderr)
    _warn_of_return(options, returning)
    _print(options, {"removed": removed, "missing": missing}, f"{len(removed)} removed")
    return 0 if removed else 1


def _warn_of_return(options: argparse.Namespace, places: Sequence[str]) -> None:
    if places and not options.quiet:
        print(
            f"{len(places)} of these will come back with the next sync, which reads {places[0]}: "
            "delete them there, too.",
            file=sys.stderr,
        )


def status(options: argparse.Namespace) -> int:
    with Archive.open(options.archive) as archive:
        overview = archive.overview()
        tell_waiting(options, archive)
    unattributed = overview.articles - sum(overview.sources.values())
    lines = [
        _size_line(overview),
        *([f"from {overview.first} to {overview.last}"] if overview.first else []),
        *([f"{overview.undated} without a date"] if overview.undated else []),
        *([f"{unattributed} without a source"] if unattributed else []),
        *(f"{count:8d}  {source}" for source, count in list(overview.sources.items())[:20]),
    ]
    if len(overview.sources) > 20:
        lines.append(f"          and {len(overview.sources) - 20} other sources")
    if overview.withdrawn or overview.embargoed:
        lines.append(f"{overview.withdrawn} withdrawn, {overview.embargoed} under embargo")
    lines += map(str, overview.roots)
    if overview.updated:
        lines.append(f"last changed {overview.updated:%Y-%m-%d %H:%M} UTC")
    _print(options, overview.as_dict(), "\n".join(lines))
    return 0


def _size_line(overview: Overview) -> str:
    articles, chunks = counted(overview.articles, "article"), counted(overview.chunks, "chunk")
    return f"{articles} in {chunks}, by {overview.encoder}"


def rebuild(options: argparse.Namespace) -> int:
    with Archive.open(options.archive) as archive:
        overview = archive.rebuild(options.encoder, progress=not options.quiet)
        _find_names(options, archive)
    _print(options, overview.as_dict(), _size_line(overview))
    return 0


def embed(options: argparse.Namespace) -> int:
    from index.spreading import spread

    with (
        Archive.open(options.archive) as archive,
        spread(options.on, archive.encoder, options.workers) as workers,
    ):
        report = archive.embed(workers, progress=not options.quiet)
        _print(options, report.as_dict(), report.embedding())
    return 0


def copy(options: argparse.Namespace) -> int:
    from index import transfer

    rows = transfer.copy(options.source, options.target)
    _print(options, {"rows": rows}, f"{rows} rows, all equal in both archives")
    return 0


def names(options: argparse.Namespace) -> int:
    with Archive.open(options.archive) as archive:
        _find_names(options, archive)
        if not archive.names.are_known() and not installed():
            raise ArchiveError(
                "To find names, spaCy and a pipeline are needed: pip install 'dateline[names]'"
            )
        total, entities = archive.names.of_kind(options.kind, options.words, 0, options.most)
    lines = [f"{entity.articles:8d}  {entity.name}" for entity in entities]
    if total > len(entities):
        lines.append(f"          and {total - len(entities)} others")
    _print(options, [entity._asdict() for entity in entities], "\n".join(lines) or "None is named.")
    return 0 if entities else 1


def _find_names(options: argparse.Namespace, archive: Archive) -> None:
    if problem := find_names(archive.names, progress=not options.quiet):
        print(problem, file=sys.stderr)


def search(options: argparse.Namespace) -> int:
    if not any(character.isalnum() for character in options.query):
        raise ArchiveError("There is nothing to search for: type some words.")
    if len(options.query) > LONGEST_QUERY:
        raise ArchiveError(
            f"The search is {len(options.query):,} characters long; please type {LONGEST_QUERY:,} "
            "or fewer."
        )
    with Archive.open(options.archive, reranker=options.reranker) as archive:
        limits = filters(options)
        archive.require(limits)
        passages = archive.search(options.query, options.k, limits)
        tell_waiting(options, archive)
        if passages and not archive.overview().waiting:
            _tell_unknown(options, archive)
    _print(options, [passage.as_dict() for passage in passages], _listed(passages))
    return 0


def _tell_unknown(options: argparse.Namespace, archive: Archive) -> None:
    """Say which words of a search no article has: passages near in meaning are listed anyway."""
    unknown = [
        word.strip(punctuation)
        for word in options.query.split()
        if not all(query_word.known for query_word in archive.query_words(word))
    ]
    if unknown and not options.quiet:
        words = ", ".join(f"“{word}”" for word in unknown)
        print(f"No article has {words}; listed is what is nearest.", file=sys.stderr)


def _listed(passages: Passages) -> str:
    if not passages:
        return "No passage was found."
    return "\n\n".join(
        f"{rank}. {passage.article.title}\n   {credit(passage.article)} · {passage.article.id}"
        f" [{passage.start}:{passage.end}] {passage.score:.3f}\n"
        + "".join(f"   also {credit(copy)} · {copy.id}\n" for copy in passage.copies)
        + passage.text
        for rank, passage in enumerate(passages, start=1)
    )


def _id(archive: Archive, typed: str) -> str:
    """The typed id or, if a file's path was typed, the id of that file's article."""
    path = Path(typed).resolve().as_posix()
    stored = archive.truth.standing([typed, path])
    is_path = path in stored or archive.article(path, withdrawn=True)
    return path if is_path and typed not in stored else typed


def _not_an_id(archive: Archive, typed: str) -> str:
    """Say that no article has the typed id; of a file of several articles, which ids these have."""
    inside = archive.truth.found_in([Path(typed).resolve().as_posix()])
    ids = [standing.id for standing in islice(inside, 4)]
    if not ids:
        return f"{typed}: no article in {archive.address} has this id"
    more = ", …" if len(ids) > 3 else ""
    return f"{typed}: name the articles in it by their ids: {', '.join(ids[:3])}{more}"


def _open(options: argparse.Namespace) -> Archive:
    archive = Archive.open(options.archive)
    made_with = archive.overview().encoder
    if options.encoder not in (None, made_with):
        archive.close()
        raise ArchiveError(
            f"The archive in {archive.address} was made with the encoder {made_with}: embed it "
            f"anew with dateline rebuild --archive {archive.address} "
            f"--encoder {options.encoder}"
        )
    return archive


def _print(options: argparse.Namespace, value: Any, text: str) -> None:
    if options.json:
        print(json.dumps(value, ensure_ascii=False, indent=2))
    elif not options.quiet or options.command in ("search", "history", "names"):
        print(text)


def _print_report(options: argparse.Namespace, archive: Archive, report: Report) -> int:
    """Print what a change did and return the exit status."""
    _print_unread(options, report)
    name = archive.address if Path(archive.address) != options.temporary else "No archive was made"
    _print(
        options,
        report.as_dict(),
        f"{name}: {report}; {counted(len(archive), 'article')}",
    )
    tell_waiting(options, archive)
    return 0 if report or report.unchanged or not report.failed else 1


def _print_unread(options: argparse.Namespace, report: Report) -> None:
    if not options.quiet:
        for line in (*report.refused, *report.failed, *report.notes):
            print(line, file=sys.stderr)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    run.__name__: run
    for run in (
        add, sync, forget, watch, history, remove, status, search, names, embed, copy, rebuild,
    )
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
