"""The life of a running shop: what is opened at its start, repeated in the background, and closed at its end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Protocol

from starlette.applications import Starlette
from starlette.types import Lifespan

from webapp.background import repeating
from webapp.orders.retention import Retention
from webapp.web.state import Shop
from webapp.xendit.closing import expire_overdue
from webapp.xendit.modifications import refresh_unfinished

EXPIRE_EVERY = 30  # seconds
DELETE_EVERY = 60


class Service(Protocol):
    """The sandbox, of which only ``own_sandbox.py`` knows more."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


def lifespan(shop: Shop, sandbox: Service | None) -> Lifespan[Starlette]:
    """Return the life of a shop, with its sandbox if it has one."""

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as at_the_end:
            await shop.open()
            at_the_end.push_async_callback(shop.close)
            if sandbox:
                await sandbox.start()
                at_the_end.push_async_callback(sandbox.stop)
            retention = Retention(shop.database, shop.settings.keep)
            await at_the_end.enter_async_context(repeating(EXPIRE_EVERY, partial(expire_overdue, shop)))
            await at_the_end.enter_async_context(repeating(EXPIRE_EVERY, partial(refresh_unfinished, shop)))
            await at_the_end.enter_async_context(repeating(DELETE_EVERY, shop.recorder.delete_old))
            await at_the_end.enter_async_context(repeating(DELETE_EVERY, retention.delete_old))
            yield

    return living
