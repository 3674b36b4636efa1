"""Text from outside stays text: in every template, on every page and fragment, wherever it came in."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, LINK, SDK_KEY, SESSION, fake_xendit, session_event
from webapp.app import create_app
from webapp.config import Settings
from webapp.i18n.translations import Translations
from webapp.sandbox.hosted.templating import Templates as HostedTemplates

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent
TEMPLATES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "webapp/sandbox/templates").rglob("*.html")]
# What `_()` may translate beside literals: constants that the code marks with N_, and messages made of them.
MARKED = """
card.outcome finish.how message announcement.message choice.title choice.pitch choice.disabled_reason charge.message
checkout_reason notice.message notice.hint product.origin product.note arrow.label market.country_name scene.title
reason scene.learn scene.point_at line step.question step.approve failure title choice.note scene.lesson product.name
""".split()  # noqa: SIM905
# Xendit's error code may be in it. `_` returns plain text, which the template escapes.
OUTSIDE = ["closed_by.cause", "entry.change.cause"]


def translated(path: Path) -> Iterator[str]:
    """Every expression that a template translates and that is no literal."""
    tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext"):
            for argument in call.args[: 2 if call.node.name == "ngettext" else 1]:
                if not isinstance(argument, nodes.Const):
                    yield expression(argument)


def expression(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{expression(node.node)}.{node.attr}"
    return type(node).__name__


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_translates_literals_and_marked_constants_only(path: Path) -> None:
    assert not [name for name in translated(path) if name not in (*MARKED, *OUTSIDE)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_marks_anything_as_safe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe|Markup|autoescape", text)


# Each with its reason beside it in the code.
MARKUP = {
    "webapp/web/templating.py",
    "webapp/inspector/highlight.py",
    "webapp/presenter/qr.py",
    "webapp/sandbox/hosted/steps.py",
}


def test_code_marks_as_safe_only_what_is_drawn_or_escaped() -> None:
    files = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py")
    }
    assert {name for name, text in files.items() if "Markup(" in text} == MARKUP


def test_a_translated_text_is_plain_in_both_apps() -> None:
    shop = create_app(Settings(secret_key="s" * 64, database_url="sqlite:////nowhere/x.db")).state.shop
    for translate in (
        shop.templates.environment("id").globals["_"],
        HostedTemplates(Translations()).environment("id").globals["_"],
    ):
        assert not isinstance(translate("<b>%(x)s</b>", x="<i>"), Markup)
        assert not isinstance(translate("<b>"), Markup)


class Elements(HTMLParser):
    """The elements and attributes of a page, as a browser sees them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.planted: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (
            tag in ("planted", "img", "iframe") and any("planted" in str(value) for _, value in attrs)
        ) or tag == "planted":
            self.planted.append(tag)
        self.planted += [f"{tag} {name}" for name, value in attrs if name.startswith("on")]
        if tag == "meta" and dict(attrs).get("http-equiv") == "refresh":
            self.planted.append("refresh")


PLANTED = [
    "<img src=planted onerror=alert(1)>",
    '"><planted x="',
    "'><planted x='",
    "</script><planted>",
    "<meta http-equiv=refresh content='0;url=//planted'>",
    "{{ 7*7 }}{% raw %}",
    "%(planted)s %s 100%",
]


def planted_in(answer: httpx.Response) -> list[str]:
    if "html" not in answer.headers.get("content-type", ""):
        return []
    page = Elements()
    page.feed(answer.text)
    return page.planted


def with_planted(document: Any, planted: str, keep: tuple[str, ...]) -> Any:
    """The document with the planted text in every field whose value is a text, but for those that must stay."""
    if isinstance(document, dict):
        return {k: v if k in keep else with_planted(v, planted, keep) for k, v in document.items()}
    if isinstance(document, list):
        return [with_planted(each, planted, keep) for each in document]
    return planted if isinstance(document, str) else document


async def all_pages(shop: Shop, reference_id: str) -> list[httpx.Response]:
    order = f"/orders/{reference_id}"
    paths = [
        "/",
        "/orders",
        order,
        f"{order}/status",
        f"{order}/resume",
        f"{order}/qr",
        f"{order}/inspector",
        f"{order}/done",
    ]
    paths += ["/inspector", "/walkthrough", "/source/components", "/nothing"]
    answers = []
    await shop.app.state.shop.recorder.flush()
    for path in paths:
        answers += [await shop.get(path), await shop.get(path, headers=HTMX)]
    return answers


KEEP = (
    "payment_session_id",
    "id",
    "status",
    "payment_link_url",
    "invoice_url",
    "components_sdk_key",
    "reference_id",
    "event",
)


@pytest.mark.parametrize("planted", PLANTED)
async def test_what_xendit_and_a_webhook_say_is_text_on_every_page(open_shop: OpenShop, planted: str) -> None:
    error = httpx.Response(
        400, json={"error_code": planted, "message": planted, "errors": [{"message": planted, "path": planted}]}
    )
    session = SESSION | {"payment_link_url": LINK, "components_sdk_key": SDK_KEY, "description": "x", "currency": "x"}
    session |= {"items": [{"name": "x"}], "customer": {"email": "x"}, "failure_code": "x", "locale": "x"}
    answered = with_planted(session, planted, KEEP)
    router = fake_xendit(sessions=httpx.Response(201, json=answered), session=httpx.Response(200, json=answered))
    async with open_shop(router) as shop:
        order = await shop.place("components")
        event = session_event(order) | {"business_id": "x", "created": "x"}
        event["data"] |= {
            "failure_code": "x",
            "channel_code": "x",
            "payment_details": {"remark": "x"},
            "description": "x",
        }
        await shop.webhook(
            with_planted(event, planted, ("reference_id", "payment_session_id")), webhook_id=planted[:20]
        )
        await shop.webhook({"event": planted, "data": {"reference_id": order.reference_id, "status": planted}})
        answers = await all_pages(shop, order.reference_id)
        router["sessions"].mock(return_value=error)
        router["session"].mock(return_value=error)
        for headers in ({}, HTMX):
            await shop.add("toraja")
            answers.append(await shop.checkout("payment_link", **headers))
        refused = await shop.newest_order()
        answers += await all_pages(shop, refused.reference_id)
    assert not [(str(answer.url), found) for answer in answers if (found := planted_in(answer))]
    if planted.startswith("<img"):
        assert any("&lt;img src=planted" in answer.text for answer in answers)  # it is shown, as text


@pytest.mark.parametrize("planted", PLANTED)
async def test_what_a_browser_sends_is_text_on_every_page(shop: Shop, planted: str) -> None:
    order = await shop.place()
    fields = ["product", "currency", "flow", "integration", "language", "checkout_id", "seen", "next", "fail", "scene"]
    answers = []
    for route in ("/", "/choices", "/choices/currency", "/cart/add", "/checkout", "/walkthrough/controls"):
        data = dict.fromkeys(fields, planted)
        answers += [await shop.post(route, data=data), await shop.post(route, data=data, headers=HTMX)]
    for name in (*fields, "cart", "present", "pass", "component_status"):
        for path in ("/", f"/orders/{order.reference_id}", "/orders/x"):
            answers.append(await shop.get(path, params={name: planted}))
    answers.append(await shop.get(f"/orders/{httpx.URL(path='/' + planted).raw_path.decode()}"))
    shop.cookies.set("selat-80-cart", "planted")
    answers += await all_pages(shop, order.reference_id)
    assert not [(str(answer.url), found) for answer in answers if (found := planted_in(answer))]


@pytest.mark.parametrize("planted", PLANTED)
async def test_what_a_merchant_tells_the_sandbox_is_text_on_its_pages(shop: Shop, planted: str) -> None:
    api = httpx.AsyncClient(
        transport=httpx.ASGITransport(shop.app.state.sandbox.api),
        base_url="https://api.xendit.co",
        auth=("xnd_development_sandbox_idr", ""),
    )
    item = {
        "reference_id": planted,
        "type": "PHYSICAL_PRODUCT",
        "name": planted,
        "net_unit_amount": 50_000,
        "quantity": 1,
    }
    session = {
        "reference_id": planted[:64],
        "session_type": "PAY",
        "mode": "PAYMENT_LINK",
        "currency": "IDR",
        "country": "ID",
        "amount": 50_000,
        "description": planted,
        "items": [item | {"quantity": 1, "category": planted, "description": planted}],
        "customer": {"reference_id": planted, "type": "INDIVIDUAL", "individual_detail": {"given_names": planted[:50]}},
    }
    invoice = {
        "external_id": planted,
        "amount": 50_000,
        "description": planted,
        "items": [{"name": planted, "quantity": 1, "price": 50_000}],
    }
    made = [await api.post("/sessions", json=session), await api.post("/v2/invoices", json=invoice)]
    await api.aclose()
    answers = []
    for answer, key in zip(made, ("payment_link_url", "invoice_url"), strict=True):
        assert answer.is_success, answer.text
        link = answer.json()[key]
        answers += [
            await shop.get(link),
            await shop.post(link, data={"choice": planted, "decision": planted, "webhook": planted}),
        ]
        answers.append(await shop.post(link, data={"choice": "DANA", "decision": "pay"}))
        answers.append(await shop.get(answers[-1].headers.get("location", link)))
        answers.append(await shop.post(link, data={"decision": "expire"}))
        answers.append(await shop.get(link))
    assert not [(str(answer.url), found) for answer in answers if (found := planted_in(answer))]
