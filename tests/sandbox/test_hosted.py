"""The hosted pages, walked as a browser without JavaScript does: GET, a form, a redirect."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import CUSTOMER, INVOICE, PAY, SAVE, SUBSCRIPTION, Rig

pytestmark = pytest.mark.anyio


async def page(rig: Rig, created: dict[str, Any]) -> httpx.Response:
    return await rig.browser.get(created.get("payment_link_url") or created["invoice_url"])


def choices(html: str) -> list[str]:
    return re.findall(r'name="choice" value="([^"]+)"', html)


@pytest.mark.parametrize("body", [PAY, INVOICE])
async def test_the_page_says_what_it_is_and_what_is_to_pay(rig: Rig, body: dict[str, Any]) -> None:
    item = {"name": "Gayo Highlands", "quantity": 2}
    session_item = {"reference_id": "g", "type": "PHYSICAL_PRODUCT", "category": "c", "net_unit_amount": 120_000}
    extra = {"price": 120_000} if body is INVOICE else session_item
    answer = await page(rig, await rig.create(body, items=[item | extra]))
    assert answer.status_code == 200
    for text in ("no money moves", "Demo Merchant", "Rp240.000", "2 × Gayo Highlands", "4000 0000 0000 1000", "QRIS"):
        assert text in answer.text
    assert choices(answer.text)[:5] == ["CARDS.visa", "CARDS.mastercard", "CARDS.challenge", "CARDS.declined", "QRIS"]


async def test_its_policy_is_strict_and_lets_its_form_lead_back_to_the_shop(rig: Rig) -> None:
    answer = await page(rig, await rig.create(PAY, success_return_url="https://shop.example:8443/thanks"))
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["form-action"] == "'self' http://shop.test https://shop.example:8443"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", [PAY, SAVE, SUBSCRIPTION, INVOICE])
async def test_paying_leads_to_the_success_page(rig: Rig, body: dict[str, Any]) -> None:
    created = await rig.create(body)
    answer = await rig.settle(created)
    assert (answer.status_code, answer.headers["location"]) == (303, "http://shop.test/orders/order-1")
    again = await rig.settle(created)  # a double click
    assert (again.status_code, again.headers["location"]) == (303, "http://shop.test/orders/order-1")
    seen = await page(rig, created)
    assert 'href="/orders/order-1"' in seen.text
    assert choices(seen.text) == []


async def test_a_declined_card_says_so_and_the_next_try_works(rig: Rig) -> None:
    session = await rig.create(PAY)
    answer = await rig.settle(session, "CARDS.declined")
    assert answer.headers["location"] == session["payment_link_url"].removeprefix("http://shop.test")
    assert "The card was declined." in (await page(rig, session)).text
    assert (await rig.session(session))["status"] == "ACTIVE"
    await rig.settle(session)
    assert (await rig.session(session))["status"] == "COMPLETED"


@pytest.mark.parametrize("choice", ["CARDS.visa", "DANA", "QRIS", "BCA_VIRTUAL_ACCOUNT"])
async def test_the_decline_button_declines_whatever_is_chosen(rig: Rig, choice: str) -> None:
    session = await rig.create(PAY)
    await rig.settle(session, choice, decision="decline")
    assert 'role="alert"' in (await page(rig, session)).text
    assert (await rig.session(session))["status"] == "ACTIVE"


@pytest.mark.parametrize("body", [PAY, INVOICE])
@pytest.mark.parametrize("choice", ["CARDS.challenge", "DANA", "QRIS", "BCA_VIRTUAL_ACCOUNT", "ALFAMART"])
async def test_other_channels_ask_for_a_step_outside(rig: Rig, body: dict[str, Any], choice: str) -> None:
    created = await rig.create(body)
    step = (await rig.settle(created, choice)).headers["location"]
    asked = await rig.browser.get(step)
    assert 'value="approve"' in asked.text
    assert ("<svg" in asked.text) is (choice == "QRIS")
    refused = await rig.browser.post(step, data={"decision": "decline"})
    assert 'role="alert"' in (await rig.browser.get(refused.headers["location"])).text
    over = await rig.browser.get(step)
    assert over.status_code == 303  # a step that is over leads back to the choices
    step = (await rig.settle(created, choice)).headers["location"]
    back = await rig.browser.post(step, data={"decision": "back"})
    assert 'role="alert"' not in (await rig.browser.get(back.headers["location"])).text
    step = (await rig.settle(created, choice)).headers["location"]
    done = await rig.browser.post(step, data={"decision": "approve"})
    assert done.headers["location"] == "http://shop.test/orders/order-1"
    assert (await rig.browser.post(step, data={"decision": "approve"})).headers["location"] == done.headers["location"]


@pytest.mark.parametrize(("currency", "country", "amount"), [("IDR", "ID", 10_054), ("SGD", "SG", 10.51)])
async def test_magic_amounts_decline_any_card(rig: Rig, currency: str, country: str, amount: float) -> None:
    session = await rig.create(PAY, currency=currency, country=country, amount=amount)
    await rig.settle(session)
    assert "There is not enough money in the account." in (await page(rig, session)).text
    step = (await rig.settle(session, "CARDS.challenge")).headers["location"]
    await rig.browser.post(step, data={"decision": "approve"})
    assert (await rig.session(session))["status"] == "ACTIVE"


@pytest.mark.parametrize(("form", "saved"), [({}, False), ({"save": "yes"}, True)])
async def test_the_customer_decides_whether_to_save(rig: Rig, form: dict[str, str], saved: bool) -> None:
    session = await rig.create(PAY, allow_save_payment_method="OPTIONAL", customer=CUSTOMER)
    assert 'name="save"' in (await page(rig, session)).text
    await rig.settle(session, **form)
    assert ("payment_token_id" in await rig.session(session)) is saved


async def test_what_cannot_be_saved_is_not_saved_and_not_offered_for_saving(rig: Rig) -> None:
    paid = await rig.create(PAY, allow_save_payment_method="OPTIONAL", customer=CUSTOMER)
    step = (await rig.settle(paid, "QRIS", save="yes")).headers["location"]
    await rig.browser.post(step, data={"decision": "approve"})
    assert "payment_token_id" not in await rig.session(paid)
    offered = choices((await page(rig, await rig.create(SAVE))).text)
    assert {"CARDS.visa", "DANA", "OVO"} <= set(offered)
    assert {"QRIS", "ALFAMART", "BCA_VIRTUAL_ACCOUNT"}.isdisjoint(offered)


async def test_only_what_fits_is_offered_and_taken(rig: Rig) -> None:
    session = await rig.create(PAY, amount=4_000, allowed_payment_channels=["CARDS", "QRIS", "ALFAMART"])
    assert choices((await page(rig, session)).text) == ["QRIS"]
    for choice in ("CARDS.visa", "DANA", "GCASH", "", "CARDS", "QRIS.visa"):
        await rig.settle(session, choice)
    assert (await rig.session(session))["status"] == "ACTIVE"
    unpayable = await rig.create(PAY, amount=1, allowed_payment_channels=["CARDS"])
    assert "No way to pay takes this amount." in (await page(rig, unpayable)).text


async def test_leaving_goes_to_the_cancel_address_and_changes_nothing(rig: Rig) -> None:
    session = await rig.create(PAY)
    assert 'href="/orders/order-1?left"' in (await page(rig, session)).text


@pytest.mark.parametrize("body", [PAY, INVOICE])
async def test_letting_it_expire(rig: Rig, body: dict[str, Any]) -> None:
    created = await rig.create(body)
    answer = await rig.settle(created, decision="expire")
    seen = await rig.browser.get(answer.headers["location"])
    assert "The time to pay is over" in seen.text
    assert 'href="/orders/order-1' in seen.text
    await rig.settle(created)
    assert "The time to pay is over" in (await page(rig, created)).text


async def test_a_cancelled_session_cannot_be_paid(rig: Rig) -> None:
    session = await rig.create(PAY)
    step = (await rig.settle(session, "DANA")).headers["location"]
    await rig.api.post(f"/sessions/{session['payment_session_id']}/cancel")
    for url, form in ((session["payment_link_url"], {"decision": "pay"}), (step, {"decision": "approve"})):
        answer = await rig.browser.post(url, data=form | {"choice": "CARDS.visa"})
        assert "The shop has withdrawn this" in (await rig.browser.get(answer.headers["location"])).text
    assert (await rig.session(session))["status"] == "CANCELED"


async def test_the_page_says_by_the_clock_of_its_market_until_when_it_is_open(rig: Rig) -> None:
    session = await rig.create(PAY)
    local = datetime.fromisoformat(session["expires_at"]).astimezone(timezone(timedelta(hours=7)))
    assert f"Open until {local:%B} {local.day}, {local:%Y, %H:%M} UTC+07:00" in (await page(rig, session)).text


async def test_the_page_expires_by_the_clock(rig: Rig) -> None:
    session = await rig.create(PAY)
    rig.clock.pass_by(minutes=30)
    await rig.settle(session)
    assert "The time to pay is over" in (await page(rig, session)).text


async def test_without_return_addresses_the_page_itself_says_the_outcome(rig: Rig) -> None:
    bare = {key: value for key, value in PAY.items() if not key.endswith("_url")}
    session = await rig.create(bare)
    assert "Leave without paying" not in (await page(rig, session)).text
    answer = await rig.settle(session)
    assert "Thank you" in (await rig.browser.get(answer.headers["location"])).text


@pytest.mark.parametrize("path", ["pay/ABCDEFGH", "pay/ABCDEFGH/pr-1", "invoice/000000000000000000000000"])
async def test_an_unknown_address_is_not_found(rig: Rig, path: str) -> None:
    answer = await rig.browser.get(f"/sandbox/{path}", follow_redirects=True)
    assert answer.status_code == 404
    assert "There is nothing to pay at this address." in answer.text
    answer = await rig.browser.post(f"/sandbox/{path}", data={"decision": "pay"}, follow_redirects=True)
    assert answer.status_code == 404


async def test_a_components_session_has_no_page(rig: Rig) -> None:
    from webapp.sandbox.links import payment_link_url

    session = await rig.create(PAY, mode="COMPONENTS", components_configuration={"origins": ["http://shop.test"]})
    url = payment_link_url(rig.sandbox.settings, session["payment_session_id"])
    assert (await rig.browser.get(url)).status_code == 404


async def test_what_a_merchant_sends_is_shown_as_text(rig: Rig) -> None:
    session = await rig.create(PAY, description='<img src=x onerror="alert(1)">')
    assert "<img src=x" not in (await page(rig, session)).text


async def test_every_drawing_and_style_of_the_page_exists(rig: Rig) -> None:
    for currency, country in (("IDR", "ID"), ("PHP", "PH"), ("MYR", "MY"), ("VND", "VN"), ("THB", "TH"), ("SGD", "SG")):
        amount = 1 if currency == "SGD" else 100_000 if currency in ("IDR", "VND") else 60
        html = (await page(rig, await rig.create(PAY, currency=currency, country=country, amount=amount))).text
        for path in set(re.findall(r'(?:src|href)="(/sandbox/[^"]+)"', html)):
            assert (await rig.browser.get(path)).status_code == 200, path


async def test_subscriptions_tell_their_rhythm(rig: Rig) -> None:
    html = (await page(rig, await rig.create(SUBSCRIPTION))).text
    assert "every month" in html
    assert "from December 1, 2026" in html
    assert "Subscribe" in html
