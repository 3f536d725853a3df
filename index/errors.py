"""What can go wrong with an archive, as one sentence for a person."""


class ArchiveError(Exception):
    """An archive cannot be opened, read or written; the message says why and what to do."""


class ArchiveExistsError(ArchiveError):
    """There is an archive already where one was to be made."""


class NoArchiveError(ArchiveError):
    """There is no archive where one was to be opened."""


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its kind where it says nothing.

    Further lines, such as PostgreSQL's hints, do not go into one sentence.
    """
    lines = str(error).split("\n")
    line = next((" ".join(written.split()) for written in lines if written.strip()), "")
    return line.rstrip(".") or type(error).__name__
