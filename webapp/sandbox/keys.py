"""Secrets of the imitation. Each is derived from one secret and an object's id, so none is ever stored.

The browser's key is built as Xendit's is: `session-<32 hex>-pd-<public key>-<signature>`. The gateway knows the
browser by the first two parts, and `pd` means test mode to the SDK.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
P384_ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)


def _derive(secret: str, purpose: str, object_id: str) -> bytes:
    return hmac.digest(secret.encode(), f"{purpose}:{object_id}".encode(), "sha512")


def _private_key(secret: str, purpose: str, object_id: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(_derive(secret, purpose, object_id), "big") % (P384_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP384R1())


def auth_key(secret: str, payment_session_id: str) -> str:
    """Return the browser's credential at the gateway: the first two parts of the SDK key."""
    return "session-" + _derive(secret, "auth", payment_session_id).hex()[:32]


def ecdh_private_key(secret: str, payment_session_id: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that opens the encrypted card fields of this session."""
    return _private_key(secret, "ecdh", payment_session_id)


@lru_cache(maxsize=1024)
def sdk_key(secret: str, payment_session_id: str) -> str:
    """Return the `components_sdk_key`, the same at each call. One signing key serves the whole sandbox."""
    public = ecdh_private_key(secret, payment_session_id).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signing = _private_key(secret, "signing", "sandbox")
    r, s = decode_dss_signature(signing.sign(spki, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    signature = r.to_bytes(48, "big") + s.to_bytes(48, "big")
    parts = [auth_key(secret, payment_session_id), "pd"]
    parts += [base64.b64encode(part).decode() for part in (spki, signature)]
    return "-".join(parts)


def link_code(secret: str, payment_session_id: str) -> str:
    """Return the eight characters at the end of a payment link."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in _derive(secret, "link", payment_session_id)[:8])


def invoice_code(secret: str, invoice_id: str) -> str:
    """Return the end of an invoice's address.

    Xendit uses the id there. Ours is another code: an id may be shown and stored, a link may not.
    """
    return _derive(secret, "invoice", invoice_id).hex()[:24]


def authorization_code(secret: str, payment_request_id: str) -> str:
    """Return the end of the address where a payment with a saved method is approved."""
    return _derive(secret, "authorize", payment_request_id).hex()[:24]


def lookup_hash(secret: str, code: str) -> str:
    """Return the hash that is stored in place of a code, to find the code's object."""
    return hmac.digest(secret.encode(), f"lookup:{code}".encode(), "sha256").hex()


def business_id(api_key: str) -> str:
    """Return the business of an API key. One key is one account, and at Xendit an account has one currency."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:24]
