"""An order that only keeps a payment method says what it is for, not that nothing was ordered."""

import pytest

from tests.conftest import Shop

pytestmark = pytest.mark.anyio


async def test_the_page_of_a_saved_payment_method_says_what_it_is_for(shop: Shop) -> None:
    order = await shop.place(flow="save")
    page = (await shop.get(f"/orders/{order.reference_id}")).text
    assert "A payment method for later" in page
    assert "What you ordered" not in page
