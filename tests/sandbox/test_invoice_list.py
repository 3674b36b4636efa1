"""GET /v2/invoices: every documented filter, alone and together, and pages that end."""

from typing import Any

import pytest

from tests.sandbox.conftest import INVOICE, Rig

pytestmark = pytest.mark.anyio


@pytest.fixture
async def invoices(rig: Rig) -> dict[str, str]:
    """Four invoices, an hour apart: paid by DANA, paid by BCA, expired, pending. By name, their ids."""
    made = {}
    for name, choice in (("dana", "DANA"), ("bca", "BCA_VIRTUAL_ACCOUNT"), ("expired", ""), ("pending", "")):
        invoice = await rig.create(INVOICE, external_id=name, invoice_duration=7_200 if name == "expired" else 86_400)
        if choice:
            step = await rig.settle(invoice, choice)
            await rig.browser.post(step.headers["location"], data={"decision": "approve"})
        made[name] = invoice["id"]
        rig.clock.pass_by(hours=1)
    rig.clock.pass_by(hours=1)
    return made


async def listed(rig: Rig, query: Any) -> list[str]:
    answer = await rig.api.get("/v2/invoices", params=query)
    assert answer.status_code == 200, answer.text
    return [invoice["external_id"] for invoice in answer.json()]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "pending expired bca dana"),
        ("statuses=PAID", "bca dana"),
        ("statuses=PAID&statuses=EXPIRED", "expired bca dana"),
        ("statuses[]=PENDING&statuses[]=EXPIRED", "pending expired"),
        ('statuses=["PENDING","PAID"]', "pending bca dana"),
        ("statuses=SETTLED", ""),
        ("limit=2", "pending expired"),
        ("limit=2.0", "pending expired"),
        ("limit=1&statuses=PAID", "bca"),
        ("payment_channels=BCA", "bca"),
        ("payment_channels=BCA&payment_channels=DANA", "bca dana"),
        ("payment_channels=OVO", ""),
        ("client_types=API_GATEWAY", "pending expired bca dana"),
        ("client_types=DASHBOARD&client_types=MOBILE", ""),
        ("on_demand_link=someone", ""),
        ("recurring_payment_id=another", ""),
        ("external_id=bca", "bca"),
        ("external_id=bca&statuses=PENDING", ""),
        ("created_after=2026-11-22T10:00:00Z", "pending expired"),  # bca was created at 10:00, and an end is excluded
        ("created_before=2026-11-22T11:00:00Z", "bca dana"),
        ("created_after=2026-11-22T09:30:00.000Z&created_before=2026-11-22T18:30:00%2B07:00", "expired bca"),
        ("created_after=2026-11-22T11:30:00", "pending"),
        ("paid_after=2026-11-22T09:30:00Z", "bca"),
        ("paid_before=2026-11-22T09:30:00Z", "dana"),
        ("expired_before=2026-11-22T23:00:00Z", "expired"),
        ("expired_after=2026-11-23T11:00:00Z", "pending"),
        ("created_after=2030-01-01T00:00:00Z", ""),
    ],
)
async def test_each_filter(rig: Rig, invoices: dict[str, str], query: str, names: str) -> None:
    assert await listed(rig, query) == names.split()


@pytest.mark.parametrize("cursor", ["last_invoice", "last_invoice_id"])
async def test_a_page_begins_behind_the_last_invoice(rig: Rig, invoices: dict[str, str], cursor: str) -> None:
    assert await listed(rig, {"limit": 2, cursor: invoices["expired"]}) == ["bca", "dana"]
    assert await listed(rig, {"statuses": "PAID", cursor: invoices["bca"]}) == ["dana"]
    assert await listed(rig, {cursor: invoices["dana"]}) == []


async def test_paging_meets_each_of_many_invoices_once_though_new_ones_come(rig: Rig) -> None:
    created = [(await rig.create(INVOICE, external_id=f"order-{n}"))["id"] for n in range(23)]
    seen: list[str] = []
    while True:
        query: dict[str, Any] = {"limit": 5} | ({"last_invoice": seen[-1]} if seen else {})
        page = [invoice["id"] for invoice in (await rig.api.get("/v2/invoices", params=query)).json()]
        seen += page
        if len(page) < 5:
            break
        rig.clock.pass_by(seconds=1)
        await rig.create(INVOICE, external_id="later")
    assert sorted(seen) == sorted(created)


async def test_a_filter_finds_what_is_older_than_a_batch(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.sandbox.invoice_search.BATCH", 3)
    paid = await rig.create(INVOICE, external_id="the old one")
    await rig.settle(paid)
    for number in range(8):
        await rig.create(INVOICE, external_id=f"order-{number}")
    rig.clock.pass_by(seconds=1)
    assert await listed(rig, "statuses=PAID") == ["the old one"]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=many", "limit=1.5", "limit=-1", "statuses=OPEN", "statuses=paid"),
        *("statuses=[", "client_types=API", "created_after=yesterday", "paid_before=2026-13-01T00:00:00Z"),
        *("last_invoice=nobody", "last_invoice_id=0123456789abcdef01234567"),
    ],
)
async def test_a_wrong_value_is_a_validation_error(rig: Rig, query: str) -> None:
    answer = await rig.api.get(f"/v2/invoices?{query}")
    assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
    assert answer.json()["errors"][0]["path"].removeprefix("/query/") in ("last_invoice", query.partition("=")[0])


async def test_another_key_sees_and_pages_through_its_own_only(rig: Rig) -> None:
    invoice = await rig.create(INVOICE)
    other = ("xnd_development_sandbox_other", "")
    assert (await rig.api.get("/v2/invoices", auth=other)).json() == []
    answer = await rig.api.get("/v2/invoices", params={"last_invoice": invoice["id"]}, auth=other)
    assert answer.status_code == 400
