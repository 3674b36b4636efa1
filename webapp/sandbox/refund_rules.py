"""The refunds that a channel takes: for how many days, all at once or in parts.

https://docs.xendit.co/docs/available-payment-channels
"""

from typing import NamedTuple

MAX_REFUNDS = 20
FULL, ONE_PART, PARTS = 0, 1, MAX_REFUNDS
NO_END = 36_500


class RefundRule(NamedTuple):
    """`days` after the payment; `parts`: how many refunds of less than all of it."""

    days: int
    parts: int


# fmt: off
RULES: dict[str, dict[str, RefundRule]] = {
    "IDR": {
        "CARDS": RefundRule(365, PARTS), "SHOPEEPAY": RefundRule(365, PARTS), "GOPAY": RefundRule(45, PARTS),
        "DANA": RefundRule(30, PARTS), "OVO": RefundRule(14, PARTS), "JENIUSPAY": RefundRule(NO_END, ONE_PART),
        "AKULAKU": RefundRule(NO_END, ONE_PART), "ATOME": RefundRule(NO_END, ONE_PART),
        "KREDIVO": RefundRule(14, FULL), "BRI_DIRECT_DEBIT": RefundRule(120, FULL),
        "LINKAJA": RefundRule(30, FULL), "QRIS": RefundRule(30, FULL),
    },
    "PHP": {
        "CARDS": RefundRule(365, PARTS), "PAYMAYA": RefundRule(365, PARTS), "GRABPAY": RefundRule(365, PARTS),
        "GCASH": RefundRule(180, PARTS), "SHOPEEPAY": RefundRule(90, PARTS),
        "BPI_DIRECT_DEBIT": RefundRule(30, ONE_PART), "DD_RCBC": RefundRule(30, ONE_PART),
        "DD_UBP": RefundRule(30, ONE_PART), "DD_CHINABANK": RefundRule(30, ONE_PART),
        "BILLEASE": RefundRule(NO_END, FULL),
    },
    "THB": {"CARDS": RefundRule(365, PARTS)},
    "MYR": {
        "CARDS": RefundRule(365, PARTS), "GRABPAY": RefundRule(365, PARTS), "SHOPEEPAY": RefundRule(365, PARTS),
        "WECHATPAY": RefundRule(365, FULL), "TOUCHNGO": RefundRule(30, PARTS),
    },
    "VND": {
        "CARDS": RefundRule(365, PARTS), "ZALOPAY": RefundRule(180, PARTS), "SHOPEEPAY": RefundRule(90, PARTS),
        "MOMO": RefundRule(NO_END, ONE_PART), "APPOTA": RefundRule(NO_END, FULL),
        "VNPTWALLET": RefundRule(NO_END, FULL),
    },
}
# fmt: on
ELSEWHERE = {"CARDS": RefundRule(180, PARTS)}


def rule_of(channel_code: str, currency: str) -> RefundRule | None:
    """Return the rule of a channel, or None if it takes no refunds."""
    return RULES.get(currency, ELSEWHERE).get(channel_code)
