"""Find the shop's own address where ``APP_URL`` doesn't tell it: hosters give it in variables of their own."""

from collections.abc import Mapping

# Render and Koyeb's are always there, Railway's once a domain is made, Heroku's with its runtime-dyno-metadata.
HOSTERS = {
    "RENDER_EXTERNAL_URL": "{}",
    "RAILWAY_PUBLIC_DOMAIN": "https://{}",
    "FLY_APP_NAME": "https://{}.fly.dev",
    "HEROKU_APP_DEFAULT_DOMAIN_NAME": "https://{}",
    "KOYEB_PUBLIC_DOMAIN": "https://{}",
    "WEBSITE_HOSTNAME": "https://{}",  # Azure App Service
}


def hosters_address(env: Mapping[str, str], port: int) -> str | None:
    """Return the address that a hoster gives the shop, or None."""
    for name, address in HOSTERS.items():
        if value := env.get(name):
            return address.format(value)
    space, domain = env.get("CODESPACE_NAME"), env.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN")
    return f"https://{space}-{port}.{domain}" if space and domain else None
