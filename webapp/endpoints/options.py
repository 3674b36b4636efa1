"""``/options``: what the order asks of Xendit beyond the usual, and the request that it makes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.inspector.highlight import changed_json, source_url
from webapp.notices import N_, Notice, Refusal
from webapp.orders.options import USUAL
from webapp.shop.channels import channels_of
from webapp.shop.fees import FEES, fee_line
from webapp.shop.option_rules import Foretold, foretold
from webapp.shop.options import MAX_CHANNELS, applied, offered, options_of, read_options
from webapp.shop.set_up_link import set_up_link
from webapp.shop.visitor import Visitor, save_visitor
from webapp.web.checkout_form import new_order, past_of
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx
from webapp.web.scene_strip import note_end, strip_in_shop
from webapp.web.state import Shop, shop_of, visitor_of
from webapp.xendit.preview import preview

RANKS = 4


async def show(request: Request) -> Response:
    """Show the options and the request that the order would make (``GET /options``)."""
    shop, visitor = shop_of(request), visitor_of(request)
    context = await _context(request, visitor) | {"path": "/options", "currency": visitor.currency}
    context |= {"strip": strip_in_shop(request), "is_fragment": False}
    return shop.templates.response(visitor.language, "pages/options.html", context)


async def store(request: Request) -> Response:
    """Store the options of the form, or the usual ones; answer the fragment to htmx (``POST /options``)."""
    shop, visitor, form = shop_of(request), visitor_of(request), await read_form(request)
    if "channel-1" in form:
        form["channels"] = ",".join(form.get(f"channel-{rank}", "") for rank in range(1, MAX_CHANNELS + 1))
    typed, mistakes = form.get("minutes", ""), _mistakes(form)
    options = USUAL if "usual" in form else read_options(form, visitor.options)
    visitor = replace(visitor, options=options)
    save_visitor(request, visitor)
    if not is_htmx(request) and not mistakes:
        return RedirectResponse("/options", 303)
    context = await _context(request, visitor, mistakes) | {"path": "/options", "currency": visitor.currency}
    context |= {"minutes": typed} if mistakes else {}
    context |= {"strip": strip_in_shop(request), "is_fragment": is_htmx(request)}
    if is_htmx(request):
        return shop.templates.response(visitor.language, "fragments/options.html", context)
    return shop.templates.response(visitor.language, "pages/options.html", context, status=422)


def _mistakes(form: dict[str, str]) -> list[Foretold]:
    """Take a lifetime that is no number out of the form, and return what to say of it. The rest is kept."""
    try:
        read_options({"minutes": form.get("minutes", "")}, USUAL)
    except Refusal as refusal:
        del form["minutes"]
        return [Foretold("minutes", refusal.notice.message, "")]
    return []


async def _context(request: Request, visitor: Visitor, mistakes: Sequence[Foretold] = ()) -> dict[str, Any]:
    """Return what the page shows. Options that Xendit would take end their scene."""
    integration, flow, currency = visitor.integration, visitor.flow, visitor.currency
    chosen = options_of(visitor)
    mistaken = {each.option for each in mistakes}
    rules = foretold(chosen, integration, flow, currency)
    refusals = [*mistakes, *(rule for rule in rules if rule.option not in mistaken)]
    if chosen.changed and not refusals:
        note_end(request, "options")
    left_out = [code for code in visitor.options.channels if code not in chosen.channels]
    return {
        "options": chosen,
        "minutes": chosen.minutes,
        "offered": offered(integration, flow),
        "integration": integration,
        "channels": channels_of(currency.code, integration),
        "ranks": range(1, min(max(RANKS, len(chosen.channels) + 1), MAX_CHANNELS) + 1),
        "left_out": left_out,
        "fees": [(fee, name, fee_line(fee, currency).amount) for fee, (name, _) in FEES.items()],
        "fee_currency": currency.code,
        "refusals": refusals,
        "announcements": [Notice(each.rule, each.values) for each in refusals] or [Notice(N_("Your choice is set."))],
        "link": set_up_link(visitor),
        "source_url": source_url(integration),
    } | await _request(shop_of(request), visitor)


async def _request(shop: Shop, visitor: Visitor) -> dict[str, Any]:
    """Return the request, with what differs from the usual marked; none for an empty cart that is to be paid."""
    if visitor.flow != "save" and not visitor.cart.count:
        return {"request": None}
    customer_id = (await past_of(shop, visitor)).customer_id
    order = new_order(visitor, "preview", customer_id)
    usual = applied(USUAL, visitor.integration, visitor.flow, visitor.currency)
    plain = new_order(replace(visitor, options=usual), "preview", customer_id)
    now = replace(plain, created=order.created, expires_at=order.created + (plain.expires_at - plain.created))
    before, after = await preview(shop, now), await preview(shop, order)
    return {"request": after, "body": changed_json(before.body, after.body)}
