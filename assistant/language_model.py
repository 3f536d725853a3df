"""A language model behind any address that answers as OpenAI's chat completions do.

It is not trusted: its reply is text of bounded length that came in bounded time, or a
``ModelError``. ``assistant/pointing.py`` says what is asked, and what is made of the reply.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from assistant.wording import gettext

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MOST_CHARACTERS = 20_000
"""The longest reply; a longer one is an error. Numbers of sentences take far less."""

# On the wire each character may be escaped, and a server sends much beside the reply.
_MOST_BYTES = 1_000_000
_MOST_TOKENS = 1_000
_CONNECT_SECONDS = 10.0
_HEADERS = frozenset("host accept connection content-type content-length transfer-encoding".split())

Message = Mapping[str, str]
Schema = Mapping[str, Any]


class ModelError(Exception):
    """A model failed; the message says how, as a predicate: "did not answer in time"."""


class Model(Protocol):
    """An object that replies to messages."""

    @property
    def name(self) -> str:
        """The name that the page and the notes show."""

    def reply(self, messages: Sequence[Message], schema: Schema) -> str:
        """The reply to the messages. It should be JSON of the schema, but may be any text.

        Raises ModelError if there is no reply.
        """


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model behind an OpenAI-compatible server, such as ``http://localhost:11434/v1``.

    A whole reply may take ``whole_seconds``. Redirects are not followed: the messages and the key
    go to this address and nowhere else. Raises ValueError for an invalid address, or an empty name.
    """

    name: str
    base_url: str
    api_key: str = field(default="", repr=False)
    whole_seconds: float = 120

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.base_url)
            is_valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
            is_valid = is_valid and (parts.port or 1) > 0
        except ValueError:
            is_valid = False
        if not is_valid:
            raise ValueError(
                gettext(
                    "The model's address %(address)s is none such as http://localhost:11434/v1.",
                    address=repr(self.base_url),
                )
            )
        if not self.name.strip():
            raise ValueError(
                gettext("The model has no name: give the one that its server knows it by.")
            )

    def reply(self, messages: Sequence[Message], schema: Schema) -> str:
        from anyio.from_thread import start_blocking_portal

        # The loop gets its own thread because the caller's thread may already run one, as in a
        # notebook; and only cancelling ends the wait for a server that does not answer.
        with (
            _as_model_errors(),
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(_client(self)) as client,
        ):
            step = portal.start_task_soon(_completed, client, self, messages, schema)
            try:
                text = step.result()
            except BaseException:
                step.cancel()
                raise
        if not isinstance(text, str):
            raise ModelError(gettext("sent what is no answer"))
        if len(text) > MOST_CHARACTERS:
            raise ModelError(gettext("sent far too much"))
        return text


@contextmanager
def _as_model_errors() -> Iterator[None]:
    """Turn every exception of the client into a ModelError that a reader understands."""
    import openai

    try:
        yield
    except ModelError:
        raise
    except (TimeoutError, openai.APITimeoutError) as error:
        raise ModelError(gettext("did not answer in time")) from error
    except openai.APIStatusError as error:
        raise ModelError(
            gettext("answered with status %(status)s", status=error.status_code)
        ) from error
    except openai.APIConnectionError as error:
        if isinstance(error.__cause__, ModelError):
            raise error.__cause__ from error
        raise ModelError(
            gettext("cannot be reached, or broke off (see that its server runs, or ask without it)")
        ) from error
    except Exception as error:
        raise ModelError(gettext("sent what is no answer")) from error


async def _completed(
    client: "AsyncOpenAI", model: LanguageModel, messages: Sequence[Message], schema: Schema
) -> object:
    """The server's reply; the request is repeated without settings if the server rejects them."""
    import asyncio

    from openai import BadRequestError, UnprocessableEntityError

    request: dict[str, Any] = {"model": model.name, "messages": list(messages)}
    reply_format = {"name": "reply", "strict": True, "schema": schema}
    settings: dict[str, Any] = {
        "temperature": 0,
        "max_tokens": _MOST_TOKENS,
        "response_format": {"type": "json_schema", "json_schema": reply_format},
    }
    async with asyncio.timeout(model.whole_seconds):
        try:
            completion = await client.chat.completions.create(**request, **settings)
        except (BadRequestError, UnprocessableEntityError):
            completion = await client.chat.completions.create(**request)
    [choice, *_] = completion.choices
    content: object = choice.message.content
    return "" if content is None else content


def _client(model: LanguageModel) -> "AsyncOpenAI":
    """A client for one address that sends only what it must, and reads only so much."""
    import httpx2
    from openai import AsyncOpenAI

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            length = 0
            async for piece in self._stream:
                length += len(piece)
                if length > _MOST_BYTES:
                    raise ModelError(gettext("sent far too much"))
                yield piece

        async def aclose(self) -> None:
            await self._stream.aclose()

    async def bare(request: httpx2.Request) -> None:
        # Remove what the client and its environment add about this computer and its user.
        for name in list(request.headers):
            if name not in _HEADERS:
                del request.headers[name]
        request.headers["accept-encoding"] = "identity"
        request.headers["user-agent"] = "dateline"
        if model.api_key:
            request.headers["authorization"] = f"Bearer {model.api_key}"

    async def bounded(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise ModelError(gettext("sent what it was asked not to send, a compressed answer"))
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = Bounded(response.stream)

    return AsyncOpenAI(
        base_url=model.base_url,
        api_key=model.api_key or "none",
        max_retries=0,
        http_client=httpx2.AsyncClient(
            follow_redirects=False,
            timeout=httpx2.Timeout(model.whole_seconds, connect=_CONNECT_SECONDS),
            event_hooks={"request": [bare], "response": [bounded]},
        ),
    )
