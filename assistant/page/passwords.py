"""Who may read the page: a file of names and scrypt hashes of their passwords."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import math
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index import ArchiveError

# RFC 7914: 16 MiB of memory and some 50 ms of a processor core for each try.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_BYTES = 32
SHORTEST = 8
"""Characters that a password has at least."""

FREE_TRIES = 10
"""So many wrong passwords from one address cost nothing; each one after doubles how long it waits,
from one second to ``LONGEST_WAIT``. After an hour without one they are forgotten."""

LONGEST_WAIT = 15 * 60
LONGEST_LINE = 8
"""So many passwords wait at once to be looked at, and of one address ``_OF_ONE``."""

_OF_ONE = 2
_FORGOTTEN = 60 * 60
_MOST_ADDRESSES = 10_000


class TooManyTries(Exception):  # noqa: N818
    """A password is not looked at now; ``seconds`` later one from there may be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def line(user: str, password: str) -> str:
    """A line of the file: ``user:scrypt$salt$hash``; ValueError if they cannot be used."""
    if not user or ":" in user or not user.isprintable() or user != user.strip():
        raise ValueError("A user's name is printable text without a colon.")
    if len(password) < SHORTEST:
        raise ValueError(f"A password has at least {SHORTEST} characters.")
    salt = secrets.token_bytes(16)
    return f"{user}:scrypt${_text(salt)}${_text(_hash(password, salt))}"


@dataclass
class Passwords:
    """Says of HTTP's basic authentication whether it is somebody's who is in the file.

    One password is hashed at a time, so that guessing takes no more than one processor core; few
    wait for that, and who guesses wrong waits longer each time. What was right is remembered, as a
    hash under a key of this process: it costs nothing the next time, and waits for nobody.
    """

    users: Mapping[str, tuple[bytes, bytes]]
    now: Callable[[], float] = time.monotonic
    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)
    _line: Counter[str] = field(default_factory=Counter)
    _known: set[bytes] = field(default_factory=set)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def read(cls, file: Path) -> "Passwords":
        """The users of a file; raises ArchiveError where it cannot be read or has none."""
        try:
            lines = file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            why = (isinstance(error, OSError) and error.strerror) or "it is not UTF-8 text"
            raise ArchiveError(f"The passwords in {file} cannot be read: {why}.") from error
        users = {}
        for number, entry in enumerate(lines, 1):
            if not entry.strip():
                continue
            try:
                user, _, rest = entry.strip().partition(":")
                kind, salt, known = rest.split("$")
                users[user] = (base64.b64decode(salt, validate=True), _bytes(known))
            except (ValueError, binascii.Error):
                kind = ""
            if kind != "scrypt":
                raise ArchiveError(
                    f"Line {number} of {file} is no user and password; "
                    "dateline serve --make-password USER prints one."
                )
        if not users:
            raise ArchiveError(
                f"{file} names nobody; add what dateline serve --make-password USER prints."
            )
        return cls(users)

    async def allow(self, authorization: str, address: str = "") -> bool:
        """Whether the value of an ``Authorization`` header is that of a user.

        ``address`` is where it comes from. Raises TooManyTries where it is not looked at.
        """
        kind, _, given = authorization.partition(" ")
        if kind.casefold() != "basic":
            return False
        seen = hmac.digest(self._key, given.encode(), "sha256")
        if seen in self._known:
            return True
        try:
            user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        except (ValueError, binascii.Error):
            return False
        place = _network(address)
        self._refuse_guessing(place)
        # A name that nobody has takes as long as one that somebody has.
        salt, known = self.users.get(user, (b"nobody", b""))
        self._line[place] += 1
        try:
            async with self._one_at_a_time:
                # Others from there may have been wrong meanwhile.
                self._refuse_guessing(place, waited=True)
                given_hash = await asyncio.to_thread(_hash, password, salt)
        finally:
            self._line -= Counter([place])
        if not hmac.compare_digest(given_hash, known):
            self._note_wrong(place)
            return False
        self._wrong.pop(place, None)
        self._known.add(seen)
        return True

    def _refuse_guessing(self, place: str, waited: bool = False) -> None:
        tries, last = self._wrong.get(place, (0, 0.0))
        left = last + _wait_after(tries) - self.now()
        if tries and left > 0:
            raise TooManyTries(math.ceil(left))
        if not waited and (self._line[place] >= _OF_ONE or self._line.total() >= LONGEST_LINE):
            raise TooManyTries(1)

    def _note_wrong(self, place: str) -> None:
        now = self.now()
        tries, last = self._wrong.pop(place, (0, now))
        # The latest stands last.
        self._wrong[place] = (tries + 1 if now - last < _FORGOTTEN else 1, now)
        if len(self._wrong) > _MOST_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]


def _wait_after(tries: int) -> float:
    """How many seconds nobody may try again from where so many were wrong."""
    if tries <= FREE_TRIES:
        return 0
    return float(min(2 ** min(tries - FREE_TRIES - 1, 20), LONGEST_WAIT))


def _network(address: str) -> str:
    """An address, of IPv6 the network: whoever has one of these has all that are in it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False))


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=_BYTES
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    value = base64.b64decode(text, validate=True)
    if len(value) != _BYTES:
        raise ValueError("no hash of this length")
    return value
