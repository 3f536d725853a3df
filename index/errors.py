"""What can go wrong with an archive, as one sentence for a person."""


class ArchiveError(Exception):
    """An archive cannot be opened, read or written; the message says why and what to do."""


class ArchiveExistsError(ArchiveError):
    """There is an archive already where one was to be made."""


class NoArchiveError(ArchiveError):
    """There is no archive where one was to be opened."""
