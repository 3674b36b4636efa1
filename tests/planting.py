"""Markup in every field of a document, and what a browser would make of it. The fields are found, never listed."""

import json
import re
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import respx
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.routing import Route

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, LINK, SDK_KEY, fake_xendit
from webapp.app import ROUTES
from webapp.i18n.translations import Translations
from webapp.integrations import INTEGRATIONS
from webapp.orders.order import Order
from webapp.sandbox import Sandbox, SandboxSettings, SQLiteDatabase
from webapp.sandbox.api.invoice_schema import INVOICE
from webapp.sandbox.api.schema import Rule
from webapp.sandbox.api.session_schema import SESSION
from webapp.sandbox.webhook_sender import WebhookSender
from webapp.web.visitor_cookies import KEYS

PLANTED = (
    "\"'><planted></script><planted></title><planted></textarea></select><planted>"
    "<img src=planted onerror=alert(1)><svg onload=alert(1)></svg></script><script>alert(1)</script>"
    '<meta http-equiv=refresh content="0;url=//planted"><a href="javascript:alert(1)">{{ 7*7 }}%(planted)s %s 100%'
)
FOUND = """planted, [src*="planted"], [href^="javascript" i], meta[http-equiv="refresh" i],
 [onerror], [onload], script:not([src])"""
"""What a page has if planted text became markup, as a selector."""
Place = tuple[str | int, ...]


class Page(HTMLParser):
    """What has become of the planted text, and the forms, with their fields' values."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.planted: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if self.forms and tag in ("input", "select", "button", "textarea") and "name" in given:
            self.forms[-1][1].setdefault(given["name"], given.get("value", ""))
        refreshes = tag == "meta" and given.get("http-equiv", "").lower() == "refresh"
        leads = "planted" in given.get("src", "") or given.get("href", "").lower().startswith("javascript")
        inline = tag == "script" and "src" not in given
        if tag == "planted" or refreshes or leads or inline or any(name.startswith("on") for name in given):
            self.planted.append(self.get_starttag_text() or tag)


def is_html(answer: httpx.Response) -> bool:
    return "html" in answer.headers.get("content-type", "")


def planted_in(answers: list[httpx.Response]) -> list[tuple[str, list[str]]]:
    """The addresses on whose pages planted text has become markup, with what it has become; each page once."""
    different = {answer.text: str(answer.url) for answer in answers if is_html(answer)}
    pages = [(url, Page(text).planted) for text, url in different.items()]
    return [(url, found) for url, found in pages if found]


def leaves(document: Any, place: Place = ()) -> Iterator[Place]:
    """The place of every value that is no object and no list."""
    if isinstance(document, dict | list) and document:
        for key, value in document.items() if isinstance(document, dict) else enumerate(document):
            yield from leaves(value, (*place, key))
    else:
        yield place


def planted_at(document: Any, places: Collection[Place], text: str = PLANTED) -> Any:
    """A copy of the document with the text at these places, and as a further key beside each."""
    copy = json.loads(json.dumps(document))
    for *above, name in places:
        parent = copy
        for key in above:
            parent = parent[key]
        parent[name] = text
        if isinstance(parent, dict):
            parent[text] = text
    return copy


def plans(document: Any, alone: bool = True) -> Iterator[list[Place]]:
    """The places of every field that the shop does not need, all at once; then of each that it needs, alone."""
    places = list(leaves(document))
    yield [place for place in places if place[-1] not in NEEDED]
    yield from ([place] for place in places if alone and place[-1] in NEEDED and 0 not in place)


# Without these as they are, an order is not made, or what is said about it moves nothing.
NEEDED = {"payment_session_id", "id", "status", "event", "reference_id", "external_id", "currency", "amount"}
NEEDED |= {"request_amount", "payment_link_url", "invoice_url", "components_sdk_key"}


def example(rule: Rule, name: str = "") -> Any:
    """A value that fits the rule, with every property that there may be."""
    known = {"email": "a@b.example", "date": "2000-01-01", "date-time": "2026-12-01T00:00:00Z"}
    known |= dict.fromkeys(("uri", "origin"), "https://shop.example")
    match rule.type:
        case "object":
            return {key: example(each, key) for key, each in rule.properties.items()}
        case "array":
            return [example(rule.items, name)] if rule.items else []
        case "boolean":
            return True
        case "string":
            text = {"[a-z]{2}": "en", "": "x" * (rule.minimum or 1)}.get(rule.pattern, "+6281234567")
            return rule.enum[0] if rule.enum else known.get(rule.format or name.split("_")[-1], text)
    return max(1, rule.minimum or 1)


OPEN_TO_ALL = {"currency": "IDR", "country": "ID", "amount": 50_000, "channel_properties": None}
OPEN_TO_ALL |= {"allowed_payment_channels": None, "success_return_url": "https://shop.example/paid"}
OPEN_TO_ALL |= {
    "cancel_return_url": "https://shop.example/left",
    "payment_methods": ["CREDIT_CARD", "DANA"],
    "invoice_duration": 604_800,
}
LEFT_OUT = {  # what Xendit refuses for this session_type or this mode
    "PAY": {"subscription"},
    "SAVE": {"subscription", "items", "allow_save_payment_method", "capture_method"},
    "SUBSCRIPTION": {"items", "allow_save_payment_method", "capture_method"},
    "PAYMENT_LINK": {"components_configuration"},
    "COMPONENTS": {"payment_link_configuration", "success_return_url", "cancel_return_url"},
}
KINDS = [(kind, mode) for kind in ("PAY", "SAVE", "SUBSCRIPTION") for mode in ("PAYMENT_LINK", "COMPONENTS")]


def new_session(kind: str, mode: str) -> dict[str, Any]:
    """The body of POST /sessions with every field that the schema knows and this kind of session may have."""
    body = example(SESSION) | OPEN_TO_ALL | {"session_type": kind, "mode": mode, "amount": 50_000 * (kind != "SAVE")}
    body["items"][0]["net_unit_amount"] = 50_000
    body["components_configuration"] |= {"return_url": "https://shop.example/back"}
    body["payment_link_configuration"] = {}
    left_out = LEFT_OUT[kind] | LEFT_OUT[mode] | {"expires_at", "customer_id"}
    return {key: value for key, value in body.items() if key not in left_out}


def new_invoice() -> dict[str, Any]:
    """The body of POST /v2/invoices with every field that the schema knows."""
    return {**example(INVOICE), **{key: value for key, value in OPEN_TO_ALL.items() if key in INVOICE.properties}}


class Merchant(httpx.AsyncClient):
    """The sandbox without a shop: its API, a browser for its pages, and the webhooks that it sent."""

    browser: httpx.AsyncClient
    sender: WebhookSender
    webhooks: list[Any]


@asynccontextmanager
async def sandbox_alone() -> AsyncIterator[Merchant]:
    with tempfile.TemporaryDirectory() as folder:
        database = SQLiteDatabase(Path(folder) / "sandbox.db")
        await database.open()
        settings = SandboxSettings("http://shop.test", "s" * 40, webhook_url="http://shop.test/w", webhook_token="t")
        sandbox, webhooks = Sandbox(settings, database, translations=Translations()), []

        def receive(request: httpx.Request) -> httpx.Response:
            webhooks.append(json.loads(request.content))
            return httpx.Response(200)

        await sandbox.store.create_tables()
        to_api, to_pages = httpx.ASGITransport(sandbox.api), httpx.ASGITransport(Starlette(routes=sandbox.routes))
        async with (
            Merchant(
                transport=to_api, base_url="https://api.xendit.co", auth=("xnd_development_sandbox_idr", "")
            ) as merchant,
            httpx.AsyncClient(transport=to_pages, base_url="http://shop.test") as merchant.browser,
            httpx.AsyncClient(transport=httpx.MockTransport(receive)) as to_shop,
        ):
            merchant.webhooks = webhooks
            merchant.sender = WebhookSender(sandbox.store, settings, to_shop, sandbox.clock)
            yield merchant
        await database.close()


@dataclass(frozen=True)
class Sample:
    """A whole answer or webhook, as the sandbox imitates it, and the order that it is about."""

    integration: str
    flow: str
    document: Any


async def samples() -> tuple[list[Sample], list[Sample]]:
    """Every answer and every webhook of Xendit's, for each flow and integration, before and after it is paid."""
    answers, webhooks = [], []
    async with sandbox_alone() as xendit:
        for kind, mode in [*KINDS, ("PAY", "INVOICE")]:
            integration = {"PAYMENT_LINK": "payment_link", "COMPONENTS": "components"}.get(mode, "invoice")
            body = new_invoice() if mode == "INVOICE" else new_session(kind, mode)
            created = await xendit.post("/v2/invoices" if mode == "INVOICE" else "/sessions", json=body)
            assert created.is_success, created.text
            said = created.json()
            answers.append(Sample(integration, kind.lower(), said))
            if link := said.get("payment_link_url") or said.get("invoice_url"):
                await xendit.browser.post(link, data={"decision": "decline", "choice": "CARDS.visa"})
                paid = await xendit.browser.post(link, data={"decision": "pay", "choice": "CARDS.visa"})
                assert paid.status_code == 303, paid.text
                await xendit.sender.deliver()
                webhooks += [Sample(integration, kind.lower(), event) for event in xendit.webhooks]
                xendit.webhooks.clear()
                again = f"/v2/invoices/{said['id']}" if mode == "INVOICE" else f"/sessions/{said['payment_session_id']}"
                answers.append(Sample(integration, kind.lower(), (await xendit.get(again)).json()))
    return answers, webhooks


def about(document: Any, order: Order) -> Any:
    """The document with the order's own reference, amount, ids and addresses, wherever it has some."""
    own = dict.fromkeys(("reference_id", "external_id"), order.reference_id) | {"currency": order.currency}
    own |= dict.fromkeys(("amount", "request_amount", "paid_amount"), float(order.amount))
    own |= {"payment_session_id": order.payment_session_id, "payment_link_url": LINK, "invoice_url": LINK}
    own |= {"components_sdk_key": SDK_KEY, "id": order.invoice_id}
    if isinstance(document, list):
        return [about(each, order) for each in document]
    if not isinstance(document, dict):
        return document
    return {key: own[key] if own.get(key) is not None else about(value, order) for key, value in document.items()}


def addresses(method: str, within: str = "", **values: str) -> list[str]:
    """The address of every route of the shop that takes this method, with these values in it."""
    routes = [route for route in ROUTES if isinstance(route, Route) and method in (route.methods or ())]
    paths = [route.path for route in routes if within in route.path and "/static/" not in route.path]
    return [re.sub(r"{(\w+)[^}]*}", lambda found: values.get(found[1], "components"), path) for path in paths]


async def look(shop: Shop, order: Order, places: Collection[Place] = "all") -> list[httpx.Response]:
    """Every page and fragment of the order; and every other page too, unless a single field was planted."""
    await shop.app.state.shop.recorder.flush()
    within = "{reference_id}" if len(places) == 1 else ""
    ways: list[Mapping[str, str]] = [{}, HTMX]
    gets = addresses("GET", within, reference_id=order.reference_id)
    posts = addresses("POST", "{reference_id}", reference_id=order.reference_id)
    seen = [await shop.get(address, headers=way) for address in gets for way in ways]
    return seen + [await shop.post(address, headers=way) for address in posts for way in ways]


async def ordered(shop: Shop, router: respx.Router, sample: Sample) -> Order:
    """A new visitor's order, for which Xendit answered as usual."""
    for route, usual in zip(router.routes, fake_xendit().routes, strict=True):
        route.mock(return_value=usual.return_value)
    shop.cookies.clear()
    return await shop.place(sample.integration, sample.flow)


async def after_xendits_answers(open_shop: OpenShop, integration: str) -> list[httpx.Response]:
    """All pages after an answer with planted text, to the new order or to a question about it."""
    pages, router = [], fake_xendit()
    async with open_shop(router) as shop:
        for sample in (await samples())[0]:
            for places in plans(sample.document, sample.flow == "pay") if sample.integration == integration else ():
                for name in ("invoices", "invoice") if integration == "invoice" else ("sessions", "session"):
                    order = await ordered(shop, router, sample)
                    planted = planted_at(about(sample.document, order), places)
                    router[name].mock(return_value=httpx.Response(200, json=planted))
                    if name.endswith("s"):
                        await shop.add("toraja")
                        pages.append(await shop.checkout(integration, sample.flow))
                        order = await shop.newest_order()
                    pages += await look(shop, order, places)
    return pages


async def after_xendits_errors(open_shop: OpenShop) -> list[httpx.Response]:
    """All pages after an error with planted text."""
    error = {"error_code": "x", "message": "x", "errors": [{"message": "x", "path": "x"}, "x"]}
    planted = planted_at(error, list(leaves(error)))
    pages, router = [], fake_xendit()
    async with open_shop(router) as shop:
        for integration in INTEGRATIONS:
            order = await ordered(shop, router, Sample(integration, "pay", error))
            for route in router.routes:
                route.mock(return_value=httpx.Response(400, json=planted))
            for headers in ({}, HTMX):
                await shop.add("toraja")
                pages.append(await shop.checkout(integration, **headers))
            pages += [*await look(shop, order), *await look(shop, await shop.newest_order())]
    return pages


async def after_webhooks(open_shop: OpenShop) -> list[httpx.Response]:
    """All pages after each kind of webhook with planted text."""
    pages, router = [], fake_xendit()
    async with open_shop(router) as shop:
        for sample in (await samples())[1]:
            for places in plans(sample.document, sample.flow == "pay"):
                order = await ordered(shop, router, sample)
                planted = planted_at(about(sample.document, order), places)
                pages.append(await shop.webhook(planted, webhook_id=quote(PLANTED)))
                pages += await look(shop, order, places)
    return pages


async def after_what_a_browser_sends(shop: Shop) -> list[httpx.Response]:
    """All pages after planted text in every field of every form, in each cookie, and in every part of an address."""
    order = await shop.place()
    pages = await look(shop, order)
    forms = {(action, *fields): fields for page in pages if is_html(page) for action, fields in Page(page.text).forms}
    names = sorted({name for fields in forms.values() for name in fields} | set(KEYS))
    for (action, *_), fields in forms.items():
        for name in fields:
            for way in ({}, HTMX):
                pages.append(await shop.post(action or "/", data=fields | {name: PLANTED}, headers=way))
    for address in addresses("GET", reference_id=order.reference_id):
        pages += [await shop.get(address, params={name: PLANTED}) for name in names]
    odd = quote(PLANTED, safe="")
    for address in addresses("GET", "{", reference_id=odd, name=odd):
        pages += [await shop.get(address), await shop.get(address, headers=HTMX)]
    secret, prefix = shop.settings.derived_secret("cookie"), shop.settings.cookie_prefix
    for key in KEYS:  # as an older shop may have signed it
        cookie, signer = f"{prefix}-{key}", URLSafeTimedSerializer(secret, salt=key)
        own = {"value": signer.loads(shop.cookies[cookie]) if cookie in shop.cookies else ""}
        for signed in [signer.dumps(planted_at(own, [place])["value"]) for place in leaves(own)]:
            kept = "; ".join(f"{name}={value}" for name, value in shop.cookies.items() if name != cookie)
            for address in addresses("GET", reference_id=order.reference_id):
                pages.append(await shop.get(address, headers={"Cookie": f"{kept}; {cookie}={signed}"}))
    return pages


async def after_what_a_merchant_tells_the_sandbox() -> list[httpx.Response]:
    """The sandbox's pages after planted text in each field that its API knows, where it takes that."""
    pages = []
    async with sandbox_alone() as xendit:
        for path, body in [("/v2/invoices", new_invoice()), *(("/sessions", new_session(*kind)) for kind in KINDS)]:
            for place in leaves(body):
                for text in (PLANTED, PLANTED[:64], PLANTED[:50], f"https://shop.example/{quote(PLANTED)}"):
                    made = await xendit.post(path, json=planted_at(body, [place], text))
                    if made.is_success:
                        pages += await sandbox_pages(xendit, made.json())
                        break
    return pages


async def sandbox_pages(xendit: Merchant, made: Mapping[str, Any]) -> list[httpx.Response]:
    """The hosted page with its step and its end; or the page of a wallet."""
    browser, link = xendit.browser, made.get("payment_link_url") or made.get("invoice_url")
    if link is None:
        auth = "-".join(made["components_sdk_key"].split("-")[:2])
        payload = {"session_id": auth, "channel_code": "DANA", "channel_properties": {"x": PLANTED}}
        kind = "payment_requests" if made["session_type"] == "PAY" else "payment_tokens"
        begun = await browser.post(f"/api/sessions/{kind}", data={"payload": json.dumps(payload)})
        urls = [action["value"] for action in begun.json().get("actions", []) if "/sandbox/" in action["value"]]
        return [await browser.get(url) for url in urls]
    pages = [await browser.get(link), await browser.post(link, data={"choice": PLANTED, "decision": PLANTED})]
    pages.append(await browser.post(link, data={"choice": "DANA", "decision": "pay"}))
    pages.append(await browser.get(pages[-1].headers.get("location", link)))
    return [*pages, await browser.post(link, data={"decision": "expire"}), await browser.get(link)]
