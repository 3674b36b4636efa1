"""One fake Xendit for all tests: what it answers, what it posts, and the keys that it knows."""

from typing import Any

import httpx
import respx

from webapp.orders.order import Order

KEYS = {"IDR": "xnd_development_idr", "PHP": "xnd_development_php", "SGD": "xnd_development_sgd"}
TOKEN = "callback-token-of-all-markets"
SESSION_ID, INVOICE_ID = "ps-0123456789abcdef01234567", "6748105a77f16ebe0cc583a7"
SDK_KEY = "session-" + "0" * 32 + "-pd-PUBLIC-SIGNATURE"
LINK = "https://dev.xen.to/12345678"
SESSION = {"payment_session_id": SESSION_ID, "status": "ACTIVE"}
INVOICE = {"id": INVOICE_ID, "status": "PENDING", "invoice_url": "https://checkout-staging.xendit.co/web/x"}
PLAN = {"id": "repl_1", "status": "ACTIVE"}
HTMX = {"HX-Request": "true"}


def fake_xendit(status: str = "ACTIVE", **answers: httpx.Response | Any) -> respx.Router:
    """Return a router that creates sessions and invoices, and answers questions about them.

    `sessions=`, `session=`, `invoices=`, `invoice=`, `expire=`, `token=`, `plan=`, `cycles=` or `change=` (of a plan)
    changes an answer: a response, an error, or a function of the request. The routes have these names; `sessions` also
    takes a cancellation.
    """
    session = SESSION | {"status": status, "components_sdk_key": SDK_KEY, "payment_link_url": LINK}
    expired = {"id": INVOICE_ID, "status": "EXPIRED"}
    usual = {
        "sessions": ("POST", r"/sessions(/[\w-]+/cancel)?", httpx.Response(201, json=session)),
        "session": ("GET", f"/sessions/{SESSION_ID}", httpx.Response(200, json=session)),
        "invoices": ("POST", "/v2/invoices", httpx.Response(200, json=INVOICE)),
        "invoice": ("GET", r"/v2/invoices(/\w+|\?external_id=[\w-]+)", httpx.Response(200, json=INVOICE)),
        "plan": ("GET", r"/recurring/plans/[\w-]+", httpx.Response(200, json=PLAN)),
        "cycles": ("GET", r"/recurring/plans/[\w-]+/cycles\?limit=100", httpx.Response(200, json={"data": []})),
        "change": ("POST", r"/recurring/plans/[\w-]+/[\w/-]+", httpx.Response(200, json=PLAN)),
        "token": ("GET", r"/v3/payment_tokens/[\w-]+", httpx.Response(404)),
        "expire": ("POST", r"/invoices/\w+/expire!", httpx.Response(200, json=expired)),
    }
    router = respx.Router(assert_all_called=False)
    for name, (method, pattern, answer) in usual.items():
        answer = answers.get(name, answer)
        route = router.route(method=method, url__regex=rf"^https://api\.xendit\.co{pattern}$", name=name)
        route.mock(**{"return_value" if isinstance(answer, httpx.Response) else "side_effect": answer})
    return router


def client_to(router: respx.Router) -> httpx.AsyncClient:
    """Return a client whose calls the router answers."""
    return httpx.AsyncClient(transport=httpx.MockTransport(router.async_handler))


def session_event(order: Order, event: str = "payment_session.completed", **changes: Any) -> dict[str, Any]:
    """A webhook about the order's session."""
    data = {
        "payment_session_id": SESSION_ID,
        "reference_id": order.reference_id,
        "currency": order.currency,
        "amount": float(order.amount),
        "status": event.split(".")[1].upper(),
        "payment_request_id": "pr-1",
        "payment_id": "py-1",
        "payment_link_url": LINK,
    }
    return {"event": event, "business_id": "b", "created": "2026-11-22T00:00:00Z", "data": data | changes}


def payment_event(order: Order, event: str, status: str) -> dict[str, Any]:
    """A webhook about one payment of the order."""
    data = {
        "payment_id": "py-9",
        "payment_request_id": "pr-9",
        "reference_id": order.reference_id,
        "status": status,
        "request_amount": float(order.amount),
        "currency": order.currency,
    }
    return {"event": event, "data": data}


def plan_event(order: Order, event: str = "recurring.plan.activated", status: str = "ACTIVE") -> dict[str, Any]:
    """A webhook about the plan of the order's subscription."""
    data = {"id": "repl_1", "reference_id": order.reference_id, "status": status, "payment_session_id": SESSION_ID}
    data |= {"amount": float(order.amount), "currency": order.currency}
    return {"event": event, "data": data}


def invoice_callback(order: Order, status: str = "PAID", **changes: Any) -> dict[str, Any]:
    """A callback about the order's invoice."""
    invoice = {
        "id": order.invoice_id,
        "external_id": order.reference_id,
        "user_id": "u",
        "status": status,
        "amount": float(order.amount),
        "currency": order.currency,
    }
    return invoice | changes
