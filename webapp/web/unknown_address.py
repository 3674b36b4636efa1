"""Say which command tells the shop its own address, where neither a setting nor a hoster does."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from webapp.config import Settings
from webapp.env import ConfigError, read_origin
from webapp.notices import N_, Refusal

MAX_HOST = 259  # characters: the longest name in the DNS, and a port
HEROKU_NAME = re.compile(r"(?P<app>[a-z][a-z0-9-]*?)(-[0-9a-f]{12})?\.herokuapp\.com")


def host_of(headers: Headers) -> str:
    """Return the host that the visitor came by. A proxy may forward it, and name this machine as ``Host``."""
    return headers.get("x-forwarded-host", "").rpartition(",")[2].strip() or headers.get("host", "")


def unknown_address(settings: Settings, headers: Headers) -> Refusal:
    """Return the refusal with the command that sets APP_URL to the address by which the visitor came."""
    https = settings.on_heroku or headers.get("x-forwarded-proto", "https").rpartition(",")[2].strip() != "http"
    address, host = "https://shop.example", host_of(headers)
    if len(host) <= MAX_HOST:
        with suppress(ConfigError):
            address = read_origin("APP_URL", f"{'https' if https else 'http'}://{host}")
    command = f"APP_URL={address} python -m webapp serve"
    if settings.on_heroku:
        found = HEROKU_NAME.fullmatch(urlsplit(address).netloc)
        command = f"heroku config:set APP_URL={address} --app {found['app'] if found else 'YOUR-APP'}"
    hint = N_("Then open this page again.")
    return Refusal(N_("This command tells the shop its own address:"), 503, hint=hint, command=command)
