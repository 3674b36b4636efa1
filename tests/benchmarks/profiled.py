"""Run the shop and note, each millisecond of processor, which of STEPS it is in: ``profiled.py PORT FILE``.

The innermost frame of a known place decides, so that httpx's time ends where aiohttp's begins.
"""

import atexit
import collections
import json
import signal
import sys
from pathlib import Path
from types import FrameType

import uvicorn

STEPS = {
    "recording": ("webapp/inspector",),
    "aiohttp": ("aiohttp", "webapp/xendit/network", "webapp/xendit/bounded", "aiohappyeyeballs", "yarl", "multidict"),
    "httpx": ("/httpx/", "/httpcore/", "stamina", "tenacity", "webapp/xendit", "/anyio/", "webapp/integrations"),
    "SQL": ("aiosql", "sqlite", "asyncpg", "webapp/database", "webapp/orders"),
    "logging": ("structlog", "/logging/", "webapp/logs", "webapp/web/request_log"),
    "session": ("itsdangerous", "webapp/web/visitor_cookies", "webapp/session"),
    "form": ("multipart", "starlette/formparsers", "webapp/web/forms"),
    "templates": ("jinja2", "markupsafe", "<template>", ".html", "webapp/web/templating", "webapp/web/page_cache"),
    "framework": ("starlette", "webapp/web", "webapp/endpoints", "webapp/app", "webapp/shop"),
    "loop": ("uvicorn", "asyncio", "uvloop", "httptools"),
}
counted: collections.Counter[str] = collections.Counter()


def note(_: int, frame: FrameType | None) -> None:
    while frame:
        place = frame.f_code.co_filename
        for step, parts in STEPS.items():
            if any(part in place for part in parts):
                counted[step] += 1
                return
        frame = frame.f_back
    counted["other"] += 1


if __name__ == "__main__":
    atexit.register(lambda: Path(sys.argv[2]).write_text(json.dumps(counted)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # uvicorn raises it again at its end
    signal.signal(signal.SIGPROF, note)
    signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
    uvicorn.run(
        "webapp.app:create_app_from_env",
        factory=True,
        port=int(sys.argv[1]),
        loop="uvloop",
        access_log=False,
        log_level="error",
    )
