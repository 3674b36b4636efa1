"""The key pairs of a Components session: for the browser's SDK, and for the card fields.

The browser's key is built as Xendit's is: `session-<32 hex>-pd-<public key>-<signature>`. The gateway knows the
browser by the first two parts, and `pd` means test mode to the SDK.

Imported where a session needs it: without cryptography an idle worker holds 8 MB less, an eighth of all.
"""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .keys import auth_key, derive

P384_ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)


def _private_key(secret: str, purpose: str, object_id: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(derive(secret, purpose, object_id), "big") % (P384_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP384R1())


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
