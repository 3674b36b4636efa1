"""Find a customer at Xendit by your own reference. Xendit files saved cards and wallets under the customer.

A session with ``customer`` makes the customer, and its answer carries ``customer_id``. Send that the next time.

https://docs.xendit.co/apidocs/get-customers-list
"""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import urlencode

import httpx

from .errors import XenditError, call_xendit, is_id

API_URL = "https://api.xendit.co"


async def find_customer(
    client: httpx.AsyncClient, api_key: str, reference_id: str, *, api_url: str = API_URL
) -> str | None:
    """Return Xendit's id of the customer with your reference, None if there is none. Raises XenditError.

    A session whose ``customer`` is known already may be refused with 409: send this ``customer_id`` instead.
    """
    url = f"{api_url}/customers?{urlencode({'reference_id': reference_id})}"
    page = await call_xendit(client, "GET", url, api_key, _Page)
    found = page.get("data")
    if not isinstance(found, list) or not all(isinstance(each, dict) and is_id(each.get("id")) for each in found):
        raise XenditError.unexpected(200)
    return next((each["id"] for each in found if each.get("reference_id") == reference_id), None)


class _Page(TypedDict):
    """``data``: the customers."""
