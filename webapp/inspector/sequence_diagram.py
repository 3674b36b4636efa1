"""Turn an order's timeline into the arrows of a sequence diagram of browser, shop and Xendit."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webapp.inspector.timeline import Entry
from webapp.notices import N_

MAX_ARROWS = 40
LONG_ID = re.compile(r"(?=[\w-]*\d)([\w-]{12})[\w-]{4,}")


@dataclass(frozen=True)
class Arrow:
    """An arrow, or a note if ``target`` is empty. ``words`` marks a ``label`` to translate; others are code."""

    origin: str
    target: str
    label: str
    tone: str = "plain"
    reply: bool = False
    words: bool = False


SHOPPER = Arrow("browser", "xendit", N_("the shopper acts at Xendit"), reply=True, words=True)


def arrows(story: Iterable[Entry]) -> list[Arrow]:
    """Return the arrows for entries (newest first), the oldest on top."""
    drawn: list[Arrow] = []
    asked = 0  # index of the first call made for the browser's next answer
    paid = False
    for entry in reversed(list(story)):
        document = entry.document
        if entry.kind == "call":
            if not paid and _status(document) in ("COMPLETED", "PAID", "SETTLED"):
                paid = True
                drawn.append(SHOPPER)
            if entry.title == "POST /v3/payment_requests" and _status(document) in ("SUCCEEDED", "AUTHORIZED"):
                paid = True  # a saved way to pay: the shopper does nothing at Xendit
            asked = len(drawn) if document["attempt"] == 1 else asked
            drawn += _call(entry)
        elif entry.kind == "answer":
            drawn.insert(asked, Arrow("browser", "shop", _short(entry.title)))
            drawn.append(Arrow("shop", "browser", _answer(document), entry.tone, reply=True))
            asked = len(drawn)
        else:
            closes = entry.change is not None and entry.change.new.is_success
            if not paid and (closes or entry.title.startswith(("payment", "invoice.paid"))):
                paid = True
                drawn.append(SHOPPER)
            if entry.kind == "webhook":
                drawn.append(Arrow("xendit", "shop", f"{entry.title} → {document['status']}", entry.tone))
            else:
                drawn.append(Arrow("shop", "", entry.title, entry.tone, words=True))
    return drawn[:MAX_ARROWS]


def _short(title: str) -> str:
    """Return a method and path with the beginnings of long ids: ``GET /sessions/ps-0a1b2c3d4…``."""
    return LONG_ID.sub(r"\1…", title)


def _call(entry: Entry) -> list[Arrow]:
    document, title, status = entry.document, _short(entry.title), _status(entry.document)
    answer = f"{document['status']} {status}".strip() if document["status"] else str(document["failure"])
    if entry.times > 1:
        return [Arrow("shop", "xendit", f"{title} × {entry.times} → {answer}", entry.tone)]
    return [
        Arrow("shop", "xendit", title),
        Arrow("xendit", "shop", answer, entry.tone, reply=True),
    ]


def _status(document: Any) -> str:
    answer = document["answer"]
    if isinstance(answer, list):
        answer = answer[0] if answer else {}
    return str(answer.get("status") or answer.get("error_code") or "") if isinstance(answer, dict) else ""


def _answer(document: Any) -> str:
    if document["headers"].get("hx-redirect") or document["headers"].get("location"):
        return f"{document['status']} → redirect"
    return f"{document['status']} {document['template'] or ''}".strip()
