"""Turn an order's steps and status changes into the entries of the inspector's panel."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from webapp.inspector.prompt import prompt
from webapp.inspector.snippets import curl, python
from webapp.inspector.steps import Step
from webapp.integrations import docs_url
from webapp.orders.order import Order
from webapp.orders.rows import Change
from webapp.orders.status import OrderStatus

STAYS_LIVE = timedelta(seconds=90)  # webhooks may come a minute late
_API = "https://docs.xendit.co/apidocs/"
_OLD_API = "https://archive.developers.xendit.co/api-reference/"


@dataclass(frozen=True)
class Entry:
    """An entry of the timeline."""

    step_id: str
    kind: str
    """``call``, ``webhook``, ``answer`` or ``change``."""
    at: datetime
    title: str
    tone: str
    """``good``, ``bad``, ``wait`` or ``plain``."""
    document: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    last_at: datetime | None = None
    change: Change | None = None
    source: str = ""
    docs_url: str = ""

    @property
    def curl(self) -> str:
        """Return a call as a command. A poll that finds nothing new asks for none of these three."""
        return curl(self.document)

    @property
    def python(self) -> str:
        """Return a call as a script."""
        return python(self.document)

    @property
    def prompt(self) -> str:
        """Return a call as a prompt for a coding assistant."""
        return prompt(self.document, self.docs_url)


def entries(order: Order, steps: Iterable[Step], changes: Iterable[Change]) -> list[Entry]:
    """Return the order's timeline, newest first."""
    story = [_entry(order, step) for step in steps]
    for change in changes:
        tone = "good" if change.new.is_success else "wait" if change.new.is_open else "bad"
        stamp = hashlib.sha256(f"{change.at}{change.new}".encode()).hexdigest()
        story.append(Entry(stamp, "change", change.at, change.new.value, tone, change=change))
    rank = {"call": 0, "answer": 1, "webhook": 2, "change": 3}  # within the same millisecond
    return sorted(story, key=lambda entry: (entry.at, rank[entry.kind]), reverse=True)


def version(order: Order, story: Iterable[Entry]) -> str:
    """Return a hash of everything that the panel shows."""
    parts = [order.reference_id, f"{order.status} {poll_seconds(order)}"]
    parts += [f"{entry.step_id} {entry.times}" for entry in story]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def poll_seconds(order: Order) -> int:
    """Return the seconds between two polls of a panel; 0 if no more steps will come."""
    closed_for = datetime.now(UTC) - order.updated
    if order.status.is_open or closed_for < STAYS_LIVE / 3:
        return 2
    return 5 if closed_for < STAYS_LIVE else 0


def why_closed(order: Order, changes: Iterable[Change]) -> Change | None:
    """Return the change to the order's current status, or None if it is still waiting."""
    found = [change for change in changes if change.new is order.status]
    return found[-1] if found and order.status is not OrderStatus.WAITING else None


def _entry(order: Order, step: Step) -> Entry:
    document = step.document
    if step.kind == "call":
        path = urlsplit(document["url"]).path
        tone = "plain" if 200 <= document["status"] < 300 else "bad"
        source, docs_url = _where(order, document["method"], path)
        title = f"{document['method']} {path}"
        return Entry(
            step.step_id,
            "call",
            step.at,
            title,
            tone,
            document,
            step.times,
            step.last_at,
            source=source,
            docs_url=docs_url,
        )
    if step.kind == "webhook":
        tone = "plain" if document["status"] == 200 else "bad"
        return Entry(
            step.step_id,
            "webhook",
            step.at,
            document["event"] or "?",
            tone,
            document,
            step.times,
            step.last_at,
            source="webhooks",
            docs_url="https://docs.xendit.co/docs/handling-webhooks",
        )
    title = f"{document['method']} {document['path']}"
    tone = "plain" if document["status"] < 400 else "bad"
    source = "browser" if document["template"] == "fragments/components.html" else ""
    return Entry(step.step_id, "answer", step.at, title, tone, document, source=source)


def _where(order: Order, method: str, path: str) -> tuple[str, str]:
    """Return the source file that made a call, and the URL of Xendit's docs for it."""
    if path.startswith("/refunds"):
        return "refund", f"{_API}refund-payment-request"
    if path.startswith("/v3/payments/"):
        return "capture", f"{_API}capture-payment"
    if path.startswith("/v3/payment_requests"):
        return "saved_payment", f"{_API}create-payment-request"
    if path.startswith("/v3/payment_tokens"):
        return "saved_payment", f"{_API}get-payment-token-status"
    if path.startswith("/customers"):
        return "customer", f"{_API}get-customers-list"
    if path.startswith("/recurring/"):
        return "subscription", "https://docs.xendit.co/docs/subscriptions-overview"
    if path.endswith("/cancel"):
        return "status", f"{_API}cancel-session"
    if path.endswith("/expire!"):
        return "status", f"{_OLD_API}#expire-invoice"
    if method == "POST":
        return order.integration, docs_url(order.integration, order.flow)
    return "status", f"{_OLD_API}#get-invoice" if path.startswith("/v2/") else f"{_API}get-session"
