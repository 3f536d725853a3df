"""The errors of an archive; each message is one sentence for a person."""


class ArchiveError(Exception):
    """An archive cannot be opened, read or written; the message says why and what to do."""


class ArchiveExistsError(ArchiveError):
    """An archive was to be created where there is one already."""


class NoArchiveError(ArchiveError):
    """An archive was to be opened where there is none."""


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its class if it has none.

    Further lines, such as PostgreSQL's hints, do not fit into one sentence.
    """
    lines = str(error).split("\n")
    first = next((" ".join(line.split()) for line in lines if line.strip()), "")
    return first.rstrip(".") or type(error).__name__
