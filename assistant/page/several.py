"""Several archives at one address, each with its page below a path of its own."""

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

# Where a request says to the door which archive it names.
_NAMED = "dateline.archive"
_NOT_IN_A_PATH = re.compile(r"[^A-Za-z0-9._~-]+")


def served_archives(places: Sequence[str]) -> list[ServedArchive]:
    """The archives at these places, each called after its folder, or its database.

    Those that are called alike are called after the folder around it, too. Whatever cannot stand
    in an address becomes a hyphen there; where that leaves too little, a hash tells them apart,
    and not their order.
    """
    parts = [_parts(place) for place in places]
    names = [_name(mine, [other for other in parts if other is not mine]) for mine in parts]
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
    """The end of a path, with as many folders as tell it from the ends of the others."""
    for depth in range(1, len(parts)):
        end = [part.casefold() for part in parts[-depth:]]
        if not any([part.casefold() for part in other[-depth:]] == end for other in others):
            return "/".join(parts[-depth:])
    return "/".join(parts)


def _hash(place: str) -> str:
    return sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def side_by_side(pages: Mapping[str, FastAPI], door: ASGIApp, root_path: str) -> Starlette:
    """One application of several pages, each below its path.

    Where a request is for none of them the ``door`` answers it.
    """

    async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if root_path and f"{path}/".startswith(f"{root_path}/"):
            # A proxy may leave the path as it is or take off what is its own.
            path = path.removeprefix(root_path) or "/"
        name, slash, _ = path.removeprefix("/").partition("/")
        if slash and name in pages:
            # Its guard takes the path off that the page is served below.
            path = root_path + path
            await pages[name]({**scope, "path": path, "raw_path": path.encode()}, receive, send)
        else:
            named = name if name in pages else ""
            path = "/" if named else path
            outside = {**scope, "path": path, "raw_path": path.encode(), _NAMED: named}
            await door(outside, receive, send)

    @asynccontextmanager
    async def alive(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for page in pages.values():
                await stack.enter_async_context(page.router.lifespan_context(page))
            yield

    return Starlette(routes=[Mount("/", app=pass_on)], lifespan=alive)


def leading_to(first: str, root_path: str) -> ASGIApp:
    """An application that redirects to the page of the archive that a request names.

    A request that names none is led to the first archive. So an address that a browser kept from
    the time when the first archive was served alone still works.
    """

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        page = f"{root_path}/{scope[_NAMED] or first}{scope['path']}{query and f'?{query}'}"
        leads = scope["method"] in {"GET", "HEAD"}
        there = RedirectResponse(page) if leads else JSONResponse({}, 404)
        await there(scope, receive, send)

    return lead
