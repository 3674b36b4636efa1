"""Fees that an order may carry beside its products. The browser names one; its amount is the shop's."""

from decimal import Decimal

from webapp.notices import N_
from webapp.orders.order import LineItem
from webapp.shop.catalog import amount_in
from webapp.shop.currencies import Currency

FEES = {"delivery": (N_("Delivery"), Decimal(2)), "gift": (N_("Gift wrapping"), Decimal(1))}
"""The name and the amount in US dollars of each fee."""


def fee_line(fee: str, currency: Currency) -> LineItem:
    """Return the fee as a line of an order in this market."""
    name, dollars = FEES[fee]
    return LineItem(f"fee-{fee}", name, 1, amount_in(currency, dollars), "FEE", name, type="FEE")
