"""The tables of an archive's database, and the conversion between articles and rows."""

import os
import sqlite3
from datetime import UTC, datetime, time

from corpus import Article, Published
from corpus.article import Precision
from corpus.encoding import caseless
from index.errors import ArchiveError

_FORMAT_1 = """
CREATE TABLE manifest (value TEXT NOT NULL);
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT,
    published TEXT, precision TEXT, how TEXT,
    first_day TEXT, last_day TEXT,
    url TEXT, author TEXT, language TEXT, place TEXT, origin TEXT
);
CREATE INDEX articles_by_day ON articles (first_day);
CREATE TABLE vectors (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    vector BLOB NOT NULL
);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector INTEGER NOT NULL REFERENCES vectors
);
CREATE INDEX chunks_by_article ON chunks (article);
CREATE INDEX chunks_by_vector ON chunks (vector);
CREATE TABLE forgotten (number INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL);
CREATE TRIGGER forget AFTER DELETE ON chunks
    BEGIN INSERT INTO forgotten (chunk) VALUES (old.number); END;
"""

# Instants are text in UTC, all in one format (see ``instant``), so that they compare as text.
# ``origin`` is the place for a person to read, and ``location`` the same place as an absolute
# path. A withdrawn article keeps its row, but has no chunks. ``formerly`` holds the ids that
# articles had before they moved. ``commits`` has a random token for each change of the chunks, by
# which the caches tell this database from an earlier copy of it that was restored.
_FORMAT_2 = """
ALTER TABLE articles ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE articles ADD COLUMN stored TEXT;
ALTER TABLE articles ADD COLUMN embargo TEXT;
ALTER TABLE articles ADD COLUMN available TEXT;
ALTER TABLE articles ADD COLUMN withdrawn TEXT;
ALTER TABLE articles ADD COLUMN location TEXT;
UPDATE articles SET available = available(published, precision),
    location = CASE WHEN origin LIKE '/%' THEN origin END;
DROP INDEX articles_by_day;
CREATE INDEX articles_shown
    ON articles (first_day, last_day, precision, source, language, available, withdrawn);
CREATE INDEX articles_by_availability ON articles (available);
CREATE INDEX articles_by_location ON articles (location);
CREATE INDEX articles_by_digest ON articles (digest);
CREATE TABLE versions (
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    version INTEGER NOT NULL,
    replaced TEXT NOT NULL,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT,
    published TEXT, precision TEXT, how TEXT,
    first_day TEXT, last_day TEXT,
    url TEXT, author TEXT, language TEXT, place TEXT, origin TEXT,
    embargo TEXT, available TEXT, location TEXT, stored TEXT,
    PRIMARY KEY (article, version)
);
CREATE TABLE formerly (
    id TEXT PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE
);
CREATE INDEX formerly_by_article ON formerly (article);
CREATE TABLE commits (number INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE);
CREATE TABLE reports (finished TEXT NOT NULL, report TEXT NOT NULL);
CREATE TABLE downloads (url TEXT PRIMARY KEY, etag TEXT, modified TEXT);
"""

# ``wordings`` are the distinct texts, in the words of ``index.copies``, of the articles that are
# not withdrawn and are long enough to be compared. ``worded`` links an article to its wording.
# ``copies`` has the pairs that may be copies, each in both directions, with their common share.
_FORMAT_3 = """
CREATE TABLE wordings (
    number INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    fingerprints INTEGER NOT NULL
);
CREATE TABLE worded (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    wording INTEGER NOT NULL REFERENCES wordings
);
CREATE INDEX worded_by_wording ON worded (wording);
CREATE TABLE fingerprints (
    fingerprint INTEGER NOT NULL,
    wording INTEGER NOT NULL REFERENCES wordings ON DELETE CASCADE,
    PRIMARY KEY (fingerprint, wording)
) WITHOUT ROWID;
CREATE INDEX fingerprints_by_wording ON fingerprints (wording);
CREATE TABLE copies (
    wording INTEGER NOT NULL REFERENCES wordings ON DELETE CASCADE,
    copy INTEGER NOT NULL REFERENCES wordings ON DELETE CASCADE,
    common REAL NOT NULL,
    PRIMARY KEY (wording, copy)
) WITHOUT ROWID;
CREATE INDEX copies_by_copy ON copies (copy);
CREATE TRIGGER forget_wording AFTER DELETE ON worded
    WHEN NOT EXISTS (SELECT 1 FROM worded WHERE wording = old.wording)
    BEGIN DELETE FROM wordings WHERE number = old.wording; END;
"""

# ``vouched`` says how the source of an article is known. ``claims`` is the id that an article gives
# itself although another article has it. An article is ``retracted`` if its own source withdrew
# it. ``roots`` are the files, folders and addresses that articles came from; a followed root has
# ``fields``, the names of the fields in its records.
_FORMAT_4 = """
ALTER TABLE articles ADD COLUMN vouched TEXT;
ALTER TABLE articles ADD COLUMN claims TEXT;
ALTER TABLE articles ADD COLUMN retracted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE versions ADD COLUMN vouched TEXT;
ALTER TABLE versions ADD COLUMN claims TEXT;
CREATE TABLE roots (place TEXT PRIMARY KEY, fields TEXT);
"""

# ``papers`` holds what readers store beside the articles (see ``index.store.papers``).
_FORMAT_5 = """
CREATE TABLE papers (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (kind, name)
);
CREATE INDEX articles_by_storing ON articles (stored);
"""

_FORMAT_6 = """
ALTER TABLE articles ADD COLUMN section TEXT;
ALTER TABLE versions ADD COLUMN section TEXT;
"""

# ``mentions`` holds the spans where articles name ``entities``. ``tagged`` says which tagger has
# read an article. Its column ``entities`` packs the numbers of all entities that the article names
# (see ``index.store.mentions``), because a search counts them over all its hits.
_FORMAT_7 = """
CREATE TABLE entities (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    folded TEXT NOT NULL,
    name TEXT NOT NULL,
    sound TEXT NOT NULL,
    UNIQUE (kind, folded)
);
CREATE INDEX entities_by_sound ON entities (sound);
CREATE TABLE mentions (
    entity INTEGER NOT NULL REFERENCES entities,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    PRIMARY KEY (entity, article, start)
) WITHOUT ROWID;
CREATE INDEX mentions_by_article ON mentions (article);
CREATE TABLE tagged (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    tagger TEXT NOT NULL,
    entities BLOB NOT NULL
);
"""

# Each step upgrades a database from the format before it.
_STEPS = [_FORMAT_1, _FORMAT_2, _FORMAT_3, _FORMAT_4, _FORMAT_5, _FORMAT_6, _FORMAT_7]

COPIES_SINCE = 3
"""The first format that has copies."""

FORMAT = len(_STEPS)

COLUMNS = (
    "id, digest, title, text, source, published, precision, how, first_day, last_day, "
    "url, author, language, place, origin, embargo, available, location, stored, vouched, claims, "
    "section"
)
"""The columns that ``articles`` and ``versions`` share."""

_ARTICLE = (
    "{0}.id, {0}.title, {0}.text, {0}.source, {0}.published, {0}.precision, {0}.how, {0}.url, "
    "{0}.author, {0}.language, {0}.place, {0}.origin, {0}.embargo, {1}, {0}.version, "
    "{0}.vouched, {0}.claims, {0}.section"
)
ARTICLE = _ARTICLE.format("articles", "articles.withdrawn IS NOT NULL")
VERSION = _ARTICLE.format("versions", "FALSE")
"""The columns from which ``article`` builds an article, for either table."""


def prepare(connection: sqlite3.Connection) -> None:
    """Set up a new connection: its settings and its SQL functions."""
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.create_function("casefold", 1, _casefold, deterministic=True)
    connection.create_function("part", 3, _part, deterministic=True)
    connection.create_function("available", 2, _available)


def statements(format_from: int) -> str:
    """The SQL that upgrades a database of an earlier format; 0 is an empty database."""
    return "".join(_STEPS[format_from:]) + f"PRAGMA user_version = {FORMAT};"


def row(article: Article, stored: str) -> list[str | None]:
    """The values of ``COLUMNS`` for an article that is stored at the instant ``stored``."""
    published = article.published
    when: list[str | None] = [None] * 5
    if published:
        days = (published.day.isoformat(), published.last_day.isoformat())
        when = [published.value.isoformat(), published.precision, published.how, *days]
    return [
        article.id,
        article.digest,
        article.title,
        article.text,
        article.source,
        *when,
        article.url,
        article.author,
        article.language,
        article.place,
        article.origin,
        instant(article.embargo) if article.embargo else None,
        available(published, article.embargo),
        location(article.origin),
        stored,
        article.vouched,
        article.claims,
        article.section,
    ]


def article(row: tuple) -> Article:  # type: ignore[type-arg]
    """The article in a row of ``ARTICLE`` or ``VERSION``; raises ArchiveError if it is damaged."""
    id, title, text, source, published, precision, how, *remaining = row
    url, author, language, place, origin, embargo, withdrawn, version, *last = remaining
    try:
        when = Published(datetime.fromisoformat(published), precision, how) if published else None
        embargo_end = datetime.fromisoformat(embargo) if embargo else None
    except (ValueError, TypeError) as error:
        raise ArchiveError(
            "An article of the archive has a date that is none, so the archive is damaged: bring "
            "its folder back from a copy."
        ) from error
    return Article(
        id, title, text, source, when,
        url, author, language, place, origin, embargo_end, bool(withdrawn), version, *last,
    )  # fmt: skip


def instant(value: datetime) -> str:
    """An aware datetime as it is stored."""
    try:
        value = value.astimezone(UTC)
    except OverflowError:
        # Within a day of the first or the last possible datetime.
        value = value.replace(tzinfo=UTC)
    return value.isoformat(timespec="microseconds")


def available(published: Published | None, embargo: datetime | None) -> str | None:
    """The instant from which an article may be shown: after publication and after its embargo.

    A day begins at midnight in the time zone of this computer. If only the month or year is
    known, the date holds nothing back.
    """
    instants = []
    if embargo:
        instants.append(instant(embargo))
    if published and published.precision == "instant":
        instants.append(instant(published.value))
    if published and published.precision == "day":
        midnight = datetime.combine(published.day, time())
        try:
            instants.append(instant(midnight.astimezone()))
        except (OverflowError, ValueError, OSError):
            instants.append(instant(midnight.replace(tzinfo=UTC)))
    return max(instants, default=None)


def location(origin: str | None) -> str | None:
    """The absolute place where an article was found, whatever the current folder is."""
    if origin is None or "://" in origin:
        return origin
    return os.path.abspath(origin)  # noqa: PTH100 (the disk need not be asked)


NUL_STORED = "\uffff"
"""Replaces NUL in databases whose text cannot hold it; Unicode reserves this code for such uses."""


def why_not_stored(article: Article) -> str:
    """Why an article cannot be stored, to follow its name in a sentence; empty if it can."""
    values: dict[str, object] = vars(article)
    for name in ("id", "title", "text"):
        if not isinstance(values[name], str):
            return f"needs an id, a title and a text; its {name} is {values[name]!r}"
    if not isinstance(values["published"], Published | None):
        published = f"{values['published']!r} for its published"
        return f"has {published}; it must be None or a corpus.Published"
    try:
        "".join(part for part in values.values() if isinstance(part, str)).encode()
    except UnicodeEncodeError:
        return "holds half of a surrogate pair, which is no character"
    return ""


def _available(published: str | None, precision: Precision | None) -> str | None:
    if published is None or precision is None:
        return None
    return available(Published(datetime.fromisoformat(published), precision, "metadata"), None)


def _casefold(text: str | None) -> str | None:
    return text and caseless(text)


def _part(text: str, start: int, end: int) -> str:
    """A part of a text; unlike SQLite's own substr, this does not stop at a NUL."""
    return text[start:end]
