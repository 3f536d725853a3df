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
"""The fewest characters of a password."""

FREE_TRIES = 10
"""How many wrong passwords from one address cost nothing. Each further one doubles the time for
which that address must wait, from one second to ``LONGEST_WAIT``. After an hour without a wrong
password they are forgotten."""

LONGEST_WAIT = 15 * 60
LONGEST_LINE = 8
"""How many passwords wait to be checked at the same time; from one address, ``_PER_ADDRESS``."""

_PER_ADDRESS = 2
_FORGOTTEN = 60 * 60
_MOST_ADDRESSES = 10_000


class TooManyTries(Exception):  # noqa: N818
    """A password is not checked now; ``seconds`` later one from the same address may be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def line(user: str, password: str) -> str:
    """A line of the file: ``user:scrypt$salt$hash``; raises ValueError for an unusable user or
    password."""
    if not user or ":" in user or not user.isprintable() or user != user.strip():
        raise ValueError("A user's name is printable text without a colon.")
    if len(password) < SHORTEST:
        raise ValueError(f"A password has at least {SHORTEST} characters.")
    salt = secrets.token_bytes(16)
    return f"{user}:scrypt${_text(salt)}${_text(_hash(password, salt))}"


@dataclass
class Passwords:
    """The users of a file, who may read the page by HTTP's basic authentication.

    Only one password is hashed at a time, so guessing takes no more than one processor core. Few
    requests wait for that, and each wrong guess makes the next one wait longer. A right password is
    remembered as a hash under a key of this process, so next time it costs nothing and never waits.
    """

    users: Mapping[str, tuple[bytes, bytes]]
    now: Callable[[], float] = time.monotonic
    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)
    _line: Counter[str] = field(default_factory=Counter)
    _accepted: set[bytes] = field(default_factory=set)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def read(cls, file: Path) -> "Passwords":
        """The users of a file; raises ArchiveError if it cannot be read or has no users."""
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
                user, _, secret = entry.strip().partition(":")
                kind, salt, digest = secret.split("$")
                users[user] = (base64.b64decode(salt, validate=True), _bytes(digest))
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
        """Whether the value of an ``Authorization`` header has a user's name and password.

        ``address`` is that of the client. Raises TooManyTries if the password is not checked.
        """
        kind, _, credentials = authorization.partition(" ")
        if kind.casefold() != "basic":
            return False
        digest = hmac.digest(self._key, credentials.encode(), "sha256")
        if digest in self._accepted:
            return True
        try:
            user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (ValueError, binascii.Error):
            return False
        network = _network(address)
        self._refuse_guessing(network)
        # An unknown name takes as long as a known one, so that the time does not tell them apart.
        salt, user_hash = self.users.get(user, (b"nobody", b""))
        self._line[network] += 1
        try:
            async with self._one_at_a_time:
                # Other passwords from the same network may have been wrong meanwhile.
                self._refuse_guessing(network, waited=True)
                password_hash = await asyncio.to_thread(_hash, password, salt)
        finally:
            self._line -= Counter([network])
        if not hmac.compare_digest(password_hash, user_hash):
            self._note_wrong(network)
            return False
        self._wrong.pop(network, None)
        self._accepted.add(digest)
        return True

    def _refuse_guessing(self, network: str, waited: bool = False) -> None:
        tries, last = self._wrong.get(network, (0, 0.0))
        seconds = last + _wait_after(tries) - self.now()
        if tries and seconds > 0:
            raise TooManyTries(math.ceil(seconds))
        waiting = self._line
        if not waited and (waiting[network] >= _PER_ADDRESS or waiting.total() >= LONGEST_LINE):
            raise TooManyTries(1)

    def _note_wrong(self, network: str) -> None:
        now = self.now()
        tries, last = self._wrong.pop(network, (0, now))
        # The dictionary is in the order of the latest tries, so its first entry is the oldest.
        self._wrong[network] = (tries + 1 if now - last < _FORGOTTEN else 1, now)
        if len(self._wrong) > _MOST_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]


def _wait_after(tries: int) -> float:
    """The seconds that an address must wait after so many wrong tries."""
    if tries <= FREE_TRIES:
        return 0
    return float(min(2 ** min(tries - FREE_TRIES - 1, 20), LONGEST_WAIT))


def _network(address: str) -> str:
    """An address; for IPv6 its network, because whoever has one address there has all of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


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
