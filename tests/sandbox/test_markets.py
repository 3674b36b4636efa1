"""The market table: a currency is one row, and other files that name one are listed here."""

import re
from pathlib import Path

import pytest

from tests.sandbox.conftest import INVOICE, PAY, Rig
from webapp import sandbox
from webapp.sandbox.channels import cards
from webapp.sandbox.gateway.emv import SCHEMES
from webapp.sandbox.markets import MARKETS, Market

FOLDER = Path(sandbox.__file__).parent
NAMED_ELSEWHERE = {
    "README.md": "an example, and currencies that Xendit's published schema does not have",
    "gateway/README.md": "the amount from which a Thai test card asks the bank",
    "api/balance.py": "the currency of an account without one",
    "invoice_channels.py": "names that only some markets have",
    "refund_rules.py": "the refunds that a channel takes in each market",
    "command_line.py": "an example of what `send` takes",
    "templates/console/live_rows.html": "an example, while there is nothing to list",
    "cards.py": "the same, and Vietnam's own amounts that decline any card",
}


def test_only_these_files_beside_the_table_name_a_currency() -> None:
    code = re.compile(rf"\b({'|'.join(MARKETS)})\b")
    files = [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    naming = {str(path.relative_to(FOLDER)) for path in files if code.search(path.read_text(encoding="utf-8"))}
    assert naming == {"markets.py", *NAMED_ELSEWHERE}


def test_every_qr_channel_has_its_format() -> None:
    channels = [channel for market in MARKETS.values() for channel in market.channels]
    assert {channel.code for channel in channels if channel.pm_type == "QR_CODE"} == set(SCHEMES)


@pytest.mark.anyio
async def test_one_more_row_is_one_more_currency(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Market("EUR", "IE", "€{}", (cards(1),), invoices=True)
    monkeypatch.setitem(MARKETS, "EUR", row)
    for made in (
        await rig.create(PAY, currency="EUR", country="IE", amount=21.5),
        await rig.create(INVOICE, currency="EUR", amount=21.5),
    ):
        page = await rig.browser.get(made.get("payment_link_url") or made["invoice_url"])
        assert "€21.50" in page.text
        assert (await rig.settle(made)).headers["location"] == "http://shop.test/orders/order-1"
