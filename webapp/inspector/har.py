"""Turn an order's recorded calls and webhooks into an HTTP Archive (HAR 1.2), as masked as they are on screen.

See http://www.softwareishard.com/blog/har-12-spec/. The browser's requests are not in it: their content is not kept.
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from webapp.inspector.timeline import Entry

UNKNOWN = -1  # a size that was not measured
JSON = "application/json"


def har(story: Iterable[Entry], webhook_url: str) -> dict[str, Any]:
    """Return the archive of a timeline, the oldest entry first."""
    recorded = [entry for entry in story if entry.kind in ("call", "webhook")]
    entries = [_entry(entry, webhook_url) for entry in sorted(recorded, key=lambda entry: entry.at)]
    creator = {"name": "Selat, a demo storefront for Xendit", "version": "0.1.0"}
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def _entry(entry: Entry, webhook_url: str) -> dict[str, Any]:
    document, took = entry.document, entry.document.get("ms") or 0
    if entry.kind == "call":
        request = _request(document["method"], document["url"], document["request_headers"], document["request"])
        response = _response(document["status"], document["answer_headers"], document["answer"])
        comment = "The shop asks Xendit." if document["status"] else f"No answer came: {document['failure']}."
    else:
        request = _request("POST", webhook_url, document["headers"], document["body"])
        response = _response(document["status"], {"content-type": JSON}, {"message": document["verdict"]})
        comment = f"A webhook of Xendit: {entry.title}."
    if entry.times > 1 and entry.last_at:
        comment += f" The same {entry.times} times, last at {entry.last_at.isoformat()}."
    return {
        "startedDateTime": entry.at.isoformat(),
        "time": took,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": comment,
    }


def _request(method: str, url: str, headers: Mapping[str, str], body: Any) -> dict[str, Any]:
    request = {
        "method": method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers.items()),
        "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
    }
    return request if body is None else request | {"postData": {"mimeType": JSON, "text": _text(body)}}


def _response(status: int, headers: Mapping[str, str], body: Any) -> dict[str, Any]:
    text = "" if body is None else _text(body)
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in list(HTTPStatus) else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers.items()),
        "content": {"size": len(text.encode()), "mimeType": headers.get("content-type", JSON), "text": text},
        "redirectURL": "",
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
    }


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _text(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
