"""Another language is chosen on any page, and the visitor stays on that page: the routes are read from the tables."""

import re

import pytest
from starlette.routing import Route

from tests.conftest import Shop
from webapp.app import ROUTES

pytestmark = pytest.mark.anyio
NEXT = re.compile(r'id="language-next" name="next" value="([^"]+)"')


def addresses(order: str, room: str) -> list[str]:
    """Each route that can be visited, with what is in its address."""
    known = {"reference_id": order, "room": room, "name": "components"}
    paths = [route.path for route in ROUTES if isinstance(route, Route) and "GET" in (route.methods or ())]
    named = [re.sub(r"{(\w+)}", lambda part: known.get(part[1], part[0]), path) for path in paths]
    return [path for path in named if "{" not in path]


async def test_another_language_leaves_the_visitor_where_they_are(shop: Shop) -> None:
    order = await shop.place()
    room = (await shop.post("/stage")).headers["location"].rpartition("/")[2]
    visited = []
    for address in addresses(order.reference_id, room):
        page = await shop.get(address, follow_redirects=True)
        if page.is_success and (found := NEXT.search(page.text)):
            visited.append(address)
            answer = await shop.post("/choices/language", data={"language": "en", "next": found[1]})
            assert answer.headers["location"] == found[1], address
            back = await shop.get(found[1])
            assert back.status_code == 200 and back.url.path == page.url.path, address
    assert {
        "/",
        "/options",
        "/set-up",
        "/walkthrough/end",
        f"/stage/{room}",
        f"/orders/{order.reference_id}/cheat",
    } <= {*visited}
