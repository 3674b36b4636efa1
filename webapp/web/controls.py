"""Set what the sandbox does to one visitor: trouble on purpose, for a presenter."""

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
