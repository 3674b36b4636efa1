"""The paths of Xendit's plugins for WHMCS, Odoo POS, OpenCart and Magento, and the address that an invoice names."""

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, TOKEN, OpenRig, Rig
from webapp.sandbox.__main__ import settings_from
from webapp.sandbox.command_line import arguments

pytestmark = pytest.mark.anyio
PATH = "/tpi/payment/xendit/invoice"
HOOK = "http://localhost:9000/callback?order=7"
HEADERS = {"x-plugin-name": "WHMCS", "x-plugin-version": "1.3.6", "x-api-version": "2020-02-14"}
BODY = INVOICE | {
    "client_type": "INTEGRATION",
    "platform_callback_url": HOOK,
    "should_charge_multiple_use_token": False,
}


async def create(rig: Rig, **changes: Any) -> dict[str, Any]:
    answer = await rig.api.post(PATH, json=BODY | changes, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    created: dict[str, Any] = answer.json()
    return created


def addressed(rig: Rig) -> list[tuple[str, str, dict[str, Any]]]:
    """Note the address, the token and the body of each webhook that is sent from now on."""
    sent: list[tuple[str, str, dict[str, Any]]] = []

    def receive(request: httpx.Request) -> httpx.Response:
        sent.append(
            (str(request.url), request.headers["x-callback-token"], httpx.Response(200, content=request.content).json())
        )
        return httpx.Response(200)

    rig.sender.client = httpx.AsyncClient(transport=httpx.MockTransport(receive))
    return sent


async def test_a_plugin_creates_reads_and_expires(rig: Rig) -> None:
    invoice = await create(rig)
    assert "platform_callback_url" not in invoice and "client_type" not in invoice
    assert (await rig.api.get(f"{PATH}/{invoice['id']}", headers=HEADERS)).json() == invoice
    assert (await rig.api.get(f"/v2/invoices/{invoice['id']}")).json() == invoice
    listed = await rig.api.get("/v2/invoices", params={"client_types": "INTEGRATION"})
    assert [each["id"] for each in listed.json()] == [invoice["id"]]
    assert (await rig.api.get("/v2/invoices", params={"client_types": "API_GATEWAY"})).json() == []
    assert (await rig.api.post(f"{PATH}/{invoice['id']}/expire", headers=HEADERS)).json()["status"] == "EXPIRED"


async def test_its_webhooks_go_where_the_invoice_says(open_rig: OpenRig) -> None:
    rig: Rig = await open_rig(obeys_callback_urls=True)
    sent = addressed(rig)
    plain, own = await create(rig, platform_callback_url=None), await create(rig)
    for invoice in (plain, own):
        await rig.settle(invoice)
    await rig.deliver()
    found = {body["id"]: (url, token, body["status"]) for url, token, body in sent}
    assert found == {
        plain["id"]: ("http://shop.test/webhooks/xendit", TOKEN, "PAID"),
        own["id"]: (HOOK, TOKEN, "PAID"),
    }
    assert not any("platform_callback_url" in body for _, _, body in sent)


async def test_inside_a_shop_no_request_names_an_address(rig: Rig) -> None:
    sent = addressed(rig)
    await rig.settle(await create(rig))
    await rig.deliver()
    assert [url for url, _, _ in sent] == ["http://shop.test/webhooks/xendit"]


async def test_an_address_that_cannot_be_is_tried_and_given_up(open_rig: OpenRig) -> None:
    rig: Rig = await open_rig(obeys_callback_urls=True, webhook_schedule=(1,))
    await rig.settle(await create(rig, platform_callback_url="http://999.1.1.1/hook"))
    for status in ("QUEUED", "GIVEN_UP"):
        await rig.deliver()
        (webhook,) = await rig.sandbox.webhooks()
        assert (webhook["status"], webhook["answer"]) == (status, "InvalidURL")
        rig.clock.pass_by(seconds=1)


@pytest.mark.parametrize("url", ["ftp://localhost/x", "file:///etc/passwd", "callback", "http://a b/", 7])
async def test_an_address_that_is_none_is_refused(open_rig: OpenRig, url: Any) -> None:
    rig: Rig = await open_rig(obeys_callback_urls=True)
    answer = await rig.api.post(PATH, json=BODY | {"platform_callback_url": url})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "/body/platform_callback_url")


@pytest.mark.parametrize(
    ("words", "obeys"),
    [([], True), (["--host", "0.0.0.0"], False), (["--host", "0.0.0.0", "--open-control"], True)],
)
def test_only_programs_of_this_machine_name_addresses(words: list[str], obeys: bool) -> None:
    assert settings_from(arguments(["--secret", "s" * 40, *words])).obeys_callback_urls is obeys
