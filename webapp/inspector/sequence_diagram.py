"""Lay out an order's timeline as an SVG sequence diagram of browser, shop and Xendit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from webapp.inspector.timeline import Entry
from webapp.notices import N_

LANES = {"browser": 110, "shop": 400, "xendit": 690}
WIDTH, HEAD, ROW = 800, 44, 36
MAX_ARROWS = 40


@dataclass(frozen=True)
class Arrow:
    """An arrow, or a note if ``target`` is empty. ``words`` marks a ``label`` to translate; others are code."""

    origin: str
    target: str
    label: str
    tone: str = "plain"
    reply: bool = False
    words: bool = False
    y: int = 0

    @property
    def x1(self) -> int:
        return LANES[self.origin] + (0 if not self.target else 5 if self.x2 > LANES[self.origin] else -5)

    @property
    def x2(self) -> int:
        if not self.target:
            return LANES[self.origin]
        return LANES[self.target]

    @property
    def tip(self) -> int:
        """Return the x of the arrow's head, just short of the lane."""
        return self.x2 - 5 if self.x2 > LANES[self.origin] else self.x2 + 5

    @property
    def middle(self) -> int:
        return (self.x1 + self.x2) // 2


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
            asked = len(drawn) if document["attempt"] == 1 else asked
            drawn += _call(entry)
        elif entry.kind == "answer":
            drawn.insert(asked, Arrow("browser", "shop", entry.title))
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
    return [replace(arrow, y=HEAD + ROW * (place + 1)) for place, arrow in enumerate(drawn[:MAX_ARROWS])]


def height(story: Iterable[Entry]) -> int:
    """Return the height of the drawing."""
    return HEAD + ROW * (len(arrows(story)) + 1)


def _call(entry: Entry) -> list[Arrow]:
    document, title = entry.document, entry.title if len(entry.title) < 34 else entry.title[:33] + "…"
    status = _status(document)
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
