"""Decryption of the card fields. Their pages (static/gateway/card-field.js) do the encryption.

ECDH P-384, between the field's one-time key and the session's, gives a shared secret. HKDF-SHA256 (no salt, info =
payment_session_id) makes a key of it. The cipher is AES-256-GCM, with SHA-256(payment_session_id) as associated data.
The SDK carries the result as one text, `xendit-encrypted-1-<field's public key>-<iv>-<ciphertext>`, each part in
base64.

A number is decrypted to choose an outcome. No code here logs or stores it.
"""

import base64
import hashlib

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_der_public_key

PREFIX = "xendit-encrypted-1-"
# A browser has WebCrypto only on https and on localhost. On other http addresses the field sends this word in place of
# a key, and base64 in place of a ciphertext. Xendit's would refuse; this is a sandbox for invented numbers.
NOT_ENCRYPTED = "insecure"


class Unreadable(ValueError):
    """The field was not encrypted for this session, or not by our field pages."""


def open_field(encrypted: object, private_key: ec.EllipticCurvePrivateKey, payment_session_id: str) -> str:
    """Return the text that was typed into one card field. Raise Unreadable if it cannot be decrypted."""
    if not isinstance(encrypted, str) or not encrypted.startswith(PREFIX):
        raise Unreadable("card details must come from the card fields")
    try:
        public, iv, ciphertext = encrypted.removeprefix(PREFIX).split("-")[:3]
        if public == NOT_ENCRYPTED:
            return base64.b64decode(ciphertext, validate=True).decode()
        key = _key(base64.b64decode(public, validate=True), private_key, payment_session_id)
        associated = hashlib.sha256(payment_session_id.encode()).digest()
        nonce, data = base64.b64decode(iv, validate=True), base64.b64decode(ciphertext, validate=True)
        return AESGCM(key).decrypt(nonce, data, associated).decode()
    except (ValueError, TypeError, InvalidTag, UnsupportedAlgorithm) as error:
        raise Unreadable("card details were not encrypted for this session") from error


def _key(public: bytes, private_key: ec.EllipticCurvePrivateKey, payment_session_id: str) -> bytes:
    peer = load_der_public_key(public)
    if not isinstance(peer, ec.EllipticCurvePublicKey) or peer.curve.name != private_key.curve.name:
        raise ValueError("a P-384 key is needed")
    shared = private_key.exchange(ec.ECDH(), peer)
    return HKDF(hashes.SHA256(), 32, salt=None, info=payment_session_id.encode()).derive(shared)
