"""Several archives at one address; each has its page below its own path."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.page.site import ServedArchive

# The key of the scope that tells the ``door`` which archive a request is for.
_ARCHIVE_KEY = "dateline.archive"
_NOT_IN_A_PATH = re.compile(r"[^A-Za-z0-9._~-]+")


def served_archives(places: Sequence[str]) -> list[ServedArchive]:
    """The archives at these places, each named after its folder or database.

    If two names are equal, the parent folder is added. Characters that an address cannot have
    become hyphens. If the results are empty or equal, a hash makes them different, because the
    order of the archives may change.
    """
    parts = [_parts(place) for place in places]
    names = [_name(path, [other for other in parts if other is not path]) for path in parts]
    plain = [_NOT_IN_A_PATH.sub("-", name).strip("-.") for name in names]
    alike = Counter(path.casefold() for path in plain)
    return [
        ServedArchive(
            path if path and alike[path.casefold()] == 1 else f"{path or 'archive'}-{_hash(place)}",
            name,
        )
        for path, name, place in zip(plain, names, places, strict=True)
    ]


def _parts(place: str) -> list[str]:
    path = PurePath(urlsplit(place).path if "://" in place else Path(place).resolve())
    return [part for part in path.parts if part != path.anchor]


def _name(parts: Sequence[str], others: Sequence[Sequence[str]]) -> str:
    """The end of a path, with enough folders to differ from the ends of the others."""
    for depth in range(1, len(parts)):
        end = [part.casefold() for part in parts[-depth:]]
        if not any([part.casefold() for part in other[-depth:]] == end for other in others):
            return "/".join(parts[-depth:])
    return "/".join(parts)


def _hash(place: str) -> str:
    return sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def side_by_side(pages: Mapping[str, FastAPI], door: ASGIApp, root_path: str) -> Starlette:
    """One application of several pages, each below its path.

    The ``door`` answers a request that is for none of them.
    """

    async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if root_path and f"{path}/".startswith(f"{root_path}/"):
            # A proxy may pass on the whole path, or remove its own part.
            path = path.removeprefix(root_path) or "/"
        name, slash, _ = path.removeprefix("/").partition("/")
        if slash and name in pages:
            # The guard of the page removes the path below which the page is served.
            path = root_path + path
            await pages[name]({**scope, "path": path, "raw_path": path.encode()}, receive, send)
        else:
            archive = name if name in pages else ""
            path = "/" if archive else path
            outside = {**scope, "path": path, "raw_path": path.encode(), _ARCHIVE_KEY: archive}
            await door(outside, receive, send)

    @asynccontextmanager
    async def alive(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for page in pages.values():
                await stack.enter_async_context(page.router.lifespan_context(page))
            yield

    return Starlette(routes=[Mount("/", app=pass_on)], lifespan=alive)


def leading_to(first: str, root_path: str) -> ASGIApp:
    """An application that redirects to the page of the archive that a request is for.

    A request for none is redirected to the first archive. So a bookmark from the time when the
    first archive was served alone still works.
    """

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        page = f"{root_path}/{scope[_ARCHIVE_KEY] or first}{scope['path']}{query and f'?{query}'}"
        is_reading = scope["method"] in {"GET", "HEAD"}
        response = RedirectResponse(page) if is_reading else JSONResponse({}, 404)
        await response(scope, receive, send)

    return lead
