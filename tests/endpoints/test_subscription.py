"""Next month: a plan's months on its order's page, one that fails, its retry, the end. Xendit's word decides."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from babel.dates import format_date

from tests import planting
from tests.conftest import OpenShop, Shop
from tests.plans import Plan, cycle, failed, subscribed
from tests.xendit import HTMX, KEYS, TOKEN, plan_event
from webapp.orders.order import Order
from webapp.shop.clock import local_time
from webapp.xendit import subscriptions

pytestmark = pytest.mark.anyio


@pytest.fixture
def plan() -> Plan:
    return Plan()


async def page(shop: Shop, order: Order) -> str:
    return (await shop.get(f"/orders/{order.reference_id}")).text


async def press(shop: Shop, order: Order, what: str, **fields: str) -> httpx.Response:
    usual = {"month": {"cycle": "recy_1", "card": "works"}, "retry": {"cycle": "recy_1"}, "stop": {"sure": "yes"}}
    return await shop.post(f"/orders/{order.reference_id}/{what}", data=usual[what] | fields)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").split())


async def test_the_page_says_what_comes_and_what_was(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        shown = text_of(await page(shop, order))
        assert "Rp480.000 will be charged every month, first on" in shown
        assert "No month has been charged yet." in shown
        plan.cycles = [cycle(1, "SUCCEEDED"), cycle(2, amount=500_000)]
        shown = text_of(await page(shop, order))
        assert "Rp500.000 will be charged every month, next on February 5, 2026." in shown
        plan.cycles = [cycle(1, "SUCCEEDED"), failed(2, "FAILED"), failed(3), cycle(4)]
        shown = text_of(await page(shop, order))
        assert "Rp480.000 could not be charged. Xendit tries again by itself." in shown
        assert "Month 3 Rp480.000 failed there was not enough money; charged again on March 6, 2026" in shown
        assert "Month 2 February 5, 2026 Rp480.000 failed there was not enough money Month 1" in shown
        assert "Month 1 January 5, 2026 Rp480.000 paid" in shown
        await shop.choose(language="vi")
        assert "6 tháng 3, 2026" in await page(shop, order)


async def test_its_dates_are_those_of_its_market(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        late = "2026-03-05T17:00:00Z"  # midnight in Jakarta
        plan.cycles = [cycle(1, scheduled_timestamp=late)]
        assert "first on March 6, 2026." in text_of(await page(shop, order))
        plan.cycles = [failed(1, "FAILED") | {"scheduled_timestamp": late}, cycle(2, scheduled_timestamp=late)]
        shown = text_of(await page(shop, order))
        assert "next on March 6, 2026." in shown and "Month 1 March 6, 2026" in shown
        again = failed(1)
        again["attempt_details"][0]["next_retry_timestamp"] = late
        plan.cycles = [again]
        assert "charged again on March 6, 2026" in text_of(await page(shop, order))


async def test_to_others_its_first_charge_has_a_date_until_it_has_passed(
    open_shop: OpenShop, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        shop.cookies.clear()
        first = format_date(local_time(order.anchor_date, "IDR"), "long", locale="en")
        assert f"charged every month, first on {first}." in text_of(await page(shop, order))
        monkeypatch.setattr(Order, "anchor_date", order.created)
        assert "Rp480.000 will be charged every month." in text_of(await page(shop, order))


async def test_a_code_without_words_is_shown_as_it_is_and_escaped(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        plan.cycles = [
            failed(1, "FAILED", "<i>NEW</i>"),
            cycle(2, "POSTPONED"),
            *(cycle(n, "SUCCEEDED") for n in range(3, 12)),
        ]
        shown = await page(shop, order)
        assert "And 7 months before." in shown
        plan.cycles = plan.cycles[:2]
        shown = await page(shop, order)
        assert "&lt;i&gt;NEW&lt;/i&gt;" in shown and "POSTPONED" in shown


async def test_what_a_plan_and_its_months_say_is_text(open_shop: OpenShop, plan: Plan) -> None:
    said = {
        "cycles": {"data": [failed(), cycle(2, "SUCCEEDED"), cycle(3)]},
        "plan": {"id": "repl_1", "status": "ACTIVE"},
    }
    async with subscribed(open_shop, plan) as (shop, order):
        for name, document in said.items():
            for place in planting.leaves(document):
                plan.answers(name, httpx.Response(200, json=planting.planted_at(document, [place])))
                seen = await shop.get(f"/orders/{order.reference_id}")
                assert seen.status_code == 200 and not planting.planted_in([seen, await shop.inspector(order)])


async def test_months_are_simulated_with_the_cycles_amount_and_one_that_declines(
    open_shop: OpenShop, plan: Plan
) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        plan.cycles = [cycle(amount=500_000)]
        assert (await press(shop, order, "month")).headers["location"] == f"/orders/{order.reference_id}"
        assert (await press(shop, order, "month", card="declines")).status_code == 303
        plan.cycles = [failed(), cycle(2)]
        assert (await press(shop, order, "retry")).status_code == 303
        assert (await press(shop, order, "stop")).status_code == 303
        assert plan.sent() == [
            ("cycles/recy_1/simulate", {"amount": 500_000}),
            ("cycles/recy_1/simulate", {"amount": 10_054}),
            ("cycles/recy_1/force_attempt", None),
            ("deactivate", None),
        ]
        assert await shop.status_of(order) == "stopped"
        assert plan.router["change"].calls.last.request.headers["api-version"] == "2026-01-01"


def test_each_market_has_an_amount_that_declines() -> None:
    assert [str(subscriptions.declining_amount(code)) for code in ("IDR", "VND", "SGD")] == ["10054", "405100", "10.51"]


async def test_what_is_in_sight_are_three_actions_at_most(open_shop: OpenShop, plan: Plan) -> None:
    buttons = re.compile(r'<button class="(?:go|add)" id="(month|month-declines|retry|stop)"')
    async with subscribed(open_shop, plan) as (shop, order):
        assert buttons.findall(await page(shop, order)) == ["month", "month-declines", "stop"]
        plan.cycles = [failed(), cycle(2)]
        assert buttons.findall(await page(shop, order)) == ["retry", "month", "stop"]
        plan.cycles = [cycle(1, "PENDING"), cycle(2)]
        assert buttons.findall(await page(shop, order)) == ["stop"]
        await press(shop, order, "stop")
        assert buttons.findall(await page(shop, order)) == []


async def test_while_xendit_charges_the_page_asks_again_and_then_no_more(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        assert "hx-get" not in (await page(shop, order)).split('id="after-sale"')[0].split('id="order-status"')[1]
        plan.cycles = [cycle(1, "PENDING")]
        (poll,) = re.findall(r'hx-get="(/orders/[^"]+/status[^"]+)"', await page(shop, order))
        assert (await shop.get(poll)).status_code == 204
        plan.answers("cycles", httpx.ReadTimeout("late"))
        assert (await shop.get(poll)).status_code == 204  # the page stays as it is, and asks again
        answer = httpx.Response(200, json={"data": [cycle(1, "SUCCEEDED"), cycle(2)]})
        plan.answers("cycles", answer)
        fragment = await shop.get(poll)
        assert fragment.status_code == 200 and 'hx-swap-oob="outerMorph"' in fragment.text
        assert "Month 1 January 5, 2026 Rp480.000 paid" in text_of(fragment.text)
        assert "hx-get" not in fragment.text


async def test_an_old_month_that_is_charged_again_is_in_sight_until_it_is_decided(
    open_shop: OpenShop, plan: Plan
) -> None:
    later = [*(cycle(number, "SUCCEEDED") for number in range(3, 7)), cycle(7)]
    async with subscribed(open_shop, plan) as (shop, order):
        plan.cycles = [cycle(1, "SUCCEEDED"), failed(2), *later]
        shown = await page(shop, order)
        assert 'id="retry"' in shown and "Month 2 Rp480.000 failed there was not enough money" in text_of(shown)
        plan.cycles[1] |= {"status": "PENDING"}
        (poll,) = re.findall(r'hx-get="(/orders/[^"]+/status[^"]+)"', await page(shop, order))
        assert (await shop.get(poll)).status_code == 204
        plan.cycles[1] |= {"status": "SUCCEEDED"}
        fragment = await shop.get(poll)
        assert fragment.status_code == 200 and "hx-get" not in fragment.text
        assert "And 2 months before." in fragment.text
        plan.cycles = plan.cycles[1:]
        assert "And 1 month before." in await page(shop, order)


async def hang(request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(60)
    raise AssertionError("the page did not wait so long")


ODD = [
    httpx.Response(500),
    httpx.Response(403, json={"error_code": "REQUEST_FORBIDDEN_ERROR", "message": "no"}),
    httpx.Response(200, json={"data": "none"}),
    httpx.Response(200, json={"data": [cycle() | {"id": "../x"}]}),
    httpx.Response(200, json={"data": [cycle() | {"amount": True}]}),
    httpx.Response(200, json={"data": [cycle() | {"scheduled_timestamp": "soon"}]}),
    httpx.ConnectError("down"),
]


@pytest.mark.parametrize("answer", [*ODD, hang])
async def test_a_xendit_that_hangs_or_fails_leaves_the_page(
    open_shop: OpenShop, plan: Plan, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "PAGE_PATIENCE", 0.5 if answer is hang else 5)
    async with subscribed(open_shop, plan) as (shop, order):
        plan.answers("cycles", answer)
        shown = await shop.get(f"/orders/{order.reference_id}")
        assert shown.status_code == 200
        assert "Xendit does not answer just now" in shown.text and "Subscribed" in shown.text
        assert (await press(shop, order, "stop")).status_code == 303  # what needs no answer goes on
        assert await shop.status_of(order) == "stopped"


async def test_a_plan_that_stopped_elsewhere_stops_the_order(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        plan.status, plan.cycles = "INACTIVE", [cycle(1, "SUCCEEDED")]
        shown = text_of(await page(shop, order))
        assert "The subscription has ended. Nothing more will be charged." in shown
        assert "Month 1 January 5, 2026 Rp480.000 paid" in shown
        assert "Stopped" in (await shop.get("/orders")).text


async def test_another_plan_in_the_answer_is_not_believed(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        plan.answers("plan", httpx.Response(200, json={"id": "repl_2", "status": "INACTIVE"}))
        assert "Subscribed" in await page(shop, order)
        plan.answers("change", httpx.Response(200, json={"id": "repl_2", "status": "INACTIVE"}))
        await press(shop, order, "stop")
        assert await shop.status_of(order) == "subscribed"


@pytest.mark.parametrize(
    ("cycles", "what", "fields", "status", "sentence"),
    [
        ([cycle(1, "SUCCEEDED"), cycle(2)], "month", {}, 409, "This month is paid already."),
        ([cycle(1, "SUCCEEDED"), cycle(2)], "retry", {}, 409, "This month is paid already."),
        ([failed(), cycle(2)], "month", {}, 409, "This month has changed"),
        ([cycle()], "retry", {}, 409, "This month has changed"),
        ([failed(1, "FAILED")], "retry", {}, 409, "This month has changed"),
        ([cycle()], "month", {"cycle": "recy_99"}, 422, "not one of this shop's"),
        ([cycle()], "month", {"cycle": "../../refunds"}, 422, "not one of this shop's"),
        ([failed()], "retry", {"cycle": "recy_99"}, 422, "not one of this shop's"),
        ([cycle()], "month", {"card": "explodes"}, 422, "not one of this shop's"),
        ([cycle()], "month", {"cycle": ""}, 422, "Something is missing"),
    ],
)
async def test_what_can_not_be_is_a_sentence_and_sends_nothing(
    open_shop: OpenShop, plan: Plan, cycles: list[Any], what: str, fields: dict[str, str], status: int, sentence: str
) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        plan.cycles = cycles
        refused = await press(shop, order, what, **fields)
        assert refused.status_code == status
        assert (
            sentence in text_of(refused.text) and "Month by month" in refused.text
        )  # on the order's page, which stays
        assert plan.sent() == []


@pytest.mark.parametrize("what", ["month", "retry", "stop"])
async def test_no_subscription_a_stopped_one_or_another_visitors_sends_nothing(
    open_shop: OpenShop, plan: Plan, what: str
) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        plain = await shop.place()
        assert "This order is no subscription." in (refused := await press(shop, plain, what)).text
        assert refused.status_code == 409
        async with httpx.AsyncClient(transport=httpx.ASGITransport(shop.app), base_url="http://testserver") as other:
            path = f"/orders/{order.reference_id}"
            assert (await other.post(f"{path}/{what}", data={"cycle": "recy_1", "card": "works"})).status_code == 403
            shown = await other.get(path)
            assert "Subscribed" in shown.text and "Month by month" not in shown.text
            assert (await other.post(f"/orders/selat-none/{what}", data={"cycle": "recy_1"})).status_code == 404
        await shop.webhook(plan_event(order, "recurring.plan.inactivated", "INACTIVE"))
        assert "has been stopped already" in (refused := await press(shop, order, what)).text
        assert refused.status_code == 409
        assert plan.sent() == []


@pytest.mark.parametrize("what", ["month", "retry", "stop"])
async def test_a_double_click_is_sent_once(open_shop: OpenShop, plan: Plan, what: str) -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.05)
        if what == "stop":
            return plan.changed(request)
        plan.cycles = [cycle(1, "SUCCEEDED"), cycle(2)]
        return httpx.Response(200, json=plan.cycles[0])

    async with subscribed(open_shop, plan) as (shop, order):
        plan.cycles = [failed()] if what == "retry" else [cycle()]
        plan.answers("change", slow)
        answers = await asyncio.gather(*(press(shop, order, what) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409, 409]
        assert (await press(shop, order, what)).status_code == 409  # and later, from a page that is old by now
        assert len(plan.sent()) == 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            httpx.Response(403, json={"error_code": "INELIGIBLE_CYCLE_REQUEST", "message": ""}),
            "this month is past that",
        ),
        (httpx.Response(403, json={"error_code": "REQUEST_FORBIDDEN_ERROR", "message": ""}), "does not allow this"),
        (httpx.Response(404, json={"error_code": "DATA_NOT_FOUND", "message": ""}), "did not accept this"),
        (httpx.Response(403, content=b"<html>"), "did not accept this"),
        (httpx.ReadTimeout("late"), "has not answered yet"),
        (httpx.Response(500), "has not answered yet"),
        (httpx.Response(200, json=[]), "has not answered yet"),
    ],
)
@pytest.mark.parametrize("what", ["month", "retry", "stop"])
async def test_where_xendit_refuses_the_page_says_so(
    open_shop: OpenShop, plan: Plan, what: str, answer: Any, sentence: str
) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        plan.cycles = [failed()] if what == "retry" else [cycle()]
        plan.answers("change", answer)
        refused = await press(shop, order, what)
        assert refused.status_code == 502 and sentence in text_of(refused.text) and "Month by month" in refused.text
        assert len(plan.sent()) == 1  # nothing is tried again by itself
        assert await shop.status_of(order) == "subscribed"
        assert (await press(shop, order, what)).status_code == 502  # and it may be tried again by hand


async def test_a_stop_whose_answer_was_lost_is_found_out(open_shop: OpenShop, plan: Plan) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        plan.status = "INACTIVE"
        raise httpx.ReadTimeout("lost")

    async with subscribed(open_shop, plan) as (shop, order):
        plan.answers("change", lost)
        answer = await press(shop, order, "stop")
        assert answer.status_code == 502 and "The subscription has ended." in answer.text
        assert await shop.status_of(order) == "stopped"


async def test_that_a_subscription_has_begun_is_said_although_its_plan_can_not_be_read(
    open_shop: OpenShop, plan: Plan
) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        status = f"/orders/{order.reference_id}/status"
        plan.answers("plan", httpx.Response(500))
        told = await shop.get(f"{status}?seen=waiting", headers=HTMX)
        assert (told.status_code, told.headers.get("x-order-status")) == (200, "subscribed")
        assert "Xendit does not answer just now" in told.text and "hx-trigger" not in told.text.split("</section>")[0]
        known = await shop.get(f"{status}?seen=subscribed-1PENDING1", headers=HTMX)
        assert known.status_code == 204, "months that are shown stay on the page"


async def test_with_a_key_that_takes_real_money_no_month_is_simulated(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan, api_keys=KEYS | {"IDR": "xnd_production_idr"}) as (shop, order):
        shown = await page(shop, order)
        assert "A month later" not in shown and "Yes, stop it" in shown and "Back to the shop" in shown
        assert (await press(shop, order, "month")).status_code == 409
        plan.cycles = [failed()]
        assert "A day later the retry works" not in await page(shop, order)
        assert (await press(shop, order, "retry")).status_code == 409
        assert plan.sent() == []
        assert (await press(shop, order, "stop")).status_code == 303


async def test_too_many_months_a_minute_are_a_429(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan, rate_limits=True) as (shop, order):
        answers = [await press(shop, order, "month", card="x") for _ in range(31)]
        assert [answer.status_code for answer in answers] == [422] * 30 + [429]


async def test_a_head_asks_nobody(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        asked = len(plan.router.calls)
        assert (await shop.head(f"/orders/{order.reference_id}")).status_code == 200
        assert len(plan.router.calls) == asked


async def test_the_inspector_shows_each_step_and_the_code_beside_it(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        await press(shop, order, "month")
        await press(shop, order, "stop")
        seen = (await shop.inspector(order)).text
        for step in ("GET /recurring/plans/repl_1/cycles", "/cycles/recy_1/simulate", "/plans/repl_1/deactivate"):
            assert step in seen
        assert 'href="/source/subscription' in seen and TOKEN not in seen
        assert "The order is now: Stopped" in text_of(seen) and "Cause: stopped by the merchant." in text_of(seen)
        assert "deactivate_plan" in (await shop.get("/source/subscription")).text
