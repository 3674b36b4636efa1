"""The pages of a list: `limit`, and the id before or after which it goes on."""

import re
from collections.abc import Mapping
from typing import Any

from ..errors import validation_error

JSON = dict[str, Any]


def page(found: list[JSON], query: Mapping[str, str]) -> JSON:
    """Return one page of a whole list. Raise API_VALIDATION_ERROR for a limit or an id that can be none."""
    limit = query.get("limit", "10")
    if not re.fullmatch(r"[0-9]{1,3}", limit) or not 1 <= int(limit) <= 100:
        raise validation_error("must be a number from 1 to 100", "/query/limit")
    ids = [each["id"] for each in found]
    for name in ("after_id", "before_id"):
        if name in query and query[name] not in ids:
            raise validation_error("must be the id of an entry", f"/query/{name}")
    if "after_id" in query:
        found = found[ids.index(query["after_id"]) + 1 :]
    elif "before_id" in query:
        found = found[: ids.index(query["before_id"])]
        return {"data": found[-int(limit) :], "has_more": len(found) > int(limit)}
    return {"data": found[: int(limit)], "has_more": len(found) > int(limit)}
