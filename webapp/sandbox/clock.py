"""Times as the API writes them: UTC with milliseconds and a Z, so that sorted texts are sorted times."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def to_text(time: datetime) -> str:
    """Return the time as the API writes it."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read ISO 8601 with an offset or Z. Raise ValueError for anything else, and for a time without an offset."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("the time has no offset")
    return time.astimezone(UTC)
