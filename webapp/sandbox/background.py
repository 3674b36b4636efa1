"""The parts of the background work, each on its own."""

import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


async def tried(work: Callable[[], Awaitable[object]]) -> bool:
    """Do a part of the background work. If it fails, the other parts and the next round go on."""
    try:
        await work()
        return True
    except Exception:  # for example a database failure
        logger.exception("the sandbox's background work failed")
        return False
