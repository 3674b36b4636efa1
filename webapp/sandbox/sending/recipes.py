"""How each webhook comes about: the calls of a merchant in a sandbox of their own, which is forgotten afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from ..clock import to_text, utcnow
from ..codec import dumps, loads
from ..errors import SandboxError
from ..markets import MARKETS
from ..schedules import first_charge

JSON = dict[str, Any]
KEY = "xnd_development_send"


@dataclass
class Merchant:
    """A merchant with one order, who calls the sandbox."""

    client: httpx.AsyncClient
    reference: str
    currency: str
    amount: float

    async def call(self, path: str, body: JSON | None = None) -> JSON:
        """Call the API or the control. Raise SandboxError for an error."""
        answer = await self.client.post(path, content=dumps(body or {}), auth=(KEY, ""))
        found: JSON = loads(answer.content)
        if answer.is_error:
            raise SandboxError(answer.status_code, found["error_code"], found["message"])
        return found

    async def session(self, session_type: str = "PAY", **more: Any) -> str:
        """Create a payment session and return its id."""
        customer: JSON = {"reference_id": f"customer-of-{self.reference}", "type": "INDIVIDUAL"}
        customer |= {"email": "ada@example.com", "individual_detail": {"given_names": "Ada"}}
        terms: JSON = {"reference_id": self.reference, "session_type": session_type, "mode": "PAYMENT_LINK"}
        terms |= {"currency": self.currency, "country": MARKETS[self.currency].country}
        amount = 0 if session_type == "SAVE" else self.amount
        created = await self.call("/sessions", {**terms, "amount": amount, "customer": customer, **more})
        return str(created["payment_session_id"])

    async def invoice(self) -> str:
        """Create an invoice and return its id."""
        body = {"external_id": self.reference, "amount": self.amount, "currency": self.currency}
        return str((await self.call("/v2/invoices", body))["id"])

    async def settle(self, decision: str, object_id: str) -> JSON:
        """Pay, decline or expire an object."""
        return await self.call(f"/_sandbox/{decision}/{object_id}")

    async def wait(self, words: str) -> None:
        """Let so much time pass, or all until a time."""
        await self.call("/_sandbox/clock", {"advance": words})


async def paid(merchant: Merchant) -> JSON:
    return await merchant.settle("pay", await merchant.session())


async def declined(merchant: Merchant) -> None:
    await merchant.settle("decline", await merchant.session())


async def expired(merchant: Merchant) -> None:
    await merchant.settle("expire", await merchant.session())


async def held(merchant: Merchant) -> None:
    await merchant.settle("pay", await merchant.session(capture_method="MANUAL"))


async def hold_expired(merchant: Merchant) -> None:
    await held(merchant)
    await merchant.wait("169 hours")


async def saved(merchant: Merchant) -> None:
    await merchant.settle("pay", await merchant.session("SAVE"))


async def not_saved(merchant: Merchant) -> None:
    await merchant.settle("decline", await merchant.session("SAVE"))


async def subscribed(merchant: Merchant) -> JSON:
    schedule = {"anchor_date": to_text(first_charge(utcnow())), "interval": "DAY", "interval_count": 1}
    session_id = await merchant.session("SUBSCRIPTION", subscription={"schedule": schedule})
    return await merchant.settle("pay", session_id)


async def charged(merchant: Merchant) -> None:
    await subscribed(merchant)
    await merchant.wait(to_text(first_charge(utcnow()) + timedelta(hours=1)))


async def stopped(merchant: Merchant) -> None:
    plan_id = (await subscribed(merchant))["recurring_plan_id"]
    await merchant.call(f"/recurring/plans/{plan_id}/deactivate")


async def refunded(merchant: Merchant) -> None:
    session = await paid(merchant)
    body = {"payment_request_id": session["payment_request_id"], "reference_id": f"refund-of-{merchant.reference}"}
    body |= {"amount": merchant.amount, "currency": merchant.currency, "reason": "REQUESTED_BY_CUSTOMER"}
    await merchant.call("/refunds", body)
    await merchant.wait("1 minute")


async def invoice_paid(merchant: Merchant) -> None:
    await merchant.settle("pay", await merchant.invoice())


async def invoice_expired(merchant: Merchant) -> None:
    await merchant.settle("expire", await merchant.invoice())


async def declined_then_paid(merchant: Merchant) -> None:
    session_id = await merchant.session()
    await merchant.settle("decline", session_id)
    await merchant.settle("pay", session_id)


Recipe = Callable[[Merchant], Awaitable[Any]]
EVENTS: dict[str, Recipe] = {
    "invoice.expired": invoice_expired,
    "invoice.paid": invoice_paid,
    "payment.authorization": held,
    "payment.capture": paid,
    "payment.expiry": hold_expired,
    "payment.failure": declined,
    "payment_session.completed": paid,
    "payment_session.expired": expired,
    "payment_token.activation": saved,
    "payment_token.failure": not_saved,
    "recurring.cycle.created": subscribed,
    "recurring.cycle.succeeded": charged,
    "recurring.plan.activated": subscribed,
    "recurring.plan.inactivated": stopped,
    "refund.succeeded": refunded,
}
SCENARIOS: dict[str, Recipe] = {"declined-then-paid": declined_then_paid, "twice": paid, "out-of-order": paid}
