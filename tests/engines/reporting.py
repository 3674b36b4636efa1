"""A shop whose pages report what their engine complains about: neither driver tells a page's console or its policy."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = """
{
  const tell = (...words) => navigator.sendBeacon("/reported", words.map(String).join(" "));
  let leaving = false; // then an engine gives up what still loads, and says so
  addEventListener("beforeunload", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  const said = console.error;
  console.error = (...words) => { tell("console:", ...words); said(...words); };
  const failed = event => leaving || tell("script:", event.message, event.filename ?? event.target.src);
  addEventListener("error", failed, true);
  addEventListener("unhandledrejection", event => tell("promise:", event.reason));
  addEventListener("securitypolicyviolation", event =>
    tell("Content-Security-Policy:", event.violatedDirective, event.blockedURI, event.sourceFile));
}
"""
TAG = b'<script src="/report.js"></script>'
UNAVAILABLE = "<html><head><title>503</title></head><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


class Reporting:
    """Wrap a shop. While ``out_of_order``, a proxy's 503 answers in its place whatever htmx asks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.url, self.complaints, self.out_of_order = app, "", list[str](), False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == "/report.js":
            await Response(SCRIPT, media_type="text/javascript")(scope, receive, send)
        elif scope["path"] == "/reported":
            self.complaints.append((await Request(scope, receive).body()).decode())
            await Response(status_code=204)(scope, receive, send)
        elif self.out_of_order and Headers(scope=scope).get("hx-request"):
            await HTMLResponse(UNAVAILABLE, 503)(scope, receive, send)
        else:
            await self._with_report(scope, receive, send)

    async def _with_report(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app(scope | {"headers": plain}, receive, keep)
        body = b"".join(message.get("body", b"") for message in answer[1:])
        headers = MutableHeaders(scope=answer[0])
        if headers.get("content-type", "").startswith("text/html"):
            body = body.replace(b"<head>", b"<head>" + TAG, 1)
            headers["content-length"] = str(len(body))
        await send(answer[0])
        await send({"type": "http.response.body", "body": body})
