"""The tries to send webhooks, kept in memory for those who develop: what was sent, and what was answered."""

from collections import OrderedDict
from dataclasses import dataclass

MOST_WEBHOOKS, MOST_TRIES, LONGEST = 300, 10, 2000


@dataclass(frozen=True)
class Try:
    """One try. `answer` is a status code or the name of an error, `text` the beginning of the answer's body."""

    at: str
    url: str
    body: str
    answer: str
    text: str


class TryLog:
    """The tries of the newest webhooks."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, list[Try]] = OrderedDict()

    def add(self, webhook_id: str, made: Try) -> None:
        """Keep a try."""
        self._tries[webhook_id] = [*self._tries.pop(webhook_id, []), made][-MOST_TRIES:]
        while len(self._tries) > MOST_WEBHOOKS:
            self._tries.popitem(last=False)

    def of(self, webhook_id: str) -> list[Try]:
        """Return the tries of a webhook, oldest first."""
        return self._tries.get(webhook_id, [])

    def clear(self) -> None:
        """Forget all."""
        self._tries.clear()
