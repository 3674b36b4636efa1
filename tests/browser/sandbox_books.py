"""The sandbox's own table, opened from outside: what a session came to, and a clock that can be turned."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import StartShop

LONG_AGO = "2020-01-01T00:00:00.000Z"


class Books:
    """The SQLite file of a running shop."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def session(self, reference_id: str) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def read(document: dict[str, Any]) -> None:
            found.update(document["session"])

        self._change(reference_id, read)
        return found

    def attempts(self, reference_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        self._change(reference_id, lambda document: found.extend(document["attempts"]))
        return found

    def let_expire(self, reference_id: str) -> None:
        """The session's time has been over for long; whoever looks next will notice."""
        self._change(reference_id, lambda document: document["session"].update(expires_at=LONG_AGO), due_at=LONG_AGO)

    def speak(self, reference_id: str, locale: str) -> None:
        self._change(reference_id, lambda document: document["session"].update(locale=locale))

    def _change(self, reference_id: str, change: Callable[[dict[str, Any]], None], due_at: str | None = None) -> None:
        connection = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            for row_id, text, due in connection.execute("SELECT id, document, due_at FROM sandbox_sessions").fetchall():
                document = json.loads(text)
                if document["session"]["reference_id"] == reference_id:
                    change(document)
                    connection.execute(
                        "UPDATE sandbox_sessions SET document = ?, due_at = ?, version = version + 1 WHERE id = ?",
                        (json.dumps(document), due_at or due, row_id),
                    )
            connection.execute("COMMIT")
        finally:
            connection.close()


# A module that imports these three has a shop of its own, whose books it can open.


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return Books(tmp_path_factory.mktemp("books") / "shop.db")


@pytest.fixture(scope="module")
def own_shop(start_shop: StartShop, books: Books) -> str:
    return start_shop(database_url=f"sqlite:///{books.path}")


@pytest.fixture(scope="module")
def browser_context_args(own_shop: str) -> dict[str, Any]:
    return {"base_url": own_shop, "locale": "en-US", "viewport": {"width": 1280, "height": 800}}
