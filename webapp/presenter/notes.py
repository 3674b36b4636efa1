"""Speaker notes: a sentence and the minutes of each scene. The audience does not see them."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.notices import N_


@dataclass(frozen=True)
class Note:
    """The notes of one scene."""

    say: str
    minutes: int


NOTES: Mapping[str, Note] = {
    "jakarta": Note(N_("Your shopper never leaves your page, and you never touch a card number or a bank."), 2),
    "manila": Note(N_("No shop at all is needed: a link in a chat, a QR code on a counter, and the order follows."), 2),
    "bangkok": Note(N_("A trial, a deposit, a hotel: take the card today and charge it when there is a reason."), 1),
    "baguio": Note(N_("The second sale is the cheap one. Nothing to type, nothing to forget, one click."), 2),
    "hanoi": Note(N_("Cards get declined. What counts is that the cart is kept and the next card works."), 2),
    "kuala-lumpur": Note(N_("Xendit keeps the calendar and the retries. You listen to webhooks and ship."), 3),
    "surabaya": Note(N_("If you use invoices today: the new call is the same order with other field names."), 2),
    "yogyakarta": Note(N_("A refund is a call and a webhook too. Whole or in parts, from your own back office."), 2),
    "chiang-mai": Note(N_("Charge what you ship. The rest is released, and nobody waits for a refund."), 2),
    "makassar": Note(N_("Your engineers will ask for the request. Here it is, before anything is sent."), 2),
    "merida": Note(N_("Send this to your engineers tonight. They see each request, and no secret is in it."), 1),
    "bandung": Note(N_("Webhooks come twice in real life. An order that counts them twice ships twice."), 1),
    "cebu": Note(N_("Everything fails one day. Ask any other demo what the shopper sees then."), 2),
    "singapore": Note(N_("Now think like a thief. Everything you try is really sent, and you see what stops it."), 3),
}
