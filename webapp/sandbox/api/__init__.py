"""The merchant's API, in the place of https://api.xendit.co."""

import logging

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ..codec import ApiResponse
from ..errors import SandboxError
from ..settings import SandboxSettings
from ..store import Store
from .balance import get_balance
from .customers import CustomersApi
from .cycles import CyclesApi
from .invoices import InvoicesApi
from .openapi import openapi_endpoint
from .payment_requests import PaymentRequestsApi
from .payments import PaymentsApi
from .plans import PlansApi
from .reading import business_of
from .refunds import RefundsApi
from .sessions import SessionsApi
from .tokens import TokensApi

logger = logging.getLogger(__name__)
PLUGINS = "/tpi/payment/xendit/invoice"  # the gateway of Xendit's plugins for other shops
CRASH = "Something unexpected happened. We are investigating this issue. Please try again later."


def create_api(store: Store, settings: SandboxSettings) -> Starlette:
    """Return the ASGI app with the routes of the API."""
    routes = [*_checkouts(store, settings), *_payments(store, settings), *_subscriptions(store)]
    routes.append(Route("/openapi.json", openapi_endpoint(tuple(routes))))
    handlers = {SandboxError: _api_error, HTTPException: _no_route, Exception: _crashed}
    api = Starlette(routes=routes, exception_handlers=handlers)
    api.router.redirect_slashes = False
    return api


def _checkouts(store: Store, settings: SandboxSettings) -> list[Route]:
    sessions, invoices = SessionsApi(store, settings), InvoicesApi(store, settings)
    customers = CustomersApi(store)
    return [
        Route("/sessions", sessions.create, methods=["POST"]),
        Route("/sessions/{payment_session_id}", sessions.get),
        Route("/sessions/{payment_session_id}/cancel", sessions.cancel, methods=["POST"]),
        Route("/v2/invoices", invoices.create, methods=["POST"]),
        Route("/v2/invoices", invoices.find),
        Route("/v2/invoices/{invoice_id}", invoices.get),
        Route("/invoices/{invoice_id}/expire!", invoices.expire, methods=["POST"]),
        Route(PLUGINS, invoices.create, methods=["POST"]),
        Route(f"{PLUGINS}/{{invoice_id}}", invoices.get),
        Route(f"{PLUGINS}/{{invoice_id}}/expire", invoices.expire, methods=["POST"]),
        Route("/customers", customers.create, methods=["POST"]),
        Route("/customers", customers.find),
        Route("/customers/{customer_id}", customers.get),
        Route("/balance", get_balance),
    ]


def _payments(store: Store, settings: SandboxSettings) -> list[Route]:
    refunds, payments, tokens = RefundsApi(store), PaymentsApi(store), TokensApi(store)
    requests, request = PaymentRequestsApi(store, settings), "/v3/payment_requests/{payment_request_id}"
    return [
        Route("/refunds", refunds.create, methods=["POST"]),
        Route("/refunds", refunds.find),
        Route("/refunds/{refund_id}", refunds.get),
        Route("/v3/payments/{payment_id}", payments.get),
        Route("/v3/payments/{payment_id}/capture", payments.capture, methods=["POST"]),
        Route("/v3/payments/{payment_id}/cancel", payments.cancel, methods=["POST"]),
        Route("/v3/payment_requests", requests.create, methods=["POST"]),
        Route(request, requests.get),
        Route(f"{request}/cancel", requests.cancel, methods=["POST"]),
        Route(f"{request}/simulate", requests.simulate, methods=["POST"]),
        Route("/v3/payment_tokens/{payment_token_id}", tokens.get),
        Route("/v3/payment_tokens/{payment_token_id}/cancel", tokens.cancel, methods=["POST"]),
    ]


def _subscriptions(store: Store) -> list[Route]:
    plans, cycles, plan = PlansApi(store), CyclesApi(store), "/recurring/plans/{plan_id}"
    cycle = f"{plan}/cycles/{{cycle_id}}"
    return [
        Route("/recurring/plans", plans.create, methods=["POST"]),
        Route(plan, plans.get),
        Route(plan, plans.change, methods=["PATCH"]),
        Route(f"{plan}/deactivate", plans.deactivate, methods=["POST"]),
        Route(f"{plan}/cycles", cycles.find),
        Route(cycle, cycles.get),
        Route(cycle, cycles.change, methods=["PATCH"]),
        Route(f"{cycle}/cancel", cycles.cancel, methods=["POST"]),
        Route(f"{cycle}/force_attempt", cycles.force_attempt, methods=["POST"]),
        Route(f"{cycle}/simulate", cycles.simulate, methods=["POST"]),
    ]


async def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SandboxError)  # noqa: S101 - Starlette's handler type is wider than the errors it gets
    return ApiResponse(error.body(), error.status)


async def _no_route(request: Request, error: Exception) -> Response:
    """Answer a call that is not imitated, after asking for a key, and a body that is too large."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code == 413:
        return ApiResponse({"error_code": "REQUEST_TOO_LARGE", "message": error.detail}, 413)
    try:
        business_of(request)
    except SandboxError as refused:
        return ApiResponse(refused.body(), refused.status)
    method, path = request.method, request.url.path[:200]
    logger.warning("not imitated: %s %r", method, path)
    known = sorted({name for route in request.app.routes if _is_at(route, path) for name in route.methods - {"HEAD"}})
    takes = f" This path takes {', '.join(known)}." if known else ""
    message = f"The sandbox does not imitate {method} {path}.{takes} It serves {', '.join(served(request.app.routes))}."
    return ApiResponse({"error_code": "NOT_IMITATED", "message": message}, 501)


def _is_at(route: BaseRoute, path: str) -> bool:
    return isinstance(route, Route) and route.path_regex.match(path) is not None


def served(routes: list[BaseRoute]) -> list[str]:
    """Return the collections of the API: the paths without ids and what follows them."""
    return sorted({route.path.partition("/{")[0] for route in routes if isinstance(route, Route)} - {"/invoices"})


async def _crashed(request: Request, error: Exception) -> Response:
    return ApiResponse({"error_code": "SERVER_ERROR", "message": CRASH}, 500)
