"""The limit of a request's body, counted while it arrives."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000


class BodyLimitMiddleware:
    """ASGI middleware that ends a longer body with 413."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = 0

        async def receive_limited() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > MAX_BODY:
                raise HTTPException(413, "Request body is too large", {"Connection": "close"})
            return message

        await self.app(scope, receive_limited if scope["type"] == "http" else receive, send)
