"""Several archives at one address, each with its page below a path of its name."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain, count
from pathlib import PurePath
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

# Where a request says to the door which archive it names.
_NAMED = "dateline.archive"
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._~-]+")


def names_of(places: Iterable[str]) -> list[str]:
    """A name for each of the archives at these places: that of its folder, or of its database.

    Whatever cannot stand in an address becomes a hyphen, and what is called alike is counted.
    """
    names: list[str] = []
    for place in places:
        last = PurePath(urlsplit(place).path if "://" in place else place).name
        name = _NOT_IN_A_NAME.sub("-", last).strip("-.") or "archive"
        alike = (f"{name}-{number}" for number in count(2))
        names.append(next(free for free in chain([name], alike) if free not in names))
    return names


def side_by_side(pages: Mapping[str, FastAPI], door: ASGIApp, root_path: str = "") -> Starlette:
    """One application of several pages, each below the path that is its name.

    Where a request is for none of them the ``door`` answers it.
    """

    async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if root_path and path.startswith(f"{root_path}/"):
            # A proxy may leave the path as it is or take off what is its own.
            path = path.removeprefix(root_path)
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


def leading_to(first: str, root_path: str = "") -> ASGIApp:
    """A door that leads to the page of an archive: of the one that was named, or of the first.

    A browser asks there for its icon, too, before it has read where the page has one.
    """

    async def lead(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/")
        leads = path in {"", "favicon.ico"}
        page = f"{root_path}/{scope[_NAMED] or first}/{path}"
        there = RedirectResponse(page) if leads else JSONResponse({}, 404)
        await there(scope, receive, send)

    return lead
