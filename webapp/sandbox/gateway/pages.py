"""The pages beside or above the shop: the frames of the card fields, and imitated banks and wallets.

The card-field page, the challenge and the approval are shown in frames. A wallet is a page of its own: the browser
goes there and comes back to the session's `components_configuration.return_url`.
"""

from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import SandboxError, not_found
from ..links import href, origin_of
from ..markets import MARKETS
from ..records import OPEN, SessionRecord
from ..sessions import find_attempt
from ..settings import SandboxSettings
from ..store import Store
from . import responses
from .answering import origins_of
from .requests import JSON
from .start_payment import apply_decision
from .texts import text

HOME = Path(__file__).parents[1]
TEMPLATES = Environment(
    loader=FileSystemLoader(HOME / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
CARD_FIELD = HOME / "static" / "gateway" / "card-field.html"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'"
PAID = ("SUCCEEDED", "AUTHORIZED", "ACTIVE")  # the last of a method that was saved
QUESTIONS = {"3ds": "ask_3ds", "approval": "ask_approval", "wallet": "ask_wallet"}


def headers(*rules: str) -> dict[str, str]:
    """Return a strict policy with the page's own rules, and other headers."""
    return {
        "Content-Security-Policy": "; ".join((POLICY, *rules)),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


async def card_field(request: Request) -> Response:
    """Serve one page for the three card fields: the query tells which. X-Frame-Options would forbid its frame."""
    embedder = origin_of(request.query_params.get("embedder", "")) or "'self'"
    rules = headers("font-src https: data:", "form-action 'none'", f"frame-ancestors 'self' {embedder}")
    return FileResponse(CARD_FIELD, media_type="text/html", headers=rules)


class Pages:
    """The pages with a question, `/sandbox/{3ds,approval,wallet}/{payment_session_id}/{attempt id}`."""

    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self.store, self.settings = store, settings

    def routes(self) -> list[Route]:
        """Return the routes of the card fields and of the questions."""
        asked = "/sandbox/{page:str}/{session_id}/{attempt_id}"
        return [
            Route("/sandbox/secure-iframe.html", card_field),
            *(
                Route(asked.replace("{page:str}", page), self.ask, methods=["GET", "POST"], name=page)
                for page in QUESTIONS
            ),
        ]

    async def ask(self, request: Request) -> Response:
        """Show the question on GET, apply the decision on POST. It is saved before the redirect."""
        page = request.url.path.split("/")[2]
        session_id, wanted = request.path_params["session_id"], request.path_params["attempt_id"]
        try:
            record = await self.store.get_session(session_id)
            if record is None:
                raise not_found()
            if request.method == "POST":
                approved = (await request.form()).get("decision") == "approve"
                await self.store.update_session(
                    session_id, lambda record, now: apply_decision(record, now, wanted, approved)
                )
                record = await self.store.get_session(session_id) or record  # the decision may have come too late
                return RedirectResponse(self._next(record, page, request), 303)
            return self._page(record, find_attempt(record, wanted), page)
        except SandboxError as error:
            return HTMLResponse("No such payment", error.status, headers())

    def _next(self, record: SessionRecord, page: str, request: Request) -> str:
        """Return the address after a decision; a wallet's goes back to the shop, and says what Xendit's says."""
        return_url = return_url_of(record) if page == "wallet" else None
        if return_url is None:
            return request.url.path
        attempt = find_attempt(record, request.path_params["attempt_id"])
        said = {"token_request_id": attempt["session_token_request_id"]}
        said["component_status"] = "SUCCEEDED" if attempt["status"] in PAID else "FAILED"
        return f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(said)}"

    def _page(self, record: SessionRecord, attempt: JSON, page: str) -> Response:
        locale, framed = responses.locale_of(record), page != "wallet"
        market = MARKETS[record.session["currency"]]
        channel = market.find(attempt["channel_code"])
        keeps = attempt["kind"] == "payment_token"
        return_url = return_url_of(record)
        html = TEMPLATES.get_template("gateway/decision.html").render(
            say=lambda name, **values: text(name, locale, **values),
            locale=locale,
            brand=channel.brand if channel and page != "3ds" else text("your_bank", locale),
            logo=responses.logo_url(attempt["channel_code"]),
            merchant=record.merchant or self.settings.merchant_name,
            amount="" if keeps else market.format(record.session["amount"]),
            question="ask_link" if keeps and page != "3ds" else QUESTIONS[page],
            decided=attempt["status"] not in OPEN or (page == "approval" and attempt["status"] == "PENDING"),
            framed=framed,
            return_url=href(self.settings, return_url),
        )
        # Chromium checks a form's redirect against form-action too, so it must name the shop's origin.
        to = (return_url and origin_of(return_url)) or ""
        shops = " ".join(["'self'", *origins_of(record)])
        frame = f"frame-ancestors {shops}" if framed else "frame-ancestors 'none'"
        return HTMLResponse(html, headers=headers(f"form-action 'self' {to}".strip(), frame))


def return_url_of(record: SessionRecord) -> str | None:
    """Return the shop's address to come back to after a redirect, or None."""
    url = (record.session.get("components_configuration") or {}).get("return_url")
    return url if isinstance(url, str) and origin_of(url) else None
