"""The options of an order: channels, saving, capture, a fee, lifetime, customer. Plain data: no database, no HTTP."""

import json
from dataclasses import dataclass

CUSTOMER = ("given_names", "surname", "email", "mobile_number")


@dataclass(frozen=True)
class Options:
    """The options of an order. Each default is what the shop sends if nobody chooses."""

    channels: tuple[str, ...] = ()
    """The payment channels to offer, in this order. Empty: all."""
    save: str = "OPTIONAL"
    """``OPTIONAL`` or ``FORCED``: of the flow that pays and saves."""
    capture: str = "AUTOMATIC"
    """``AUTOMATIC`` or ``MANUAL``: charge now, or hold."""
    fee: str = ""
    """The id of a fee in ``webapp/shop/fees.py``. Its amount is the shop's."""
    minutes: int = 60
    """The lifetime of the link or form."""
    locale: str = ""
    """The language of Xendit's page. Empty: the visitor's."""
    given_names: str = "Selat"
    surname: str = "Shopper"
    email: str = "shopper@example.com"
    mobile_number: str = ""

    @property
    def changed(self) -> dict[str, object]:
        """Return the options that differ from their defaults."""
        return {name: value for name, value in vars(self).items() if value != getattr(USUAL, name)}

    @property
    def customer(self) -> str:
        """Return a text that tells this customer from others; empty for the shop's own."""
        own = {name: value for name, value in self.changed.items() if name in CUSTOMER}
        return json.dumps(own, sort_keys=True) if own else ""

    @classmethod
    def of(cls, stored: object) -> "Options":
        """Return the options that ``changed`` has written, without what this version can't read."""
        if not isinstance(stored, dict):
            return cls()
        usual = vars(USUAL)
        known = {name: value for name, value in stored.items() if name in usual}
        if isinstance(known.get("channels"), list):
            known["channels"] = tuple(known["channels"])
        return cls(**{name: value for name, value in known.items() if isinstance(value, type(usual[name]))})


USUAL = Options()
