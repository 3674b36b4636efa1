"""The clock of a market."""

from datetime import datetime, timedelta, timezone

from webapp.shop.currencies import CURRENCIES


def local_time(moment: datetime, code: str) -> datetime:
    """Return a moment by the clock of a currency's market. It needs no list of time zones, which Windows lacks."""
    name, hours = CURRENCIES[code].clock
    return moment.astimezone(timezone(timedelta(hours=hours), name))
