"""Identifiers in Xendit's shapes. All are random; none of them is a secret."""

import secrets
import uuid


def new_session_id() -> str:
    return "ps-" + secrets.token_hex(12)


def new_hex_id() -> str:
    """24 hex digits: invoices and businesses."""
    return secrets.token_hex(12)


def new_id(prefix: str) -> str:
    """`new_id("pr-")`: payment requests `pr-`, payments `py-`, tokens `pt-`, customers `cust-`, plans `repl_`…"""
    return prefix + str(uuid.uuid4())
