"""Turn a recorded call into a prompt for a coding assistant: the request, the answer, and what must not go wrong."""

import json
from collections.abc import Mapping
from typing import Any

from webapp.inspector.snippets import ANCHOR, EXPIRY, REFERENCE, reusable

WORDS = {
    REFERENCE: "<a random reference of the order, new for each>",
    EXPIRY: "<30 minutes from now, in UTC: 2030-01-31T12:00:00Z>",
    ANCHOR: "<the 1st of next month, in UTC: 2030-02-01T00:00:00Z>",
}
RULES = """\
- Basic authentication: the secret key is the user name, the password is empty. Read the key from the environment
  variable XENDIT_API_KEY. Never log it, and never send it to a browser.
- Store the order under its reference before the call. After a timeout, ask Xendit by that reference first.
- What is masked in the answer opens a payment, or is a secret. Give it to the shopper's browser alone. Never store or
  log it: ask Xendit for it again by the object's id.
- An order is paid when Xendit says so: by a webhook whose x-callback-token was compared in constant time, and whose
  reference, amount and currency are the order's; or in answer to a GET. A browser at the return URL proves nothing.
- A webhook may come twice, late, or before the answer to this call. Nothing may happen twice."""


def prompt(call: Mapping[str, Any], docs_url: str) -> str:
    """Return the call as a prompt, in English as code is. Nothing in it is unmasked."""
    request = json.dumps(reusable(call["request"]), indent=2, ensure_ascii=False)
    for placeholder, words in WORDS.items():
        request = request.replace(placeholder, words)
    told = f"\n\nIts JSON body, from a working shop; replace what is this shop's own:\n\n{request}"
    body = "" if call["request"] is None else told
    answer = json.dumps(call["answer"], indent=2, ensure_ascii=False)
    came = f"Xendit answered {call['status']}:\n\n{answer}" if call["status"] else "No answer came."
    return (
        "Write the code by which my shop makes this call to Xendit, and a test for it. Use the language and the HTTP "
        f"client of my project.\n\n{call['method']} {call['url']}{body}\n\n{came}\n\n"
        f"What it must do:\n\n{RULES}\n\nXendit's documentation of this call: {docs_url}\n"
    )
