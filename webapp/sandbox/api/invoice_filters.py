"""The query of GET /v2/invoices: its filters, its limit, and the invoice after which the page begins.

Each end of a period works alone, and excludes its own time. The documentation names neither an official default limit
nor the error for a wrong value: ten, and API_VALIDATION_ERROR as elsewhere.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from ..clock import to_text
from ..errors import validation_error
from ..invoices import CLIENT_TYPES
from ..records import InvoiceRecord

DEFAULT_LIMIT, MAX_LIMIT = 10, 100
STATUSES = ("PENDING", "PAID", "SETTLED", "EXPIRED")
# Parameter, the field that must have one of its values, the values that are known.
SEVERAL = (("statuses", "status", STATUSES), ("client_types", "client_type", CLIENT_TYPES))
CHANNELS = ("payment_channels", "payment_channel", ())
PERIODS = {"created": "created", "paid": "paid_at", "expired": "expiry_date"}
EXACT = ("on_demand_link", "recurring_payment_id")


@dataclass(frozen=True)
class InvoiceFilters:
    """The checked query. `several`: the values that a field may have; `after`, `before`: times by field."""

    external_id: str | None
    limit: int
    last_invoice: str | None
    several: dict[str, list[str]]
    after: dict[str, str]
    before: dict[str, str]

    def fit(self, record: InvoiceRecord) -> bool:
        """Return whether the invoice passes all filters but `external_id`."""
        shown = {"client_type": record.client_type, **record.invoice}
        return (
            all(shown.get(name) in values for name, values in self.several.items())
            and all((shown.get(name) or "") > time for name, time in self.after.items())
            and all(name in shown and shown[name] < time for name, time in self.before.items())
        )


def filters_of(query: QueryParams) -> InvoiceFilters:
    """Return the filters of a query. Raise API_VALIDATION_ERROR for a value that can be none."""
    several = {field: _values(query, name, known) for name, field, known in (*SEVERAL, CHANNELS)}
    several |= {name: query.getlist(name) for name in EXACT}
    return InvoiceFilters(
        external_id=query.get("external_id"),
        limit=_limit(query.get("limit", str(DEFAULT_LIMIT))),
        last_invoice=query.get("last_invoice") or query.get("last_invoice_id"),  # the second in older SDKs
        several={field: values for field, values in several.items() if values},
        after=_times(query, "after"),
        before=_times(query, "before"),
    )


def _values(query: QueryParams, name: str, known: tuple[str, ...]) -> list[str]:
    """Return the values of a parameter: repeated, with [] behind its name, or one JSON array, as old SDKs send it."""
    values = [*query.getlist(name), *query.getlist(f"{name}[]")]
    if len(values) == 1 and values[0].startswith("["):
        try:
            values = [str(value) for value in json.loads(values[0])]
        except (ValueError, RecursionError):
            raise validation_error("must be a JSON array", f"/query/{name}") from None
    if known and set(values) - set(known):
        raise validation_error(f"must be equal to one of the allowed values: {', '.join(known)}", f"/query/{name}")
    return values


def _limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}(\.0+)?", text) or not 1 <= float(text) <= MAX_LIMIT:
        raise validation_error(f"must be a number from 1 to {MAX_LIMIT}", "/query/limit")
    return int(float(text))


def _times(query: QueryParams, end: str) -> dict[str, str]:
    """Return the times of one end of the periods. A time without an offset is in UTC."""
    times: dict[str, Any] = {f"{name}_{end}": field for name, field in PERIODS.items() if query.get(f"{name}_{end}")}
    found = {}
    for name, field in times.items():
        try:
            time = datetime.fromisoformat(query[name])
            found[field] = to_text(time if time.tzinfo else time.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            raise validation_error('must match format "date-time"', f"/query/{name}") from None
    return found
