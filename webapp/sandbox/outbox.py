"""The outbox: each webhook is a row, written in the transaction of its change. WebhookFaults disturb the sending."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .clock import to_text
from .codec import dumps, loads
from .events import Event
from .ids import new_id

SHUFFLE_SECONDS = 1.5
LONGEST_DELAY = 86_400


@dataclass(frozen=True)
class WebhookFaults:
    """The faults of all webhooks, for presenters and tests. Real webhooks have them too, now and then."""

    duplicate: bool = False
    delay: float = 0.0
    shuffle: bool = False
    outage: bool = False


async def read_webhook_faults(queries: Any, connection: Any) -> WebhookFaults:
    """Return the faults that are stored."""
    rows = [row async for row in queries.list_webhook_faults(connection)]
    known = {row["name"]: loads(row["value"]) for row in rows if row["name"] in WebhookFaults.__annotations__}
    return WebhookFaults(**known)


async def insert_webhooks(queries: Any, connection: Any, events: list[Event], now: datetime) -> None:
    """Insert one row for each event, in the caller's transaction."""
    faults = await read_webhook_faults(queries, connection)
    own = await queries.get_faults_of_object(connection, object_id=events[0].object_id) if events else None
    if own:
        late = max(faults.delay, float(own["delay"]))
        faults = replace(faults, delay=late, duplicate=faults.duplicate or bool(own["duplicate"]))
    for position, event in enumerate(events):
        late = float(faults.delay) + (random.uniform(0, SHUFFLE_SECONDS) if faults.shuffle else 0)
        await queries.insert_webhook(
            connection,
            webhook_id=new_id(""),
            position=position,
            event=event.name,
            object_id=event.object_id,
            body=dumps(event.data),
            copies=2 if faults.duplicate else 1,
            due_at=to_text(now + timedelta(seconds=late)),
            created_at=to_text(now),
        )
