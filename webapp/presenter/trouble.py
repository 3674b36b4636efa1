"""The scenes in which something goes wrong on purpose. They need the sandbox."""

from webapp.notices import N_
from webapp.presenter.scene import PAY_BY_CARD, Scene, choose

TROUBLE = (
    Scene(
        "bandung",
        N_("The webhook arrives twice"),
        "Bandung",
        choose("IDR", "pay", "payment_link", "flores:1"),
        shop=(PAY_BY_CARD,),
        order=(N_("Look under “Behind the counter” for “Known already”."),),
        point_at=N_("Two webhooks come twice each, four deliveries: one moves the order, the copies change nothing."),
        controls={"duplicate": "on"},
        sandbox_only=True,
    ),
    Scene(
        "cebu",
        N_("Xendit is down, then comes back"),
        "Cebu",
        choose("PHP", "pay", "payment_link", "gayo:1"),
        ends="failed_to_create",
        shop=(
            N_("Press “Checkout”: Xendit answers 500. The cart is kept, the words are calm."),
            N_("Press “Checkout” again: it works. On Xendit's page keep the first card and press “Pay”."),
        ),
        order=(N_("Open “Orders” at the top, and there the order that is “Not started”."),),
        point_at=N_("The failed order stays on the list, with Xendit's error code behind its counter."),
        controls={"fail": "500"},
        sandbox_only=True,
    ),
    Scene(
        "singapore",
        N_("Somebody tries to cheat"),
        "Singapore",
        choose("SGD", "pay", "payment_link", "nanyang:1"),
        ends="cheat",
        shop=(PAY_BY_CARD,),
        order=(N_("Under “Behind the counter” press “Try to cheat”, then “Try it” at each."),),
        point_at=N_("Token, reference, amount and Xendit's own answer decide. The order stays as it was."),
        sandbox_only=True,
    ),
)
