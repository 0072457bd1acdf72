"""A local HTTP server that plays the model hub: access rules, byte ranges, cuts, redirects."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"

NOT_ASKED = (
    403,
    "GatedRepo",
    "Access to model facebook/sam3 is restricted and you are not in the authorized list.",
)
PENDING = (
    403,
    "GatedRepo",
    "Your request to access model facebook/sam3 is awaiting a review from the repo authors.",
)
REJECTED = (
    403,
    "GatedRepo",
    "Your request to access model facebook/sam3 has been rejected by the repo's authors.",
)
FINE_GRAINED = (
    403,
    None,
    "Please enable access to public gated repositories in your fine-grained token settings",
)
NO_TOKEN = (
    401,
    "GatedRepo",
    "Access to model facebook/sam3 is restricted. You must be authenticated. Please log in.",
)
WRONG_TOKEN = (401, None, "Invalid credentials in Authorization header")
NO_FILE = (404, "EntryNotFound", "Entry not found")


class _Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that hangs up (a cancelled download) is no news."""


class FakeHub:
    """Serves one file; a context manager.

    Attributes:
        content: the file.
        refusal: (status, code, message) for every request, or None.
        cut_after: bytes after which the next download breaks off, once; None for never.
        redirects: send downloads to another host name, as the real hub does.
        announced_sha256: what the hub says the hash is.
        requests: (method, path, Range header, Authorization header) of every request.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.refusal = None
        self.cut_after = None
        self.redirects = False
        self.announced_sha256 = hashlib.sha256(content).hexdigest()
        self.requests = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_HEAD(self):
                hub.answer(self, with_body=False)

            def do_GET(self):
                hub.answer(self, with_body=True)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request, *, with_body):
        byte_range = request.headers.get("Range")
        authorization = request.headers.get("Authorization")
        self.requests.append((request.command, request.path, byte_range, authorization))
        if self.refusal:
            self._refuse(request)
            return
        if self.redirects and not request.path.startswith("/cdn/"):
            self._redirect(request)
            return
        start = int(byte_range.removeprefix("bytes=").split("-")[0]) if byte_range else 0
        body = self.content[start:]
        request.send_response(206 if byte_range else 200)
        request.send_header("X-Repo-Commit", COMMIT)
        request.send_header("X-Linked-Etag", f'"{self.announced_sha256}"')
        request.send_header("X-Linked-Size", str(len(self.content)))
        request.send_header("ETag", f'"{self.announced_sha256}"')
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if with_body:
            self._send(request, body)

    def _send(self, request, body):
        if self.cut_after is not None:
            body, self.cut_after = body[: self.cut_after], None
            request.close_connection = True
        request.wfile.write(body)

    def _redirect(self, request):
        port = self._server.server_address[1]
        request.send_response(302)
        request.send_header("Location", f"http://localhost:{port}/cdn/blob")
        request.send_header("X-Repo-Commit", COMMIT)
        request.send_header("X-Linked-Etag", f'"{self.announced_sha256}"')
        request.send_header("X-Linked-Size", str(len(self.content)))
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _refuse(self, request):
        status, code, message = self.refusal
        request.send_response(status)
        if code:
            request.send_header("X-Error-Code", code)
        request.send_header("X-Error-Message", message)
        request.send_header("Content-Length", "0")
        request.end_headers()
