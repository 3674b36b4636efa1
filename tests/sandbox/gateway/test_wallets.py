"""What the return from a wallet says is what became of the payment, and not which button was pressed."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.gateway.conftest import Checkout, Clock, NewCheckout

pytestmark = pytest.mark.anyio


async def asked(checkout: Checkout, channel: str = "DANA") -> str:
    """The path of a wallet's question."""
    path: str = (await checkout.begin(channel)).json()["actions"][-1]["value"]
    return path


async def said(checkout: Checkout, path: str, decision: str) -> str:
    answer = await checkout.browser.post(path, data={"decision": decision})
    return parse_qs(urlsplit(answer.headers["location"]).query)["component_status"][0]


async def test_a_wallet_that_is_approved_too_late_says_that_it_failed(new_checkout: NewCheckout, clock: Clock) -> None:
    cancelled, expired, paid = [await new_checkout() for _ in range(3)]
    path = await asked(cancelled)
    assert (await cancelled.merchant.post(f"/sessions/{cancelled.id}/cancel")).json()["status"] == "CANCELED"
    assert await said(cancelled, path, "approve") == "FAILED"

    first, second = await asked(paid), await asked(paid, "SHOPEEPAY")
    assert await said(paid, first, "approve") == "SUCCEEDED"
    assert await said(paid, second, "approve") == "FAILED"  # the session was paid with the other
    assert await said(paid, first, "decline") == "SUCCEEDED"

    path = await asked(expired)
    clock.pass_by(31 * 60)
    assert await said(expired, path, "approve") == "FAILED"
    assert await expired.status() == "EXPIRED"


@pytest.mark.parametrize(("decision", "status"), [("approve", "SUCCEEDED"), ("decline", "FAILED")])
async def test_a_wallet_that_is_saved_says_what_was_decided(
    new_checkout: NewCheckout, decision: str, status: str
) -> None:
    checkout = await new_checkout(amount=0, session_type="SAVE")
    assert await said(checkout, await asked(checkout), decision) == status


async def test_a_wallet_leads_back_by_the_address_by_which_the_phone_came(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout()
    assert 'href="/orders/order-1/resume"' in (await checkout.browser.get(await asked(checkout))).text
