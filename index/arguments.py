"""The options and arguments of the commands of ``python -m index``."""

from collections.abc import Callable
from typing import Any

from corpus.compression import COMPRESSED
from corpus.reading import READERS
from index.command import (
    Parser,
    add_common_options,
    add_filter_options,
    add_loading_options,
    add_printing_options,
    article_id,
    mapping,
    place,
    positive,
)
from index.tagging import KINDS

EPILOG = """exit status: 0 done (what could not be read is listed, the rest is in the archive);
1 nothing of what was named could be read, removed or found; 2 the command or the archive
cannot be used, and nothing was changed; 130 interrupted (what was committed is kept)."""


def parser(program: str, description: str | None) -> Parser:
    """The parser of all commands; the parsed options hold the chosen one as ``command``."""
    common = Parser(add_help=False)
    add_common_options(common)
    main = Parser(program, description=description, epilog=EPILOG)
    commands = main.add_subparsers(required=True, metavar="COMMAND", dest="command")

    paths = _parent_parser(
        "paths", nargs="+", metavar="PATH", type=place,
        help="files, folders to walk, or http(s) addresses",
    )  # fmt: skip
    sources = _parent_parser(
        "--field", action="append", type=mapping, default=[], metavar="OURS=THEIRS",
        help="where records keep a field under an unusual name, such as text=story.body",
    )  # fmt: skip
    sources.add_argument("--encoder", metavar="NAME", help="of a new archive: model or folder")
    add_loading_options(sources)
    withdrawal = _parent_parser(
        "--withdraw-many", action="store_true",
        help="even if most of many articles, or all of a folder, are not there any more",
    )  # fmt: skip

    endings = (
        f"files that are read, also with {', '.join(COMPRESSED)} after the name: "
        f"{' '.join(READERS)}"
    )

    def command(name: str, help: str, *parents: Parser, more: str = "") -> Parser:
        subparser: Parser = commands.add_parser(
            name, parents=parents, help=help,
            description=f"{help[0].upper()}{help[1:]}{more}.",
            epilog=endings if sources in parents else None,
        )  # fmt: skip
        return subparser

    embed_later = _parent_parser(
        "--embed-later", action="store_true",
        help="only store what is new: the command embed lets searches find it",
    )  # fmt: skip
    command("add", "add articles, or newer versions of them", common, paths, sources, embed_later)
    syncs = command(
        "sync", "make the archive equal to what is there now",
        common, sources, withdrawal, embed_later,
        more=": new articles are added, changed ones get a new version, and those that are gone "
        "are withdrawn",
    )  # fmt: skip
    syncs.add_argument(
        "paths", nargs="*", metavar="PATH", type=place,
        help="files, folders, or http(s) addresses; without any, those that are followed",
    )  # fmt: skip
    syncs.add_argument("--dry-run", action="store_true", help="print what would be done")
    forgets = command("forget", "withdraw what came from a root, and follow it no more", common)
    forgets.add_argument("root", metavar="ROOT", type=place, help="as the command status names it")
    watches = command("watch", "go on following folders and files", common, sources, withdrawal)
    watches.add_argument(
        "paths", nargs="+", metavar="PATH", type=place, help="files, or folders to walk"
    )
    _add_archive_commands(command, common)
    return main


def _parent_parser(*names: str, **how: Any) -> Parser:
    """An option or argument that several commands share, as their parent parser."""
    parent = Parser(add_help=False)
    parent.add_argument(*names, **how)
    return parent


def _add_archive_commands(command: Callable[..., Parser], common: Parser) -> None:
    """Add the commands that bring no new articles into an archive."""
    shows = command("history", "show what changed in an article", common)
    shows.add_argument("id", metavar="ID", type=article_id, help="or the path of its file")
    removes = command("remove", "delete articles", common)
    removes.add_argument(
        "ids", nargs="+", metavar="ID", type=article_id, help="or the path of its file"
    )
    command("status", "say what is in the archive", common)
    searches = command("search", "find passages", common)
    searches.add_argument("query")
    searches.add_argument("-k", type=positive, default=10, help="how many (default: 10)")
    searches.add_argument("--reranker", metavar="NAME", help="cross-encoder: model or folder")
    add_loading_options(searches)
    add_filter_options(searches)
    lists = command("names", "list the people, places or organisations that articles name", common)
    lists.add_argument("words", nargs="?", default="", help="which the names have")
    lists.add_argument("--kind", choices=KINDS, default="person", help="default: person")
    lists.add_argument("--most", type=positive, default=20, help="how many (default: 20)")
    embeds = command(
        "embed", "embed what was stored with --embed-later, in several processes", common
    )
    embeds.add_argument(
        "--on", default="processes", metavar="WHERE",
        help="processes, ray, or the address of a Ray cluster: ray://host:10001 (default: "
        "processes of this computer)",
    )  # fmt: skip
    embeds.add_argument(
        "--workers", type=positive, metavar="COUNT",
        help="how many embed at once (default: one a processor; on Ray, one a graphics card)",
    )  # fmt: skip
    add_loading_options(embeds)
    copies = command(
        "copy", "copy an archive, from a folder to PostgreSQL or back; goes on where it ended"
    )
    copies.add_argument(
        "source", metavar="FROM", type=place, help="folder, or postgresql://host/database"
    )
    copies.add_argument(
        "target", metavar="TO", type=place, help="a new one, or what was copied from FROM"
    )
    add_printing_options(copies)
    rebuilds = command("rebuild", "cut and embed all anew", common)
    rebuilds.add_argument("--encoder", metavar="NAME", help="another model or folder")
    add_loading_options(rebuilds)
