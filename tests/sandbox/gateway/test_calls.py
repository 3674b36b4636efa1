"""The seven calls of the browser SDK, and what the merchant hears of them."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.sandbox.gateway.conftest import Clock, NewCheckout, seal
from webapp.sandbox import Sandbox
from webapp.sandbox.markets import MARKETS

pytestmark = pytest.mark.anyio

GOOD, CHALLENGED, DECLINED = "4000000000001000", "4000000000001091", "4000000000002503"


async def test_the_first_answer_holds_all_that_the_sdk_needs(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout("IDR", 100_000, locale="id")
    answer = await checkout.get()
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    session = found["session"]
    assert (session["status"], session["mode"], session["locale"]) == ("ACTIVE", "COMPONENTS", "id")
    assert (session["currency"], session["amount"], session["country"]) == ("IDR", 100_000, "ID")
    assert session["payment_session_id"] == checkout.id
    assert found["business"]["name"] == "Selat Coffee Roasters"
    assert found["customer"]["individual_detail"] == {"given_names": "Ada", "surname": "Lovelace"}
    groups = {group["id"]: group["label"] for group in found["channel_ui_groups"]}
    assert groups["cards"] == "Kartu"
    for channel in found["channels"]:
        assert channel["ui_group"] in groups
        assert channel["form"] or len(channel["instructions"]) == 2
    card = found["channels"][0]
    values = {str(item["channel_property"]): item.get("initial_value") for item in card["form"]}
    assert values["card_details.cardholder_first_name"] == "Ada"
    assert values["card_details.card_number"] is None
    assert "components_sdk_key" not in answer.text


async def test_a_language_that_the_sdk_does_not_speak_is_answered_in_english(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout("MYR", 100, locale="ms")
    assert (await checkout.get()).json()["session"]["locale"] == "en"


@pytest.mark.parametrize("auth", ["session-" + "0" * 32, "nonsense", "session-"])
async def test_an_unknown_key_gets_the_error_envelope(new_checkout: NewCheckout, auth: str) -> None:
    checkout = await new_checkout()
    answer = await checkout.browser.get(f"/api/sessions/{auth}")
    assert answer.status_code == 404
    found = answer.json()
    assert found["error_code"] == "NOT_FOUND"
    assert found["error_content"]["title"] == "That did not work"


async def test_a_session_of_the_hosted_page_has_no_key_here(new_checkout: NewCheckout, sandbox: Sandbox) -> None:
    checkout = await new_checkout(mode="PAYMENT_LINK", components_configuration=None)
    from webapp.sandbox import sdk_keys

    checkout.session["components_sdk_key"] = sdk_keys.sdk_key("secret", checkout.id)
    assert (await checkout.get()).status_code == 404


async def test_a_frictionless_card_completes_the_session(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout()
    begun = (await checkout.begin("CARDS", GOOD)).json()
    assert begun["payment_request_id"].startswith("pr-")
    assert begun["session_token_request_id"]
    polled = await checkout.poll(begun)
    assert polled["session"]["status"] == "COMPLETED"
    assert polled["payment_request"]["status"] == "SUCCEEDED"
    assert polled["succeeded_channel"] == {"channel_code": "CARDS", "logo_url": "/sandbox/logos/CARDS.svg"}
    assert await checkout.status() == "COMPLETED"


async def test_a_declined_card_leaves_the_session_open_for_another(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout()
    begun = (await checkout.begin("CARDS", DECLINED)).json()
    assert (begun["status"], begun["failure_code"], begun["actions"]) == ("FAILED", "CARD_DECLINED", [])
    assert await checkout.status() == "ACTIVE"
    await checkout.begin("CARDS", GOOD)
    assert await checkout.status() == "COMPLETED"


async def test_a_magic_amount_declines_after_the_challenge(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout("IDR", 10_054)
    begun = (await checkout.begin("CARDS", CHALLENGED)).json()
    await checkout.browser.post(begun["actions"][0]["value"], data={"decision": "approve"})
    assert (await checkout.poll(begun))["payment_request"]["failure_code"] == "INSUFFICIENT_BALANCE"


async def test_a_refused_card_makes_no_payment(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout(locale="vi")
    answer = await checkout.begin("CARDS", "4000000000009995")
    assert answer.status_code == 400
    found = answer.json()
    assert found["error_code"] == "CARD_NOT_ACCEPTED"
    assert found["error_content"] == {
        "title": "Thanh toán không được chấp nhận",
        "message_1": "Không thể dùng thẻ này ở đây.",
        "message_2": "Vui lòng dùng thẻ khác.",
    }
    assert (await checkout.poll((await checkout.begin("CARDS", DECLINED)).json()))["session"]["status"] == "ACTIVE"


async def test_a_slow_card_is_pending_and_then_paid(new_checkout: NewCheckout, clock: Clock) -> None:
    checkout = await new_checkout()
    begun = (await checkout.begin("CARDS", "4000000000003063")).json()
    assert begun["status"] == "PENDING"
    assert (await checkout.poll(begun))["session"]["status"] == "ACTIVE"
    clock.pass_by(4)
    assert (await checkout.poll(begun))["session"]["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("decision", "status", "left"), [("approve", "SUCCEEDED", "COMPLETED"), ("decline", "FAILED", "ACTIVE")]
)
async def test_a_challenge_is_decided_in_its_frame(
    new_checkout: NewCheckout, decision: str, status: str, left: str
) -> None:
    checkout = await new_checkout()
    begun = (await checkout.begin("CARDS", CHALLENGED)).json()
    (action,) = begun["actions"]
    assert action | {"value": ""} == {
        "type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": "", "iframe_capable": True,
    }  # fmt: skip
    page = await checkout.browser.get(action["value"])
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert "done.js" not in page.text
    answer = await checkout.browser.post(action["value"], data={"decision": decision})
    assert answer.status_code == 303
    assert "done.js" in (await checkout.browser.get(answer.headers["location"])).text
    assert (await checkout.poll(begun))["payment_request"]["status"] == status
    assert await checkout.status() == left
    # A late click changes nothing.
    await checkout.browser.post(action["value"], data={"decision": "decline"})
    assert await checkout.status() == left


async def test_a_code_holds_the_amount_and_is_paid_by_saying_so(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout("IDR", 240_000)
    begun = (await checkout.begin("QRIS")).json()
    assert begun["actions"][0]["descriptor"] == "QR_STRING"
    assert "5406240000" in begun["actions"][0]["value"]
    answer = await checkout.post(
        f"{checkout.auth}/payment_requests/{begun['payment_request_id']}/simulate", {"channel_code": "QRIS"}
    )
    assert answer.status_code == 200
    assert await checkout.status() == "COMPLETED"


async def test_a_code_left_alone_expires_with_its_session(new_checkout: NewCheckout, clock: Clock) -> None:
    checkout = await new_checkout()
    begun = (await checkout.begin("QRIS")).json()
    clock.pass_by(1801)
    polled = await checkout.poll(begun)
    assert (polled["session"]["status"], polled["payment_request"]["status"]) == ("EXPIRED", "EXPIRED")
    refused = await checkout.begin("CARDS", GOOD)
    assert refused.status_code == 422
    assert refused.json()["error_content"]["title"] == "This payment is closed"


async def test_only_a_waiting_code_can_be_simulated(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout()
    begun = (await checkout.begin("CARDS", CHALLENGED)).json()
    path = f"{checkout.auth}/payment_requests/{begun['payment_request_id']}/simulate"
    assert (await checkout.post(path, {"channel_code": "CARDS"})).status_code == 400
    assert (await checkout.post(path.replace("pr-", "pr-0"), {})).status_code == 404
    assert await checkout.status() == "ACTIVE"


@pytest.mark.parametrize(
    ("currency", "channel", "app"), [("IDR", "DANA", True), ("PHP", "PAYMAYA", False), ("MYR", "MAYB2U_FPX", False)]
)
async def test_a_wallet_is_left_for_and_come_back_from(
    new_checkout: NewCheckout, currency: str, channel: str, app: bool
) -> None:
    checkout = await new_checkout(currency, 100_000 if currency == "IDR" else 100)
    begun = (await checkout.begin(channel)).json()
    assert [action["descriptor"] for action in begun["actions"]] == ["DEEPLINK_URL"] * app + ["WEB_URL"]
    assert begun["actions"][-1]["iframe_capable"] is False
    path = begun["actions"][-1]["value"]
    page = await checkout.browser.get(path)
    assert "form-action 'self' http://shop.test" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    answer = await checkout.browser.post(path, data={"decision": "approve"})
    address, _, query = answer.headers["location"].partition("?")
    assert address == "http://shop.test/orders/order-1/resume"
    said = {"token_request_id": begun["session_token_request_id"], "component_status": "SUCCEEDED"}
    assert dict(parse_qsl(query)) == said
    assert await checkout.status() == "COMPLETED"


async def test_without_a_return_address_the_wallet_says_that_it_is_done(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout(components_configuration={"origins": ["http://shop.test"]})
    path = (await checkout.begin("DANA")).json()["actions"][-1]["value"]
    answer = await checkout.browser.post(path, data={"decision": "decline"})
    assert answer.headers["location"] == path
    assert "This payment has been decided." in (await checkout.browser.get(path)).text


@pytest.mark.parametrize(("phone", "left"), [("+6281234567890", "COMPLETED"), ("+6281200021103", "ACTIVE")])
async def test_a_push_settles_by_itself(new_checkout: NewCheckout, clock: Clock, phone: str, left: str) -> None:
    checkout = await new_checkout()
    begun = (await checkout.begin("OVO", channel_properties={"account_mobile_number": phone})).json()
    assert (begun["status"], begun["actions"]) == ("REQUIRES_ACTION", [])
    assert "failure_code" not in begun
    clock.pass_by(4)
    polled = await checkout.poll(begun)
    assert polled["session"]["status"] == left
    assert polled["payment_request"].get("failure_code") == ("ACCOUNT_ACCESS_BLOCKED" if left == "ACTIVE" else None)


@pytest.mark.parametrize(("session_type", "amount"), [("PAY", 100), ("SAVE", 0)])
async def test_an_approval_makes_the_session_pending_for_the_browser_only(
    new_checkout: NewCheckout, clock: Clock, session_type: str, amount: int
) -> None:
    checkout = await new_checkout("MYR", amount, session_type=session_type)
    begun = (await checkout.begin("MAYB2E_FPX_BUSINESS")).json()
    asked = (await checkout.browser.get(begun["actions"][0]["value"])).text
    assert ("Send this payment to your approver?" in asked) is (session_type == "PAY")
    await checkout.browser.post(begun["actions"][0]["value"], data={"decision": "approve"})
    assert (await checkout.get()).json()["session"]["status"] == "PENDING"
    assert await checkout.status() == "ACTIVE"
    assert (await checkout.begin("CARDS", GOOD)).status_code == 422
    clock.pass_by(6)
    assert (await checkout.poll(begun))["session"]["status"] == "COMPLETED"


@pytest.mark.parametrize("session_type", ["SAVE", "SUBSCRIPTION"])
async def test_saving_makes_a_token(new_checkout: NewCheckout, session_type: str) -> None:
    schedule = {"anchor_date": "2026-12-01T00:00:00Z", "interval": "MONTH", "interval_count": 1}
    more: dict[str, Any] = {"subscription": {"schedule": schedule}} if session_type == "SUBSCRIPTION" else {}
    checkout = await new_checkout("IDR", 0 if session_type == "SAVE" else 100_000, session_type=session_type, **more)
    begun = (await checkout.begin("CARDS", GOOD)).json()
    assert begun["payment_token_id"].startswith("pt-")
    assert "payment_request_id" not in begun
    polled = await checkout.poll(begun)
    assert polled["payment_token"]["status"] == "ACTIVE"
    found = (await checkout.merchant.get(f"/sessions/{checkout.id}")).json()
    assert found["payment_token_id"] == begun["payment_token_id"]
    assert bool(found.get("recurring_plan_id")) == (session_type == "SUBSCRIPTION")
    wrong = await checkout.post("payment_requests", {"session_id": checkout.auth, "channel_code": "CARDS"})
    assert wrong.status_code == 400


@pytest.mark.parametrize(
    ("rule", "box", "saved"),
    [("OPTIONAL", True, True), ("OPTIONAL", False, False), ("FORCED", None, True), ("DISABLED", True, False)],
)
async def test_a_payment_keeps_the_card_if_it_was_wished(
    new_checkout: NewCheckout, rule: str, box: bool | None, saved: bool
) -> None:
    checkout = await new_checkout(allow_save_payment_method=rule)
    await checkout.begin("CARDS", GOOD, **({} if box is None else {"save_payment_method": box}))
    found = (await checkout.merchant.get(f"/sessions/{checkout.id}")).json()
    assert bool(found.get("payment_token_id")) == saved
    assert found["payment_id"]


async def test_card_info_tells_network_country_and_whether_an_address_is_wanted(new_checkout: NewCheckout) -> None:
    from tests.sandbox.gateway.conftest import seal

    checkout = await new_checkout("PHP", 100)

    async def info(number: str) -> Any:
        sealed = seal(number, checkout.sdk_key, checkout.id)
        return (await checkout.post(f"{checkout.auth}/card_info", {"card_number": sealed})).json()

    assert await info("4000") == {"schemes": ["VISA"], "country_codes": ["PH"], "require_billing_information": False}
    assert await info("9") == {"schemes": [], "country_codes": ["PH"], "require_billing_information": False}
    assert await info("4242424242424242") == {
        "schemes": ["VISA"], "country_codes": ["US"], "require_billing_information": True,
    }  # fmt: skip


async def test_payment_options_knows_no_instalments(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout("THB", 500)
    answer = await checkout.post(f"{checkout.auth}/payment_options", {"channel_code": "CARDS"})
    assert answer.json() == {
        "channel_code": "CARDS", "country": "TH", "currency": "THB", "amount": 500, "installment_plans": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "payload", ["", "nonsense", "[]", "1", "{", '{"session_id": 5}', '{"session_id": null}', "[" * 9000, "NaN"]
)
async def test_nonsense_gets_an_envelope(new_checkout: NewCheckout, payload: str) -> None:
    checkout = await new_checkout()
    for path in ("payment_requests", "payment_tokens", f"{checkout.auth}/card_info"):
        answer = await checkout.browser.post(f"/api/sessions/{path}", data={"payload": payload})
        assert answer.status_code in (400, 404)
        assert answer.json()["error_content"]["title"]


@pytest.mark.parametrize(
    "body",
    [
        {"channel_code": "CARDS"},
        {"channel_code": "CARDS", "channel_properties": {"card_details": {"card_number": "4000000000001000"}}},
        {"channel_code": "CARDS", "channel_properties": "text"},
        {"channel_code": "CARDS", "channel_properties": {"card_details": []}},
        {"channel_code": "GCASH"},
        {"channel_code": "__proto__"},
        {"channel_code": None},
        {"channel_code": ["QRIS"]},
        {"channel_code": "OVO", "channel_properties": "text"},
    ],
)
async def test_an_attempt_that_cannot_be_is_refused(new_checkout: NewCheckout, body: dict[str, Any]) -> None:
    checkout = await new_checkout("IDR", 100_000)
    answer = await checkout.post("payment_requests", {"session_id": checkout.auth} | body)
    assert answer.status_code == 400
    assert await checkout.status() == "ACTIVE"


async def test_two_tabs_pay_once(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout()
    first = (await checkout.begin("QRIS")).json()
    second = (await checkout.begin("CARDS", CHALLENGED)).json()
    await checkout.browser.post(second["actions"][0]["value"], data={"decision": "approve"})
    await checkout.post(f"{checkout.auth}/payment_requests/{first['payment_request_id']}/simulate", {})
    found = (await checkout.merchant.get(f"/sessions/{checkout.id}")).json()
    assert found["payment_request_id"] == second["payment_request_id"]
    assert (await checkout.poll(first))["payment_request"]["status"] == "CANCELED"


@pytest.mark.parametrize("page", ["3ds", "approval", "wallet"])
async def test_a_page_about_nothing_is_a_404(new_checkout: NewCheckout, page: str) -> None:
    checkout = await new_checkout()
    for path in (f"/sandbox/{page}/{checkout.id}/pr-1", f"/sandbox/{page}/ps-1/pr-1"):
        assert (await checkout.browser.get(path)).status_code == 404
        assert (await checkout.browser.post(path, data={"decision": "approve"})).status_code == 404


@pytest.mark.parametrize("embedder", ["http://shop.test", "javascript:alert(1)", "https://x;script-src *", ""])
async def test_the_card_field_may_be_framed_and_its_policy_not_be_injected(
    new_checkout: NewCheckout, embedder: str
) -> None:
    checkout = await new_checkout()
    answer = await checkout.browser.get("/sandbox/secure-iframe.html", params={"embedder": embedder})
    assert "x-frame-options" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert policy.count("script-src") == 1
    assert policy.endswith(
        "frame-ancestors 'self' " + ("http://shop.test" if embedder == "http://shop.test" else "'self'")
    )


async def test_logos_and_flags_are_small_drawings(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout("MYR", 100)
    found = (await checkout.get()).json()
    logos = [channel["brand_logo_url"] for channel in found["channels"]]
    logos += [brand["logo_url"] for brand in found["channels"][0]["card"]["brands"]]
    saved = {channel.code for market in MARKETS.values() for channel in market.channels if channel.saves}
    logos += [f"/sandbox/logos/{code}.svg" for code in saved]  # their bank or wallet asks on a page
    for path in [*logos, "/sandbox/flags/my.svg"]:
        answer = await checkout.browser.get(path)
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert len(answer.content) < 1000
    for path in ("/sandbox/logos/nothing.svg", "/sandbox/flags/<x.svg", "/sandbox/flags/abc.svg"):
        assert (await checkout.browser.get(path)).status_code == 404


async def test_a_saved_card_keeps_what_was_typed_beside_its_number(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout(allow_save_payment_method="FORCED")
    sealed = {"card_number": CHALLENGED, "expiry_month": "07", "expiry_year": "2031", "cvn": "987"}
    details = {name: seal(text, checkout.sdk_key, checkout.id) for name, text in sealed.items()}
    begun = await checkout.begin(
        "CARDS", channel_properties={"card_details": details | {"cardholder_first_name": "Grace"}}
    )
    await checkout.browser.post(begun.json()["actions"][0]["value"], data={"decision": "approve"})
    token_id = (await checkout.merchant.get(f"/sessions/{checkout.id}")).json()["payment_token_id"]
    token = (await checkout.merchant.get(f"/v3/payment_tokens/{token_id}")).json()
    card = token["channel_properties"]["card_details"]
    assert (card["masked_card_number"], card["network"]) == ("400000XXXXXX1091", "VISA")
    assert (card["expiry_month"], card["expiry_year"], card["cardholder_first_name"]) == ("07", "2031", "Grace")
    assert "987" not in json.dumps(card) and token["token_details"]["authentication_data"]["flow"] == "FULL_AUTH"


async def test_a_card_number_is_kept_nowhere(
    new_checkout: NewCheckout, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    checkout = await new_checkout(allow_save_payment_method="FORCED")
    for number in (DECLINED, CHALLENGED, GOOD):
        await checkout.begin("CARDS", number)
    record = await sandbox.store.get_session(checkout.id)
    assert record
    stored = json.dumps([record.session, record.attempts, record.customer], default=str)
    for number in (DECLINED, CHALLENGED, GOOD):
        assert number not in stored
        assert number[6:] not in stored  # of a card that is saved, the first six and the last four digits are kept
        assert number not in caplog.text
    assert checkout.auth not in stored
