"""The guards themselves: they must see what they are there to see."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.leaks import assert_no_secret, cookie_text, log_guard, secrets_in, stored_text

KEY = "session-0123456789abcdef0123456789abcdef-pd-MHYw-c2ln"


@pytest.mark.parametrize(
    "text",
    [
        f"components_sdk_key={KEY}",
        "https://xen.to/AbCd_123",
        "https://checkout-staging.xendit.co/web/65a1",
        "xnd_development_sandbox_idr",
        "Basic eG5kX2RldmVsb3BtZW50",
        "next=https%3A%2F%2Fxen.to%2FAbCd_123",
    ],
)
def test_a_secret_is_recognised(text: str) -> None:
    assert secrets_in(text)


@pytest.mark.parametrize("text", ["ps-65a1b2c3", "POST https://api.xendit.co/sessions 201", "xnd_development_…"])
def test_what_may_be_shown_is_no_secret(text: str) -> None:
    assert not secrets_in(text)


def test_the_log_guard_sees_every_logger_at_every_level() -> None:
    logger = logging.getLogger("somewhere.deep")
    logger.propagate = False  # out of reach of every handler but its own
    logger.addHandler(logging.NullHandler())
    logger.debug("answer: %s", {"components_sdk_key": KEY})
    try:
        raise ValueError(KEY)
    except ValueError:
        logger.exception("quite harmless")
    found = log_guard.take()
    assert len(found) == 2
    assert all("components_sdk_key in a log line of somewhere.deep" in line for line in found)


@pytest.mark.anyio
async def test_rows_of_sqlite_are_read(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        connection.execute("CREATE TABLE t (a TEXT, b BLOB)")
        connection.execute("INSERT INTO t VALUES (?, ?)", ("plain", b"xnd_development_1234"))
    assert secrets_in(await stored_text(f"sqlite:///{tmp_path}/a.db")) == ["API key"]


@pytest.mark.anyio
async def test_rows_of_postgres_are_read(postgres_url: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE TABLE t (a TEXT)")
    await connection.execute("INSERT INTO t VALUES ($1)", KEY)
    await connection.close()
    assert secrets_in(await stored_text(postgres_url)) == ["components_sdk_key"]


def test_a_signed_cookie_is_read_through_its_encoding() -> None:
    cookie = "eyJrZXkiOiAieG5kX2RldmVsb3BtZW50XzEyMzQifQ==.aSH0Zg.signature"
    with pytest.raises(AssertionError, match="API key"):
        assert_no_secret(cookies=cookie_text({"session": cookie}))


def test_a_given_secret_is_found_in_any_place() -> None:
    with pytest.raises(AssertionError, match="database holds very"):
        assert_no_secret(["very-secret"], logs="nothing", database="it is very-secret")
