"""Random identifiers in Xendit's formats. None of them is a secret."""

import secrets
import uuid


def new_session_id() -> str:
    """Return the id of a payment session."""
    return "ps-" + secrets.token_hex(12)


def new_hex_id() -> str:
    """Return 24 hex digits: the id of an invoice or a business."""
    return secrets.token_hex(12)


def new_id(prefix: str) -> str:
    """Return an id with a prefix: `pr-` request, `py-` payment, `pt-` token, `cust-` customer, `repl_` plan …"""
    return prefix + str(uuid.uuid4())
