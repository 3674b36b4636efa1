"""Checkout: one order, one object at Xendit, and every way in which Xendit can fail."""

import asyncio
import json
from datetime import datetime, timedelta, tzinfo

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, INVOICE, LINK, SDK_KEY, SESSION, fake_xendit
from webapp.xendit import create

pytestmark = pytest.mark.anyio


CHECKOUT_ID = "the-form-of-one-page"
FORM = {"integration": "payment_link", "flow": "pay", "checkout_id": CHECKOUT_ID}


async def fill(shop: Shop, currency: str = "IDR") -> None:
    await shop.choose(currency=currency)
    await shop.add("gayo", 2)


async def test_a_payment_link_leaves_by_hx_redirect_or_by_303(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        await fill(shop)
        by_htmx = await shop.checkout(**HTMX)
        assert (by_htmx.status_code, by_htmx.headers["hx-redirect"], by_htmx.text) == (200, LINK, "")
        plain = await shop.checkout()
        assert (plain.status_code, plain.headers["location"]) == (303, LINK)
        for answer in (by_htmx, plain):
            assert answer.headers["cache-control"] == "no-store"


async def test_an_invoice_leaves_for_its_url(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router, app_url="https://shop.example") as shop:
        await fill(shop)
        answer = await shop.checkout("invoice", **HTMX)
        assert answer.headers["hx-redirect"] == INVOICE["invoice_url"]
    sent = json.loads(router["invoices"].calls.last.request.content)
    assert sent["amount"] == 480000
    assert sent["success_redirect_url"] == f"https://shop.example/orders/{sent['external_id']}"


async def test_components_answer_the_fragment_with_the_key_which_nothing_may_keep(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router, app_url="https://shop.example") as shop:
        await fill(shop)
        answer = await shop.checkout("components", **HTMX)
        assert answer.status_code == 200 and SDK_KEY in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert SDK_KEY not in str(answer.headers)
    sent = json.loads(router["sessions"].calls.last.request.content)
    assert sent["components_configuration"] == {
        "origins": ["https://shop.example"],
        "return_url": f"https://shop.example/orders/{sent['reference_id']}/resume",
    }
    assert sent["locale"] == "en"


async def test_on_plain_http_no_return_url_goes_to_xendit(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        await fill(shop)
        await shop.checkout()
    assert b"return_url" not in router["sessions"].calls.last.request.content


async def test_a_form_without_javascript_goes_on_to_the_page_that_mounts_the_components(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        await fill(shop)
        answer = await shop.checkout("components")
        assert answer.status_code == 303
        page = await shop.get(answer.headers["location"])
        assert page.status_code == 200 and SDK_KEY in page.text
        assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("integration", ["components", "payment_link", "invoice"])
async def test_a_second_click_a_refresh_and_another_tab_make_one_object(open_shop: OpenShop, integration: str) -> None:
    answering = asyncio.Event()

    async def slowly(request: httpx.Request) -> httpx.Response:
        await answering.wait()
        body = INVOICE if "invoices" in str(request.url) else SESSION | {"components_sdk_key": SDK_KEY}
        return httpx.Response(201, json=body | {"payment_link_url": LINK})

    router = fake_xendit(sessions=slowly, invoices=slowly)
    async with open_shop(router) as shop:
        await fill(shop)
        clicks = [asyncio.create_task(shop.checkout(integration, "pay", CHECKOUT_ID, **HTMX)) for _ in range(4)]
        answered, _ = await asyncio.wait(clicks, timeout=0.2)
        assert not answered, "every click waits for the one answer"
        answering.set()
        answers = await asyncio.gather(*clicks)
        answers.append(await shop.checkout(integration, "pay", CHECKOUT_ID, **HTMX))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.headers.get("hx-redirect") for answer in answers}) == 1
    assert router["sessions"].call_count + router["invoices"].call_count == 1


ERROR = {"error_code": "INVALID_URL", "message": "secret-detail-of-the-api"}
BUSY = httpx.Response(429, json={"error_code": "RATE_LIMIT_EXCEEDED"}, headers={"Rate-Limit-Reset": "0.01"})
FAILURES: dict[str, tuple[httpx.Response | Exception, int, str, str]] = {
    "400": (httpx.Response(400, json=ERROR), 502, "INVALID_URL", "could not accept"),
    "401": (
        httpx.Response(401, json={"error_code": "INVALID_API_KEY", "message": "no"}),
        502,
        "INVALID_API_KEY",
        "key",
    ),
    "429": (
        BUSY,
        503,
        "RATE_LIMIT_EXCEEDED",
        "too many",
    ),
    "500": (
        httpx.Response(500, json={"error_code": "SERVER_ERROR", "message": "x"}),
        502,
        "SERVER_ERROR",
        "reached",
    ),
    "html": (httpx.Response(502, text="<h1>oops</h1>"), 502, "UNEXPECTED_ANSWER", "reached"),
    "no url": (httpx.Response(201, json=SESSION), 502, "UNEXPECTED_ANSWER", "reached"),
    "slow": (httpx.ReadTimeout("slow"), 504, "TIMEOUT", "too long"),
    "gone": (httpx.ConnectError("gone"), 502, "CONNECTION_FAILED", "reached"),
}


@pytest.mark.parametrize("failure", list(FAILURES))
async def test_when_xendit_fails_a_sentence_says_so_and_the_cart_stays(open_shop: OpenShop, failure: str) -> None:
    answered, status, code, words = FAILURES[failure]
    async with open_shop(fake_xendit(sessions=answered)) as shop:
        await fill(shop)
        answer = await shop.checkout(checkout_id=CHECKOUT_ID, **HTMX)
        assert answer.status_code == status
        assert code in answer.text and words in answer.text
        assert "secret-detail" not in answer.text and "xnd_" not in answer.text and "Traceback" not in answer.text
        plain = await shop.checkout()
        assert plain.status_code == status and code in plain.text
        assert "Gayo Highlands" in plain.text and "Rp480.000" in plain.text
        repeated = await shop.checkout(checkout_id=CHECKOUT_ID, **HTMX)
        assert repeated.status_code == 409


async def test_a_post_is_repeated_only_where_nothing_can_have_been_created(open_shop: OpenShop) -> None:
    created = httpx.Response(201, json=SESSION | {"payment_link_url": LINK})
    for first, calls in [
        (httpx.ConnectError("refused"), 2),
        (BUSY, 2),
        (httpx.ReadTimeout("lost"), 1),
        (httpx.Response(500, json={"error_code": "SERVER_ERROR"}), 1),
    ]:
        router = fake_xendit(sessions=[first, created])
        async with open_shop(router) as shop:
            await fill(shop)
            answer = await shop.checkout()
            assert answer.status_code == 303 if calls == 2 else answer.status_code >= 500
        assert router["sessions"].call_count == calls, first


async def test_a_get_is_repeated_after_any_failure(open_shop: OpenShop) -> None:
    active = httpx.Response(200, json=SESSION | {"components_sdk_key": SDK_KEY})
    flaky = [httpx.ReadTimeout("lost"), httpx.Response(503, text="busy"), active]
    router = fake_xendit(session=flaky)
    async with open_shop(router) as shop:
        await fill(shop)
        page = await shop.checkout("components")
        assert (await shop.get(page.headers["location"])).status_code == 200
    assert router["session"].call_count == 3


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"integration": "__proto__"}, 422),
        ({"integration": ""}, 422),
        ({"flow": "steal"}, 422),
        ({"flow": "constructor"}, 422),
        ({"integration": "invoice", "flow": "save"}, 422),
        ({"integration": "invoice", "flow": "subscription"}, 422),
        ({"checkout_id": ""}, 422),
        ({"checkout_id": "short"}, 422),
        ({"checkout_id": "x" * 500}, 422),
        ({"checkout_id": "../../../../etc/passwd"}, 422),
    ],
)
async def test_a_checkout_that_can_not_be_never_reaches_xendit(
    open_shop: OpenShop, changes: dict[str, str], status: int
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        await fill(shop)
        for headers in ({}, HTMX):
            answer = await shop.post("/checkout", data=FORM | changes, headers=headers)
            assert answer.status_code == status
        assert "Rp480.000" in (await shop.get("/")).text
    assert not router.calls


async def test_an_invoice_in_a_currency_that_it_does_not_serve_is_refused(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        await fill(shop, "SGD")
        assert (await shop.checkout("invoice")).status_code == 422
    assert not router.calls


async def test_an_empty_cart_is_refused_but_saving_needs_none(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        assert (await shop.checkout(**HTMX)).status_code == 422
        saving = await shop.checkout(flow="save", **HTMX)
        assert saving.headers["hx-redirect"] == LINK


async def test_money_sent_by_the_browser_is_ignored(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        await fill(shop)
        await shop.post("/checkout", data=FORM | {"amount": "1", "currency": "PHP", "price": "1", "total": "1"})
    sent = json.loads(router["sessions"].calls.last.request.content)
    assert (sent["amount"], sent["currency"]) == (480000, "IDR")


async def test_a_market_without_a_key_is_closed(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), api_keys={"SGD": "xnd_development_sgd"}) as shop:
        assert (await shop.post("/choices", data={"currency": "IDR"})).status_code == 422
        page = await shop.get("/")
        assert "S$22" in page.text and ">IDR" not in page.text


async def test_a_lost_answer_to_an_invoice_is_found_again_by_our_reference(open_shop: OpenShop) -> None:
    """The process dies after Xendit made the invoice and before we noted its id: the order page finds it."""
    router = fake_xendit(invoice=httpx.Response(200, json=[]))
    async with open_shop(router) as shop:
        order = await shop.place("invoice")
        async with shop.app.state.shop.database.write() as connection:
            await connection.execute("UPDATE orders SET invoice_id = NULL")
        paid = INVOICE | {"status": "PAID", "external_id": order.reference_id, "amount": 480000, "currency": "IDR"}
        router["invoice"].mock(return_value=httpx.Response(200, json=[paid]))
        page = await shop.get(f"/orders/{order.reference_id}")
        assert "Thank you" in page.text
        assert (await shop.order_book.get(order.reference_id)).invoice_id == INVOICE["id"]


class LateAnswer:
    """Xendit, which creates what it is asked for once it is let."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        await self.go.wait()
        invoice = request.url.path.startswith("/v2/invoices")
        return httpx.Response(200, json=INVOICE if invoice else SESSION | {"payment_link_url": LINK})


class Later(datetime):
    """The time in a minute, almost: a creation that needs three calls may take as long."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Later":
        return super().now(tz) + timedelta(seconds=57)


async def test_a_creation_that_takes_as_long_as_its_calls_may_is_not_given_up(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = LateAnswer()
    async with open_shop(fake_xendit(sessions=late)) as shop:
        await fill(shop)
        first = asyncio.create_task(shop.checkout(checkout_id=CHECKOUT_ID))
        await asyncio.wait_for(late.asked.wait(), 5)
        with monkeypatch.context() as a_minute_later:
            a_minute_later.setattr(create, "datetime", Later)
            a_minute_later.setattr(create, "TOTAL_SECONDS", 0.2)  # the patience of the second click
            second = await shop.checkout(checkout_id=CHECKOUT_ID)
        assert second.status_code == 409 and "still being prepared" in second.text
        late.go.set()
        assert (await first).headers["location"] == LINK
        assert (await shop.newest_order()).status == "waiting"
        assert (await shop.checkout(checkout_id=CHECKOUT_ID)).headers["location"] == LINK


@pytest.mark.parametrize("integration", ["payment_link", "invoice"])
async def test_an_order_that_was_given_up_too_early_is_paid_once_it_is_paid(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, integration: str
) -> None:
    monkeypatch.setattr(create, "ABANDONED_AFTER", timedelta(0))
    late, paid = LateAnswer(), {"status": "COMPLETED" if integration == "payment_link" else "PAID"}
    answers = {"session": SESSION | paid, "invoice": INVOICE | paid}
    router = fake_xendit(
        sessions=late, invoices=late, **{name: httpx.Response(200, json=answer) for name, answer in answers.items()}
    )
    async with open_shop(router) as shop:
        await fill(shop)
        first = asyncio.create_task(shop.checkout(integration, checkout_id=CHECKOUT_ID))
        await asyncio.wait_for(late.asked.wait(), 5)
        assert (await shop.checkout(integration, checkout_id=CHECKOUT_ID)).status_code == 409
        late.go.set()
        assert (await first).status_code == 303
        order = await shop.newest_order()
        assert order.status == "failed_to_create"
        page = await shop.get(f"/orders/{order.reference_id}")
        assert "Thank you" in page.text and "nothing was charged" not in page.text


async def test_an_order_that_xendit_never_made_is_not_asked_about(open_shop: OpenShop) -> None:
    router = fake_xendit(sessions=httpx.Response(400, json=ERROR))
    async with open_shop(router) as shop:
        order = await shop.place()
        assert "Not started" in (await shop.get(f"/orders/{order.reference_id}")).text
        assert router["session"].call_count == 0
