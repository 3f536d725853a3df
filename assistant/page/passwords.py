"""Who may read the page: a file of names and scrypt hashes of their passwords."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index import ArchiveError

# RFC 7914: 16 MiB of memory and some 50 ms of a processor core for each try.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_BYTES = 32
SHORTEST = 8
"""Characters that a password has at least."""


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

    One password is hashed at a time, so that guessing takes no more than one processor core. What
    was right is remembered, as a hash under a key of this process, and costs nothing the next time.
    """

    users: Mapping[str, tuple[bytes, bytes]]
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
        for number, each in enumerate(lines, 1):
            if not each.strip():
                continue
            try:
                user, _, rest = each.strip().partition(":")
                kind, salt, known = rest.split("$")
                users[user] = (base64.b64decode(salt, validate=True), _bytes(known))
            except (ValueError, binascii.Error):
                kind = ""
            if kind != "scrypt":
                raise ArchiveError(
                    f"Line {number} of {file} is no user and password; "
                    "python app.py --make-password USER prints one."
                )
        if not users:
            raise ArchiveError(
                f"{file} names nobody; add what python app.py --make-password USER prints."
            )
        return cls(users)

    async def allow(self, authorization: str) -> bool:
        """Whether the value of an ``Authorization`` header is that of a user."""
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
        # A name that nobody has takes as long as one that somebody has.
        salt, known = self.users.get(user, (b"nobody", b""))
        async with self._one_at_a_time:
            found = await asyncio.to_thread(_hash, password, salt)
        if not hmac.compare_digest(found, known):
            return False
        self._known.add(seen)
        return True


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
