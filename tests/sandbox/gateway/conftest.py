"""A sandbox without a shop: its merchant API and its gateway on a SQLite file, with a clock that the test turns."""

import base64
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from starlette.applications import Starlette

from webapp.sandbox import Sandbox, SandboxSettings, SQLiteDatabase

SDK = Path("static/vendor/xendit-components-web-0.0.24.mjs")
COUNTRIES = {"IDR": "ID", "PHP": "PH", "THB": "TH", "SGD": "SG", "MYR": "MY", "VND": "VN", "HKD": "HK", "MXN": "MX"}
CUSTOMER = {
    "type": "INDIVIDUAL",
    "email": "ada@example.com",
    "individual_detail": {"given_names": "Ada", "surname": "Lovelace"},
}


def seal(text: str, sdk_key: str, payment_session_id: str) -> str:
    """Encrypt as a card field does: the browser's half of gateway/card_fields.py, written again."""
    theirs = load_der_public_key(base64.b64decode(sdk_key.split("-")[3]))
    assert isinstance(theirs, ec.EllipticCurvePublicKey)
    mine = ec.generate_private_key(ec.SECP384R1())
    shared = mine.exchange(ec.ECDH(), theirs)
    key = HKDF(hashes.SHA256(), 32, salt=None, info=payment_session_id.encode()).derive(shared)
    iv = os.urandom(48)
    sealed = AESGCM(key).encrypt(iv, text.encode(), hashlib.sha256(payment_session_id.encode()).digest())
    public = mine.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "-".join(["xendit-encrypted-1", *(base64.b64encode(part).decode() for part in (public, iv, sealed))])


@dataclass
class Checkout:
    """One session, as the shop's server, the SDK and the shopper see it."""

    browser: httpx.AsyncClient
    merchant: httpx.AsyncClient
    session: dict[str, Any]
    actions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.session["payment_session_id"])

    @property
    def sdk_key(self) -> str:
        return str(self.session["components_sdk_key"])

    @property
    def auth(self) -> str:
        return "-".join(self.sdk_key.split("-")[:2])

    async def get(self, path: str = "", **query: str) -> httpx.Response:
        params = {"components_version": "v0.0.24"} | query
        return await self.browser.get(f"/api/sessions/{self.auth}{path}", params=params)

    async def post(self, path: str, payload: Any) -> httpx.Response:
        import json

        return await self.browser.post(f"/api/sessions/{path}", data={"payload": json.dumps(payload)})

    async def begin(self, channel_code: str, number: str | None = None, /, **more: Any) -> httpx.Response:
        path = "payment_requests" if self.session["session_type"] == "PAY" else "payment_tokens"
        properties = more.pop("channel_properties", {})
        if number:
            properties = {"card_details": {"card_number": seal(number, self.sdk_key, self.id)}}
        body = {"session_id": self.auth, "channel_code": channel_code, "channel_properties": properties}
        return await self.post(path, body | more)

    async def poll(self, attempt: dict[str, Any]) -> dict[str, Any]:
        answer = await self.get("/poll", token_request_id=attempt["session_token_request_id"])
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    async def status(self) -> str:
        """Return the status that the merchant sees."""
        return str((await self.merchant.get(f"/sessions/{self.id}")).json()["status"])


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(tmp_path: Path, clock: Clock) -> AsyncIterator[Sandbox]:
    database = SQLiteDatabase(tmp_path / "sandbox.db")
    await database.open()
    settings = SandboxSettings("http://shop.test", "secret", sdk_path=SDK, merchant_name="Selat Coffee Roasters")
    running = Sandbox(settings, database, clock=clock)
    await running.start()
    yield running
    await running.stop()
    await database.close()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=sandbox.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        yield client


NewCheckout = Callable[..., Any]


@pytest.fixture
async def new_checkout(sandbox: Sandbox, client: httpx.AsyncClient) -> AsyncIterator[NewCheckout]:
    """`await new_checkout("IDR", 100_000, locale="id")`: a session made by the merchant's API."""
    transport, auth = httpx.ASGITransport(sandbox.api), ("xnd_development_sandbox", "")
    async with httpx.AsyncClient(transport=transport, base_url="https://api.xendit.co", auth=auth) as merchant:

        async def create(currency: str = "IDR", amount: float = 100_000, **more: Any) -> Checkout:
            body = {
                "reference_id": "order-1",
                "session_type": "PAY",
                "mode": "COMPONENTS",
                "currency": currency,
                "country": COUNTRIES[currency],
                "amount": amount,
                "customer": CUSTOMER | {"reference_id": os.urandom(6).hex()},
                "components_configuration": {
                    "origins": ["http://shop.test"],
                    "return_url": "http://shop.test/orders/order-1/resume",
                },
            }
            answer = await merchant.post("/sessions", json=body | more)
            assert answer.status_code == 201, answer.text
            return Checkout(client, merchant, answer.json())

        yield create
