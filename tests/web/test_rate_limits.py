"""Limits on what one address may ask."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.conftest import MakeSettings, OpenShop
from tests.xendit import HTMX, fake_xendit
from webapp.web import checkout_form
from webapp.web.rate_limiter import Limit, RateLimiter
from webapp.web.rate_limits import address_of

pytestmark = pytest.mark.anyio


async def test_more_checkouts_than_a_person_makes_are_429_with_a_sentence(open_shop: OpenShop) -> None:
    async with open_shop(rate_limits=True) as shop:
        answers = [await shop.checkout(flow="steal") for _ in range(31)]
        assert [answer.status_code for answer in answers] == [422] * 30 + [429]
        refused = answers[-1]
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert "quicker than this shop can follow" in refused.text
        assert refused.headers["content-security-policy"]
        assert (await shop.get("/")).status_code == 200


def test_a_limit_holds_in_a_moving_window_and_forgets_who_is_gone() -> None:
    now, limit = [6_000_000.0], Limit(30, 60)
    limiter = RateLimiter(clock=lambda: now[0])

    def hits() -> int:
        return sum(not limiter.wait(limit, "somebody") for _ in range(40))

    assert hits() == 30
    assert not limiter.wait(limit, "somebody else", cost=30) and limiter.wait(limit, "somebody else", cost=1) == 60
    now[0] += 59
    assert hits() == 0
    now[0] += 1
    assert hits() == 0  # a minute begins, but 30 were just now
    now[0] += 21
    assert hits() == 10
    now[0] += 100
    assert hits() == 30
    assert "somebody else" not in repr(vars(limiter))


async def test_behind_a_proxy_its_own_word_counts_and_no_made_up_one(open_shop: OpenShop) -> None:
    async with open_shop(rate_limits=True, behind_proxy=True) as shop:
        for number in range(30):
            headers = {"x-forwarded-for": f"10.0.0.{number}, 203.0.113.7"}
            assert (await shop.checkout(flow="steal", **headers)).status_code == 422
        headers = {"x-forwarded-for": "10.0.0.99, 203.0.113.7"}
        assert (await shop.checkout(flow="steal", **headers)).status_code == 429
        headers = {"x-forwarded-for": "203.0.113.7, 203.0.113.8"}
        assert (await shop.checkout(flow="steal", **headers)).status_code == 422
    async with open_shop(rate_limits=True) as shop:
        for number in range(31):
            answer = await shop.checkout(flow="steal", **{"x-forwarded-for": f"10.0.0.{number}"})
        assert answer.status_code == 429


async def test_more_orders_than_a_person_makes_in_an_hour_are_429(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout_form, "MAX_ORDERS_AN_HOUR", 3)
    async with open_shop(rate_limits=True) as shop:
        await shop.post("/cart/add", data={"product": "gayo"})
        forms = [
            {"integration": "payment_link", "flow": "pay", "checkout_id": f"order-{number}-checkout-id"}
            for number in range(4)
        ]
        answers = []
        for form in forms:
            await shop.post("/cart/add", data={"product": "gayo"})  # the same cart again would be the same order
            answers.append(await shop.post("/checkout", data=form))
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
        assert "Try again in an hour" in answers[-1].text
        assert (await shop.post("/checkout", data=forms[2])).status_code == 409  # its cart has changed
        await shop.post("/cart/decrease", data={"product": "gayo"})
        assert (await shop.post("/checkout", data=forms[2])).status_code == 303  # a second click is no new order
        shop.cookies.clear()
        await shop.post("/cart/add", data={"product": "gayo"})
        assert (await shop.post("/checkout", data=forms[3])).status_code == 303


async def test_too_much_of_anything_is_refused(open_shop: OpenShop) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1000

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with open_shop() as shop:
        answers = {
            413: [
                await shop.post("/cart/add", content=b"x" * 65_537, headers=form),
                await shop.post("/cart/add", content=drip(), headers=form),
                await shop.post("/cart/add", content=b"product=gayo", headers=form | {"Content-Length": "99999999"}),
            ],
            431: [await shop.get("/", headers={"X-Long": "x" * 33_000})],
            400: [await shop.post("/cart/add", data={f"field{number}": "x" for number in range(21)})],
        }
        for status, given in answers.items():
            assert [answer.status_code for answer in given] == [status] * len(given)
        assert (await shop.get("/", headers={"Cookie": f"other={'x' * 16_000}"})).status_code == 200


async def test_a_hall_of_people_behind_one_address_may_watch_and_buy(open_shop: OpenShop) -> None:
    async with open_shop(rate_limits=True) as shop:
        for _ in range(120):
            shop.cookies.clear()
            await shop.add("gayo")
            answers = [await shop.checkout(**HTMX)]
            reference_id = re.findall(r"selat-[0-9a-f]{32}", (await shop.get("/orders")).text)[0]
            for _ in range(3):
                answers.append(await shop.get(f"/orders/{reference_id}/status?seen=waiting", headers=HTMX))
            assert {answer.status_code for answer in answers} <= {200, 204}


async def test_payments_are_opened_twenty_times_a_minute_and_sixty_times_by_one_visitor(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), rate_limits=True) as shop:
        shop.app.state.shop.questions.clock = lambda: 6_000_000.0  # no minute ends meanwhile
        forms = [f"/orders/{(await shop.place('components')).reference_id}/resume" for _ in range(4)]
        answers = [(await shop.get(form)).status_code for form in forms for _ in range(21)]
        assert answers == ([200] * 20 + [429]) * 3 + [429] * 21
        shop.cookies.clear()
        other = await shop.place("components")
        assert (await shop.get(f"/orders/{other.reference_id}/resume")).status_code == 200


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("evil, 203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_one_household_is_one_address(settings: MakeSettings, forwarded: str, address: str) -> None:
    scope = {"headers": [(b"x-forwarded-for", forwarded.encode())], "client": ("10.0.0.1", 1)}
    assert address_of(scope, settings(behind_proxy=True)) == address


async def test_one_address_does_not_take_all_rooms(open_shop: OpenShop) -> None:
    async with open_shop(rate_limits=True) as shop:
        answers = []
        for _ in range(31):
            shop.cookies.clear()
            answers.append((await shop.post("/stage")).status_code)
        assert answers == [303] * 10 + [429] * 21
