"""Messages to the visitor. Code marks them with ``N_``; the template translates them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:
    """Return the text unchanged, and mark it for ``webapp.i18n.extract``."""
    return message


NOT_OURS = N_("This form is not one of this shop's. Reload the page and try again.")


@dataclass(frozen=True)
class Notice:
    """A message to the visitor: ``message`` % ``values``, and a command, a hint, Xendit's error code if there are."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    command: str | None = None
    hint: str | None = None
    error_code: str | None = None
    tone: str = "error"
    order: str = ""
    """The reference of an order to look at."""


class Refusal(Exception):
    """An error that is answered with an HTTP status and a notice to the visitor."""

    def __init__(
        self, message: str, status: int = 422, *, command: str | None = None, hint: str | None = None, **values: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.notice = Notice(message, values, command=command, hint=hint)
