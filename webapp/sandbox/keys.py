"""Secrets of the imitation. Each is derived from one secret and an object's id, so none is ever stored."""

import hashlib
import hmac

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"


def derive(secret: str, purpose: str, object_id: str) -> bytes:
    """Return the bytes that everything secret about an object is made of."""
    return hmac.digest(secret.encode(), f"{purpose}:{object_id}".encode(), "sha512")


def auth_key(secret: str, payment_session_id: str) -> str:
    """Return the browser's credential at the gateway: the first two parts of the SDK key."""
    return "session-" + derive(secret, "auth", payment_session_id).hex()[:32]


def link_code(secret: str, payment_session_id: str) -> str:
    """Return the eight characters at the end of a payment link."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in derive(secret, "link", payment_session_id)[:8])


def invoice_code(secret: str, invoice_id: str) -> str:
    """Return the end of an invoice's address.

    Xendit uses the id there. Ours is another code: an id may be shown and stored, a link may not.
    """
    return derive(secret, "invoice", invoice_id).hex()[:24]


def authorization_code(secret: str, payment_request_id: str) -> str:
    """Return the end of the address where a payment with a saved method is approved."""
    return derive(secret, "authorize", payment_request_id).hex()[:24]


def lookup_hash(secret: str, code: str) -> str:
    """Return the hash that is stored in place of a code, to find the code's object."""
    return hmac.digest(secret.encode(), f"lookup:{code}".encode(), "sha256").hex()


def business_id(api_key: str) -> str:
    """Return the business of an API key. One key is one account, and at Xendit an account has one currency."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:24]
