"""Every page and state of the shop, each reached as a visitor does: for axe, small screens and `make shots`."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import payment

Arrive = Callable[[Page], None]
CART = "/?currency=IDR&flow=pay&integration=components&cart=gayo:2,toraja:1"


def empty(page: Page) -> None:
    page.goto("/")


def filled(page: Page) -> None:
    page.goto(CART)


def chosen(page: Page) -> None:
    """By clicks alone, as a visitor does, not by a link that has it all."""
    page.goto("/")
    page.get_by_role("button", name="Add Gayo Highlands", exact=True).click()
    with page.expect_response("**/choices/currency"):
        page.locator("#currency").select_option("PHP")
    for choice in ("flow-save", "method-payment_link", "flow-pay_save", "method-components", "method-payment_link"):
        page.locator(f"label[for={choice}]").click()
        expect(page.locator(f"#{choice}[checked]")).to_be_checked()  # the server has said so too
    expect(page.locator("#checkout .total")).to_contain_text("₱")


def menus(page: Page) -> None:
    filled(page)
    for menu in page.locator("header details > summary:visible").all():
        menu.click()


def saving(page: Page) -> None:
    page.goto("/?currency=PHP&flow=save&integration=payment_link&cart=gayo:2")


def subscribing(page: Page) -> None:
    page.goto("/?currency=VND&flow=subscription&integration=payment_link&cart=gayo:99,dripper:99")


def refused(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&cart=gayo:99")
    page.locator("#more-gayo").click()
    expect(page.locator("#notice")).to_be_focused()


def options(page: Page) -> None:
    page.goto(f"{CART}&channels=DANA,CARDS&fee=delivery&minutes=45&locale=th&given_names=Ayu")
    page.get_by_role("link", name="Options, and the request to be sent").click()
    expect(page.locator(".request mark").first).to_be_visible()


def options_refused(page: Page) -> None:
    """Typed, with htmx: each mistake is said as soon as its field is left."""
    page.goto("/?flow=pay_save&integration=payment_link&cart=gayo:2")
    page.goto("/options")
    page.locator("#option-email").fill("ayu at example")
    page.locator("#option-minutes").fill("7")
    page.locator("#option-minutes").press("Tab")
    expect(page.locator("#refusal-minutes")).to_be_visible()
    expect(page.locator("#refusal-email")).to_be_visible()
    expect(page.locator("#option-minutes")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#announcer")).not_to_be_empty()


def paying(page: Page) -> None:
    payment.start(page)


def leave_to_pay(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("#checkout .go").click()
    page.wait_for_url("**/sandbox/pay/**")


def waiting(page: Page) -> None:
    leave_to_pay(page, CART.replace("components", "payment_link"))
    page.goto("/orders")
    page.locator(".order-row").first.click()
    expect(page.locator(".state-waiting")).to_be_visible()


def cancelled(page: Page) -> None:
    waiting(page)
    page.locator("#cancel").click()
    expect(page.locator(".state-cancelled")).to_be_visible()


def paid(page: Page) -> None:
    paying(page)
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page)


def saved(page: Page) -> None:
    payment.start(page, flow="save")
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page, "saved")


def subscribed(page: Page) -> None:
    payment.start(page, flow="subscription")
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page, "subscribed")


def refunding(page: Page) -> None:
    """A part of a payment has been given back."""
    leave_to_pay(page, CART.replace("components", "payment_link"))
    page.locator("button[value=pay]").click()
    payment.order_page(page)
    page.get_by_label("Amount to refund").fill("90000")
    page.locator("#refund").click()
    expect(page.locator(".modification-succeeded")).to_be_visible()


def authorized(page: Page) -> None:
    leave_to_pay(page, "/?currency=THB&flow=authorize&integration=payment_link&cart=doi-chang:2")
    page.locator("button[value=pay]").click()
    payment.order_page(page, "authorized")


def released(page: Page) -> None:
    authorized(page)
    page.locator("#release").click()
    payment.order_page(page, "released")


def month_by_month(page: Page) -> None:
    """A subscription of which one month was paid, and the next one failed."""
    leave_to_pay(page, "/?currency=MYR&flow=subscription&integration=payment_link&cart=johor:1")
    page.locator("button[value=pay]").click()
    payment.order_page(page, "subscribed")
    page.locator("#month").click()
    expect(page.locator(".cycle-succeeded")).to_be_visible()
    page.locator("#month-declines").click()
    expect(page.locator(".cycle-retrying")).to_be_visible()


def stopped(page: Page) -> None:
    month_by_month(page)
    page.locator(".stop > summary").click()
    page.locator("#stop").click()
    payment.order_page(page, "stopped")


def returning(page: Page) -> None:
    """A saved card, offered at the next checkout."""
    leave_to_pay(page, "/?currency=PHP&flow=save&integration=payment_link")
    page.locator("button[value=pay]").click()
    payment.order_page(page, "saved")
    page.goto("/?currency=PHP&flow=pay&integration=payment_link&cart=benguet:1")
    expect(page.locator(".saved-payment")).to_have_count(1)


def orders(page: Page) -> None:
    cancelled(page)
    page.goto("/orders")


def no_orders(page: Page) -> None:
    page.goto("/orders")


def missing(page: Page) -> None:
    page.goto("/nowhere")


def declined(page: Page) -> None:
    paying(page)
    payment.pay_by_card(page, payment.DECLINED)
    payment.complained(page)


def hosted(page: Page) -> None:
    leave_to_pay(page, "/?currency=PHP&flow=pay_save&integration=payment_link&cart=gayo:2,toraja:1")


def hosted_and_declined(page: Page) -> None:
    hosted(page)
    page.locator("button[value=decline]").click()
    expect(page.get_by_role("alert")).to_be_focused()


def hosted_and_closed(page: Page) -> None:
    hosted(page)
    page.locator("button[value=expire]").click()
    expect(page.locator("button[value=expire]")).to_have_count(0)


def at_step(page: Page, kind: str) -> None:
    leave_to_pay(page, "/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    page.locator(f"input[value='{kind}']").check()
    page.locator("button[value=pay]").click()
    expect(page.locator("button[value=back]")).to_be_visible()


def hosted_code(page: Page) -> None:
    at_step(page, "QRIS")


def hosted_challenge(page: Page) -> None:
    at_step(page, "CARDS.challenge")


def expired(page: Page) -> None:
    hosted_and_closed(page)
    page.goto("/orders")
    page.locator(".order-row").first.click()
    expect(page.locator(".state-expired")).to_be_visible(timeout=15_000)


def down(page: Page) -> None:
    """Xendit answers 500, as the sandbox's controls can make it."""
    page.goto(CART.replace("components", "payment_link"))
    page.request.post("/walkthrough/controls", form={"fail": "500"})
    page.locator("#checkout .go").click()
    expect(page.locator("#notice")).to_be_focused()


def presenting(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=invoice&cart=gayo:1&present=qr")
    page.locator("#checkout .go").click()
    expect(page.locator("#present svg")).to_be_visible()


def framed(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1&present=iframe")
    page.locator("#checkout .go").click()
    expect(page.frame_locator("iframe.hosted").locator("button[value=pay]")).to_be_visible()


def phone_code(page: Page) -> None:
    """The code of an order, unfolded on its page."""
    waiting(page)
    page.locator("#on-a-phone > summary").click()
    page.locator("#on-a-phone a").first.click()
    expect(page.locator("#qr .qr-code")).to_be_visible()


def pending(page: Page) -> None:
    """A bank's approval is being waited for."""
    payment.start(page, currency="MYR")
    payment.choose(page, 2, "Maybank2E")
    payment.pay(page)
    payment.decide(page, "approve")
    payment.state(page, "pending")


def source(page: Page) -> None:
    page.goto("/source/components")


def walkthrough(page: Page) -> None:
    page.goto("/walkthrough")


def scene_at_payment(page: Page) -> None:
    show(page, "hanoi")
    page.locator("#checkout .go").click()
    payment.ready(page)
    expect(page.locator(".strip-words > p")).to_have_count(3)


def scene_at_order(page: Page) -> None:
    show(page, "yogyakarta")
    page.locator("#checkout .go").click()
    page.locator("button[value=pay]").click()
    payment.order_page(page)
    expect(page.locator(".strip")).to_contain_text("90000")


def follower(page: Page) -> None:
    """The inspector's own window, before and beside any order."""
    waiting(page)
    page.goto("/inspector")
    expect(page.locator(".whose")).to_be_visible()


def nothing_behind(page: Page) -> None:
    page.goto("/inspector")


def behind(page: Page) -> None:
    waiting(page)
    page.goto(f"{page.url}/inspector")
    page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true")
    expect(page.locator("#inspector-code .payload").first).to_be_attached()


def beside(page: Page) -> None:
    """The shop with the inspector of an earlier order open beside it."""
    waiting(page)
    filled(page)
    page.locator("#inspector-panel > summary").click()
    expect(page.locator(".whose")).to_be_visible()


def show(page: Page, slug: str) -> None:
    """Begin a scene of the walkthrough, in this window."""
    page.goto("/walkthrough")
    form = page.locator(f"#{slug} .scene-go")
    form.evaluate("form => form.removeAttribute('target')")
    form.get_by_role("button").click()
    expect(page.locator(".strip")).to_be_visible()


def scene(page: Page) -> None:
    """The shop's window during a walkthrough."""
    show(page, "kuala-lumpur")


def audience(page: Page) -> None:
    """The audience's screen with an order on it."""
    page.goto("/stage")
    page.locator(".stage-open button").click()
    page.wait_for_url("**/stage/*-*")
    stage = page.url
    page.goto(stage.replace("/stage/", "/join/"))
    waiting(page)
    page.goto(stage)
    expect(page.locator("#stage-orders tbody tr")).to_have_count(1)


def taken_along(page: Page) -> None:
    """What an order's owner may take along, with a link open."""
    waiting(page)
    page.goto(f"{page.url.partition('?')[0]}/take-along")
    page.locator("form[action$='/share'] button").click()
    expect(page.locator("#share-link")).to_be_visible()


def shared(page: Page) -> None:
    """An order behind its read-only link, unfolded."""
    taken_along(page)
    page.goto(page.locator("#share-link").input_value())
    page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true")


def set_up(page: Page) -> None:
    filled(page)
    page.goto("/set-up")


STATES: list[Arrive] = [
    *(empty, filled, chosen, menus, saving, subscribing, returning, refused, options, options_refused),
    *(paying, declined, waiting, cancelled, paid, saved, subscribed, orders, no_orders),
    *(refunding, authorized, released, month_by_month, stopped),
    *(hosted, hosted_code, hosted_challenge, hosted_and_declined, hosted_and_closed, expired, down),
    *(missing, walkthrough, scene, scene_at_payment, scene_at_order, behind, beside, follower, nothing_behind),
    *(presenting, framed, phone_code, source, audience, taken_along, shared, set_up),
]

# A reload ends these, or they keep the language that they began in: they have to be reached anew.
FLEETING = {menus, behind, beside, presenting, framed, phone_code, refused, paying, declined, down, scene_at_payment}
FLEETING |= {taken_along}
FLEETING |= {hosted, hosted_code, hosted_challenge, hosted_and_declined, hosted_and_closed}

# For pictures only: it ends by itself within seconds.
PASSING = [pending]
