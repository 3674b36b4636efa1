"""Ask Xendit which markets one key opens: one account may serve several (its Global Account)."""

from typing import Any

import httpx

from webapp.config import Settings
from webapp.integrations.errors import XenditError, parse_json


async def channels_by_currency(settings: Settings, client: httpx.AsyncClient, key: str) -> dict[str, int] | None:
    """Return how many payment channels are switched on in each currency, or None where Xendit doesn't say.

    Raises XenditError where it refuses the key, or doesn't answer.
    """
    try:
        response = await client.get(f"{settings.xendit_api_url}/payment_channels", auth=(key, ""))
    except httpx.HTTPError as failure:
        raise XenditError.from_failure(failure) from None
    if response.status_code in (401, 403, 429):
        raise XenditError.from_response(response)
    try:
        listed: Any = parse_json(response.content) if response.is_success else None
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        return None
    found: dict[str, int] = {}
    for channel in listed:
        if isinstance(channel, dict) and channel.get("is_enabled"):
            currency = str(channel.get("currency"))
            found[currency] = found.get(currency, 0) + 1
    return found
