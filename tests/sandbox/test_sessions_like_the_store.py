"""What Xendit's own store sends and the schema cannot tell: items beside a plan, and dates that are not over."""

from typing import Any

import pytest

from tests.sandbox.conftest import SAVE, SCHEDULE, SUBSCRIPTION, Rig

pytestmark = pytest.mark.anyio
ITEM = {
    "reference_id": "gayo",
    "type": "PHYSICAL_PRODUCT",
    "name": "Gayo Highlands",
    "net_unit_amount": 240_000,
    "quantity": 1,
    "category": "coffee",
}


@pytest.mark.parametrize("body", [SAVE | {"items": []}, SUBSCRIPTION | {"items": [ITEM]}, SUBSCRIPTION | {"items": []}])
async def test_items_are_taken_as_the_official_store_sends_them(rig: Rig, body: dict[str, Any]) -> None:
    session = await rig.create(body)
    assert session["items"] == body["items"]
    if body["items"]:
        await rig.settle(session)
        plan = (await rig.api.get(f"/recurring/plans/{session['recurring_plan_id']}")).json()
        assert plan["items"] == body["items"]


@pytest.mark.parametrize(
    ("anchor", "status"),
    [
        ("2020-01-01T00:00:00Z", 400),
        ("2026-11-21T23:59:59Z", 400),
        ("2026-11-20T22:00:00-10:00", 400),
        ("2026-11-22T00:00:00Z", 201),
        ("2026-11-22T00:00:00+07:00", 201),
        ("2026-11-21T22:00:00-10:00", 201),
        ("2026-11-23T00:00:00Z", 201),
    ],
)
async def test_an_anchor_in_the_past_is_refused(rig: Rig, anchor: str, status: int) -> None:
    answer = await rig.api.post(
        "/sessions", json=SUBSCRIPTION | {"subscription": {"schedule": SCHEDULE | {"anchor_date": anchor}}}
    )
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"][0]["path"] == "/body/subscription/schedule/anchor_date"


@pytest.mark.parametrize(
    ("expiry", "status"), [("2020-01-01", 400), ("2026-11-21", 400), ("2026-11-22", 201), ("soon", 400), (1, 400)]
)
async def test_a_recurring_expiry_in_the_past_is_refused(rig: Rig, expiry: Any, status: int) -> None:
    recurring = {"recurring_expiry": expiry, "recurring_frequency": 30}
    cards = {"card_on_file_type": "RECURRING", "recurring_configuration": recurring}
    answer = await rig.api.post("/sessions", json=SAVE | {"channel_properties": {"cards": cards}})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"][0]["path"].endswith("/recurring_configuration/recurring_expiry")
