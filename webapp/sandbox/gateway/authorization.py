"""The page of the bank or the wallet that approves a payment with a saved method. Its address is a secret."""

import hmac

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from .. import keys
from ..links import href, origin_of
from ..markets import MARKETS
from ..object_records import PaymentRequestRecord
from ..payment_requests import JSON, decide
from ..settings import SandboxSettings
from ..store import Store
from .pages import QUESTIONS, TEMPLATES, headers
from .responses import logo_url
from .texts import known_locale, text


class Authorization:
    """The page `/sandbox/authorize/{payment_request_id}/{code}`, which the payment's action names."""

    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self.store, self.settings = store, settings

    def routes(self) -> list[Route]:
        """Return the route of the page."""
        return [Route("/sandbox/authorize/{payment_request_id}/{code}", self.ask, methods=["GET", "POST"])]

    async def ask(self, request: Request) -> Response:
        """Show the question on GET, apply the decision on POST. It is saved before the redirect."""
        wanted, code = request.path_params["payment_request_id"], request.path_params["code"]
        right = keys.authorization_code(self.settings.secret, wanted)
        record = None
        if hmac.compare_digest(code.encode("utf-8", "replace"), right.encode()):
            record = await self.store.requests.get(wanted)
        if record is None:
            return HTMLResponse("No such payment", 404, headers())
        if request.method == "GET":
            return self._page(record.payment, known_locale(request.headers.get("accept-language", "")[:2].lower()))
        approved = (await request.form(max_files=0, max_fields=5)).get("decision") == "approve"
        await self.store.requests.update(wanted, lambda record, now: decide(record, now, approved))
        decided = await self.store.requests.get(wanted)
        return RedirectResponse((decided and return_url_of(decided)) or request.url.path, 303)

    def _page(self, payment: JSON, locale: str) -> Response:
        market, page = MARKETS[payment["currency"]], payment["page"] or "wallet"
        channel = market.find(payment["channel_code"])
        urls = [payment["channel_properties"].get(f"{name}_return_url") for name in ("success", "failure")]
        html = TEMPLATES.get_template("gateway/decision.html").render(
            say=lambda name, **values: text(name, locale, **values),
            locale=locale,
            brand=channel.brand if channel and page == "wallet" else text("your_bank", locale),
            logo=logo_url(payment["channel_code"]),
            merchant=self.settings.merchant_name,
            amount=market.format(payment["amount"]),
            question=QUESTIONS[page],
            decided=payment["status"] != "REQUIRES_ACTION",
            framed=False,
            return_url=href(self.settings, return_url_of(PaymentRequestRecord(payment))),
            go_back=True,
        )
        origins = " ".join(sorted({origin_of(url) for url in urls} - {""}))
        return HTMLResponse(html, headers=headers(f"form-action 'self' {origins}".strip(), "frame-ancestors 'none'"))


def return_url_of(record: PaymentRequestRecord) -> str | None:
    """Return the shop's address for the state of the payment, or None."""
    paid = record.payment["status"] in ("SUCCEEDED", "AUTHORIZED")
    url = record.payment["channel_properties"].get("success_return_url" if paid else "failure_return_url")
    return url if isinstance(url, str) and origin_of(url) else None
