"""Build the sandbox of a shop without API keys. The only importer of the sandbox."""

from webapp.config import Settings
from webapp.database.connection import Database
from webapp.i18n.translations import Translations
from webapp.sandbox import Sandbox, SandboxSettings
from webapp.web.assets import SDK, STATIC


def own_sandbox(settings: Settings, database: Database, translations: Translations) -> Sandbox:
    """Return the sandbox that answers in Xendit's place, in the shop's own process and database."""
    sandbox_settings = SandboxSettings(
        public_url=settings.app_url,
        merchant_name=settings.brand.name,
        secret=settings.derived_secret("sandbox"),
        webhook_url=f"{settings.app_url}/webhooks/xendit",
        webhook_token=settings.webhook_tokens[""],
        sdk_path=STATIC / SDK,
        keep_days=settings.keep.sandbox_days,
        keep_objects=settings.keep.sandbox_orders,
    )
    return Sandbox(sandbox_settings, database, translations=translations)
