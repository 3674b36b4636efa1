"""One scene of the presenter's walkthrough."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from webapp.notices import N_

PAY_BY_CARD = N_("Press “Checkout”. On Xendit's page keep the first card and press “Pay”.")


@dataclass(frozen=True)
class Scene:
    """A scene: ``choices`` are the query of its deep link, ``controls`` are the sandbox's for this visitor.

    Its steps are told by the page where they begin. Labels that the presenter presses or looks for are in “quotes”:
    tests/browser/test_walkthrough.py plays each scene by them.
    """

    slug: str
    title: str
    place: str
    choices: dict[str, str]
    shop: tuple[str, ...]
    """Steps that begin in the shop; they may go on at Xendit's page."""
    point_at: str
    payment: tuple[str, ...] = ()
    """Steps at the payment form, or beside the code that leads to the payment."""
    order: tuple[str, ...] = ()
    """Steps from the order's page on."""
    ends: str = "paid"
    """The end that ``note_end`` is told: a status of its order, or ``source``, ``options``, ``taken``, ``cheat`` …"""
    type_this: str = ""
    """A card's number, expiry and code, for those who would rather type them."""
    controls: dict[str, str] = field(default_factory=dict)
    sandbox_only: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        """Return all steps in their order."""
        return (*self.shop, *self.payment, *self.order)

    @property
    def link(self) -> str:
        """Return the deep link that sets market, flow, method and cart, and opens the shop."""
        return f"/?{urlencode(self.choices, safe=':,')}"


def choose(currency: str, flow: str, integration: str, cart: str, present: str = "page") -> dict[str, str]:
    choices = {"currency": currency, "flow": flow, "integration": integration, "cart": cart}
    return choices | ({"present": present} if present != "page" else {})


def playable(scenes: Iterable[Scene], currencies: Container[str], *, sandbox: bool) -> list[Scene]:
    """Return the scenes whose market is open, and which need no sandbox where there is none."""
    return [each for each in scenes if each.choices["currency"] in currencies and (sandbox or not each.sandbox_only)]


def after(scenes: Sequence[Scene], slug: str | None) -> Scene | None:
    """Return the scene after this one: the first if none is on, None after the last."""
    slugs = [scene.slug for scene in scenes]
    place = slugs.index(slug) + 1 if slug in slugs else 0
    return scenes[place] if place < len(scenes) else None


def before(scenes: Sequence[Scene], slug: str | None) -> Scene | None:
    """Return the scene before this one, or None."""
    slugs = [scene.slug for scene in scenes]
    place = slugs.index(slug) - 1 if slug in slugs else -1
    return scenes[place] if place >= 0 else None
