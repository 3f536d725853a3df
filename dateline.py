"""dateline: ask a news archive, search it, follow sources, serve it."""

import sys
from importlib.metadata import PackageNotFoundError, version

COMMANDS = {
    "ask": "ask a question",
    "save": "save a search or a question, to be told what is new on it",
    "new": "tell what is new on what was saved",
    "serve": "open the chat in the browser",
    "sync": "make an archive equal to files, folders and addresses",
    "watch": "go on following folders and files",
    "add": "add articles, or newer versions of them",
    "forget": "withdraw what came from a source, and follow it no more",
    "remove": "delete articles",
    "search": "find passages",
    "names": "list the people, places or organisations it names",
    "status": "say what is in an archive",
    "history": "show what changed in an article",
    "rebuild": "cut and embed all anew",
    "embed": "embed what was stored with --embed-later, in several processes",
    "copy": "copy a whole archive, into PostgreSQL or back",
}
"""The commands by their names, each with its summary."""

_HELP = """usage: dateline COMMAND ...

{}

dateline COMMAND --help shows the options of one command; dateline --version the version.
""".format("\n".join(f"  {name:8}  {summary}" for name, summary in COMMANDS.items()))


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status, or 2 if there is no such command or none at all.

    The commands are those of ``python -m assistant``, ``python -m index`` and ``python app.py``,
    under one name. Only the module of the command is imported: a search needs no page.
    """
    words = sys.argv[1:] if arguments is None else arguments
    name = words[0] if words else ""
    if name in {"", "-h", "--help"}:
        print(_HELP, end="")
        return 0 if name else 2
    if name == "--version":
        print(f"dateline {installed_version()}")
        return 0
    if name not in COMMANDS:
        print(f"error: there is no command {name}; see dateline --help", file=sys.stderr)
        return 2
    try:
        return _run(name, words)
    except KeyboardInterrupt:
        # The command was still being loaded; a running one reports itself what it did.
        print("Interrupted; nothing was done.", file=sys.stderr)
        return 130
    except OSError as error:
        # Here, too, it was being loaded: libraries need a folder for temporary files, for example.
        print(f"error: {error.strerror or error}.", file=sys.stderr)
        return 2


def _run(name: str, words: list[str]) -> int:
    arguments = words[1:]
    if name in {"ask", "save", "new"}:
        from assistant.__main__ import main as ask

        return ask(arguments, "dateline ask") if name == "ask" else ask(words, "dateline")
    if name == "serve":
        from app import main as serve

        return serve(arguments, "dateline serve")
    from index.__main__ import main as index

    return index([name, *arguments], "dateline")


def installed_version() -> str:
    """The version of the installed distribution; ``unknown`` if the program is not installed."""
    try:
        return version("dateline")
    except PackageNotFoundError:
        return "unknown"


if __name__ == "__main__":
    sys.exit(main())
