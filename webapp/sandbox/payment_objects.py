"""The Payment and the Token object of an attempt, and their webhooks.

https://docs.xendit.co/apidocs/payment-webhook-notification
"""

from typing import Any

from .events import Event

JSON = dict[str, Any]
# https://docs.xendit.co/docs/cards-card-declines-and-error-codes
NETWORK_CODES = {
    **{"INSUFFICIENT_BALANCE": "51", "EXPIRED_CARD": "54", "STOLEN_CARD": "43", "INACTIVE_OR_UNAUTHORIZED_CARD": "57"},
    **{"INVALID_CVV": "N7", "SUSPECTED_FRAUDULENT": "59", "DECLINED_BY_PROCESSOR": "64", "PROCESSOR_ERROR": "19"},
    **{"AUTHENTICATION_FAILED": "1A", "CARD_DECLINED": "71", "INVALID_CARD": "14"},
}


def _common(session: JSON, attempt: JSON) -> JSON:
    fields = ("business_id", "reference_id", "customer_id", "country", "currency")
    common = {field: session[field] for field in fields if session.get(field) is not None}
    urls = {
        "success_return_url": session.get("success_return_url"),
        "failure_return_url": session.get("cancel_return_url"),
    }
    return {
        **common,
        "channel_code": attempt["channel_code"],
        "channel_properties": channel_properties(attempt, {name: url for name, url in urls.items() if url}),
        "created": attempt["created"],
        "updated": attempt["updated"],
    }


def channel_properties(attempt: JSON, otherwise: JSON) -> JSON:
    """Return the properties of an attempt, with the card if one was saved or was used again."""
    properties = attempt.get("channel_properties") or otherwise
    again = {"transaction_sequence": "SUBSEQUENT"} if "channel_properties" in attempt else {}
    return properties | {"card_details": attempt["card"], **again} if attempt.get("card") else properties


def payment_event(name: str, session: JSON, attempt: JSON) -> Event:
    """Return a `payment.*` webhook, with the Payment object."""
    object_id = session.get("payment_session_id") or attempt["payment_request_id"]
    return Event(name, object_id, payment_object(session, attempt))


def payment_object(session: JSON, attempt: JSON) -> JSON:
    """Return the Payment object of an attempt. What was captured is in it once something was."""
    data = {
        "payment_id": attempt["payment_id"],
        "payment_request_id": attempt["payment_request_id"],
        **_common(session, attempt),
        "type": "PAY",
        "request_amount": session["amount"],
        "capture_method": session.get("capture_method", "AUTOMATIC"),
        "status": attempt["status"],
    }
    if attempt.get("payment_token_id"):
        data["payment_token_id"] = attempt["payment_token_id"]
    if attempt.get("failure_code"):
        data["failure_code"] = attempt["failure_code"]
    data |= {name: session[name] for name in ("description", "metadata") if session.get(name)}
    if attempt["channel_code"] == "CARDS":
        data["payment_details"] = payment_details(attempt)
    if attempt["status"] == "SUCCEEDED":
        capture_id = attempt["payment_id"].replace("py-", "cptr-")
        amount = attempt.get("captured", session["amount"])
        capture = {"capture_id": capture_id, "capture_timestamp": attempt["updated"], "capture_amount": amount}
        data["captures"] = [capture]
    return data


def token_event(name: str, session: JSON, attempt: JSON, status: str) -> Event:
    """Return `payment_token.failure` or `.expiry` of an attempt, with the Token object."""
    return Event(name, session["payment_session_id"], token_object(session, attempt, status))


def token_object(session: JSON, attempt: JSON, status: str) -> JSON:
    """Return the Token object of an attempt."""
    return {
        "payment_token_id": attempt["payment_token_id"],
        "customer_id": None,
        **_common(session, attempt),
        "actions": [],
        "status": status,
        "token_details": None,
        "failure_code": attempt.get("failure_code"),
        "description": session.get("description"),
        "metadata": session.get("metadata"),
    }


def payment_details(attempt: JSON) -> JSON:
    """Return what the card network and the bank said about a payment with a card."""
    failure = attempt.get("failure_code")
    said = {
        "authorization_code": None if failure else "830001",
        "network_response_code": NETWORK_CODES.get(failure, "05") if failure else "00",
        "network_response_code_descriptor": "Declined" if failure else "Approved",
        "cvn_verification_result": "M",
        "address_verification_result": "M",
        "retrieval_reference_number": "435200001111",
    }
    flow = "FULL_AUTH" if attempt.get("page") == "3ds" else "FRICTIONLESS"
    checked = {"flow": flow, "a_res": {"eci": "05", "message_version": "2.1.0"}}
    return {"authorization_data": said, "authentication_data": checked}
