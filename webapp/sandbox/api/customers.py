"""Customers: create, find by reference, get. https://docs.xendit.co/apidocs/create-customer-request"""

from starlette.requests import Request
from starlette.responses import Response

from .. import customers
from ..codec import ApiResponse
from ..errors import SandboxError, validation_error
from ..store import Store
from .metadata import check_metadata
from .reading import body_of, business_of
from .schema import Rule, check_schema
from .session_schema import INDIVIDUAL, text

PHONE = Rule("string", pattern=r"\+?[0-9]{7,15}", nullable=True)
LINE = text(1, 255, nullable=True)
ADDRESS = Rule(
    "object",
    required=("country",),
    properties={
        "country": text(2, 2),
        **dict.fromkeys(("street_line1", "street_line2", "city", "province_state", "postal_code"), LINE),
        "category": Rule("string", enum=("HOME", "WORK", "PROVINCIAL"), nullable=True),
        "is_primary": Rule("boolean", nullable=True),
    },
)
BUSINESS = Rule("object", nullable=True, required=("business_name",), properties={"business_name": text(1, 255)})
CUSTOMER = Rule(
    "object",
    required=("reference_id", "type"),
    properties={
        "reference_id": text(1, 255),
        "type": Rule("string", enum=("INDIVIDUAL", "BUSINESS")),
        "individual_detail": Rule(
            "object", nullable=True, required=INDIVIDUAL.required, properties=INDIVIDUAL.properties
        ),
        "business_detail": BUSINESS,
        "email": text(1, 50, format="email", nullable=True),
        "mobile_number": PHONE,
        "phone_number": PHONE,
        "addresses": Rule("array", maximum=20, items=ADDRESS, nullable=True),
        "kyc_documents": Rule("array", maximum=20, items=Rule("object"), nullable=True),
        "description": text(2, 500, nullable=True),
        "date_of_registration": Rule("string", format="date", nullable=True),
        "domicile_of_registration": text(2, 2, nullable=True),
        "metadata": Rule("object", nullable=True),
    },
)


class CustomersApi:
    """The three calls about customers."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def create(self, request: Request) -> Response:
        """Handle `POST /customers`."""
        business_id = business_of(request)
        body = await body_of(request)
        check_schema(body, CUSTOMER)
        detail = "individual_detail" if body["type"] == "INDIVIDUAL" else "business_detail"
        if not body.get(detail):
            raise validation_error(f"must have required property '{detail}'", f"/body/{detail}")
        check_metadata(body.get("metadata"), "API_VALIDATION_ERROR", keys=50, value=500)
        key = request.headers.get("idempotency-key")
        if key is not None and not 1 <= len(key) <= 100:
            raise validation_error("must have 1 to 100 characters", "/header/idempotency-key")
        return ApiResponse(await customers.create_customer(self.store, business_id, body, key))

    async def get(self, request: Request) -> Response:
        """Handle `GET /customers/{customer_id}`."""
        found = await customers.get_customer(self.store, business_of(request), request.path_params["customer_id"])
        if found is None:
            raise SandboxError(404, "DATA_NOT_FOUND", "There is no such customer")
        return ApiResponse(found)

    async def find(self, request: Request) -> Response:
        """Handle `GET /customers`. An unknown reference finds an empty list."""
        business_id, reference_id = business_of(request), request.query_params.get("reference_id", "")
        if not 1 <= len(reference_id) <= 255:
            raise validation_error("must have 1 to 255 characters", "/query/reference_id")
        found = await customers.find_customer(self.store, business_id, reference_id)
        return ApiResponse({"data": [found] if found else [], "has_more": False})
