"""How long what is stored is kept, and how much of it. The oldest goes first."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.env import ConfigError, read_number


@dataclass(frozen=True)
class Keep:
    """The limits of the database, as settings. Open orders are kept whatever they say."""

    sandbox_days: int = 7
    orders_days: int = 0
    """Of Xendit's orders that have ended: no plan runs, and no saved card or wallet is left. 0: for ever."""
    megabytes: int = 500
    """40 % for the inspector, 60 % for orders of the sandbox, which weigh up to 12 KB each in all other tables."""

    @property
    def inspector_bytes(self) -> int:
        return self.megabytes * 400_000

    @property
    def sandbox_orders(self) -> int:
        return self.megabytes * 50


def read_keep(env: Mapping[str, str]) -> Keep:
    """Return how long and how much is kept. Raises ConfigError for less than a payment or a demo needs."""
    sandbox_days, megabytes = read_number(env, "KEEP_SANDBOX_DAYS", 7), read_number(env, "DATABASE_MEGABYTES", 500)
    orders_days = read_number(env, "KEEP_ORDERS_DAYS", 0)
    if not 1 <= sandbox_days <= 3650 or not 10 <= megabytes <= 1_000_000:
        raise ConfigError("Set KEEP_SANDBOX_DAYS to at least 1, and DATABASE_MEGABYTES to at least 10.")
    if orders_days and not 30 <= orders_days <= 36_500:  # a payment may come after its session has expired
        raise ConfigError("Set KEEP_ORDERS_DAYS to 0, which means for ever, or to at least 30.")
    return Keep(sandbox_days, orders_days, megabytes)
