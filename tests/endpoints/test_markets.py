"""Every market takes an order by every integration and in every flow that its row allows."""

import re
from pathlib import Path

import pytest

from tests.conftest import Shop
from tests.xendit import HTMX
from webapp.integrations import INTEGRATIONS
from webapp.orders.status import Flow
from webapp.sandbox.markets import MARKETS
from webapp.shop.currencies import CURRENCIES
from webapp.shop.visitor import unavailable_reason

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
COMBINATIONS = [
    (currency, integration, flow)
    for currency in CURRENCIES
    for integration in INTEGRATIONS
    for flow in Flow
    if not unavailable_reason(integration, flow, CURRENCIES[currency])
]

# What else names a currency, and why. Whatever is not listed here must read it from a table.
NAMED_ELSEWHERE = {
    "webapp/presenter/scenes.py": "scenes of the walkthrough",
    "webapp/presenter/trouble.py": "scenes of the walkthrough",
    "webapp/shop/channels.py": "channels to choose from, by market",
    "webapp/presenter/test_cards.py": "test data that only some markets have",
    "webapp/shop/failing_totals.py": "totals that only some markets have",
    "webapp/endpoints/storefront.py": "an example of a deep link",
    "webapp/integrations/README.md": "where invoices are not to be had; an example",
}


def test_there_is_something_to_sell_in_every_market() -> None:
    assert {currency for currency, _, _ in COMBINATIONS} == set(CURRENCIES)
    assert {integration for _, integration, _ in COMBINATIONS} == set(INTEGRATIONS)


async def test_every_market_integration_and_flow_opens_a_payment(shop: Shop) -> None:
    for currency, integration, flow in COMBINATIONS:
        await shop.get(f"/?currency={currency}&flow={flow}&integration={integration}&cart=gayo:2")
        answer = await shop.checkout(integration, flow, **HTMX)
        opened = "components-key" in answer.text if integration == "components" else answer.headers.get("hx-redirect")
        assert answer.status_code == 200 and opened, (currency, integration, flow, answer.text[:300])
        order = await shop.newest_order()
        assert (order.currency, order.integration, order.flow) == (currency, integration, flow)


def test_the_sandbox_has_every_market_of_the_shop() -> None:
    assert set(CURRENCIES) <= set(MARKETS)
    for code, currency in CURRENCIES.items():
        market = MARKETS[code]
        assert (market.country, market.decimals, market.invoices) == (
            currency.country,
            currency.digits,
            currency.invoices,
        )


def test_only_these_files_beside_the_table_name_a_currency() -> None:
    code = re.compile(rf"\b({'|'.join(CURRENCIES)})\b")
    files = [path for room in ("webapp", "templates", "static/js") for path in (ROOT / room).rglob("*.*")]
    naming = {
        str(path.relative_to(ROOT))
        for path in files
        if path.suffix in (".py", ".html", ".js", ".md", ".sql") and code.search(path.read_text(encoding="utf-8"))
    }
    outside = {name for name in naming if not name.startswith("webapp/sandbox/")}
    assert outside == {"webapp/shop/currencies.py", *NAMED_ELSEWHERE}
