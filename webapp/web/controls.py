"""Set and read what the sandbox does to one visitor: trouble on purpose, for a presenter."""

from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from webapp.notices import N_, Refusal
from webapp.web.state import visitor_of

DELAYS = ("0", "5", "15", "60")
FAILURES = ("", "400", "401", "500", "timeout", "down")
NOTHING_SPECIAL = {"fail": "", "delay": "0", "duplicate": ""}


async def control(request: Request, changes: dict[str, str]) -> None:
    """Set the controls of ``NOTHING_SPECIAL``. Raises Refusal for a wrong one, HTTPException (404) without sandbox."""
    if request.app.state.sandbox is None:
        raise HTTPException(404)
    fail, delay = changes["fail"], changes["delay"] or "0"
    if fail not in FAILURES or delay not in DELAYS:
        raise Refusal(N_("The sandbox has no such control."))
    sandbox, visitor = request.app.state.sandbox, visitor_of(request)
    await sandbox.set_caller_faults(visitor.id, fail=fail, delay=int(delay), duplicate=bool(changes["duplicate"]))


async def controls_of(request: Request) -> dict[str, Any] | None:
    """Return the sandbox's controls for this visitor; None where Xendit itself answers."""
    sandbox = request.app.state.sandbox
    return asdict(await sandbox.caller_faults(visitor_of(request).id)) if sandbox else None
