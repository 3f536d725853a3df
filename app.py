"""python app.py: ask a news archive in the browser."""

import argparse
import ctypes
import getpass
import importlib.util
import os
import platform
import re
import socket
import sys
import webbrowser
from pathlib import Path

import platformdirs

from assistant import Assistant
from assistant.command import add_model_options, language_model
from assistant.page import passwords
from assistant.page.guard import LOCAL
from assistant.page.imports import Imports
from assistant.page.passwords import Passwords
from assistant.page.serving import Server, build_site
from assistant.page.several import served_archives
from corpus import SAMPLE
from index import Archive, ArchiveError
from index.command import Parser, configure_models, place, report_errors
from index.naming import find_names
from index.roots import is_address

_HERE = Path(__file__).parent
# Beside the code in a checkout, where `make clean` removes it; never among installed packages.
SAMPLE_ARCHIVE = (
    _HERE / ".sample-archive"
    if (_HERE / "pyproject.toml").exists()
    else platformdirs.user_cache_path("dateline") / "sample-archive"
)
# The number of this setting in glibc's malloc.h.
_M_ARENA_MAX = -8


def main(arguments: list[str] | None = None, program: str = "python app.py") -> int:
    """Open an archive and serve the page; returns the exit status.

    ``program`` is the name of the program in its help.
    """
    options = _parser(program).parse_args(arguments)

    def run() -> int:
        try:
            if options.make_password is not None:
                print(_password_line(options.make_password))
                return 0
            return _serve(options)
        except KeyboardInterrupt:
            # This is how one ends a page that is served.
            return 0

    return report_errors(run)


def _parser(program: str) -> Parser:
    parser = Parser(program, description="Ask a news archive.")
    parser.add_argument(
        "--archive", action="append", metavar="DIR", type=place,
        help="default: the built-in sample; given repeatedly, each archive has its own page, below "
        "the name of its folder",
    )  # fmt: skip
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=_port, default=7860, help="default: 7860")
    parser.add_argument(
        "--auth-file", type=Path, metavar="FILE",
        help="names and passwords of those who may read the page; needed for other hosts",
    )  # fmt: skip
    parser.add_argument(
        "--make-password", metavar="USER", help="ask for a password and print a line for that file"
    )
    parser.add_argument(
        "--mcp", action="store_true", help="serve MCP tools too, at /gradio_api/mcp/"
    )
    parser.add_argument(
        "--articles", action="append", default=[], metavar="PLACE",
        help="a folder, or the address of a feed, that may be added from the page, beside files "
        "that are dropped there; may be given repeatedly",
    )  # fmt: skip
    parser.add_argument(
        "--readers-add", action="store_true",
        help="with --auth-file: whoever may read the page may add articles, too",
    )  # fmt: skip
    parser.add_argument(
        "--readers-keep", action="store_true",
        help="with --auth-file: whoever may read the page may keep dossiers and saved "
        "searches in the archive",
    )  # fmt: skip
    parser.add_argument(
        "--root-path", type=_path, metavar="PATH",
        help="the path below which a proxy serves the page, such as /dateline",
    )  # fmt: skip
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    add_model_options(parser)
    return parser


def _serve(options: argparse.Namespace) -> int:
    _check(options)
    users = Passwords.read(options.auth_file) if options.auth_file else None
    configure_models(options)
    _share_memory()
    listening = _listen(options.host, options.port)
    names = options.archive or []
    paths = [name if "://" in name else str(Path(name).resolve()) for name in names]
    if twice := [name for name, path in zip(names, paths, strict=True) if paths.count(path) > 1]:
        # A password may stand before the @, and after the question mark.
        shown = re.sub(r"(?<=://).*@|\?.*", "", twice[0]) if "://" in twice[0] else twice[0]
        raise ArchiveError(f"The archive {shown} is given twice: name each once.")
    archives = [open_archive(name) for name in names or [None]]
    first = Assistant(archives[0], language_model(options), options.reader)
    # The encoders and the reader are loaded now, so that the first question need not wait, and any
    # error in loading them is shown here.
    for archive in archives:
        archive.search("news", 1)
    first.reader.read("What is new?", ["Nothing is."])
    assistants = [first, *(first.over(archive) for archive in archives[1:])]
    places = [name if is_address(name) else Path(name).resolve() for name in options.articles]
    may_add = options.readers_add or users is None
    imports = [Imports(archive, places) if may_add else None for archive in archives]
    served_as = served_archives(names) if len(archives) > 1 else [None]
    address = _address(listening)
    print(f"Dateline is at {address} (Ctrl+C ends it).", flush=True)
    for served in served_as:
        page = f"{address}{options.root_path or ''}/{served.path}" if served else address
        if served:
            print(f"The archive {served.name} is at {page}/.", flush=True)
        if options.mcp:
            print(f"Its MCP tools are at {page}/gradio_api/mcp/.", flush=True)
    if options.host not in LOCAL:
        print(
            "Passwords cross the network as they are: put a proxy with TLS in front.",
            file=sys.stderr,
        )
    if not options.no_browser and _on_a_desktop():
        webbrowser.open(address)
    settings = {
        "host": options.host,
        "passwords": users,
        "tools": options.mcp,
        "root_path": options.root_path or "",
        "may_keep": options.readers_keep or users is None,
    }
    by_path = dict(zip(served_as, zip(assistants, imports, strict=True), strict=True))
    Server(*build_site(by_path, **settings)).run(sockets=[listening])
    return 0


def _check(options: argparse.Namespace) -> None:
    """Raise ArchiveError if the options do not go together."""
    if options.auth_file is None and options.host not in LOCAL:
        raise ArchiveError(
            f"Whoever can reach {options.host} could read the archive: say with --auth-file FILE "
            "who may (dateline serve --make-password USER prints a line for it)."
        )
    if options.mcp and (options.auth_file or options.host not in LOCAL):
        raise ArchiveError("--mcp serves this computer only, and without --auth-file.")
    if options.mcp and importlib.util.find_spec("mcp") is None:
        raise ArchiveError("--mcp needs the package mcp: pip install 'mcp<2'.")
    if options.articles and options.auth_file and not options.readers_add:
        raise ArchiveError("--articles needs --readers-add where others read the page.")
    for folder in options.articles:
        if not is_address(folder) and not Path(folder).is_dir():
            raise ArchiveError(f"--articles {folder}: there is no such folder.")


def _share_memory() -> None:
    """Let the threads share two of glibc's arenas; with one each, little memory would be freed."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _password_line(user: str) -> str:
    """A line for the file of passwords; the password is typed or comes from a pipe."""
    is_typed = sys.stdin.isatty()
    password = getpass.getpass() if is_typed else sys.stdin.readline().rstrip("\r\n")
    if is_typed and getpass.getpass("Again: ") != password:
        raise ArchiveError("The two are not the same password.")
    try:
        return passwords.line(user, password)
    except ValueError as error:
        raise ArchiveError(str(error)) from error


def open_archive(folder: str | None) -> Archive:
    """The archive in a folder; without one, the sample archive, built or completed if needed."""
    if folder is not None:
        return Archive.open(folder)
    exists = SAMPLE_ARCHIVE.exists()
    archive = Archive.open(SAMPLE_ARCHIVE) if exists else Archive.create(SAMPLE_ARCHIVE)
    if not exists:
        print("Building the sample archive.", file=sys.stderr)
    # Articles that it has already cost nothing. Those that are missing because an earlier start was
    # killed are added, and those of an older sample are withdrawn.
    archive.sync([SAMPLE], withdraw_many=True, progress=not exists)
    if problem := find_names(archive.names, progress=not exists):
        print(problem, file=sys.stderr)
    return archive


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python appends the address in brackets, which this message has already.
        why = (error.strerror or str(error)).partition(" (")[0]
        raise ArchiveError(
            f"The page cannot be served at {host}, port {port} ({why}); "
            "--port and --host choose another address."
        ) from error


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 0 to 65535")


def _path(text: str) -> str:
    if re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)+/?", text):
        return text.rstrip("/")
    raise argparse.ArgumentTypeError(f"{text!r} is not a path such as /dateline")


def _on_a_desktop() -> bool:
    """Whether a browser would open on the screen of whoever started the program."""
    if sys.platform in {"win32", "darwin"}:
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
