"""Use the MCP tools that `python app.py --mcp` serves: python examples/tools.py [ADDRESS]"""

import asyncio
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


async def ask(address: str, question: str) -> None:
    async with (
        streamable_http_client(f"{address}/gradio_api/mcp/") as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        print(*sorted(tool.name for tool in (await session.list_tools()).tools))
        result = await session.call_tool("ask_archive", {"question": question})
        print(result.content[0].text)


address = sys.argv[1] if sys.argv[1:] else "http://127.0.0.1:7860"
asyncio.run(ask(address, "who attended the Qamishli airport meeting"))
