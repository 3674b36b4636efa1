"""Saved payment methods: get, cancel. https://docs.xendit.co/docs/pay-with-tokens"""

from starlette.requests import Request
from starlette.responses import Response

from .. import tokens
from ..codec import ApiResponse
from ..errors import no_data
from ..object_records import TokenRecord
from ..records import SessionRecord
from ..store import Store
from .reading import business_of


class TokensApi:
    """The two calls about a saved payment method."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def get(self, request: Request) -> Response:
        """Handle `GET /v3/payment_tokens/{payment_token_id}`."""
        return ApiResponse((await self._own(request)).token)

    async def cancel(self, request: Request) -> Response:
        """Handle `POST /v3/payment_tokens/{payment_token_id}/cancel`."""
        record = await self._own(request)
        if not record.is_active:
            raise tokens.not_active(record)
        return ApiResponse(await self.store.tokens.update(record.id, tokens.cancel))

    async def _own(self, request: Request) -> TokenRecord:
        business_id, wanted = business_of(request), request.path_params["payment_token_id"]
        record = await self.store.get_token(wanted)
        if record is None and wanted.startswith("pt-"):
            session = await self.store.find_by_alias(wanted)
            record = tokens.unsaved(session, wanted) if isinstance(session, SessionRecord) else None
        if record is None or record.business_id != business_id:
            raise no_data()
        return record
