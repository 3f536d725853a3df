"""A server of files, by path, as a feed has them."""

from http.server import BaseHTTPRequestHandler

from tests.loopback import Loopback, Quiet


class Server(Loopback):
    """Offers files by path; ``asked`` lists the requests with the headers that matter here."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.files: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def offer(self, path: str, content: str, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.files[path] = content.encode(), named
        return self.url(path)


class Handler(Quiet, BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        tag = self.headers["If-None-Match"]
        self.server.asked.append((self.path, tag, self.headers["If-Modified-Since"]))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/feed.jsonl")
            self.end_headers()
            return
        if self.path not in self.server.files:
            self.send_error(404)
            return
        content, headers = self.server.files[self.path]
        unchanged = tag is not None and tag == headers.get("ETag")
        self.send_response(304 if unchanged else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not unchanged:
            self.wfile.write(content)
