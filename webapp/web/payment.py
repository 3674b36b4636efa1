"""Send the shopper to the payment. The key or URL that opens it is only in this answer, and is never stored."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.notices import Notice
from webapp.orders.order import Order
from webapp.presenter.test_cards import test_data
from webapp.web.htmx import is_htmx, redirect
from webapp.web.phones import code_for_phones
from webapp.web.scene_strip import strip_of_order
from webapp.web.state import shop_of, visitor_of
from webapp.xendit_hosts import is_page


async def open_payment(
    request: Request, order: Order, secret: str, *, resume: bool = False, notice: Notice | None = None
) -> Response:
    """Answer with the Components form and its key, or redirect to Xendit's page.

    ``resume``: the form is a whole page, for Reload and for the return from a wallet. ``notice`` stands above it.
    """
    page = f"/orders/{order.reference_id}"
    if order.integration != "components":
        return await _hosted_page(request, order, secret)
    if not is_htmx(request) and not resume:
        return RedirectResponse(f"{page}/resume", 303)
    shop = shop_of(request)
    context = {
        "order": order,
        "strip": strip_of_order(request, order),
        "components_sdk_key": secret,
        "sdk_url": shop.sdk_url,
        "page_url": page,
        "resume_url": f"{page}/resume",
        "status_url": f"{page}/status?seen={order.status}",
        "path": f"{page}/resume",
        "currency": visitor_of(request).currency,
        "notice": notice,
        "is_fragment": not resume,
    } | test_data(order.currency)
    template = "pages/resume.html" if resume else "fragments/components.html"
    return shop.templates.response(visitor_of(request).language, template, context, secret=True)


async def _hosted_page(request: Request, order: Order, url: str) -> Response:
    """Redirect to Xendit's page, or show it as a QR code or in a frame if the visitor chose that."""
    present = visitor_of(request).present
    if present == "page":
        return leave(request, order, url)
    shop, path = shop_of(request), f"/orders/{order.reference_id}"
    context = {"order": order, "present": present, "what": "payment", "is_fragment": is_htmx(request)}
    context |= await code_for_phones(shop.settings, url)
    context |= {"currency": visitor_of(request).currency, "path": path, "strip": strip_of_order(request, order)}
    template = "fragments/present.html" if is_htmx(request) else "pages/present.html"
    return shop.templates.response(visitor_of(request).language, template, context, secret=True)


def leave(request: Request, order: Order, url: str) -> Response:
    """Redirect to Xendit's page. A form can't be redirected to a host that is not in the policy: offer a link."""
    shop = shop_of(request)
    known = (f"{shop.settings.app_url}/", f"{shop.settings.xendit_api_url}/")  # of a sandbox, built in or not
    if is_htmx(request) or is_page(url) or url.startswith(known):
        return redirect(request, url)
    context = {"url": url, "host": urlsplit(url).hostname, "currency": visitor_of(request).currency}
    context |= {"path": f"/orders/{order.reference_id}"}
    return shop.templates.response(visitor_of(request).language, "pages/leave.html", context, secret=True)
