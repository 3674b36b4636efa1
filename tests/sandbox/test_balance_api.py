"""GET /balance, the first call that the official SDKs' READMEs show."""

import pytest

from tests.sandbox.conftest import Rig

pytestmark = pytest.mark.anyio


async def test_the_balance_is_a_number_for_each_account(rig: Rig) -> None:
    for query in ("", "account_type=CASH", "account_type=CASH&currency=PHP&at_timestamp=2026-11-20T09:00:00Z"):
        answer = await rig.api.get(f"/balance?{query}")
        assert (answer.status_code, answer.json()) == (200, {"balance": 1_241_231})
    assert (await rig.api.get("/balance", params={"account_type": "HOLDING"})).json() == {"balance": 0}


@pytest.mark.parametrize(
    ("name", "value"), [("account_type", "GIRO"), ("currency", "XXX"), ("at_timestamp", "yesterday")]
)
async def test_a_wrong_question_is_a_validation_error(rig: Rig, name: str, value: str) -> None:
    answer = await rig.api.get("/balance", params={name: value})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
    assert answer.json()["errors"][0]["path"] == f"/query/{name}"


async def test_it_asks_for_a_key(rig: Rig) -> None:
    assert (await rig.api.get("/balance", auth=("", ""))).status_code == 401
