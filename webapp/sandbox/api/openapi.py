"""GET /openapi.json: the API in OpenAPI's words, made from the routes and from the rules that check requests."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ..codec import ApiResponse
from . import balance, customers, payment_request_schema, payments, plan_schema, refunds
from .invoice_filters import CHANNELS, EXACT, MAX_LIMIT, PERIODS, SEVERAL
from .invoice_schema import INVOICE
from .schema import Rule
from .session_schema import SESSION

JSON = dict[str, Any]
TEXT, LIMIT = Rule("string"), Rule("integer", minimum=1, maximum=MAX_LIMIT)
BODIES = {
    "SessionsApi.create": SESSION,
    "InvoicesApi.create": INVOICE,
    "CustomersApi.create": customers.CUSTOMER,
    "RefundsApi.create": refunds.REFUND,
    "PaymentsApi.capture": payments.CAPTURE,
    "PaymentRequestsApi.create": payment_request_schema.REQUEST,
    "PaymentRequestsApi.simulate": payment_request_schema.SIMULATE,
    "PlansApi.create": plan_schema.PLAN,
    "PlansApi.change": plan_schema.PLAN_CHANGE,
    "CyclesApi.change": plan_schema.CYCLE_CHANGE,
    "CyclesApi.simulate": plan_schema.SIMULATION,
}
SEVERAL_OF = {name: Rule("array", items=Rule("string", enum=tuple(known))) for name, _, known in (*SEVERAL, CHANNELS)}
TIMES = {f"{name}_{end}": Rule("string", format="date-time") for name in PERIODS for end in ("after", "before")}
PAGE = {"limit": LIMIT, "after_id": TEXT, "before_id": TEXT}
QUERIES: dict[str, dict[str, Rule]] = {
    "InvoicesApi.find": {
        **{"external_id": TEXT, "limit": LIMIT, "last_invoice": TEXT},
        **SEVERAL_OF,
        **TIMES,
        **dict.fromkeys(EXACT, TEXT),
    },
    "CustomersApi.find": {"reference_id": Rule("string", minimum=1, maximum=255)},
    "RefundsApi.find": dict.fromkeys(refunds.FILTERS, TEXT) | PAGE,
    "CyclesApi.find": PAGE,
    "get_balance": dict(balance.QUERY.properties),
}
LENGTHS = {"string": "{}Length", "array": "{}Items", "number": "{}imum", "integer": "{}imum"}
ERROR = {
    "type": "object",
    "required": ["error_code", "message"],
    "properties": {"error_code": {"type": "string"}, "message": {"type": "string"}, "errors": {"type": "array"}},
}


def schema_of(rule: Rule) -> JSON:
    """Return the rule in JSON Schema's words."""
    schema: JSON = {"type": [rule.type, "null"] if rule.nullable else rule.type}
    limits = {"min": rule.minimum, "max": rule.maximum}
    schema |= {LENGTHS[rule.type].format(end): limit for end, limit in limits.items() if limit is not None}
    schema |= {"enum": [*rule.enum, *([None] if rule.nullable else [])]} if rule.enum else {}
    schema |= {"pattern": f"^{rule.pattern}$"} if rule.pattern else {}
    schema |= {"format": rule.format} if rule.format else {}
    schema |= {"required": list(rule.required)} if rule.required else {}
    if rule.properties:
        schema["properties"] = {name: schema_of(child) for name, child in rule.properties.items()}
    return schema | ({"items": schema_of(rule.items)} if rule.items else {})


def document(routes: Sequence[BaseRoute]) -> JSON:
    """Return the OpenAPI document of these routes."""
    paths: dict[str, JSON] = {}
    for route in routes:
        if isinstance(route, Route):
            methods = (route.methods or set()) - {"HEAD"}
            paths.setdefault(route.path, {}).update({each.lower(): _operation(route, each) for each in sorted(methods)})
    return {
        "openapi": "3.1.0",
        "info": {"title": "The sandbox, an imitation of Xendit's API", "version": "1"},
        "security": [{"secret_key": []}],
        "components": {
            "securitySchemes": {"secret_key": {"type": "http", "scheme": "basic"}},
            "schemas": {"Error": ERROR},
        },
        "paths": paths,
    }


def _operation(route: Route, method: str) -> JSON:
    name = route.endpoint.__qualname__
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    said = {"2XX": {"description": "Done"}, "default": {"description": "An error", "content": error}}
    operation: JSON = {"operationId": f"{method.lower()}{re.sub('[^a-z0-9]+', '_', route.path)}", "responses": said}
    inside = [
        {"name": each, "in": "path", "required": True, "schema": {"type": "string"}} for each in route.param_convertors
    ]
    query = [{"name": each, "in": "query", "schema": schema_of(rule)} for each, rule in QUERIES.get(name, {}).items()]
    operation |= {"parameters": inside + query} if inside + query else {}
    if rule := BODIES.get(name):
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of(rule)}}}
    return operation


def openapi_endpoint(routes: Sequence[BaseRoute]) -> Callable[[Request], Any]:
    """Return the endpoint that serves the document of these routes. It asks for no key."""

    async def openapi(request: Request) -> Response:
        return ApiResponse(document(routes))

    return openapi
