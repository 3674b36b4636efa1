"""An imitation of Xendit that runs offline: see README.md. It imports nothing of the shop."""

from .app import Sandbox
from .database import Database, SQLiteDatabase
from .outbox import WebhookFaults
from .settings import SandboxSettings

__all__ = ["Database", "SQLiteDatabase", "Sandbox", "SandboxSettings", "WebhookFaults"]
