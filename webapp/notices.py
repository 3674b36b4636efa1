"""Sentences for people: marked here, translated by the template that shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:
    """Mark a text for the translations."""
    return message


@dataclass(frozen=True)
class Notice:
    """Something to tell the visitor: ``message`` % ``values``, what to do about it, Xendit's code if it has one."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    hint: str | None = None
    error_code: str | None = None
    tone: str = "error"


class Refusal(Exception):
    """A request that can't be fulfilled: an HTTP status and the sentence that says why. Loses nothing."""

    def __init__(self, message: str, status: int = 422, *, hint: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.status = status
        self.notice = Notice(message, values, hint=hint)
