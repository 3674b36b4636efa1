"""Every property of the bodies about saved methods and plans, replaced by what it should not be: never a 500."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.conftest import CUSTOMER, SCHEDULE, SUBSCRIPTION, Rig
from tests.sandbox.test_tokens_api import saved

pytestmark = pytest.mark.anyio

ODD: list[Any] = [
    None, True, -1, 0, 1.0, 1e-19, 10**29, "", "\x01", "é" * 300, [], {}, [None], [[]], {"\x01": {}}, [1.5] * 20,
    "2026-02-30", "9999-12-31T23:59:59Z", "9999-12-28T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "10054",
    "http://[", "recy_", "pt-", "pr-", "cust-",
]  # fmt: skip
ITEM = {
    "reference_id": "gayo",
    "type": "PHYSICAL_PRODUCT",
    "name": "Gayo",
    "net_unit_amount": 50_000,
    "quantity": 1,
    "category": "coffee",
}
FULL_SCHEDULE = SCHEDULE | {
    "total_recurrence": 12,
    "retry_interval": "DAY",
    "retry_interval_count": 1,
    "total_retry": 3,
    "failed_attempt_notifications": [1, 3],
}
ADDRESS = {"country": "ID", "street_line1": "Jalan Braga 1", "category": "HOME", "is_primary": True}


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value in a body."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in inner:
        yield (*path, name)
        yield from places(value, (*path, name))


def replaced(body: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(body)
    inside = changed
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = value
    found: dict[str, Any] = changed
    return found


def bodies(token: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """A whole body of each call that takes one, with its method and its path."""
    used = {"payment_token_id": token["payment_token_id"]}
    plan = {
        "amount": 50_000,
        "locale": "id",
        "notification_channels": ["EMAIL"],
        "description": "Coffee club",
        "items": [ITEM],
        "payment_link_for_failed_attempt": True,
        "metadata": {"tier": "gold"},
        "payment_tokens": [used | {"rank": 1}],
        "schedule": FULL_SCHEDULE,
    }
    terms = {"reference_id": "plan-1", "customer_id": token["customer_id"], "currency": "IDR"}
    more = {"immediate_payment": False, "failed_cycle_action": "STOP"}
    payment = {
        **used,
        **{"reference_id": "r", "type": "PAY", "country": "ID", "currency": "IDR", "request_amount": 50_000},
        **{"channel_code": "CARDS", "capture_method": "AUTOMATIC", "description": "Coffee", "metadata": {"a": "b"}},
        "channel_properties": {
            "success_return_url": "http://shop.test/",
            "skip_three_ds": False,
            "card_on_file_type": "RECURRING",
            "recurring_configuration": {"recurring_expiry": "2027-01-01", "recurring_frequency": 30},
            "billing_information": {"country": "ID"},
        },
        "items": [ITEM],
        "shipping_information": {"country": "ID"},
        "customer": CUSTOMER,
    }
    customer = CUSTOMER | {"addresses": [ADDRESS], "kyc_documents": [{"type": "PASSPORT"}], "metadata": {"a": "b"}}
    month = {"scheduled_timestamp": "2027-01-05T00:00:00Z", "currency": "IDR", "amount": 1000, "metadata": {"a": "b"}}
    subscription = {"schedule": FULL_SCHEDULE, "payment_link_for_failed_attempt": True} | more
    return {
        "session": ("POST", "/sessions", SUBSCRIPTION | {"subscription": subscription}),
        "customer": ("POST", "/customers", customer),
        "payment": ("POST", "/v3/payment_requests", payment),
        "simulated payment": ("POST", "/v3/payment_requests/{request}/simulate", {"amount": 1000}),
        "plan": ("POST", "/recurring/plans", plan | terms | more),
        "changed plan": ("PATCH", "/recurring/plans/{plan}", plan),
        "changed cycle": ("PATCH", "/recurring/plans/{plan}/cycles/{cycle}", month),
        "simulated cycle": ("POST", "/recurring/plans/{plan}/cycles/{cycle}/simulate", {"amount": 1000}),
    }


@pytest.mark.parametrize("name", list(bodies({"payment_token_id": "", "customer_id": ""})))
async def test_an_odd_value_in_any_place_is_no_crash(rig: Rig, name: str) -> None:
    token = await saved(rig, "CARDS.challenge")
    method, path, body = bodies(token)[name]
    ids: dict[str, str] = {}

    async def send(content: dict[str, Any]) -> int:
        """Send the body about objects that are there, new ones where the last one may have ended."""
        if "{" in path and (not ids or name.startswith("simulated")):
            plan = (await rig.api.post("/recurring/plans", json=bodies(token)["plan"][2])).json()
            listed = (await rig.api.get(f"/recurring/plans/{plan['id']}/cycles")).json()["data"]
            terms = bodies(token)["payment"][2] | {"reference_id": plan["id"]}
            request = (await rig.api.post("/v3/payment_requests", json=terms)).json()
            ids.update(plan=plan["id"], cycle=listed[0]["id"], request=request["payment_request_id"])
        answer = await rig.api.request(method, path.format(**ids), json=content)
        assert answer.headers["content-type"] == "application/json"
        return answer.status_code

    sent = [await send(replaced(body, place, value)) for place in places(body) for value in ODD]
    assert max(sent) < 500 and min(sent) < 300
    rig.clock.pass_by(days=400)
    await rig.deliver()  # whatever was stored can be read, charged and sent
    assert (await rig.api.get(f"/v3/payment_tokens/{token['payment_token_id']}")).status_code == 200
