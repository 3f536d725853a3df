"""Fetch axe-core, by which the tests check the page's accessibility, from the npm registry.

It is the Mozilla Public License 2.0's, used by the tests only and no part of what is installed.
Another registry than npm's own is named as npm names it: npm_config_registry. Where it cannot be
fetched, that is said, and the tests that need it are skipped.
"""

import base64
import hashlib
import os
import urllib.request
from pathlib import Path

VERSION = "4.14.1"
# As the registry states it under dist.integrity.
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
PACKAGE = Path(__file__).parent.parent / ".venv" / "axe-core.tgz"


def is_right(content: bytes) -> bool:
    """Whether this is the package that is meant, to the byte."""
    return base64.b64encode(hashlib.sha512(content).digest()).decode() == SHA512


def fetch() -> bytes:
    """The package as the registry gives it; raises OSError or ValueError with the reason."""
    # npm reads it in whichever case it is written.
    named = {name.lower(): value for name, value in os.environ.items()}.get("npm_config_registry")
    registry = (named or "https://registry.npmjs.org").rstrip("/")
    if not registry.startswith(("https://", "http://")):
        raise ValueError(f"npm_config_registry is no web address: {registry}")
    address = f"{registry}/axe-core/-/axe-core-{VERSION}.tgz"
    with urllib.request.urlopen(address, timeout=60) as response:  # noqa: S310
        content: bytes = response.read()
    if not is_right(content):
        raise ValueError(f"{address} is not the package whose checksum is in {__file__}")
    return content


def main() -> None:
    if PACKAGE.exists() and is_right(PACKAGE.read_bytes()):
        return
    try:
        content = fetch()
    except (OSError, ValueError) as error:
        print(f"axe-core could not be fetched, so its tests are skipped: {error}.")
        return
    unfinished = PACKAGE.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(PACKAGE)


if __name__ == "__main__":
    main()
