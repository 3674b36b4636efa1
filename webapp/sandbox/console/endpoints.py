"""The pages of the console. Each is a list that renews itself or one entry of it, and reads without JavaScript too."""

import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .. import webhooks
from ..app import Sandbox
from ..control.settling import Settling
from ..errors import SandboxError
from ..gateway.sdk_files import vendor_file
from ..links import invoice_url, payment_link_url
from . import rows
from .masking import masked, pretty
from .request_log import RequestLogMiddleware
from .templating import HEADERS, STATIC, page

LISTS = {"payments": rows.payments, "tokens": rows.tokens, "plans": rows.plans}
HTMX = "htmx-4.0.1.min.js"


class Console:
    """The pages of one sandbox."""

    def __init__(self, sandbox: Sandbox, log: RequestLogMiddleware) -> None:
        self.sandbox, self.log = sandbox, log
        self.store, self.settings = sandbox.store, sandbox.settings
        self.settling = Settling(sandbox.store, sandbox.settings)

    def routes(self) -> list[Route | Mount]:
        """Return the routes, without /_sandbox/console before them."""
        return [
            Route("/htmx.js", self.htmx),
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/webhooks", self.webhooks),
            Route("/webhooks/{webhook_id}", self.webhook),
            Route("/webhooks/{webhook_id}", self.resend, methods=["POST"]),
            Route("/requests", self.requests),
            Route("/requests/{number:int}", self.request),
            Route("/objects/{object_id}", self.object),
            Route("/objects/{object_id}", self.settle, methods=["POST"]),
            Route("/{kind}", self.list),
        ]

    async def htmx(self, request: Request) -> Response:
        """Serve htmx, which renews the lists."""
        return FileResponse(vendor_file(HTMX), media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})

    async def list(self, request: Request) -> Response:
        """Show payments, saved payment methods or plans."""
        kind = request.path_params.get("kind", "payments")
        if kind not in LISTS:
            return self._page("missing", request, 404)
        return self._live(request, kind, "rows", await LISTS[kind](self.store))

    async def webhooks(self, request: Request) -> Response:
        """Show the webhooks."""
        return self._live(request, "webhooks", "webhooks", await webhooks.list_webhooks(self.store))

    async def requests(self, request: Request) -> Response:
        """Show the requests of the API; with `only=unknown` those that are not imitated."""
        only = request.query_params.get("only") == "unknown"
        found = [exchange for exchange in self.log.exchanges if not (only and exchange.is_imitated)]
        return self._live(request, "requests", "exchanges", found[:100], only=only)

    async def webhook(self, request: Request) -> Response:
        """Show a webhook with its body and its tries."""
        found = await webhooks.get_webhook(self.store, request.path_params["webhook_id"])
        if found is None:
            return self._page("missing", request, 404)
        tries = self.sandbox.tries.of(found["webhook_id"]) if self.sandbox.tries else []
        shown = [(made, masked(made.text)) for made in tries]
        body = pretty(tries[-1].body if tries else found["body"])
        return self._page("webhook", request, tab="webhooks", webhook=found, body=body, tries=shown)

    async def resend(self, request: Request) -> Response:
        """Send a webhook again."""
        await self.sandbox.resend(request.path_params["webhook_id"])
        return RedirectResponse(f"/_sandbox/console/webhooks/{request.path_params['webhook_id']}", 303)

    async def request(self, request: Request) -> Response:
        """Show a request with its answer, and as a curl command."""
        found = self.log.find(request.path_params["number"])
        if found is None:
            return self._page("missing", request, 404)
        curl = found.as_curl(self.settings.public_url)
        return self._page("request", request, tab="requests", exchange=found, curl=curl)

    async def object(self, request: Request, status: int = 200, problem: str = "") -> Response:
        """Show all that is stored of an object, and its webhooks."""
        object_id = request.path_params["object_id"]
        document = await rows.document_of(self.store, object_id)
        if document is None:
            return self._page("missing", request, 404)
        terms = next(document[name] for name in ("session", "invoice", "payment", "token", "plan") if name in document)
        link = ""
        if "invoice" in document:
            link = invoice_url(self.settings, object_id)
        elif terms.get("mode") == "PAYMENT_LINK":
            link = payment_link_url(self.settings, object_id)
        return self._page(
            "object",
            request,
            status,
            tab="tokens" if "token" in document else "plans" if "plan" in document else "payments",
            object_id=object_id,
            state=terms["status"],
            can_settle=terms["status"] in rows.OPEN and "token" not in document and "plan" not in document,
            link=link,
            document=pretty(document),
            webhooks=await webhooks.list_webhooks(self.store, object_id),
            problem=problem,
        )

    async def settle(self, request: Request) -> Response:
        """Pay, decline or expire an object, by its button in the list or on its page."""
        form, object_id = await request.form(max_files=0, max_fields=5), request.path_params["object_id"]
        try:
            if form.get("decision") == "expire":
                await self.settling.expire(object_id)
            elif form.get("decision") in ("pay", "decline"):
                await self.settling.decide(object_id, form.get("decision") == "pay")
        except SandboxError as error:
            return await self.object(request, error.status, error.message)
        back = f"/_sandbox/console/objects/{object_id}" if form.get("from") == "object" else "/"
        return RedirectResponse(back, 303)

    def _live(self, request: Request, tab: str, name: str, found: Any, **context: Any) -> Response:
        """Return a list as a page. To htmx, return the list alone, and nothing while it stays as it is."""
        seen = hashlib.sha256(repr(found).encode()).hexdigest()[:16]
        alone = request.headers.get("hx-request") == "true"
        if alone and request.query_params.get("seen") == seen:
            return Response(status_code=204, headers=HEADERS)
        template = f"live_{name}" if alone else "list"
        return self._page(template, request, tab=tab, live=f"live_{name}", seen=seen, **{name: found}, **context)

    def _page(self, name: str, request: Request, status: int = 200, **context: Any) -> Response:
        return page(name, status, public_url=self.settings.public_url, **context)
