"""Convert between a step of an order and its database row, within limits of bytes."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.orders.rows import timestamp

MAX_STEP_BYTES = 16_000
ROW_BYTES = 800  # what a row weighs without its document: other columns, indexes, the rest of a page
CUT_TO = 4_000  # characters of each long part of a step that is longer
MAX_STEPS_OF_AN_ORDER = 120
MAX_BYTES_OF_AN_ORDER = 200_000


@dataclass(frozen=True)
class Step:
    """A recorded ``call`` to Xendit, ``webhook``, or ``answer`` to the browser."""

    step_id: str
    at: datetime
    last_at: datetime
    times: int
    """The number of repetitions. Only a repeated GET with the same answer counts above 1."""
    kind: str
    document: Mapping[str, Any]


def row_of_step(
    reference_id: str, kind: str, began: datetime, document: Mapping[str, Any], same: str
) -> dict[str, Any]:
    """Return the columns of a new step. A document that is too long is cut, and says so."""
    stamp = timestamp(began)
    step_id = hashlib.sha256(f"{reference_id}:{same}".encode()).hexdigest() if same else secrets.token_hex(12)
    row = {"step_id": step_id, "reference_id": reference_id, "first_at": stamp, "last_at": stamp, "times": 1}
    text, size = _text(document)
    if size > MAX_STEP_BYTES:  # all is masked already, so that a part of it holds no secret
        text, size = _text({name: _cut(value) for name, value in document.items()})
    row |= {"kind": kind, "document": text, "bytes": size + ROW_BYTES}
    return row | {"most": MAX_STEPS_OF_AN_ORDER, "most_bytes": MAX_BYTES_OF_AN_ORDER}


def step_from_row(row: Any) -> Step:
    """Return the step that a row of ``inspector_steps`` holds."""
    at, last_at = datetime.fromisoformat(row["first_at"]), datetime.fromisoformat(row["last_at"])
    return Step(row["step_id"], at, last_at, row["times"], row["kind"], json.loads(row["document"]))


def _text(value: Any) -> tuple[str, int]:
    """Return JSON that a database can hold, and its bytes. Half a surrogate pair becomes ?, NUL goes."""
    text = json.dumps(value, ensure_ascii=False).encode(errors="replace").replace(b"\\u0000", b"")
    return text.decode(), len(text)


def _cut(value: Any) -> Any:
    text = value if isinstance(value, str) else _text(value)[0]
    return value if len(text) <= CUT_TO else f"‹the first {CUT_TO:,} of {len(text):,} characters› {text[:CUT_TO]}"
