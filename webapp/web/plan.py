"""The plan of a subscribed order, as its page shows it. Xendit is asked each time; nothing of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.integrations.subscription import CycleOutcome
from webapp.notices import N_

_NO_ANSWER = N_("the bank did not answer")
_DECLINED = N_("the bank declined it")
_UNUSABLE = N_("the saved card can't be charged any more")
FAILURES = {
    "INSUFFICIENT_BALANCE": N_("there was not enough money"),
    "EXPIRED_CARD": N_("the card has expired"),
    "CARD_EXPIRED": N_("the card has expired"),
    "STOLEN_CARD": N_("the card is reported as stolen"),
    **dict.fromkeys(
        ("CARD_DECLINED", "DECLINED_BY_ISSUER", "DECLINED_BY_PROCESSOR", "SUSPECTED_FRAUDULENT"), _DECLINED
    ),
    **dict.fromkeys(("INVALID_TOKEN", "INACTIVE_OR_UNAUTHORIZED_CARD"), _UNUSABLE),
    **dict.fromkeys(("ISSUER_UNAVAILABLE", "CHANNEL_UNAVAILABLE", "PROCESSOR_ERROR", "TIMEOUT_ERROR"), _NO_ANSWER),
}
UNDECIDED = ("PENDING", "RETRYING")


@dataclass(frozen=True)
class PlanView:
    """The cycles of a plan, the newest first; ``answered`` is False where Xendit did not say."""

    cycles: Sequence[CycleOutcome] = ()
    answered: bool = True
    simulated: bool = False
    """Whether a month may be simulated: not with a key that takes real money."""

    @property
    def next(self) -> CycleOutcome | None:
        """Return the cycle that is charged next."""
        return next((cycle for cycle in reversed(self.cycles) if cycle.status == "SCHEDULED"), None)

    @property
    def retrying(self) -> CycleOutcome | None:
        """Return the latest cycle that failed and will be charged again."""
        return next((cycle for cycle in self.cycles if cycle.status == "RETRYING"), None)

    @property
    def history(self) -> list[CycleOutcome]:
        """Return the cycles whose charge was tried, or is being tried."""
        return [cycle for cycle in self.cycles if cycle.status != "SCHEDULED"]

    @property
    def shown(self) -> list[CycleOutcome]:
        """Return the newest four cycles of the history, and older ones that are not decided yet."""
        return _newest(self.history, 4)

    @property
    def in_progress(self) -> bool:
        """Return True while Xendit is charging; the page polls until then."""
        return any(cycle.status == "PENDING" for cycle in self.cycles)

    @property
    def seen(self) -> list[str]:
        """Return texts that change whenever the latest cycles do, or older ones that are not decided yet."""
        return [f"{cycle.number}{cycle.status}{cycle.attempts}" for cycle in _newest(self.cycles, 3)]


def _newest(cycles: Sequence[CycleOutcome], most: int) -> list[CycleOutcome]:
    return [cycle for place, cycle in enumerate(cycles) if place < most or cycle.status in UNDECIDED]
