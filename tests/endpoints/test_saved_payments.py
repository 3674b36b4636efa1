"""The returning customer: pays with one click, is told of a decline, and is forgotten when they ask."""

import itertools
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, SESSION, SESSION_ID, fake_xendit, payment_event, session_event
from webapp.orders.order import Order
from webapp.xendit.closing import expire_overdue

pytestmark = pytest.mark.anyio

CLICKS = itertools.count()
TOKEN_ID = "pt-1"
ACTION = "https://checkout-staging.xendit.co/3ds/1"
CARD = {"card_details": {"masked_card_number": "400000XXXXXX1000", "network": "VISA"}}
NAMED = {"payment_token_id": TOKEN_ID, "status": "ACTIVE", "channel_code": "CARDS", "channel_properties": CARD}
PAID = {"payment_request_id": "pr-2", "latest_payment_id": "py-2", "status": "SUCCEEDED"}
LOST = httpx.ReadTimeout("no answer")
Made = tuple[Shop, respx.Router]


def xendit(paid: Any = PAID, now: Any = None, cancelled: Any = None) -> respx.Router:
    """A Xendit that knows the token, and answers its charge with `paid`, and questions about that with `now`."""

    def answer(body: Any) -> dict[str, Any]:
        if isinstance(body, Exception):
            return {"side_effect": body}
        return {"return_value": body if isinstance(body, httpx.Response) else httpx.Response(200, json=body)}

    router = fake_xendit("COMPLETED")
    base = "https://api.xendit.co/v3"
    router.get(f"{base}/payment_tokens/{TOKEN_ID}", name="token").mock(return_value=httpx.Response(200, json=NAMED))
    gone = NAMED | {"status": "CANCELED"} if cancelled is None else cancelled
    router.post(f"{base}/payment_tokens/{TOKEN_ID}/cancel", name="forget").mock(**answer(gone))
    router.post(f"{base}/payment_requests", name="charge").mock(**answer(paid))
    router.get(f"{base}/payment_requests/pr-2", name="request").mock(**answer(now or paid))
    stopped = {"payment_request_id": "pr-2", "status": "CANCELED"}
    router.post(f"{base}/payment_requests/pr-2/cancel", name="stop").mock(**answer(stopped))
    return router


async def save(shop: Shop, flow: str = "pay_save") -> Order:
    """Save a card, as the webhook and the order's page say, and fill the cart again."""
    order = await shop.place("payment_link", flow)
    token = {"payment_token_id": TOKEN_ID} | ({} if order.amount else {"amount": 0})
    await shop.webhook(session_event(order, **token))
    assert "Visa •••• 1000" in (await shop.get(f"/orders/{order.reference_id}")).text
    await shop.choose(flow="pay")
    await shop.get("/")
    if order.lines:  # the cart was ordered
        await shop.add("gayo", 2)
    return order


async def click(shop: Shop, token_id: str = TOKEN_ID, checkout_id: str = "", **headers: str) -> httpx.Response:
    form = {"payment_token_id": token_id, "checkout_id": checkout_id or f"saved-{next(CLICKS):013}"}
    return await shop.post("/checkout/saved-payment", data=form, headers=headers)


@pytest.fixture
async def returning(open_shop: OpenShop, database_url: str) -> AsyncIterator[Made]:
    """A visitor who has saved a card, on each database."""
    router = xendit()
    async with open_shop(router, database_url=database_url) as shop:
        await save(shop)
        yield shop, router


@pytest.mark.parametrize("flow", ["save", "pay_save"])
async def test_one_click_pays_with_what_was_saved(open_shop: OpenShop, flow: str) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop, flow)
        assert "Pay with Visa •••• 1000" in (await shop.get("/")).text
        answer = await click(shop)
        order = await shop.newest_order()
        assert answer.headers["location"] == f"/orders/{order.reference_id}"
        assert (order.status, order.payment_request_id, order.payment_token_id) == ("paid", "pr-2", TOKEN_ID)
        sent = json.loads(router["charge"].calls.last.request.content)
        assert (sent["reference_id"], sent["request_amount"]) == (order.reference_id, 480_000)
        shown = (await shop.get(f"/orders/{order.reference_id}")).text
        assert "Visa •••• 1000" in shown and "Thank you" in shown
        assert "Nothing here yet" in (await shop.get("/")).text  # the cart was ordered


async def test_a_second_click_finds_the_first_order(returning: Made) -> None:
    shop, router = returning
    first = await click(shop, checkout_id="one-checkout-id-1")
    again = await click(shop, checkout_id="one-checkout-id-1")
    assert first.headers["location"] == again.headers["location"]
    assert router["charge"].call_count == 1


@pytest.mark.parametrize("event", ["payment_session.completed", "payment_token.activation"])
async def test_a_token_may_come_after_the_payment(open_shop: OpenShop, event: str) -> None:
    async with open_shop(xendit()) as shop:
        order = await shop.place("payment_link", "pay_save")
        await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))
        assert "Visa" not in (await shop.get(f"/orders/{order.reference_id}")).text
        token = {"payment_token_id": TOKEN_ID, "reference_id": order.reference_id, "status": "ACTIVE"}
        said = session_event(order, **token) if "session" in event else {"event": event, "data": token}
        await shop.webhook(said | {"event": event})
        assert "Visa •••• 1000" in (await shop.get(f"/orders/{order.reference_id}")).text


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PAID | {"status": "FAILED", "failure_code": "INSUFFICIENT_BALANCE"}, "its balance is too low"),
        (PAID | {"status": "FAILED", "failure_code": ["x"]}, "was declined"),
        (httpx.Response(400, json={"error_code": "INVALID_TOKEN"}), "be used any more"),
        (httpx.Response(503, json={"error_code": "ISSUER_UNAVAILABLE"}), "was declined"),
        (httpx.Response(401, json={"error_code": "INVALID_API_KEY"}), "was declined"),
    ],
)
async def test_a_decline_says_so_and_keeps_the_cart(
    open_shop: OpenShop, answer: Any, words: str, headers: dict[str, str]
) -> None:
    async with open_shop(xendit(answer)) as shop:
        await save(shop)
        declined = await click(shop, **headers)
        assert declined.status_code == 402
        assert words in declined.text and "Nothing was charged and your cart is kept" in declined.text
        assert (await shop.newest_order()).status == "declined"
        front = (await shop.get("/")).text
        assert "2 items" in front
        assert ("Pay with Visa" in front) is ("any more" not in words)
        assert "was not charged" in (await shop.get(f"/orders/{(await shop.newest_order()).reference_id}")).text


async def test_3ds_opens_and_only_xendits_word_makes_it_paid(open_shop: OpenShop) -> None:
    action = [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": ACTION}]
    asked = PAID | {"status": "REQUIRES_ACTION", "actions": action}
    async with open_shop(xendit(asked)) as shop:
        await save(shop)
        assert (await click(shop, **HTMX)).headers["hx-redirect"] == ACTION
        order = await shop.newest_order()
        assert (order.status, order.payment_request_id) == ("waiting", "pr-2")
        assert "Waiting for your payment" in (await shop.get(f"/orders/{order.reference_id}")).text
        assert (await shop.post(f"/orders/{order.reference_id}/pay")).headers["location"] == ACTION
        assert ACTION not in (await shop.inspector(order)).text
        await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))
        assert await shop.status_of(order) == "paid"


async def test_a_payment_that_3ds_refuses_is_declined_for_good(open_shop: OpenShop) -> None:
    action = [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": ACTION}]
    router = xendit(PAID | {"status": "REQUIRES_ACTION", "actions": action}, now=PAID | {"status": "FAILED"})
    async with open_shop(router) as shop:
        await save(shop)
        await click(shop)
        order = await shop.newest_order()
        assert "was not charged" in (await shop.get(f"/orders/{order.reference_id}")).text
        assert await shop.status_of(order) == "declined"
        await shop.webhook(payment_event(order, "payment.failure", "FAILED"))
        await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))  # money that moved is never denied
        assert await shop.status_of(order) == "paid"


@pytest.mark.parametrize(
    "lost", [LOST, httpx.Response(500), httpx.Response(409, json={"error_code": "DUPLICATE_ERROR"})]
)
async def test_without_an_answer_it_is_not_charged_twice_and_the_webhook_decides(
    open_shop: OpenShop, lost: Any
) -> None:
    router = xendit(lost)
    async with open_shop(router) as shop:
        await save(shop)
        assert (await click(shop)).status_code == 303
        order = await shop.newest_order()
        assert await shop.status_of(order) == "waiting"
        assert router["charge"].call_count == 1
        await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))
        assert await shop.status_of(order) == "paid"


async def test_it_is_cancelled_at_xendit_by_the_visitor_and_by_the_clock(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": ACTION}]
    router = xendit(PAID | {"status": "REQUIRES_ACTION", "actions": action})
    monkeypatch.setattr("webapp.shop.cart.MINUTE", timedelta(seconds=-1))
    async with open_shop(router) as shop:
        await save(shop)
        await click(shop)
        first = await shop.newest_order()
        assert (await shop.post(f"/orders/{first.reference_id}/cancel")).status_code == 303
        assert await shop.status_of(first) == "cancelled"
        await shop.add("toraja")
        await click(shop)
        second = await shop.newest_order()
        await expire_overdue(shop.app.state.shop)
        assert await shop.status_of(second) == "cancelled"
        assert router["stop"].call_count == 2


async def test_forgotten_means_cancelled_at_xendit_and_offered_no_more(returning: Made) -> None:
    shop, router = returning
    answer = await shop.post("/saved-payments/forget", data={"payment_token_id": TOKEN_ID}, headers=HTMX)
    assert "Visa •••• 1000 is forgotten." in answer.text and "Pay with Visa" not in answer.text
    assert router["forget"].called
    assert "Pay with Visa" not in (await shop.get("/")).text
    assert (await click(shop)).status_code == 404
    assert not router["charge"].called


@pytest.mark.parametrize(("status", "kept"), [(400, False), (404, False), (500, True), (401, True)])
async def test_what_xendit_has_forgotten_already_is_forgotten_here(
    open_shop: OpenShop, status: int, kept: bool
) -> None:
    gone = httpx.Response(status, json={"error_code": "X"})
    async with open_shop(xendit(cancelled=gone)) as shop:
        await save(shop)
        await shop.post("/saved-payments/forget", data={"payment_token_id": TOKEN_ID})
        assert ("Pay with Visa" in (await shop.get("/")).text) is kept


async def test_starting_over_forgets_all(returning: Made) -> None:
    shop, router = returning
    await shop.post("/walkthrough/reset")
    assert router["forget"].called
    await shop.add()
    assert "Pay with Visa" not in (await shop.get("/")).text


async def test_what_another_visitor_saved_is_nothing_of_yours(returning: Made) -> None:
    shop, router = returning
    shop.cookies.clear()
    await shop.add()
    for path in ("/checkout/saved-payment", "/saved-payments/forget"):
        form = {"payment_token_id": TOKEN_ID, "checkout_id": "another-visitor-1"}
        answer = await shop.post(path, data=form)
        assert (answer.status_code, "You have not saved such a card" in answer.text) == (404, True)
    assert not router["charge"].called and not router["forget"].called


async def test_what_cannot_be_charged_is_a_sentence_and_nothing_is_sent(returning: Made) -> None:
    shop, router = returning
    assert (await shop.post("/checkout/saved-payment", data={"payment_token_id": TOKEN_ID})).status_code == 422
    assert (await click(shop, checkout_id="short")).status_code == 422
    await shop.choose(currency="PHP")
    assert "Pay with Visa" not in (await shop.get("/")).text
    answer = await click(shop)
    assert (answer.status_code, "was saved in another market" in answer.text) == (409, True)
    await shop.choose(currency="IDR")
    assert "Pay with Visa" in (await shop.get("/")).text
    await shop.post("/cart/remove", data={"product": "gayo"})
    assert (await click(shop)).status_code == 422
    form = {"payment_token_id": TOKEN_ID, "checkout_id": "unseen-checkout-1", "seen": "pay Rp1"}
    await shop.add()
    assert (await shop.post("/checkout/saved-payment", data=form)).status_code == 409
    assert not router["charge"].called


@pytest.mark.parametrize("flow", ["save", "subscription", "authorize"])
async def test_it_is_offered_where_it_can_pay(returning: Made, flow: str) -> None:
    shop, _ = returning
    await shop.choose(flow=flow)
    assert "Pay with Visa" not in (await shop.get("/")).text


async def test_a_declined_order_can_be_ordered_again_another_way(open_shop: OpenShop) -> None:
    async with open_shop(xendit(PAID | {"status": "FAILED"})) as shop:
        await save(shop)
        await click(shop)
        order = await shop.newest_order()
        assert (await shop.post(f"/orders/{order.reference_id}/again")).status_code == 303
        assert (await shop.get("/")).status_code == 200


async def test_a_customer_is_the_same_at_each_order_of_a_market(open_shop: OpenShop) -> None:
    answer = SESSION | {"payment_link_url": "https://dev.xen.to/1", "customer_id": "cust-1"}
    router = fake_xendit(sessions=httpx.Response(201, json=answer))
    async with open_shop(router) as shop:
        for currency in ("IDR", "IDR", "PHP"):
            await shop.place("payment_link", "pay_save", currency)
    bodies = [json.loads(call.request.content) for call in router["sessions"].calls if call.request.content]
    first, second, third = (body for body in bodies if "reference_id" in body)
    assert re.fullmatch(r"selat-[0-9a-f]{32}", first["customer"]["reference_id"])
    assert second["customer_id"] == "cust-1" and "customer" not in second
    assert third["customer"]["reference_id"] != first["customer"]["reference_id"]


async def test_a_customer_whom_xendit_does_not_know_any_more_is_introduced_again(open_shop: OpenShop) -> None:
    answer = SESSION | {"payment_link_url": "https://dev.xen.to/1", "customer_id": "cust-1"}
    gone = httpx.Response(404, json={"error_code": "DATA_NOT_FOUND"})
    router = fake_xendit(sessions=[httpx.Response(201, json=answer), gone, httpx.Response(201, json=answer)])
    async with open_shop(router) as shop:
        await shop.place()
        order = await shop.place()
    bodies = [json.loads(call.request.content) for call in router["sessions"].calls]
    assert bodies[1]["customer_id"] == "cust-1"
    assert bodies[2]["customer"]["reference_id"] == order.customer_reference


async def test_a_customer_whom_only_xendit_knows_is_looked_up(open_shop: OpenShop) -> None:
    known = httpx.Response(409, json={"error_code": "DUPLICATE_ERROR"})
    made = httpx.Response(201, json=SESSION | {"payment_link_url": "https://dev.xen.to/1"})
    router = fake_xendit(sessions=[known, made])

    def find(request: httpx.Request) -> httpx.Response:
        customer = {"id": "cust-7", "reference_id": request.url.params["reference_id"]}
        return httpx.Response(200, json={"data": [customer]})

    router.get(url__startswith="https://api.xendit.co/customers?", name="customers").mock(side_effect=find)
    async with open_shop(router) as shop:
        order = await shop.place()
    assert order.payment_session_id == SESSION_ID
    assert json.loads(router["sessions"].calls.last.request.content)["customer_id"] == "cust-7"


async def saved_in_sandbox(shop: Shop, choice: str, currency: str = "IDR") -> str:
    """Save by the sandbox's own page, fill the cart again, and return the token's id."""
    order = await shop.place("payment_link", "save", currency)
    link = (await shop.post(f"/orders/{order.reference_id}/pay")).headers["location"]
    answer = await shop.post(link, data={"choice": choice, "decision": "pay"})
    while "/sandbox/" in answer.headers["location"]:  # the bank or the wallet asks
        answer = await shop.post(answer.headers["location"], data={"decision": "approve"})
    await shop.get(f"/orders/{order.reference_id}")
    await shop.choose(flow="pay")
    stored = await shop.order_book.get(order.reference_id)
    assert stored and stored.payment_token_id, "nothing was saved"
    return stored.payment_token_id


@pytest.mark.parametrize(
    ("currency", "choice", "label", "asks"),
    [
        ("IDR", "CARDS.visa", "Visa •••• 1000", False),
        ("IDR", "CARDS.mastercard", "Mastercard •••• 1005", False),
        ("IDR", "CARDS.challenge", "Visa •••• 1091", True),
        ("IDR", "DANA", "DANA", False),
        ("PHP", "BPI_DIRECT_DEBIT", "BPI DIRECT DEBIT", True),
    ],
)
async def test_the_sandbox_charges_what_it_saved(
    shop: Shop, currency: str, choice: str, label: str, asks: bool
) -> None:
    token_id = await saved_in_sandbox(shop, choice, currency)
    assert f"Pay with {label}" in (await shop.get("/")).text
    answer = await click(shop, token_id)
    if asks:
        page = answer.headers["location"]
        assert "/sandbox/authorize/" in page
        answer = await shop.post(page, data={"decision": "approve"})
    assert (
        answer.headers["location"].removeprefix("http://testserver")
        == f"/orders/{(await shop.newest_order()).reference_id}"
    )
    assert "Thank you" in (await shop.get(answer.headers["location"])).text
    order = await shop.newest_order()
    assert (order.status, order.token_label) == ("paid", label)
    assert order.payment_id
    assert ("the shopper acts at Xendit" in (await shop.inspector(order)).text) is asks
    form = {"amount": "1", "reason": "OTHERS", "form_id": "refund-of-a-token-1"}
    if choice == "CARDS.visa":
        assert (await shop.post(f"/orders/{order.reference_id}/refund", data=form)).status_code == 303


@pytest.mark.parametrize("choice", ["CARDS.challenge", "BPI_DIRECT_DEBIT"])
async def test_who_declines_at_the_bank_or_wallet_is_not_charged(shop: Shop, choice: str) -> None:
    token_id = await saved_in_sandbox(shop, choice, "PHP")
    page = (await click(shop, token_id)).headers["location"]
    back = await shop.post(page, data={"decision": "decline"})
    shown = (await shop.get(back.headers["location"])).text
    assert "was not charged" in shown
    assert (await shop.newest_order()).status == "declined"


async def test_a_forgotten_token_pays_nothing_in_the_sandbox(shop: Shop) -> None:
    token_id = await saved_in_sandbox(shop, "CARDS.visa")
    other = httpx.AsyncClient(transport=shop._transport, base_url=shop.base_url, cookies=dict(shop.cookies))
    assert (await shop.post("/saved-payments/forget", data={"payment_token_id": token_id})).status_code == 303
    form = {"payment_token_id": token_id, "checkout_id": "another-tab-000001"}
    assert (await other.post("/checkout/saved-payment", data=form)).status_code == 404
    assert "Pay with" not in (await shop.get("/")).text
