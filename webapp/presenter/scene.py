"""One scene of the presenter's walkthrough."""

from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True)
class Scene:
    """A scene: ``choices`` are the query of its deep link, ``controls`` are the sandbox's for this visitor."""

    slug: str
    title: str
    place: str
    choices: dict[str, str]
    do: tuple[str, ...]
    point_at: str
    controls: dict[str, str] = field(default_factory=dict)
    sandbox_only: bool = False

    @property
    def link(self) -> str:
        """Return the deep link that sets market, flow, method and cart, and opens the shop."""
        return f"/?{urlencode(self.choices, safe=':,')}"


def choose(currency: str, flow: str, integration: str, cart: str, present: str = "page") -> dict[str, str]:
    choices = {"currency": currency, "flow": flow, "integration": integration, "cart": cart}
    return choices | ({"present": present} if present != "page" else {})
