"""GET /balance: what a test account has, which is always the same. https://docs.xendit.co/apidocs/get-balance"""

from starlette.requests import Request
from starlette.responses import Response

from ..codec import ApiResponse
from .reading import business_of
from .schema import Rule, check_query

BALANCES = {"CASH": 1_241_231, "HOLDING": 0, "TAX": 0}
CURRENCIES = ("IDR", "PHP", "USD", "VND", "THB", "MYR", "SGD", "EUR", "GBP", "HKD", "AUD")
QUERY = Rule(
    "object",
    properties={
        "account_type": Rule("string", enum=tuple(BALANCES)),
        "currency": Rule("string", enum=CURRENCIES),
        "at_timestamp": Rule("string", format="date-time"),
    },
)


async def get_balance(request: Request) -> Response:
    """Handle `GET /balance`. The account type is CASH where none is asked for."""
    business_of(request)
    check_query(request.query_params, QUERY)
    return ApiResponse({"balance": BALANCES[request.query_params.get("account_type", "CASH")]})
