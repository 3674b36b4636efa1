"""The addresses at which a payment of the sandbox is decided are masked, wherever they stand."""

import pytest

from webapp.inspector.masking import Mask
from webapp.sandbox.console.masking import masked

ADDRESSES = {
    "/sandbox/pay/aB3_dE5g": "aB3_dE5g",
    "/sandbox/invoice/aB3_dE5g": "aB3_dE5g",
    "/sandbox/authorize/pr-6f1d0c52-0001/0a1b2c3d4e5f": "0a1b2c3d4e5f",
    "/sandbox/3ds/ps-0123456789abcdef/pr-6f1d0c52-0001": "pr-6f1d0c52-0001",
    "/sandbox/wallet/ps-0123456789abcdef/pr-6f1d0c52-0001": "pr-6f1d0c52-0001",
    "/sandbox/approval/ps-0123456789abcdef/pr-6f1d0c52-0001": "pr-6f1d0c52-0001",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_that_decides_a_payment_is_shown(address: str) -> None:
    text = f"the bank is at https://shop.example{address}, said Xendit"
    for shown in (Mask({}).text(text), masked(text), Mask({}).value({"actions": [{"url": text}]})["actions"][0]["url"]):
        assert ADDRESSES[address] not in shown
        assert shown.startswith("the bank is at https://shop.example") and shown.endswith("said Xendit")
