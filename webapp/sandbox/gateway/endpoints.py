"""The seven calls of the browser SDK, under /api/sessions. The auth key in the address is the only credential.

Every POST is a form with one field, `payload`, which holds JSON: so a browser sends no preflight request.
"""

from datetime import datetime

from starlette.requests import Request
from starlette.routing import Route

from .. import cards, sessions
from ..errors import SandboxError, not_found, validation_error
from ..records import SessionRecord
from ..settings import SandboxSettings
from ..store import Store
from . import responses
from .answering import json_endpoint
from .requests import JSON, inside, payload_of
from .start_payment import apply_decision, start_payment


class Gateway:
    """The seven calls. They use the same store and the same rules as the merchant's API."""

    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self.store, self.settings = store, settings

    def routes(self) -> list[Route]:
        """Return the routes of the seven calls."""
        session = "/api/sessions/{auth}"
        return [
            Route("/api/sessions/payment_requests", self.start, methods=["POST"]),
            Route("/api/sessions/payment_tokens", self.start, methods=["POST"]),
            Route(session, self.open),
            Route(f"{session}/poll", self.poll),
            Route(f"{session}/card_info", self.card_info, methods=["POST"]),
            Route(f"{session}/payment_options", self.payment_options, methods=["POST"]),
            Route(f"{session}/payment_requests/{{id}}/simulate", self.simulate, methods=["POST"]),
        ]

    async def _session(self, request: Request, auth_key: object) -> SessionRecord:
        record = await self.store.find_session_by_auth(auth_key) if isinstance(auth_key, str) else None
        if record is None or record.session["mode"] != "COMPONENTS":
            raise not_found()
        request.state.session = record
        return record

    def _decrypted(self, record: SessionRecord, encrypted: object) -> str:
        """Return a typed card number. It must not be stored."""
        from ..sdk_keys import ecdh_private_key
        from .card_fields import Unreadable, open_field

        try:
            return open_field(encrypted, ecdh_private_key(self.settings.secret, record.id), record.id)
        except Unreadable as error:
            raise validation_error(str(error), "/body/card_details") from error

    def _card(self, record: SessionRecord, body: JSON, number: str) -> JSON:
        """Return the description of a card, which may be stored: the number and the security code are not in it."""
        typed = inside(body, "channel_properties", "card_details") or {}
        expiry = [typed.get(name) for name in ("expiry_month", "expiry_year")]
        month, year = [self._decrypted(record, part) if part else "" for part in expiry]
        holder = {name: typed[name] for name in cards.HOLDER if isinstance(typed.get(name), str)}
        return cards.details(number, cards.expiry(month, year, self.store.clock()), holder, record.session["country"])

    @json_endpoint
    async def open(self, request: Request) -> JSON:
        """Return the session and its channels: the SDK's first call."""
        record = await self._session(request, request.path_params["auth"])
        return responses.opening(record, record.merchant or self.settings.merchant_name)

    @json_endpoint
    async def poll(self, request: Request) -> JSON:
        """Return the session, and the attempt of `token_request_id`."""
        record = await self._session(request, request.path_params["auth"])
        wanted = request.query_params.get("token_request_id")
        return responses.polled(record, sessions.find_attempt(record, wanted) if wanted else None)

    @json_endpoint
    async def start(self, request: Request) -> JSON:
        """Start a payment or a token with one channel."""
        body = await payload_of(request)
        record = await self._session(request, body.get("session_id"))
        pays = record.session["session_type"] == "PAY"
        if pays != request.url.path.endswith("payment_requests"):
            raise validation_error("must be a session of the type that this call is for", "/body/session_id")
        encrypted = inside(body, "channel_properties", "card_details", "card_number")
        number = self._decrypted(record, encrypted) if encrypted or body.get("channel_code") == "CARDS" else None
        if number is not None and not cards.is_valid(number):
            raise validation_error("must be a valid card number", "/body/channel_properties/card_details/card_number")
        card = self._card(record, body, number) if number else None
        kind: sessions.Kind = "payment_request" if pays else "payment_token"

        def start(record: SessionRecord, now: datetime) -> JSON:
            return start_payment(record, now, kind, body, number, card, record.merchant or self.settings.merchant_name)

        attempt: JSON = await self.store.update_session(record.id, start)
        return responses.entity(attempt) | {"session_token_request_id": attempt["session_token_request_id"]}

    @json_endpoint
    async def simulate(self, request: Request) -> JSON:
        """Pay a QR code that is open."""
        record = await self._session(request, request.path_params["auth"])
        wanted = request.path_params["id"]
        actions = sessions.find_attempt(record, wanted)["actions"]
        if not any(action["type"] == "PRESENT_TO_CUSTOMER" for action in actions):
            raise SandboxError(400, "INELIGIBLE_PAYMENT_REQUEST", "Only an open QR code can be simulated")
        await self.store.update_session(
            record.id, lambda record, now: apply_decision(record, now, wanted, approved=True)
        )
        return {"status": "PENDING", "message": "Simulated; the result arrives by polling and by webhook"}

    @json_endpoint
    async def card_info(self, request: Request) -> JSON:
        """Return the network and the country of a card, and whether it needs a billing address."""
        record = await self._session(request, request.path_params["auth"])
        number = self._decrypted(record, (await payload_of(request)).get("card_number"))
        brand, foreign = cards.brand(number), cards.is_foreign(number)
        # The session's own country, because another would change the dial code of an empty phone field.
        country = "US" if foreign else record.session["country"]
        return {
            "schemes": [brand] if brand in responses.CARD_BRANDS else [],
            "country_codes": [country],
            "require_billing_information": foreign,
        }

    @json_endpoint
    async def payment_options(self, request: Request) -> JSON:
        """Return the instalment plans of a channel: none."""
        record = await self._session(request, request.path_params["auth"])
        shown = {field: record.session[field] for field in ("country", "currency", "amount")}
        return shown | {"channel_code": (await payload_of(request)).get("channel_code"), "installment_plans": []}
