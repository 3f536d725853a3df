"""What programs may ask of a page that is served: by Gradio's client, and as MCP tools."""

import asyncio
import http.client
import json
import subprocess
import sys
from ast import literal_eval
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, ListToolsResult

from assistant import Assistant
from index import Archive, Filters
from tests.browsing import address_of, archive_of, connected, served
from tests.fakes import FakeReader
from tests.scripted import article

FERRY = article(
    "ferry",
    "Ferry late again",
    "The ferry to Marrow was late on Monday. Nobody at the harbour of Marrow knew why.",
    source="Harbour Post",
)
MILL = article("mill", "Mill sold", "The old mill of Kest was sold to a baker.", source="Wire")
LONG = article("a long/one?&=ü", "Long", "ü🚢 " * 10_000, language="en")
ROOT = Path(__file__).parent.parent
ASKED = "Why was the ferry to Marrow late?"


archive = archive_of([FERRY, MILL, LONG])
address = address_of()


@pytest.fixture(scope="module")
def assistant(archive: Archive) -> Assistant:
    return Assistant(archive, reader=FakeReader())


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with connected(address) as client:
        yield client


def post(address: str, path: str, body: object) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, json.loads(content) if content.startswith(b"{") else content.decode()


def test_ask(client: Client, assistant: Assistant) -> None:
    found = client.predict(question=ASKED, api_name="/ask")
    assert found == assistant.ask(ASKED).as_dict()
    assert found["outcome"] == "answered"
    cited = found["statements"][0]["citations"][0]
    assert cited["article"]["id"] == "ferry"
    assert FERRY.text[cited["start"] : cited["end"]] == cited["quote"]


def test_ask_with_filters(client: Client, assistant: Assistant) -> None:
    asked = {"question": ASKED, "after": "2016-08-21", "as_of": "2016-08-30", "sources": ["Wire"]}
    found = client.predict(**asked, api_name="/ask")
    filters = Filters(date(2016, 8, 21), None, ("Wire",), as_of=date(2016, 8, 30))
    assert found == assistant.ask(ASKED, filters).as_dict()
    assert found["filters"] == filters.as_dict()
    assert {passage["article"]["id"] for passage in found["passages"]} == {"mill"}


def test_search(client: Client, assistant: Assistant) -> None:
    found = client.predict(query="who bought the mill", k=1, api_name="/search")
    assert found == [
        passage.as_dict() for passage in assistant.archive.search("who bought the mill", 1)
    ]
    assert found[0]["article"]["id"] == "mill"
    every = client.predict(
        query="who bought the mill", sources=["Harbour Post"], api_name="/search"
    )
    assert [passage["article"]["id"] for passage in every] == ["ferry"]


def test_read_article(client: Client) -> None:
    assert client.predict(id="mill", api_name="/read_article") == {
        "id": "mill",
        "title": "Mill sold",
        "source": "Wire",
        "published": "2016-08-21",
        "url": "https://gazette.example/mill",
        "version": 1,
        "author": None,
        "language": None,
        "place": None,
        "section": None,
        "text": MILL.text,
        "start": 0,
        "end": len(MILL.text),
        "length": len(MILL.text),
    }


def test_long_article_is_read_in_parts(client: Client) -> None:
    text = ""
    while len(text) < len(LONG.text):
        part = client.predict(id=LONG.id, start=len(text), api_name="/read_article")
        assert (part["start"], part["length"]) == (len(text), 30_000)
        assert len(part["text"]) <= 20_000
        text += part["text"]
        assert part["end"] == len(text)
    assert text == LONG.text


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("/ask", {"question": "?!"}, "Type a question first."),
        (
            "/ask",
            {"question": "a" * 1_001},
            "The question is 1,001 characters long; please ask it in 1,000 or fewer.",
        ),
        (
            "/search",
            {"query": "a" * 1_001},
            "The question is 1,001 characters long; please ask it in 1,000 or fewer.",
        ),
        ("/search", {"query": "ferry", "k": 0}, "k must be a whole number from 1 to 50."),
        ("/search", {"query": "ferry", "k": 51}, "k must be a whole number from 1 to 50."),
        ("/search", {"query": "ferry", "k": "9"}, "k must be a whole number from 1 to 50."),
        (
            "/ask",
            {"question": ["x"]},
            "A question and days are text, and sources and languages lists of names.",
        ),
        (
            "/ask",
            {"question": "x", "after": "some day"},
            "“From” needs a date such as 2016-08-21, May 2024 or yesterday.",
        ),
        (
            "/ask",
            {"question": "x", "after": "2017-01-01", "before": "2016-01-01"},
            "“From” is later than “To”; no article can be from those days.",
        ),
        (
            "/ask",
            {"question": ASKED, "sources": ["wire", "Harbor Post"]},
            "No source is called “Harbor Post”; did you mean “Harbour Post”?",
        ),
        (
            "/search",
            {"query": "ferry", "languages": ["EN", "xx"]},
            "No article is in the language “xx”; there is en.",
        ),
        ("/read_article", {"id": "../app.py"}, "The archive has no article of this id."),
        (
            "/read_article",
            {"id": "mill", "start": -1},
            "An article's id is text, and start a number from 0 on.",
        ),
    ],
)
def test_what_cannot_be_asked(
    client: Client, name: str, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(AppError) as error:
        client.predict(**asked, api_name=name)
    assert str(error.value) == message


def test_only_these_are_named_and_their_parameters_are(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    filters = ["after", "before", "as_of", "sources", "languages"]
    assert {
        name: [parameter["parameter_name"] for parameter in function["parameters"]]
        for name, function in named.items()
    } == {
        "/ask": ["question", *filters],
        "/search": ["query", "k", *filters],
        "/read_article": ["id", "start"],
    }
    assert named["/ask"]["description"].startswith("Answer a question from the news archive")


def test_called_over_http(address: str, assistant: Assistant) -> None:
    status, event = post(address, "/gradio_api/call/ask", {"data": [ASKED, "", "", "", None, None]})
    assert status == 200
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", f"/gradio_api/call/ask/{event['event_id']}")
    reply = connection.getresponse().read().decode()
    connection.close()
    complete = reply.partition("event: complete\ndata: ")[2]
    assert json.loads(complete) == [assistant.ask(ASKED).as_dict()]


@pytest.mark.parametrize("name", ["begin", "answer", "show", "suggest", "ask/../begin"])
def test_nothing_else_is_called_by_name(address: str, name: str) -> None:
    assert post(address, f"/gradio_api/call/{name}", {"data": []})[0] == 404


# --- As tools of a language model ------------------------------------------------------------


@pytest.fixture(scope="module")
def tools(assistant: Assistant) -> Iterator[str]:
    with served(assistant, tools=True) as address:
        yield f"{address}/gradio_api/mcp/"


@asynccontextmanager
async def opened(tools: str) -> AsyncIterator[ClientSession]:
    async with (
        streamable_http_client(tools) as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        yield session


def call(tools: str, name: str, **asked: Any) -> tuple[bool, str]:
    """Whether a tool failed, and what it said; Gradio writes JSON as Python would."""

    async def ask() -> CallToolResult:
        async with opened(tools) as session:
            return await session.call_tool(name, asked)

    result = asyncio.run(ask())
    [content] = result.content
    return bool(result.isError), content.text


def test_tools_are_listed(tools: str) -> None:
    async def listed() -> ListToolsResult:
        async with opened(tools) as session:
            return await session.list_tools()

    found = {tool.name: tool for tool in asyncio.run(listed()).tools}
    assert set(found) == {"ask_archive", "search_archive", "read_article"}
    asked = found["ask_archive"].inputSchema
    assert asked["required"] == ["question"]
    assert asked["properties"]["after"]["description"] == (
        "only articles from this day on, such as 2016-08-21"
    )
    assert found["search_archive"].inputSchema["properties"]["k"]["default"] == 10
    assert (found["read_article"].description or "").startswith("Read an article of the news")


def test_tools(tools: str, assistant: Assistant) -> None:
    failed, reply = call(tools, "ask_archive", question=ASKED, sources=["Harbour Post"])
    assert not failed
    assert literal_eval(reply) == assistant.ask(ASKED, Filters(sources=("Harbour Post",))).as_dict()
    failed, reply = call(tools, "search_archive", query="who bought the mill", k=1)
    assert not failed
    assert [passage["article"]["id"] for passage in literal_eval(reply)] == ["mill"]
    failed, reply = call(tools, "read_article", id="ferry")
    assert not failed
    assert literal_eval(reply)["text"] == FERRY.text


def test_tools_say_what_cannot_be_asked(tools: str) -> None:
    failed, reply = call(tools, "search_archive", query="ferry", k=51)
    assert failed
    assert "k must be a whole number from 1 to 50." in reply
    failed, reply = call(tools, "ask_archive", question="a" * 1_001)
    assert failed
    assert "please ask it in 1,000 or fewer." in reply


def test_tools_are_served_only_where_they_are_asked_for(address: str, tools: str) -> None:
    assert post(address, "/gradio_api/mcp/", {})[0] == 404
    served = tools.removesuffix("/gradio_api/mcp/")
    for path in ("sse", "schema", "messages/", "http"):
        assert post(served, f"/gradio_api/mcp/{path}", {})[0] == 404


# --- The examples ----------------------------------------------------------------------------


def ran(example: str, address: str) -> list[str]:
    """The lines that an example prints."""
    command = [sys.executable, str(ROOT / "examples" / example), address]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def test_example_for_programs(address: str, assistant: Assistant) -> None:
    first, *passages = ran("programs.py", address)
    assert first == assistant.ask("who attended the Qamishli airport meeting").text
    assert len(passages) >= 2
    assert set(passages[::2]) <= {"Ferry late again", "Mill sold", "Long"}


def test_example_of_tools(tools: str, assistant: Assistant) -> None:
    names, printed = ran("tools.py", tools.removesuffix("/gradio_api/mcp/"))
    assert names == "ask_archive read_article search_archive"
    asked = "who attended the Qamishli airport meeting"
    assert literal_eval(printed) == assistant.ask(asked).as_dict()
