"""Convert between database rows and the dataclasses of an order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from webapp.notices import N_, Notice
from webapp.orders.options import Options
from webapp.orders.order import LineItem, Order
from webapp.orders.status import Flow, OrderStatus

IDS = ("payment_session_id", "invoice_id", "payment_request_id", "payment_id", "payment_token_id", "recurring_plan_id")
LATER = {*IDS, "captured"} - {"payment_token_id"}  # what a new order does not know yet

NAMED_CAUSES = {"webhook ": N_("the webhook %(name)s"), "Xendit: ": N_("Xendit answered with the error %(name)s")}
HELD_FOR = timedelta(days=7)  # https://docs.xendit.co/docs/cards-capturing-a-card-payment


@dataclass(frozen=True)
class Change:
    """A change of an order's status, as the history records it."""

    at: datetime
    old: OrderStatus
    new: OrderStatus
    cause: str

    @property
    def reason(self) -> Notice:
        """Return the cause in words. Events and error codes are never translated."""
        for prefix, words in NAMED_CAUSES.items():
            if self.cause.startswith(prefix):
                return Notice(words, {"name": self.cause.removeprefix(prefix)})
        return Notice(self.cause)


def timestamp(moment: datetime) -> str:
    """Return UTC text with milliseconds, so that text order is time order in both databases."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def new_order_row(order: Order) -> dict[str, Any]:
    """Return the columns of a new order, without those that Xendit's answers fill."""
    row = vars(order) | {
        "lines": json.dumps([vars(line) | {"unit_amount": str(line.unit_amount)} for line in order.lines]),
        "amount": str(order.amount),
        "options": json.dumps(order.options.changed),
        "created": timestamp(order.created),
        "updated": timestamp(order.updated),
        "expires_at": timestamp(order.expires_at),
    }
    return {name: value for name, value in row.items() if name not in LATER}


def status_columns(
    status: OrderStatus, ids: Mapping[str, str], captured: Decimal | None, now: datetime
) -> dict[str, str | None]:
    """Return the columns that change with a status. None leaves a column as it is."""
    return {key: ids.get(key) for key in IDS} | {
        "captured": None if captured is None else str(captured),
        "expires_at": timestamp(now + HELD_FOR) if status is OrderStatus.AUTHORIZED else None,
    }


def order_from_row(row: Any) -> Order:
    """Return the order that a row of ``orders`` holds."""
    lines = tuple(LineItem(**line | {"unit_amount": Decimal(line["unit_amount"])}) for line in json.loads(row["lines"]))
    ours = ["reference_id", "checkout_id", "visitor", "integration", "currency", "country", "locale", "token_label"]
    ours += ["shop_name", "shop_colour"]
    return Order(
        **{key: row[key] for key in (*ours, *IDS, "customer_id")},
        flow=Flow(row["flow"]),
        status=OrderStatus(row["status"]),
        lines=lines,
        token_forgotten=bool(row["token_forgotten"]),
        amount=Decimal(row["amount"]),
        options=Options.of(json.loads(row["options"])),
        captured=None if row["captured"] is None else Decimal(row["captured"]),
        created=datetime.fromisoformat(row["created"]),
        updated=datetime.fromisoformat(row["updated"]),
        expires_at=datetime.fromisoformat(row["expires_at"]),
    )


def change_from_row(row: Any) -> Change:
    """Return the change that a row of ``order_changes`` holds."""
    old, new = OrderStatus(row["old_status"]), OrderStatus(row["new_status"])
    return Change(datetime.fromisoformat(row["changed_at"]), old, new, row["cause"])
