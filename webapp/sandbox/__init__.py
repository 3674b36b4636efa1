"""An imitation of Xendit that runs offline. See README.md; it imports nothing of the shop's."""

from .app import Sandbox
from .database import Database, SQLiteDatabase
from .outbox import WebhookFaults
from .settings import SandboxSettings

__all__ = ["Database", "SQLiteDatabase", "Sandbox", "SandboxSettings", "WebhookFaults"]
