"""Serve the shop with uvicorn, and say so once it is true."""

import errno
import socket

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from webapp.config import Settings
from webapp.http_protocol import BoundedProtocol

STARTUP_SECONDS = 60


def serve(settings: Settings, *, public: bool) -> None:
    """Serve until a signal stops it, in as many processes as the settings say.

    ``public``: on every address, for hosters; else only on this machine. Exits with one sentence where the port can't
    be had, and with 3 where the shop can't start.
    """
    with _listen("0.0.0.0" if public else "127.0.0.1", settings.port) as listening:  # noqa: S104 - hosters need it
        config = uvicorn.Config(
            "webapp.app:create_app_from_env",
            factory=True,
            workers=settings.workers,  # else uvicorn reads WEB_CONCURRENCY itself, with its quotes
            access_log=False,
            server_header=False,
            proxy_headers=False,  # BEHIND_PROXY decides
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            timeout_keep_alive=95 if public else 5,  # Heroku's router keeps idle connections for 90 seconds
            timeout_graceful_shutdown=25 if public else 5,
        )
        sentence = f"Selat is open at {settings.app_url} ({settings.badge}). Stop it with Ctrl+C."
        if settings.address_unknown:
            sentence = f"Selat listens at port {settings.port} and doesn't know its address: set APP_URL."
        server: _Workers | _Server
        if config.workers > 1:
            server = _Workers(config, [listening])
            server.sentence = sentence
            server.run()
        else:
            server = _Server(config)
            server.sentence = sentence
            server.run([listening])
    if not server.opened:
        raise SystemExit(STARTUP_FAILURE)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        reason = "is taken by another program" if error.errno == errno.EADDRINUSE else "can't be used here"
        raise SystemExit(f"selat: port {port} {reason}. Stop what uses it, or set PORT to another number.") from None


class _Server(uvicorn.Server):
    sentence = ""
    opened = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.opened = True
            print(self.sentence, flush=True)


class _Workers(Multiprocess):
    sentence = ""
    opened = False

    def init_processes(self) -> None:
        super().init_processes()
        self.opened = all(process.wait_until_ready(STARTUP_SECONDS) for process in self.processes)
        if self.opened:
            print(self.sentence, flush=True)
